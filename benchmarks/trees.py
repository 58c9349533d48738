"""Exact contributions of tree ensembles beside `shap`'s, with the same background, in one run.

python -m benchmarks.trees [--rows N]       (about a quarter of an hour; shap takes nearly all of it)

Both explain encoded rows against 100 background rows, prepared beforehand. Ours are the values of the 14 original
columns, `shap`'s those of the 85 encoded ones: the sum of one-hot values is not the Shapley value of the column, so for
the difference ours are computed once more with every encoded column as a player of its own.
"""

from __future__ import annotations

import argparse
import statistics
from dataclasses import replace
from typing import Any

import numpy as np
import shap
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from threadpoolctl import threadpool_limits

from benchmarks.side_by_side import Line, in_turns, seconds, table, versions
from benchmarks.workload import BACKGROUND, made, preprocessing
from xai.attribution.background import Background
from xai.attribution.trees.prepared import PreparedTrees
from xai.attribution.trees.verified import verified
from xai.compiled import building, place
from xai.model import Model

_COMPARED = 20  # rows whose values are compared
_SINGLE = 15  # single rows, of which the median is taken
FORESTS: dict[str, tuple[Any, int, tuple[tuple[int, float | None], ...], float]] = {
    # name: estimator, repeats, (rows, ratio to reach) …, ratio to reach for a single row
    "forest, 200 trees of depth 8": (
        RandomForestClassifier(200, max_depth=8, random_state=0),
        3,
        ((1000, 50.0), (60, None)),
        4.0,
    ),
    "histogram boosting": (HistGradientBoostingClassifier(random_state=0), 3, ((1000, 60.0),), 4.0),
    "forest, 200 trees of unlimited depth": (
        RandomForestClassifier(200, random_state=0),
        3,
        ((4, 5.0), (60, None)),
        4.0,
    ),
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.trees")
    parser.add_argument("--rows", type=int, help="at most so many rows in a line")
    asked = parser.parse_args()
    path = place.file()
    if path is None:
        parser.error("without numba there is nothing to measure")
    print(f"compiled kernels ready after {seconds(lambda: building.build(path)):.1f} s")
    print(versions("shap", "scikit-learn", "numpy", "numba"))
    print(table(lines(asked.rows)))


def lines(most: int | None = None) -> list[Line]:
    """All lines; `most` cuts the numbers of rows."""
    found = []
    for name, (estimator, repeats, sizes, single) in FORESTS.items():
        print(f"{name}: training …", flush=True)
        side = Side(estimator)
        for rows, least in sizes:
            found.append(side.many(name, min(rows, most or rows), least, repeats))
            print(table(found[-1:]).splitlines()[-1], flush=True)
        found += side.single(name, single)
        print("\n".join(table(found[-2:]).splitlines()[-2:]), flush=True)
    return found


class Side:
    """One model, prepared both ways."""

    def __init__(self, estimator: Any) -> None:
        frame, target = made()
        with threadpool_limits(1):
            pipeline: Pipeline = make_pipeline(preprocessing(), estimator).fit(frame, target)
        model = Model(pipeline).prepare(frame.sample(300, random_state=0))
        background = Background(model, frame.iloc[:BACKGROUND])
        self.unit = "margin" if hasattr(estimator, "decision_function") else "probability"
        self.rows = background.given(frame.iloc[BACKGROUND : BACKGROUND + 1000])
        self.background = background
        given = background.given(background.frame)
        self.final = pipeline[-1]
        self.theirs = shap.TreeExplainer(self.final, given, feature_perturbation="interventional")
        self.ours = self._prepared(background)
        self.ours.values(self.rows[:1])  # the kernels are loaded, the background is at the nodes

    def many(self, name: str, rows: int, least: float | None, repeats: int) -> Line:
        """Many rows at once."""
        explained = self.rows[:rows]
        theirs, ours = in_turns(lambda: self._shap(explained), lambda: self.ours.values(explained), repeats)
        work = f"{name}: {rows:,} rows"
        return Line(work, "shap interventional", theirs, ours, least, self._difference(), "to shap, column by column")

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
        line = Line(f"{name}: one row", "shap interventional", theirs, mean, least, gap, "to the model's output")
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

    def _difference(self) -> float:
        """To `shap` where every encoded column is a player of its own, as it is for `shap`."""
        rows, encoding = self.rows[:_COMPARED], self.background.model.encoding
        given = self.background.given(self.background.frame)
        said = self.background.outputs(self.unit)
        columns = given.shape[1]
        apart = verified(self.ours.verified.read, np.arange(columns), columns, self.unit == "margin", given, said, None)
        if apart is None or encoding is None:
            raise RuntimeError("the trees were not read")
        return float(np.abs(PreparedTrees(apart, given).values(rows)[:, :, 1] - self._shap(rows)).max())


if __name__ == "__main__":
    main()
