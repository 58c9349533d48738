"""Opens what earlier versions saved, the way the app does, and holds the answers against theirs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from xai.errors import KlartextError
from xai.opening import open_estimator, read_table

TOLERANCE = 1e-12  # relative, and absolute below 1
NOISE = 1e-9  # of other numerical libraries; nothing that a formula could hide in
SINGLE = 1e-6  # where the earlier version computed in single precision


@dataclass(frozen=True)
class Outcome:
    """What became of one model."""

    model: str
    version: str
    how: str  # "same", "noise", "own", "refused", "wrong"
    repairs: int = 0
    difference: float = 0.0
    said: str = ""  # the code of a refusal, or what is wrong


def outcomes(folder: Path) -> list[Outcome]:
    """One for each model that was saved in this folder."""
    facts = json.loads((folder / "models.json").read_text("utf-8"))
    tables = {name: read_table(folder.parent / f"{name}.csv").frame for name in ("complete", "gaps", "unseen")}
    return [_outcome(folder, facts["version"], name, model, tables) for name, model in facts["models"].items()]


def _outcome(
    folder: Path, version: str, name: str, model: Mapping[str, Any], tables: Mapping[str, pd.DataFrame]
) -> Outcome:
    try:
        opened = open_estimator(folder / f"{model['number']}.model")
    except KlartextError as error:
        own = error.code == "needs-own-version"
        return Outcome(name, version, "own" if own else "refused", said=f"{error.code} {dict(error.facts)}")
    count, worst = len(opened.repairs), 0.0
    with np.load(folder / f"{model['number']}.npz") as answers:
        for key in (*answers.files, *model["refused"]):
            table, method = key.split("|")
            expected = answers[key] if key in answers.files else None
            difference = _difference(opened.estimator, method, tables[table][model["columns"]], expected)
            if isinstance(difference, str):
                return Outcome(name, version, "wrong", count, said=f"{key}: {difference}")
            worst = max(worst, difference)
    if worst > _allowed(name):
        return Outcome(name, version, "wrong", count, worst, f"differs by {worst:.1e}")
    return Outcome(name, version, "same" if worst <= TOLERANCE else "noise", count, worst)


def _allowed(name: str) -> float:
    return SINGLE if name.startswith(("XGBoost", "LightGBM")) else NOISE


def _difference(model: Any, method: str, rows: pd.DataFrame, expected: np.ndarray | None) -> float | str:
    """The largest difference to what the earlier version answered, or what is wrong altogether."""
    if not hasattr(model, method):
        return "no such answer" if expected is not None else 0.0
    try:
        found = np.asarray(getattr(model, method)(rows))
    # whatever it raises is a refusal; the earlier version must have refused as well
    except Exception as error:
        return f"{type(error).__name__}: {error}"[:200] if expected is not None else 0.0
    if expected is None:
        return "answers where its version refused"
    if found.shape != expected.shape:
        return f"shape {found.shape} instead of {expected.shape}"
    if expected.dtype.kind not in "fiu":
        differing = int((found.astype(str) != expected.astype(str)).sum())
        return f"{differing} other labels" if differing else 0.0
    found = found.astype(float)
    if not np.array_equal(np.isnan(found), np.isnan(expected)):
        return "missing values elsewhere"
    gap = np.abs(found - expected) / np.maximum(1.0, np.abs(expected))
    return float(np.nanmax(gap, initial=0.0))
