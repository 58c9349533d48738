"""SHAP values on the original columns: the best algorithm the model allows, named, and checked against the model."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from xai.attribution.background import Background
from xai.attribution.game import Game
from xai.attribution.linear import linear_rows, linear_weights
from xai.attribution.sampling import Plan, coalitions, played
from xai.attribution.trees.prepared import PreparedTrees
from xai.progress import Progress, report
from xai.results import Notice, Unit
from xai.trust.scale import point

ENCODED_BUDGET = 250_000  # model evaluations for one row that an exact enumeration may take
FRAME_BUDGET = 60_000  # the same where every evaluation runs through the preprocessing
MOST = 8_000_000  # the same for the lightest of lean predictions
OPERATIONS = 750_000_000  # multiplications that one row may take, where it is known how many a prediction takes
FEWEST = 4_000  # evaluations for one row, however slow the model is
PLAYED_BUDGET = 60_000_000  # the same where the trees say what the model says, without predicting
TABLE_BUDGET = 8  # a whole table may take this many times the budget of one row
EXACT_ROWS = 150  # so many rows explained exactly say more than twice as many with estimates
PAIRS = 2  # pairs of orders for each background row that are drawn before their error is judged
MOST_PAIRS = 256
TOLERANCE = 0.25  # points: sampling stops once no contribution's standard error is larger
_REMEMBERED = ("_fit_X", "support_vectors_", "X_train_")  # of neighbours, support vectors, Gaussian processes
_KEPT = 8_000_000  # outputs that are kept for single background rows, to measure their spread


@dataclass(frozen=True)
class Shap:
    """Contributions of every explained row to every output, with their error."""

    values: np.ndarray  # (R, C, K)
    base: np.ndarray  # (K,)
    outputs: np.ndarray  # (R, K) what the model says in the game
    background_error: np.ndarray  # (R, C, K) standard error over the background; nan where it was not measured
    sampling_error: np.ndarray  # (R, C, K) standard error of the sampled orders; 0 where exact
    algorithm: str
    sampling: dict[str, Any] = field(default_factory=dict)
    warnings: tuple[Notice, ...] = ()


def shap_values(
    background: Background,
    rows: pd.DataFrame,
    unit: Unit,
    seed: int,
    real: np.ndarray,
    progress: Progress | None = None,
) -> Shap:
    """Interventional SHAP values of `rows` (R, C) against the background, for every output.

    `real` (R, K) is what the model itself says about the rows. Exact over the trees, in closed form for linear models,
    or by enumeration where the coalitions are few enough; else sampled until the error is below a quarter of a point or
    the budget is used. The algorithm is part of the result.
    """
    report(progress, 0.0, "shap")
    trees = background.trees(unit)
    warnings = () if trees.notice is None else (trees.notice,)
    if trees.prepared is not None:
        found = _by_trees(background, trees.prepared, rows, real, progress)
        if found is not None and _gap(found) <= trees.prepared.tolerance(real):
            return found
        if found is not None or unit == "target":
            warnings = (Notice("trees-do-not-add-up"),)
    game = Game(background.blending(unit), rows, None if background.model.encoding is None else background.given(rows))
    weights = linear_weights(game)
    if weights is not None:
        values, error = linear_rows(game, weights)
        return _found(game, values, error, np.zeros(values.shape), "linear-exact")
    return _by_coalitions(game, seed, progress, warnings)


def affordable_rows(background: Background, unit: Unit) -> int:
    """How many rows of a table are explained within its budget; no limit where no coalitions have to be played.

    Where all coalitions of enough rows can be played there are only so many rows, and they are exact.
    """
    trees = background.trees(unit).prepared
    if trees is not None:
        exact = sys.maxsize if trees.additive else int(TABLE_BUDGET * PLAYED_BUDGET // trees.coalitions_cost())
        if exact >= EXACT_ROWS:
            return exact
    game = Game(background.blending(unit), background.frame.iloc[:1])
    if linear_weights(game) is not None:
        return sys.maxsize
    players = len(game.active)
    coalitions = TABLE_BUDGET * _budget(game) // max(game.background_rows, 1)
    exact = coalitions // 2**players
    return exact if exact >= EXACT_ROWS else coalitions // min(2**players, PAIRS * 2 * max(players, 1))


def _budget(game: Game) -> int:
    """Model evaluations for one row: as many as take a moment."""
    final = game.blending.model.final
    affordable = max(FEWEST, OPERATIONS // max(remembered(final), 1))
    if game.where != "encoded":
        return min(FRAME_BUDGET, affordable)
    lean = game.blending.lean
    return (
        min(ENCODED_BUDGET, affordable) if lean is None else max(ENCODED_BUDGET, int(min(OPERATIONS / lean.work, MOST)))
    )


def remembered(final: Any) -> int:
    """Numbers that an estimator goes through for every prediction: the rows it remembers. 0 where it remembers none."""
    kept = (getattr(final, name, None) for name in _REMEMBERED)
    return max((each.shape[0] * each.shape[1] for each in kept if getattr(each, "ndim", 0) == 2), default=0)


def _by_trees(
    background: Background, trees: PreparedTrees, rows: pd.DataFrame, real: np.ndarray, progress: Progress | None
) -> Shap | None:
    """Sums over the trees; behind a link all coalitions, or None where these are too many."""
    given = background.given(rows)
    single, facts = len(rows) == 1, {}
    if trees.additive:
        algorithm = "tree-exact"
        each = [trees.against_each(given)] if single else []
        values = each[0].mean(axis=0)[None] if single else trees.values(given, progress)
    else:
        cost = trees.coalitions_cost()
        if cost > PLAYED_BUDGET or cost * len(rows) > TABLE_BUDGET * PLAYED_BUDGET:
            return None
        algorithm, facts = "enumeration-encoded", {"coalitions": 2 ** len(trees.players)}
        single = single and cost <= _KEPT
        each = []
        for row in range(len(rows)):
            report(progress, row / len(rows), "shap")
            each.append(trees.played(given[row : row + 1], each=single))
        values = np.array([found.mean(axis=0) for found in each])
    over = _error_over(each[0])[None] if single else np.full(values.shape, np.nan)
    base = trees.outputs.mean(axis=0)
    # a number behind a link, such as that of a Poisson model; that probabilities do not add up is no surprise
    notices = () if trees.additive or base.size > 1 else (Notice("trees-do-not-add-up"),)
    return Shap(values, base, real, over, np.zeros(values.shape), algorithm, facts, notices)


def _by_coalitions(game: Game, seed: int, progress: Progress | None, warnings: tuple[Notice, ...]) -> Shap:
    """Enumeration where affordable, else sampling; in encoded space where the model has one."""
    count, players, m = len(game.explained), len(game.active), game.background_rows
    budget = _budget(game)
    share = min(budget, TABLE_BUDGET * budget // count)  # evaluations for each row
    all_of_them, largest = coalitions(game)
    exact = all_of_them <= share * count
    tolerance = TOLERANCE * point("probability" if _is_probability(game) else "target", game.outputs[:, -1])
    most = int(np.clip(share // max(2 * players * m, 1), PAIRS, MOST_PAIRS))
    found = played(game, Plan(exact, tolerance, most, seed), progress)
    facts = {"coalitions": largest} if exact else {"pairs": int(found.pairs.mean()), "tolerance": tolerance}
    algorithm = f"{'enumeration' if exact else 'permutation'}-{game.where}"
    return _found(game, found.values, found.background_error, found.sampling_error, algorithm, facts, warnings)


def _found(
    game: Game,
    values: np.ndarray,
    over: np.ndarray,
    sampling: np.ndarray | None,
    algorithm: str,
    facts: dict[str, Any] | None = None,
    warnings: tuple[Notice, ...] = (),
) -> Shap:
    error = np.zeros(values.shape) if sampling is None else sampling
    return Shap(values, game.base, game.explained, over, error, algorithm, facts or {}, warnings)


def _error_over(each: np.ndarray) -> np.ndarray:
    """(C, K) standard error of the mean over background rows (m, C, K)."""
    return each.std(axis=0, ddof=1) / np.sqrt(len(each)) if len(each) > 1 else np.full(each.shape[1:], np.nan)


def _gap(found: Shap) -> float:
    return float(np.abs(found.base + found.values.sum(axis=1) - found.outputs).max())


def _is_probability(game: Game) -> bool:
    return not game.margin and game.model.unit == "probability"
