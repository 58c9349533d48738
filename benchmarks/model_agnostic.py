"""SHAP values of models that are neither trees nor lines, one row at a time, beside `shap` through the same pipeline.

python -m benchmarks.model_agnostic [--models lr mlp stack svc] [--rows 3] [--exact] [--cpu]

`shap` refuses a pipeline with text columns, so it is given codes and a function that decodes them, which is what works
(10 antithetic permutations, as its documentation suggests at least; `--exact` adds its exact explainer, minutes for
each row). Both sides have the same 100 background rows. Errors are relative, Σ|φ - exact| / Σ|exact|, against all 2^14
coalitions, played here with the estimator's own predictions. Klartext is measured twice: the contributions alone, and
the whole answer with its checks. Times alternate within one run, so that their ratio means something on a busy machine.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from math import comb

import numpy as np
import pandas as pd
import shap

from benchmarks.by_hand import ByHand
from benchmarks.side_by_side import Line
from benchmarks.workload import Workload, workload
from xai.attribution.shap import shap_values
from xai.explainer import Explainer

MODELS = ("lr", "stack", "mlp", "svc")
LEAST = {"lr": 25.0, "stack": 6.0, "mlp": 15.0}
ROWS, PERMUTATIONS, REPEATS = 3, 10, 5
ROUNDS = 3  # of each row, in which both sides take turns: the pace of a shared machine changes within seconds
Clock = Callable[[], float]
CHUNK = 256  # coalitions played at once


@dataclass
class Side:
    """What one of the two sides needs for a row, and how far it is off."""

    name: str
    seconds: list[float] = field(default_factory=list)
    errors: list[float] = field(default_factory=list)

    def add(self, values: Callable[[], np.ndarray], exact: np.ndarray, repeats: int, clock: Clock) -> None:
        for _ in range(repeats):
            started = clock()
            found = values()
            self.seconds.append(clock() - started)
        self.errors.append(float(np.abs(found - exact).sum() / np.abs(exact).sum()))


def main() -> None:
    """Print a table of medians."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--models", nargs="+", default=MODELS, choices=MODELS)
    options.add_argument("--rows", type=int, default=ROWS)
    options.add_argument("--exact", action="store_true", help="time the exact explainer of shap as well")
    options.add_argument("--cpu", action="store_true", help="processor time, for a machine that others are using")
    asked = options.parse_args()
    clock = time.process_time if asked.cpu else time.perf_counter
    print(f"{'model':6} {'by':24} {'ms/row':>9} {'error':>8} {'ratio':>7}")
    for name in asked.models:
        sides = measured(workload(name), asked.rows, clock, asked.exact)
        peer = statistics.median(sides[0].seconds)
        for side in sides:
            own = statistics.median(side.seconds)
            error = statistics.mean(side.errors)
            print(f"{name:6} {side.name:24} {1e3 * own:9.1f} {error:8.2%} {peer / own:7.1f}", flush=True)


def lines() -> Iterator[Line]:
    """The models that have a goal."""
    for name, least in LEAST.items():
        theirs, alone, whole = measured(workload(name), ROWS)
        seconds = statistics.median(theirs.seconds)
        peer = f"`shap` permutation, which is {statistics.mean(theirs.errors):.1%} off"
        for what, side, goal in (("contributions", alone, least), ("contributions with their checks", whole, None)):
            own, error = statistics.median(side.seconds), statistics.mean(side.errors)
            yield Line(f"{name}: one row, {what}", peer, seconds, own, goal, error, "off all coalitions (relative)")


def measured(work: Workload, rows: int, clock: Clock = time.perf_counter, exactly: bool = False) -> list[Side]:
    """shap's side first, then the contributions alone, then the whole answer."""
    explainer = Explainer(work.pipeline, work.inputs, background=work.background, target_class="yes")
    chosen = work.inputs.iloc[-rows:].reset_index(drop=True)
    by_hand = ByHand(work.inputs)
    theirs = Permutations(work, by_hand)
    sides = [Side("shap, permutations"), Side("contributions"), Side("contributions, checked")]
    sides += [Side("shap, exact")] if exactly else []
    for place in range(rows):
        row = chosen.iloc[[place]]
        exact = played(work, row)
        coded = by_hand.encode(row)
        real = explainer._compared.said(row, "probability")
        for _ in range(ROUNDS):
            sides[0].add(lambda: theirs.values(coded), exact, 1, clock)  # noqa: B023 (called at once)
            # a copy each time: the engine remembers what it made of the last rows it was given
            sides[1].add(lambda: contributions(explainer, row.copy(), real), exact, REPEATS, clock)  # noqa: B023
            sides[2].add(lambda: explainer.explain(frame=row).values, exact, REPEATS, clock)  # noqa: B023
        if exactly:
            sides[3].add(lambda: theirs.exactly(coded), exact, 1, clock)  # noqa: B023
    return sides


def contributions(explainer: Explainer, row: pd.DataFrame, real: np.ndarray) -> np.ndarray:
    """(C,) as the engine computes them for the page, without what is measured about them."""
    return shap_values(explainer._compared, row, "probability", 0, real).values[0, :, 1]


class Permutations:
    """What works with `shap`: codes in, the pipeline behind a decoder."""

    def __init__(self, work: Workload, by_hand: ByHand) -> None:
        def predict(codes: np.ndarray) -> np.ndarray:
            return work.pipeline.predict_proba(by_hand.decode(codes))[:, 1]

        background = by_hand.encode(work.background)
        masker = shap.maskers.Independent(background, max_samples=len(background))
        self.columns = background.shape[1]
        self.permutations = shap.PermutationExplainer(predict, masker)
        self.exact = shap.ExactExplainer(predict, masker)

    def values(self, coded: np.ndarray) -> np.ndarray:
        return self.permutations(coded, max_evals=PERMUTATIONS * (2 * self.columns + 1)).values[0]

    def exactly(self, coded: np.ndarray) -> np.ndarray:
        return self.exact(coded, max_evals=2**self.columns + 1).values[0]


def played(work: Workload, row: pd.DataFrame) -> np.ndarray:
    """(C,) the definition: all coalitions, played with the estimator's own predictions on encoded rows."""
    encoder, estimator = work.pipeline[0], work.pipeline[-1]
    explained, background = encoder.transform(row)[0], encoder.transform(work.background)
    owners = np.array([_owner(name, list(row.columns)) for name in encoder.get_feature_names_out()])
    players = row.shape[1]
    members = (np.arange(1 << players)[:, None] >> np.arange(players) & 1).astype(bool)
    worth = np.empty(len(members))
    for start in range(0, len(members), CHUNK):
        taken = members[start : start + CHUNK][:, None, owners]
        rows = np.where(taken, explained, background).reshape(-1, len(owners))
        said = estimator.predict_proba(rows)[:, 1].reshape(-1, len(background))
        worth[start : start + CHUNK] = said.mean(axis=1)
    size = members.sum(axis=1)
    found = np.empty(players)
    for player in range(players):
        without = np.flatnonzero(~members[:, player])
        weights = np.array([1 / (players * comb(players - 1, s)) for s in range(players)])[size[without]]
        found[player] = weights @ (worth[without | (1 << player)] - worth[without])
    return found


def _owner(encoded: str, columns: list[str]) -> int:
    """The original column of "pipeline-2__job_job A"."""
    name = encoded.split("__", 1)[1]
    return columns.index(name) if name in columns else columns.index(name.split("_")[0])


if __name__ == "__main__":
    main()
