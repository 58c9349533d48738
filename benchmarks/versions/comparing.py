"""Opens what earlier versions saved, the way the app does, and holds the answers against theirs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from benchmarks.versions.environments import own
from benchmarks.versions.tables import ASKED
from xai.environments.estimators import OwnVersion
from xai.environments.needs import helps
from xai.environments.opening import File, open_original, read_needs
from xai.environments.recipes import running
from xai.errors import KlartextError, OpeningError
from xai.inspection import Repair
from xai.opening import OpenedFile, open_estimator, read_table

EXACT = 1e-12  # relative, and absolute below 1
NOISE = 1e-9  # of other numerical libraries; nothing that a formula could hide in
SINGLE = 1e-6  # where the library computes in single precision


@dataclass(frozen=True)
class Outcome:
    """What became of one model of one version."""

    model: str
    version: str
    how: Literal["as is", "repaired", "own environment", "refused", "left out", "wrong"]
    repairs: tuple[Repair, ...] = ()
    difference: float = 0.0  # the largest one: relative, and absolute below 1
    error: KlartextError | None = None  # why it is not opened under today's versions
    said: str = ""  # why it was left out, or what is wrong

    @property
    def predicts(self) -> bool:
        """It opened, and answers what it answered then."""
        return self.how in ("as is", "repaired", "own environment")


def outcomes(folder: Path) -> Iterator[Outcome]:
    """One for each recipe, as it was fitted in this folder."""
    facts = json.loads((folder / "models.json").read_text("utf-8"))
    tables = {name: read_table(folder.parent / f"{name}.csv").frame for name in ASKED}
    for name, model in facts["models"].items():
        yield _outcome(folder, facts["version"], name, model, tables)
    for name, reason in facts["left out"].items():
        yield Outcome(name, facts["version"], "left out", said=reason)


def _outcome(
    folder: Path, version: str, name: str, model: Mapping[str, Any], tables: Mapping[str, pd.DataFrame]
) -> Outcome:
    path = folder / f"{model['number']}.model"
    error = None
    try:
        opened = open_estimator(path)
    except OpeningError as refused:
        error = refused
        try:
            opened = _elsewhere(path, refused)
        except KlartextError as failed:
            return Outcome(name, version, "refused", error=failed)
    try:
        worst, wrong = _compared(opened.estimator, folder / f"{model['number']}.npz", model, tables)
    finally:
        if isinstance(opened.estimator, OwnVersion):
            opened.estimator.conversation.close()
    if not wrong and worst > (SINGLE if in_single_precision(name) else NOISE):
        wrong = f"differs by {worst:.1e}"
    return Outcome(name, version, "wrong" if wrong else opened.how, opened.repairs, worst, error, wrong)


def _elsewhere(path: Path, refused: OpeningError) -> OpenedFile:
    """Under its own versions, where the app would go there by itself. Raises `refused`, or what refuses it there."""
    files: list[File] = [(path, None)]
    if not helps(refused, read_needs(*files), running()):
        raise refused
    return open_original(files, None, own)


def in_single_precision(model: str) -> bool:
    """Whether this library computes with half the digits."""
    return model.startswith(("XGBoost", "LightGBM"))


def _compared(
    estimator: Any, path: Path, model: Mapping[str, Any], tables: Mapping[str, pd.DataFrame]
) -> tuple[float, str]:
    """The largest difference between numbers, and what is wrong altogether."""
    worst = 0.0
    with np.load(path) as answers:
        for key in (*answers.files, *model["refused"]):
            table, method = key.split("|")
            expected = answers[key] if key in answers.files else None
            difference = _difference(estimator, method, tables[table][model["columns"]], expected)
            if isinstance(difference, str):
                return worst, f"{key}: {difference}"
            worst = max(worst, difference)
    return worst, ""


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
    if found.ndim == 1 and expected.shape == (len(found), 1):  # one target in a table: a program answers its column
        expected = expected[:, 0]
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
