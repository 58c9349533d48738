"""The demos: models and tables that come with Klartext, each known to the manifest by name and checksum."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd

from xai.errors import OpeningError, QuestionError
from xai.results import Label, Task
from xai.texts import Labels, catalogue

_FOLDER = Path(__file__).parents[2] / "models"


@dataclass(frozen=True)
class Demo:
    """What the manifest says about one demo. The table holds the training rows first, the held-out rows last."""

    name: str
    model_path: Path
    data_path: Path
    target: str
    positive: Label | None  # the class whose probability is shown first; None unless binary
    task: Task
    columns: tuple[str, ...]  # the model's columns, in order
    rows: int
    held_out_from: int  # position of the first row the model has not seen
    outcomes: Mapping[str, float]  # rows per class; for regression: low, median and high of the target
    scores: Mapping[str, float]  # on the held-out rows: accuracy, auc | r2, mae, beside baseline_…
    cases: Mapping[str, Mapping[str, Any]]  # code -> one value per column; None where it is missing
    predictions: Mapping[str, Any]  # code -> what the model said when it was trained: probabilities, or a number
    source: Mapping[str, str]  # package, version, file, attribution, citation, changes
    licence: str  # of the data
    versions: Mapping[str, str]  # what it was trained with: python, scikit-learn, numpy, pandas, joblib
    sha256s: Mapping[str, str]  # of the files: "joblib", "csv"
    rule: Mapping[str, Any] | None  # what synthetic data were made from: base, terms, proxy, irrelevant, effect


def demo_names() -> tuple[str, ...]:
    """The names of all demos, the course's example first."""
    return tuple(_manifest()["demos"])


def demo(name: str) -> Demo:
    """What is known about a demo, without opening its model. QuestionError("unknown-demo") for any other name."""
    if name not in demo_names():
        raise QuestionError("unknown-demo", name=name, known=", ".join(demo_names()))
    entry = _manifest()["demos"][name]
    source = {key: text for key, text in entry["source"].items() if key not in ("licence", "module")}
    return Demo(
        name=name,
        model_path=_FOLDER / entry["model"],
        data_path=_FOLDER / entry["data"],
        target=entry["target"],
        positive=entry["positive"],
        task=entry["task"],
        columns=tuple(entry["columns"]),
        rows=entry["rows"],
        held_out_from=entry["held_out_from"],
        outcomes=MappingProxyType(entry["outcomes"]),
        scores=MappingProxyType(entry["scores"]),
        cases=MappingProxyType({code: MappingProxyType(values) for code, values in entry["cases"].items()}),
        predictions=MappingProxyType(entry["predictions"]),
        source=MappingProxyType(source),
        licence=entry["source"]["licence"],
        versions=MappingProxyType(_manifest()["versions"]),
        sha256s=MappingProxyType(entry["sha256"]),
        rule=MappingProxyType(entry["rule"]) if entry["rule"] else None,
    )


def demo_labels(name: str, language: str) -> Labels:
    """What the columns, values, classes and rows of a demo are called. QuestionError("unknown-demo")."""
    words = catalogue(language).section(f"demos.{demo(name).name}")
    below = {table: _below(words, table) for table in ("columns", "values", "outcomes")}
    columns_with_values = {key.split(".")[0] for key in below["values"]}
    return Labels(
        columns=below["columns"],
        values={column: _below(below["values"], column) for column in columns_with_values},
        outcomes=below["outcomes"],
        chance=words.get("chance"),
        rows=words["rows"],
    )


def load_model(demo: Demo) -> Any:
    """The fitted estimator. OpeningError("demo-changed") unless the file is exactly the one in the manifest."""
    # only bytes that were just checked are unpickled, never what might lie at the path a moment later
    import joblib  # only here: the app itself reads the manifest and opens no model

    return joblib.load(io.BytesIO(_checked(demo.model_path, demo.sha256s["joblib"])))


def load_table(demo: Demo) -> pd.DataFrame:
    """(rows, columns and target) the demo's data. OpeningError("demo-changed") unless it is as in the manifest."""
    return pd.read_csv(io.BytesIO(_checked(demo.data_path, demo.sha256s["csv"])))


@cache
def _manifest() -> Mapping[str, Any]:
    return MappingProxyType(json.loads((_FOLDER / "manifest.json").read_text("utf-8")))


def _checked(path: Path, sha256: str) -> bytes:
    content = path.read_bytes() if path.is_file() else b""
    if hashlib.sha256(content).hexdigest() != sha256:
        raise OpeningError("demo-changed", file=path.name)
    return content


def _below(words: Mapping[str, str], table: str) -> dict[str, str]:
    start = table + "."
    return {key.removeprefix(start): text for key, text in words.items() if key.startswith(start)}
