"""The compiled kernels and the NumPy way against each other, and where the usual cases end."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from math import comb, factorial

import numpy as np
import pandas as pd
import pytest
from pipelines import curved, numbers, people, piped
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.tree import DecisionTreeRegressor
from tree_models import answers, brute_force, made, used_columns, wide

from xai.attribution.trees import by_numpy, native
from xai.attribution.trees.ensemble import Ensemble, ensemble
from xai.attribution.trees.kernels import coalitions
from xai.attribution.trees.native import Native
from xai.attribution.trees.patterns import can_keep
from xai.attribution.trees.trial import drawn
from xai.attribution.trees.walk import walk
from xai.attribution.trees.weights import weights
from xai.explainer import Explainer


def random_ensemble(features: int = 9, players: int = 5, depth: int = 8, seed: int = 3) -> tuple[Ensemble, np.ndarray]:
    """A flat ensemble with two outputs whose players own several features each, and rows with gaps for it."""
    random = np.random.default_rng(seed)
    owner = np.concatenate([np.arange(players), random.integers(players, size=features - players)])
    flat = ensemble(drawn(random, 6, features, depth), owner, players)
    matrix = random.normal(size=(400, features)).round(1)
    matrix[random.random(matrix.shape) < 0.1] = np.nan
    return flat, flat.conditions.codes(matrix)


def by_definition(flat: Ensemble, row: np.ndarray, others: np.ndarray) -> np.ndarray:
    """(C, R) Shapley values from what the ensemble says about every mixture of codes."""
    columns = flat.players - 1
    owner = np.zeros(len(row), dtype=int)
    inner = flat.nodes[:, 0] >= 0
    owner[flat.nodes[inner, 0]] = flat.nodes[inner, 4]
    worth = {}
    for coalition in product([False, True], repeat=columns):
        taken = np.array(coalition)[owner]
        worth[coalition] = flat.raw(np.where(taken[:, None], row[:, None], others)).mean(axis=0)
    found = np.zeros((columns, len(flat.offset)))
    for coalition, value in worth.items():
        size = sum(coalition)
        for player in range(columns):
            if not coalition[player]:
                weight = factorial(size) * factorial(columns - size - 1) / factorial(columns)
                joined = (*coalition[:player], True, *coalition[player + 1 :])
                found[player] += weight * (worth[joined] - value)
    return found


@pytest.mark.parametrize("others", [1, 63, 64, 65, 150])
def test_any_size_of_background(compiled, others: int):
    flat, codes = random_ensemble()
    background, rows = codes[:, :others], codes[:, 200:230]
    found = Native(compiled, flat, background)
    expected = np.array([by_definition(flat, row, background) for row in rows[:, :3].T])
    many = found.rows(rows)
    np.testing.assert_allclose(many[:3, :-1], expected, rtol=0, atol=1e-12)
    np.testing.assert_allclose(by_numpy.explain_rows(flat, rows, background), many, rtol=0, atol=1e-12)
    for place in range(3):
        expected = by_numpy.explain_row(flat, rows[:, place], background)
        for single in (found, Native(compiled, flat, background, keep=False)):  # by patterns, and by walking
            np.testing.assert_allclose(single.row(rows[:, place], each=False)[0], many[place], rtol=0, atol=1e-12)
            each = single.row(rows[:, place], each=True)
            assert len(each) == others
            np.testing.assert_allclose(each, expected, rtol=0, atol=1e-12)


def test_contributions_against_one_background_row_add_up_to_the_difference_to_it(compiled):
    flat, codes = random_ensemble()
    background = codes[:, :70]
    each = Native(compiled, flat, background).row(codes[:, 300], each=True)
    np.testing.assert_allclose(each.sum(axis=1), flat.raw(codes[:, 300:301]) - flat.raw(background), rtol=0, atol=1e-12)


def test_the_number_of_threads_changes_nothing(compiled):
    flat, codes = random_ensemble()
    alone, shared = (Native(compiled, flat, codes[:, :80], threads) for threads in (1, 5))
    np.testing.assert_allclose(alone.rows(codes), shared.rows(codes), rtol=0, atol=1e-12)
    assert np.array_equal(shared.rows(codes), shared.rows(codes))  # and the same question gets the same bits
    np.testing.assert_allclose(
        alone.coalitions(codes[:, 0], np.arange(5), coalitions.IDENTITY, 2, each=True),
        shared.coalitions(codes[:, 0], np.arange(5), coalitions.IDENTITY, 2, each=True),
        rtol=0,
        atol=1e-12,
    )


def test_a_background_too_large_to_be_kept_is_looked_at_piece_by_piece(compiled, monkeypatch: pytest.MonkeyPatch):
    flat, codes = random_ensemble()
    kept = Native(compiled, flat, codes[:, :80])
    monkeypatch.setattr(native, "_SIDES_MEMORY", 2000)
    pieces = Native(compiled, flat, codes[:, :80])
    np.testing.assert_allclose(pieces.rows(codes), kept.rows(codes), rtol=0, atol=1e-12)
    np.testing.assert_allclose(pieces.row(codes[:, 5], each=True), kept.row(codes[:, 5], each=True), rtol=0, atol=1e-12)


@pytest.mark.parametrize("threads", [1, 3])
def test_single_rows_are_the_same_however_many_share_the_work(compiled, threads: int, monkeypatch: pytest.MonkeyPatch):
    flat, codes = random_ensemble()
    walked = Native(compiled, flat, codes[:, :80], keep=False).row(codes[:, 5], each=True)
    monkeypatch.setattr("xai.attribution.trees.patterns._WORTH_THREADS", 0.0)
    found = Native(compiled, flat, codes[:, :80], threads)
    np.testing.assert_allclose(found.row(codes[:, 5], each=True), walked, rtol=0, atol=1e-12)
    np.testing.assert_allclose(found.row(codes[:, 5], each=False)[0], walked.mean(axis=0), rtol=0, atol=1e-12)


def test_patterns_that_do_not_fit_are_not_kept(compiled, monkeypatch: pytest.MonkeyPatch):
    flat, _ = random_ensemble()
    assert can_keep(flat, 80)
    monkeypatch.setattr("xai.attribution.trees.patterns._MEMORY", int(flat.leaves.sum()) * 80 * 12 - 1)
    assert not can_keep(flat, 80)
    assert not can_keep(flat, 1 << 16)
    wide_, _ = random_ensemble(features=60, players=48)
    assert not can_keep(wide_, 1)  # 48 columns, and one for what is constant


def test_trees_too_large_for_the_layout_are_left_to_the_model(monkeypatch: pytest.MonkeyPatch):
    flat, _ = random_ensemble()
    assert len(walk(flat).nodes) == len(flat.nodes)
    monkeypatch.setattr("xai.attribution.trees.walk._MOST_NODES", len(flat.nodes) - 1)
    assert walk(flat) is None


def test_rows_in_blocks_equal_the_rows_at_once(compiled, monkeypatch: pytest.MonkeyPatch):
    frame = wide(6, rows=700)
    model = RandomForestRegressor(8, max_depth=5, random_state=0).fit(frame, answers(frame, "regression"))
    explainer = Explainer(model, frame, background=20)
    whole = explainer.importance(rows=700).values
    monkeypatch.setattr("xai.attribution.trees.prepared._BLOCK", 64)
    reported = []
    found = explainer.importance(rows=700, progress=lambda share, what: reported.append(share)).values
    np.testing.assert_allclose(found, whole, rtol=0, atol=1e-7)  # kept in single precision
    assert len(reported) >= 11
    assert reported == sorted(reported)


def test_paths_through_more_players_than_a_word_has_bits(each_way):
    """A chain of 70 splits, each on a column of its own: x goes down the chain, z leaves at once, or after five."""
    width = 70
    frame = pd.DataFrame(np.eye(width + 1)[:, :width], columns=[f"c{k}" for k in range(width)])
    model = DecisionTreeRegressor(random_state=0).fit(frame, np.arange(width + 1) ** 2.0)
    assert model.get_depth() > 62
    order = model.tree_.feature[model.tree_.feature >= 0]
    background, row = frame.iloc[[int(order[0]), int(order[5])]], frame.iloc[[width]]  # the last row is all zeros
    for _ in each_way():
        for rows in (row, pd.concat([row] * 40)):
            found = Explainer(model, frame, background=background).explain(frame=rows)
            values = np.atleast_2d(found.values)[0]
            assert found.algorithm == "tree-exact"
            # x differs from each background row in one column only, which gets the whole difference to it
            expected = np.zeros(width)
            for other in background.index:
                expected[other] = (model.predict(row)[0] - model.predict(frame.iloc[[other]])[0]) / 2
            np.testing.assert_allclose(values, expected, rtol=0, atol=1e-9)


def test_a_chain_on_which_all_columns_count(each_way):
    """1 where all 40 columns are positive: each of those the background row has wrong gets an equal share of it."""
    width = 40
    table = np.ones((width + 1, width))
    table[np.arange(width), np.arange(width)] = -1.0
    frame = pd.DataFrame(table, columns=[f"c{k}" for k in range(width)])
    model = DecisionTreeRegressor(random_state=0).fit(frame, np.append(np.zeros(width), 1.0))
    assert model.get_depth() == width
    background = pd.DataFrame([[-1.0] * width, [-1.0] * 10 + [1.0] * 30], columns=frame.columns)
    for _ in each_way():
        found = Explainer(model, frame, background=background).explain(row=width)
        expected = np.full(width, 1 / width)
        expected[:10] += 1 / 10
        np.testing.assert_allclose(found.values, expected / 2, rtol=0, atol=1e-12)


def test_weights_of_many_players_are_finite_and_right():
    gain, loss = weights(1200)
    assert np.isfinite([gain, loss]).all()
    for g, n in ((1, 0), (3, 2), (1, 7), (20, 25)):
        assert gain[g, n] == pytest.approx(factorial(g - 1) * factorial(n) / factorial(g + n), rel=1e-13)
        assert loss[n, g] == pytest.approx(gain[g, n], rel=1e-13)
    assert gain[600, 600] >= 0


def against_each(outputs: Callable[[pd.DataFrame], np.ndarray], background: pd.DataFrame, row: pd.Series) -> np.ndarray:
    """(m, C, K) Shapley values of the row against each single background row, over all coalitions of its columns."""
    columns = len(row)
    members = np.array(list(product([False, True], repeat=columns)))  # the first column is the highest digit
    mixed = np.where(members[:, None, :], row.to_numpy(), background.to_numpy())
    said = outputs(pd.DataFrame(mixed.reshape(-1, columns), columns=row.index)).reshape(*mixed.shape[:2], -1)
    size = members.sum(axis=1)
    found = np.empty((len(background), columns, said.shape[2]))
    for player in range(columns):
        without = np.flatnonzero(~members[:, player])
        joined = without + 2 ** (columns - 1 - player)
        weight = np.array([1 / (columns * comb(columns - 1, others)) for others in size[without]])
        found[:, player] = np.tensordot(weight, said[joined] - said[without], axes=1)
    return found


@pytest.mark.parametrize("task", ["binary", "multiclass"])
def test_probabilities_of_boosted_trees_over_all_coalitions(task: str, compiled):
    """Twelve columns: what the trees say for all 4,096 coalitions equals what the model predicts for them."""
    frame = wide(12, rows=300, gaps=True)
    model = HistGradientBoostingClassifier(max_iter=12).fit(frame, answers(frame, task))
    explainer = Explainer(model, frame, background=frame.iloc[:40])
    each = against_each(model.predict_proba, frame.iloc[:40], frame.iloc[77])
    for position in range(len(explainer.model.classes)):
        found = explainer.explain(row=77, target_class=position)
        np.testing.assert_allclose(found.values, each.mean(axis=0)[:, position], rtol=0, atol=1e-11)
        spread = each[:, :, position].std(axis=0, ddof=1) / np.sqrt(40)
        np.testing.assert_allclose(found.spread, spread, rtol=0, atol=1e-11)
        assert found.algorithm == "enumeration-encoded"


def test_numbers_behind_a_logarithm_are_exact_over_all_coalitions(compiled):
    """Poisson models of scikit-learn, XGBoost and LightGBM add up in the logarithm only; this is said."""
    frame = numbers()
    counts = np.round(np.exp(curved(frame) / 3))
    models = [HistGradientBoostingRegressor(loss="poisson", max_iter=8).fit(frame, counts)]
    xgboost, lightgbm = pytest.importorskip("xgboost"), pytest.importorskip("lightgbm")
    models.append(xgboost.XGBRegressor(n_estimators=6, max_depth=3, objective="count:poisson").fit(frame, counts))
    models.append(lightgbm.LGBMRegressor(n_estimators=6, objective="poisson", verbose=-1).fit(frame, counts))
    used = list(range(4))
    for model in models:
        found = Explainer(model, frame, background=frame.iloc[:10]).explain(row=50)
        expected = brute_force(model.predict, frame.iloc[:10], frame.iloc[[50]], used)[:, 0]
        np.testing.assert_allclose(found.values, expected, rtol=0, atol=3e-6)
        assert found.algorithm == "enumeration-encoded"
        assert [notice.code for notice in found.warnings] == ["trees-do-not-add-up"]


def test_more_columns_than_coalitions_can_be_played_for_are_sampled(compiled):
    frame = wide(30, rows=300)
    model = HistGradientBoostingClassifier(max_iter=30).fit(frame, answers(frame, "binary"))
    assert len(used_columns(lambda rows: model.decision_function(rows), frame)) > 18
    explainer = Explainer(model, frame, background=frame.iloc[:10])
    assert explainer.explain(row=3).algorithm == "permutation-encoded"
    assert explainer.explain(row=3, unit="margin").algorithm == "tree-exact"


def test_deep_forests_of_many_rows_and_of_few_agree(compiled):
    frame = wide(10, rows=400)
    model = RandomForestClassifier(15, random_state=0).fit(frame, answers(frame, "binary"))
    explainer = Explainer(model, frame, background=frame.iloc[:60])
    many = explainer.explain(frame=frame.iloc[100:180])
    few = explainer.explain(frame=frame.iloc[100:103])
    np.testing.assert_allclose(many.values[:3], few.values, rtol=0, atol=1e-13)
    np.testing.assert_allclose(explainer.explain(row=100).values, few.values[0], rtol=0, atol=1e-13)


def test_an_ensemble_that_never_asks_anything(each_way):
    frame = numbers()
    for _ in each_way():
        model = RandomForestRegressor(3).fit(frame, np.full(len(frame), 7.0))
        found = Explainer(model, frame, background=5).explain(frame=frame.iloc[:30])
        assert (found.values == 0).all()
        assert found.base == pytest.approx(7)
        assert Explainer(model, frame, background=5).explain(row=0).values.tolist() == [0, 0, 0, 0]


def test_one_class_of_two_mirrors_the_other(compiled):
    model = piped(made("forest", "binary"), "binary")
    explainer = Explainer(model, people(), background=10)
    poor, rich = (explainer.explain(row=4, target_class=label) for label in ("poor", "rich"))
    assert np.array_equal(poor.values, -rich.values)
    assert poor.base == pytest.approx(1 - rich.base)
