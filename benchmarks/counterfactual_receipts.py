"""Is everything that is shown valid? Asked about files as people bring them, and answered without the engine's means.

python -m benchmarks.counterfactual_receipts MODEL DATA TARGET      (or demo:NAME alone)
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks import counterfactual_cases as cases
from xai.explainer import Explainer
from xai.opening.both import open_both
from xai.results import Counterfactual, Counterfactuals

CASES, SECONDS, MORE = 8, 5.0, 1.1


@dataclass(frozen=True)
class Checked:
    """How many cases were asked about, how many had an answer, how many ways were shown, and how many are valid."""

    cases: int
    solved: int
    shown: int
    valid: int


def main(arguments: list[str]) -> None:
    """Ask about one model and table."""
    model, *rest = arguments
    options = {"target": rest[1], "data_name": Path(rest[0]).name} if rest else {}
    if not rest:
        print(checked(open_both(model).explainer))
        return
    print(checked(open_both(Path(model), Path(rest[0]), model_name=Path(model).name, **options).explainer))


def checked(explainer: Explainer) -> Checked:
    """Rows drawn at random, each to get another class or a prediction a tenth larger, with the default constraints."""
    data, model, found = explainer.data, explainer.model, []
    places = np.random.default_rng(cases.SEED).choice(len(data.frame), CASES, replace=False)
    for place in places.tolist():
        row = data.frame.iloc[[place]]
        said = float(model.predict(row)[0, 0])
        desired = (said + (MORE - 1) * abs(said), None) if model.task == "regression" else None
        found.append((row, explainer.counterfactuals(row=place, desired=desired, seconds=SECONDS, seed=cases.SEED)))
    ways = [(row, item, result) for row, result in found for item in result.counterfactuals]
    good = sum(holds(explainer, row, item, result) for row, item, result in ways)
    return Checked(CASES, sum(bool(result.counterfactuals) for _, result in found), len(ways), good)


def holds(explainer: Explainer, row: pd.DataFrame, item: Counterfactual, result: Counterfactuals) -> bool:
    """The estimator itself says so, what is kept stayed, and nothing changed besides what is told."""
    frame = pd.DataFrame([dict(item.row)]).astype(explainer.data.frame.dtypes.to_dict())
    answer = explainer.model.estimator.predict(frame)[0]
    reached = answer >= result.desired[0] if isinstance(result.desired, tuple) else answer == result.desired
    changed = {name for name in frame if not _equal(frame[name].iloc[0], row[name].iloc[0])}
    return bool(reached) and not changed & set(result.keep) and changed == set(item.changes)


def _equal(left: Any, right: Any) -> bool:
    return left == right or (pd.isna(left) and pd.isna(right))


if __name__ == "__main__":
    main(sys.argv[1:])
