"""Whether a model predicts here what it does under the versions it was saved with: both are asked about some rows."""

from __future__ import annotations

import numpy as np
import pandas as pd

from xai.environments.opening import File, Originals, open_original
from xai.explainer import Explainer
from xai.inspection import Inspection, Proof
from xai.model import Model
from xai.opening.fitting.fit import adjusted

ROWS = 2_000  # compared at most, evenly spread over the table


def proven(
    inspection: Inspection,
    explainer: Explainer,
    files: list[File],
    originals: Originals | None,
) -> Inspection:
    """The inspection with its proof, as a line of the checklist too; as it is where the model runs there anyway.

    What was adjusted so that the table fits is adjusted in front of both.
    Raises what opening the model there raises.
    """
    if inspection.how == "own environment":
        return inspection
    recipe = inspection.recipe
    # a companion for single columns is part of the recipe
    opened = open_original(files if recipe.preprocessing else files[:1], inspection.object_key, originals)
    try:
        original = adjusted(opened.estimator, recipe, explainer.data.frame[list(explainer.model.columns)])
        proof = prove(explainer.model, original, explainer.data.frame, opened.runs_with["scikit-learn"])
    finally:
        opened.estimator.conversation.close()
    return inspection.with_proof(proof)


def prove(here: Model, original: Model, frame: pd.DataFrame, version: str) -> Proof:
    """Compare answers and outputs on rows of `frame`. Raises what either model says about the rows."""
    rows = frame.iloc[np.unique(np.linspace(0, len(frame) - 1, min(len(frame), ROWS)).astype(int))]
    mine, theirs = here.predict(rows), original.predict(rows)
    if mine.shape != theirs.shape or here.classes != original.classes:
        return Proof(version, len(rows), float("inf"), 1.0, len(rows))
    apart = np.abs(mine - theirs)
    apart[np.isnan(mine) & np.isnan(theirs)] = 0.0
    other = 0 if here.task == "regression" else int((here.answer(rows) != original.answer(rows)).sum())
    finite = theirs[np.isfinite(theirs)]
    scale = 1.0 if here.unit == "probability" else float(np.abs(finite).max(initial=0.0))
    largest = float(apart.max(initial=0.0))
    return Proof(version, len(rows), float("inf") if np.isnan(largest) else largest, scale, other)
