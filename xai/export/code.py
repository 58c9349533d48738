"""The Python code that computes a result again."""

from __future__ import annotations

import math
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from xai.results import Label

_PACKAGES = ("scikit-learn", "numpy", "pandas", "shap", "lime", "dice-ml")


@dataclass(frozen=True)
class Source:
    """What a result was computed from. File names as the reader has them; `case` where it is no row of the data."""

    model_file: str
    data_file: str
    target: str | None = None
    target_class: Label | None = None
    object_key: str | None = None  # the model's name inside a bundle
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
    lines = [f"# {versions()}", *(["import pandas as pd", ""] if case is not None else []), "import xai", ""]
    said = {"object_key": source.object_key, "environment": source.environment}
    bundle = _arguments({name: value for name, value in said.items() if value})
    lines += [
        f"model = xai.open_model({_literal(source.model_file)}{bundle})",
        f"data = xai.read_data({_literal(source.data_file)})",
        f"explainer = xai.Explainer(model, data{_arguments(_setup(source))})",
    ]
    if case is not None:
        lines.append(f"case = pd.DataFrame([{_literal(dict(case))}])")
        given = {"frame": _Name("case"), **given}
    lines += [f"result = explainer.{question}({_arguments(given).removeprefix(', ')})", "print(result.to_frame())"]
    return "\n".join(lines) + "\n"


def _setup(source: Source) -> dict[str, Any]:
    """The arguments of the explainer that differ from "none"."""
    optional = {
        "target": source.target,
        "target_class": source.target_class,
        "held_out_from": source.held_out_from,
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
    """Python source of plain data; text from files cannot end its own literal."""
    if isinstance(value, _Name):
        return value.name
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_literal(key)}: {_literal(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        inner = ", ".join(map(_literal, value))
        return f"[{inner}]" if isinstance(value, list) else f"({inner},)" if len(value) == 1 else f"({inner})"
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "None"
    if isinstance(value, float) and math.isinf(value):
        return f'float("{value}")'
    if isinstance(value, bool | int | float | str):
        return repr(value)
    raise TypeError(f"not plain data: {type(value).__name__}")


def versions() -> str:
    """The versions at hand, so that a difference can be told from a mistake."""
    found = [f"Python {platform.python_version()}"]
    for package in _PACKAGES:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:  # an optional method is not installed: then it computed nothing here
            continue
    return ", ".join(found)
