"""How far an explanation carries: the size of a point, the verdicts at their limits, and rows that resemble a case."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from pipelines import people

from xai.data import dataset
from xai.results import Measure, Trust
from xai.trust.scale import additivity, judged, point
from xai.trust.support import similar_rows, support


def test_a_point_is_a_percentage_point_or_a_hundredth_of_the_span_of_predictions():
    assert point("probability", np.array([0.0, 1.0])) == 0.01
    predictions = np.random.default_rng(0).normal(50, 7, 1000)
    assert point("target", predictions) == pytest.approx(4 * predictions.std() / 100)
    assert point("score", np.full(5, 3.0)) == 1.0


@pytest.mark.parametrize(("value", "verdict"), [(0.019, "solid"), (0.02, "care"), (0.049, "care"), (0.051, "weak")])
def test_differences_are_judged_in_points(value: float, verdict: str):
    found = judged("background", value, 0.01, 2, 5)
    assert (found.verdict, found.value) == (verdict, value)
    assert dict(found.rule) == pytest.approx({"care": 0.02, "weak": 0.05})


def test_a_gap_in_the_sum_is_weak_from_a_thousandth_of_a_point_on():
    assert additivity(0.9e-5, 0.01).verdict == "solid"
    assert additivity(1.1e-5, 0.01).verdict == "weak"


def test_the_worst_measure_decides():
    def trust(*verdicts: str) -> Trust:
        return Trust(tuple(Measure("x", 0.0, "share", verdict) for verdict in verdicts))

    assert trust("solid", "care", "weak").verdict == "weak"
    assert trust("solid", "care").verdict == "care"
    assert trust("solid").verdict == "solid"


def far(frame: pd.DataFrame, deviation: dict[str, float], one: int, other: int) -> float:
    """Distance of two rows by its definition, column by column."""
    total = 0.0
    for name in frame:
        mine, theirs = frame[name].iloc[one], frame[name].iloc[other]
        if pd.isna(mine) or pd.isna(theirs):
            total += not (pd.isna(mine) and pd.isna(theirs))
        elif name in deviation:
            total += abs(mine - theirs) / deviation[name]
        else:
            total += mine != theirs
    return total


def test_similar_rows_by_plain_loops():
    """As near as five neighbours usually are; the row itself is no evidence for itself."""
    frame = people(60)
    data = dataset(frame, tuple(frame.columns))
    deviation = {name: (frame[name] - frame[name].median()).abs().median() for name in ("age", "income")}
    rows = range(len(frame))
    table = np.array([[far(frame, deviation, one, other) for other in rows] for one in rows])
    usual = np.median([np.sort(line)[5] for line in table])
    for row in rows:
        assert similar_rows(data, frame.iloc[[row]]) == (table[row] <= usual + 1e-9).sum() - 1


def test_support_of_five_rows_carries_and_of_none_does_not():
    frame = pd.DataFrame({"a": [1] * 7 + [2] * 3, "kind": ["x"] * 7 + ["y"] * 3})
    data = dataset(frame, ("a", "kind"))
    cases = {("x", 1): (6, "solid"), ("y", 2): (2, "care"), ("z", 9): (0, "weak")}
    for (kind, number), (count, verdict) in cases.items():
        found = support(data, pd.DataFrame({"a": [number], "kind": [kind]}))
        assert (found.value, found.verdict) == (count, verdict)
