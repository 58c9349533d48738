"""Exact contributions of tree ensembles beside `shap`'s, with the same background, in one run.

python -m benchmarks.trees

Both explain encoded rows against 100 background rows, prepared beforehand. Ours are the values of the 14 original
columns, `shap`'s those of the 85 encoded ones: the sum of one-hot values is not the Shapley value of the column, so for
the difference ours are computed once more with every encoded column as a player of its own.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import shap

from benchmarks.side_by_side import Line, in_turns, seconds, show
from benchmarks.workload import Workload, workload
from xai.attribution.background import Background
from xai.attribution.trees.prepared import PreparedTrees
from xai.attribution.trees.verified import verified
from xai.model import Model

PEER = "`shap`, interventional"
_COMPARED = 20  # rows whose values are compared
_SINGLE = 15  # single rows, of which the median is taken
FORESTS: dict[str, tuple[str, int, float]] = {
    # model of the workload: name, rows, ratio to reach for them
    "rf8": ("forest, 200 trees of depth 8", 1_000, 50.0),
    "hgb": ("histogram boosting", 1_000, 60.0),
    "rf": ("forest, 200 trees of unlimited depth", 20, 5.0),
}
LEAST_ALONE = 4.0  # ratio to reach for a single row


def lines() -> Iterator[Line]:
    """Many rows and one row of each."""
    for model, (name, rows, least) in FORESTS.items():
        side = Side(workload(model))
        yield side.many(name, rows, least)
        yield from side.single(name, LEAST_ALONE)


class Side:
    """One model, prepared both ways."""

    def __init__(self, work: Workload) -> None:
        model = Model(work.pipeline).prepare(work.inputs.sample(300, random_state=0))
        background = Background(model, work.background)
        self.final = work.pipeline[-1]
        self.unit = "margin" if hasattr(self.final, "decision_function") else "probability"
        self.rows = single_precision(background.given(work.inputs.tail(1000)))
        self.given = single_precision(background.given(background.frame))
        self.background = background
        self.theirs = shap.TreeExplainer(self.final, self.given, feature_perturbation="interventional")
        self.ours = PreparedTrees(self._prepared(background).verified, self.given)
        self.ours.values(self.rows[:1])  # the kernels are loaded, the background is at the nodes

    def many(self, name: str, rows: int, least: float | None) -> Line:
        """Many rows at once."""
        explained = self.rows[:rows]
        pair = in_turns(lambda: self._shap(explained), lambda: self.ours.values(explained))
        what = f"to `shap`, whose own sums are {self._missed():.1e} off the model's {self.unit}"
        return Line(f"{name}: {rows:,} rows", PEER, *pair.seconds, least, self._difference(), what)

    def single(self, name: str, least: float) -> tuple[Line, Line]:
        """One row at a time: the values, and the values against each background row, which give their spread."""
        times = {"theirs": [], "mean": [], "each": []}
        gap = 0.0
        for place_ in range(_SINGLE):
            row = self.rows[place_ : place_ + 1]
            times["theirs"].append(seconds(lambda row=row: self._shap(row)))
            times["mean"].append(seconds(lambda row=row: self.ours.values(row)))
            times["each"].append(seconds(lambda row=row: self.ours.against_each(row)))
            total = self.ours.outputs.mean(axis=0) + self.ours.values(row)[0].sum(axis=0)
            gap = max(gap, float(np.abs(total - self._said(row)).max()))
        theirs, mean, each = (statistics.median(times[key]) for key in ("theirs", "mean", "each"))
        line = Line(f"{name}: one row", PEER, theirs, mean, least, gap, "to the model's output")
        return line, replace(line, work=f"{name}: one row, with its spread over the background", ours=each, least=None)

    def _prepared(self, background: Background) -> PreparedTrees:
        found = background.trees(self.unit).prepared
        if found is None:
            raise RuntimeError("the trees were not read")
        return found

    def _shap(self, rows: np.ndarray) -> np.ndarray:
        found = self.theirs.shap_values(rows, check_additivity=False)
        return found if np.ndim(found) == 2 else found[:, :, 1]

    def _said(self, rows: np.ndarray) -> np.ndarray:
        """(n, 2) what the model itself says."""
        if self.unit == "probability":
            return self.final.predict_proba(rows)
        margin = self.final.decision_function(rows)
        return np.column_stack([-margin, margin])

    def _missed(self) -> float:
        """How far `shap`'s values are from adding up to what the model says: it rounds where it compares."""
        rows = self.rows[:_COMPARED]
        total = np.ravel(self.theirs.expected_value)[-1] + self._shap(rows).sum(axis=1)
        return float(np.abs(total - self._said(rows)[:, 1]).max())

    def _difference(self) -> float:
        """To `shap` where every encoded column is a player of its own, as it is for `shap`."""
        rows, given, columns = self.rows[:_COMPARED], self.given, self.given.shape[1]
        said = self._said(given)
        apart = verified(self.ours.verified.read, np.arange(columns), columns, self.unit == "margin", given, said, None)
        if apart is None:
            raise RuntimeError("the trees were not read")
        return float(np.abs(PreparedTrees(apart, given).values(rows)[:, :, 1] - self._shap(rows)).max())


def single_precision(rows: np.ndarray) -> np.ndarray:
    """Rows whose numbers are exact in single precision.

    Forests of scikit-learn compare in single precision, `shap` in double: it is right only where that is the same.
    """
    return rows.astype(np.float32).astype(float)


if __name__ == "__main__":
    show(lines())
