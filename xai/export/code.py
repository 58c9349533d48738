"""The Python code that computes a result again."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from xai.adjustment import Adjustment, Recipe
from xai.export import fitting
from xai.export.literals import literal
from xai.results import Label

_AS_IT_IS = Recipe()
_PACKAGES = ("scikit-learn", "numpy", "pandas", "shap", "lime", "dice-ml")


@dataclass(frozen=True)
class Source:
    """What a result was computed from. File names as the reader has them; `case` where it is no row of the data."""

    model_file: str
    data_file: str
    target: str | None = None
    target_class: Label | None = None
    object_key: str | None = None  # the model's name inside a bundle
    companion_file: str | None = None  # the preprocessing that was saved apart from the model
    adjustments: tuple[Adjustment, ...] = ()  # what was done so that table and model fit
    recipe: Recipe = _AS_IT_IS
    as_text: tuple[str, ...] = ()  # columns that stay text although every value is a number
    environment: str | None = None  # "own": the versions the model was saved with
    held_out_from: int | None = None
    background: int = 100
    seed: int = 0


def snippet(question: str, parameters: Mapping[str, Any], source: Source) -> str:
    """A script for `import xai` that asks `question` (a method of the Explainer) again and prints the numbers.

    `parameters` are plain: `row` (position) or `case` (column -> value) say which case is meant. Everything that
    comes from a file is written as a literal. Raises TypeError for a parameter that is not plain data.
    """
    given = {name: value for name, value in parameters.items() if value not in (None, [], {}, ())}
    case = given.pop("case", None)
    columns = list(source.recipe.columns)
    files = {
        "object_key": source.object_key,
        "companion": source.companion_file,
        "columns": columns,
        "environment": source.environment,
    }
    model = _literal(source.model_file) + _arguments({name: value for name, value in files.items() if value})
    data = _literal(source.data_file) + (_arguments({"as_text": source.as_text}) if source.as_text else "")
    lines = [
        f"model = xai.open_model({model})",
        f"data = xai.read_data({data})",
        *fitting.table_lines(source.adjustments),
        *fitting.model_lines(source.recipe),
        f"explainer = xai.Explainer(model, data{_arguments(_setup(source))})",
    ]
    if case is not None:
        lines.append(f"case = pd.DataFrame([{_literal(dict(case))}])")
        given = {"frame": _Name("case"), **given}
    lines += [f"result = explainer.{question}({_arguments(given).removeprefix(', ')})", "print(result.to_frame())"]
    return "\n".join([f"# {versions()}", *fitting.imports(lines), *lines]) + "\n"


def _setup(source: Source) -> dict[str, Any]:
    """The arguments of the explainer that differ from "none"."""
    optional = {
        "target": source.target,
        "target_class": source.target_class,
        "held_out_from": source.held_out_from,
        "classes": source.recipe.classes or None,
    }
    given = {name: value for name, value in optional.items() if value is not None}
    return {**given, "background": source.background, "seed": source.seed}


@dataclass(frozen=True)
class _Name:
    """A variable of the script."""

    name: str


def _arguments(values: Mapping[str, Any]) -> str:
    return "".join(f", {name}={_literal(value)}" for name, value in values.items())


def _literal(value: Any) -> str:
    """Python source of an argument."""
    return value.name if isinstance(value, _Name) else literal(value)


def versions() -> str:
    """The versions at hand, so that a difference can be told from a mistake."""
    found = [f"Python {platform.python_version()}"]
    for package in _PACKAGES:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:  # an optional method is not installed: then it computed nothing here
            continue
    return ", ".join(found)
