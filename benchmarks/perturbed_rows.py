"""Permutation importance and partial dependence beside `sklearn.inspection`, on the same rows with the same shuffles.

python -m benchmarks.perturbed_rows
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from sklearn.inspection import partial_dependence, permutation_importance

from benchmarks.side_by_side import Line, in_turns, show
from benchmarks.workload import SEED, TARGET, Workload, workload
from xai.explainer import Explainer

MODELS = ("rf8", "hgb", "lr", "mlp")
SHUFFLED, REPEATS = 2_000, 5  # rows, and shuffles of each column
SET, POINTS = 1_000, 40  # rows, and values that a column is set to
COLUMNS = ("income", "score", "region")
LEAST = 5.0


def lines() -> Iterator[Line]:
    """Both questions to each model."""
    for name in MODELS:
        yield shuffled(workload(name))
        yield averaged(workload(name))


def shuffled(work: Workload) -> Line:
    """Permutation importance: all columns, all shuffles."""
    table = work.frame.tail(SHUFFLED).reset_index(drop=True)
    inputs, outcome = table.drop(columns=TARGET), table[TARGET]
    explainer = Explainer(work.pipeline, table, target=TARGET, background=work.background)

    def theirs() -> np.ndarray:
        found = permutation_importance(work.pipeline, inputs, outcome, n_repeats=REPEATS, random_state=SEED)
        return found.importances_mean

    def ours() -> np.ndarray:
        return explainer.importance("permutation", rows=None, repeats=REPEATS, seed=SEED).importance

    pair = in_turns(theirs, ours)
    what = f"permutation importance, {work.name}: {SHUFFLED:,} rows × {REPEATS} shuffles"
    return Line(what, "`sklearn.inspection`", *pair.seconds, LEAST, pair.difference(), "between the importances")


def averaged(work: Workload) -> Line:
    """Partial dependence of three columns on grids that the engine chose."""
    table = work.inputs.tail(SET).reset_index(drop=True)
    explainer = Explainer(work.pipeline, table, background=work.background, target_class="yes")
    grids = {name: np.array(explainer.partial_dependence(name, points=POINTS).grid) for name in COLUMNS}

    def theirs() -> np.ndarray:
        options = {"response_method": "predict_proba", "method": "brute", "kind": "average"}
        found = [
            partial_dependence(work.pipeline, table, [name], custom_values={name: grids[name]}, **options)
            for name in COLUMNS
        ]
        return np.concatenate([each["average"][0] for each in found])

    def ours() -> np.ndarray:
        found = [explainer.partial_dependence(name, rows=None, points=POINTS) for name in COLUMNS]
        return np.concatenate([each.prediction for each in found])

    pair = in_turns(theirs, ours)
    what = f"partial dependence, {work.name}: {len(COLUMNS)} columns, {SET:,} rows"
    return Line(what, "`sklearn.inspection`", *pair.seconds, LEAST, pair.difference(), "between the curves")


if __name__ == "__main__":
    show(lines())
