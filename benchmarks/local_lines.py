"""LIME beside the `lime` package, which is asked through the whole pipeline; 5,000 neighbours, the same seed.

python -m benchmarks.local_lines

`lime` takes numbers only: it is given codes and a function that decodes them into the table the pipeline wants. The
background has no gaps here, as the package cannot have any.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from lime.lime_tabular import LimeTabularExplainer

from benchmarks.by_hand import ByHand
from benchmarks.side_by_side import Line, in_turns, show
from benchmarks.workload import BACKGROUND, LEVELS, SEED, Workload, workload
from xai.explainer import Explainer

LEAST = {"lr": 4.0, "mlp": 3.0, "hgb": 8.0, "rf8": 2.0}
NEIGHBOURS, ROWS = 5_000, 3


def lines() -> Iterator[Line]:
    """A few rows of each model, one run each."""
    for name, least in LEAST.items():
        yield line(workload(name), least)


def line(work: Workload, least: float) -> Line:
    """Seconds for all rows together; the difference is that of what the local lines say about their rows."""
    complete = work.inputs.dropna()
    background = complete.sample(BACKGROUND, random_state=SEED).reset_index(drop=True)
    chosen = complete.tail(ROWS).reset_index(drop=True)
    explainer = Explainer(work.pipeline, work.inputs, background=background, target_class="yes")
    by_hand = ByHand(work.inputs)
    places = [place for place, name in enumerate(work.inputs) if name in LEVELS]
    package = LimeTabularExplainer(
        by_hand.encode(background), categorical_features=places, discretize_continuous=False, random_state=SEED
    )
    coded = by_hand.encode(chosen)  # each side is given its rows as it takes them: codes, or tables of a row
    rows = [chosen.iloc[[place]] for place in range(ROWS)]

    def predict(codes: np.ndarray) -> np.ndarray:
        return work.pipeline.predict_proba(by_hand.decode(codes))

    def theirs() -> np.ndarray:
        options = {"labels": (1,), "num_features": coded.shape[1], "num_samples": NEIGHBOURS}
        found = []
        for row in coded:
            package.random_state = package.base.random_state = np.random.RandomState(SEED)
            found.append(package.explain_instance(row, predict, **options).local_pred[0])
        return np.array(found)

    def ours() -> np.ndarray:
        found = [explainer.explain(frame=row, method="lime", stability_runs=1, seed=SEED) for row in rows]
        return np.array([each.local_prediction for each in found])

    pair = in_turns(theirs, ours)
    seconds = (each / ROWS for each in pair.seconds)
    return Line(f"LIME, {work.name}: one row", "`lime`", *seconds, least, pair.difference(), "between the local lines")


if __name__ == "__main__":
    show(lines())
