"""SHAP values on the original columns: the best algorithm the model allows, named, and checked against the model."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from xai.attribution import tree_kernel
from xai.attribution.background import Background
from xai.attribution.game import Game
from xai.attribution.linear import linear_rows, linear_weights
from xai.attribution.sampling import Plan, coalitions, played
from xai.attribution.tree_arrays import read_trees
from xai.progress import Progress, report
from xai.results import Notice
from xai.trust.scale import point

ENCODED_BUDGET = 250_000  # model evaluations for one row that an exact enumeration may take
FRAME_BUDGET = 60_000  # the same where every evaluation runs through the preprocessing
MOST = 8_000_000  # the same for the lightest of lean predictions
OPERATIONS = 750_000_000  # multiplications that one row may take, where it is known how many a prediction takes
TABLE_BUDGET = 8  # a whole table may take this many times the budget of one row
EXACT_ROWS = 150  # so many rows explained exactly say more than twice as many with estimates
PAIRS = 2  # pairs of orders for each background row that are drawn before their error is judged
MOST_PAIRS = 256
TOLERANCE = 0.1  # points: sampling stops once no contribution's standard error is larger
DEEPEST = 60  # distinct columns on one path the tree kernel can hold


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


def shap_values(background: Background, rows: pd.DataFrame, seed: int, progress: Progress | None = None) -> Shap:
    """Interventional SHAP values of `rows` (R, C) against a background, for every output.

    Exact by the tree kernel, in closed form for linear models, or by enumeration where the coalitions are few enough;
    else sampled until the error is below a tenth of a point or the budget is used. The algorithm is part of the result.
    """
    report(progress, 0.0, "shap")
    game = Game(background, rows)
    warnings: tuple[Notice, ...] = ()
    weights = linear_weights(game)
    if weights is not None:
        values, error = linear_rows(game, weights)
        return _found(game, values, error, np.zeros(values.shape), "linear-exact")
    ensemble = _trees(game)
    if ensemble is not None:
        found = _by_trees(game, ensemble, progress)
        if _gap(found) <= 1e-8 * max(1.0, float(np.abs(game.outputs).max())):
            return found
        warnings = (Notice("trees-do-not-add-up", {"gap": _gap(found)}),)
    return _by_coalitions(game, seed, progress, warnings)


def affordable_rows(background: Background) -> int:
    """How many rows of a table are explained within its budget; no limit where no coalitions have to be played.

    Where all coalitions of enough rows can be played there are only so many rows, and they are exact.
    """
    game = Game(background, background.frame.iloc[:1])
    if linear_weights(game) is not None or _trees(game) is not None:
        return sys.maxsize
    players = len(game.active)
    coalitions = TABLE_BUDGET * _budget(game) // max(game.background_rows, 1)
    exact = coalitions // 2**players
    return exact if exact >= EXACT_ROWS else coalitions // min(2**players, PAIRS * 2 * max(players, 1))


def _budget(game: Game) -> int:
    """Model evaluations for one row: as many as take a moment."""
    if game.where != "encoded":
        return FRAME_BUDGET
    lean = game.background.lean
    cheap = 0 if lean is None else int(min(OPERATIONS / lean.work, MOST))
    return max(ENCODED_BUDGET, cheap)


def _trees(game: Game) -> Any:
    """The model's trees, where it has an encoding and its outputs are a sum over trees."""
    encoding = game.background.encoding
    if encoding is None or (encoding.inverse is not None):
        return None
    ensemble = read_trees(encoding.final, game.margin, game.outputs.shape[1])
    deep = ensemble is not None and len(game.active) > DEEPEST and max(map(_depth, ensemble.trees)) > DEEPEST
    return None if deep else ensemble


def _depth(tree: Any) -> int:
    """Longest path of a tree; parents come before their children in the arrays."""
    depth = np.zeros(len(tree.left), dtype=int)
    for node in np.flatnonzero(tree.left >= 0):
        depth[tree.left[node]] = depth[tree.right[node]] = depth[node] + 1
    return int(depth.max())


def _by_trees(game: Game, ensemble: Any, progress: Progress | None) -> Shap:
    m, encoded = game.background_rows, game.encoded
    count = len(encoded) - m
    if count == 1:
        each = tree_kernel.explain_row(ensemble, encoded[m:], encoded[:m], game.players, game.columns)
        return _found(game, each.mean(axis=0)[None], _error_over(each)[None], None, "tree-exact")
    values = tree_kernel.explain_rows(ensemble, encoded[m:], encoded[:m], game.players, game.columns, progress)
    return _found(game, values, np.full(values.shape, np.nan), None, "tree-exact")


def _by_coalitions(game: Game, seed: int, progress: Progress | None, warnings: tuple[Notice, ...]) -> Shap:
    """Enumeration where affordable, else sampling; in encoded space where the model has one."""
    count, players, m = len(game.explained), len(game.active), game.background_rows
    budget = _budget(game)
    share = min(budget, TABLE_BUDGET * budget // count)  # evaluations for each row
    exact = coalitions(game) <= share * count
    tolerance = TOLERANCE * point("probability" if _is_probability(game) else "target", game.outputs[:, -1])
    most = int(np.clip(share // max(2 * players * m, 1), PAIRS, MOST_PAIRS))
    found = played(game, Plan(exact, tolerance, most, seed), progress)
    facts = {"coalitions": 2**players} if exact else {"pairs": int(found.pairs.mean()), "tolerance": tolerance}
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
