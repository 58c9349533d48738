"""Sampled orders of networks: in single precision where it does not show, and the sums are exact all the same."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from pipelines import brute_force, outputs_of
from sklearn.ensemble import RandomForestClassifier, StackingClassifier
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from xai.attribution.blends import Built, beside
from xai.attribution.coalitions import Coalitions, Pairs, walk
from xai.attribution.permutation import orders, walked
from xai.attribution.shap import Shap, shap_values
from xai.attribution.tally import Tally
from xai.explainer import Explainer
from xai.lean import lean
from xai.lean.network import Network

NAMES, ROW = list("abcdefg"), 3
SHARE = 1e-3  # of the standard error that is stated: what single precision may make of a contribution
LAYERS = {"hidden_layer_sizes": (12, 8), "max_iter": 150, "random_state": 0}
NETWORKS: dict[str, tuple[Any, str]] = {
    "rectified": (MLPClassifier(**LAYERS), "binary"),
    "tanh, three classes": (MLPClassifier(activation="tanh", **LAYERS), "multiclass"),
    "logistic": (MLPClassifier(activation="logistic", **LAYERS), "binary"),
    "a sum": (MLPClassifier(activation="identity", **LAYERS), "multiclass"),
    "numbers": (MLPRegressor(**LAYERS), "regression"),
}
pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def table() -> pd.DataFrame:
    return pd.DataFrame(np.random.default_rng(0).normal(size=(200, len(NAMES))), columns=NAMES)


def targets(frame: pd.DataFrame, task: str) -> np.ndarray:
    number = frame["a"] * frame["b"] + np.sin(2 * frame["c"]) + frame["d"] - frame["e"] / 2
    return number.to_numpy() if task == "regression" else np.digitize(number, [0] if task == "binary" else [-0.7, 0.7])


def fitted(name: str) -> Pipeline:
    estimator, task = NETWORKS[name]
    return make_pipeline(StandardScaler(), estimator).fit(table(), targets(table(), task))


@pytest.fixture
def sampled(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if all coalitions were too many."""
    monkeypatch.setattr("xai.attribution.shap.coalitions", lambda game: (2**60, 64))


def explained(model: Any, rows: pd.DataFrame, background: pd.DataFrame | None = None) -> Shap:
    explainer = Explainer(model, table(), background=table().iloc[20:32] if background is None else background)
    unit = explainer.model.unit
    return shap_values(explainer._compared, rows, unit, 0, explainer._compared.said(rows, unit))


def in_double(monkeypatch: pytest.MonkeyPatch, model: Any, rows: pd.DataFrame, **background: pd.DataFrame) -> Shap:
    """As if networks had no single precision."""
    with monkeypatch.context() as patch:
        patch.setattr(Network, "single", lambda self: None)
        return explained(model, rows, **background)


@pytest.mark.parametrize("name", NETWORKS)
def test_sampled_orders_in_single_precision_add_up_exactly(name: str, sampled: None, monkeypatch: pytest.MonkeyPatch):
    """Beside all coalitions, and beside double precision: the first shows the error of the sampling, the other none."""
    model, row = fitted(name), table().iloc[[ROW]]
    found, double = explained(model, row), in_double(monkeypatch, model, row)
    assert found.algorithm == "permutation-encoded"
    real = outputs_of(model)(row)
    np.testing.assert_allclose(found.base + found.values.sum(axis=1), real, rtol=0, atol=1e-12)
    error = found.sampling_error.max()
    exact = brute_force(outputs_of(model), table().iloc[20:32], row)
    assert np.abs(found.values[0] - exact).max() <= 5 * error
    assert 0 < np.abs(found.values - double.values).max() < SHARE * error
    np.testing.assert_allclose(found.sampling_error, double.sampling_error, rtol=0, atol=SHARE * error)


@pytest.mark.parametrize("name", NETWORKS)
def test_outcomes_inside_an_order_are_those_the_estimator_is_asked_about(name: str):
    """To the single precision that they are kept in, from the first layer to the last."""
    random = np.random.default_rng(1)
    model, background = fitted(name)[-1], random.normal(size=(9, 7))
    rows, owners = random.normal(size=(3, 7)), np.array([0, 0, 1, 2, 3, 4, 4])
    order = np.array([random.permutation(5) for _ in range(40)])
    pairs = Pairs(random.integers(3, size=40), random.integers(9, size=40), order)
    predict = outputs_of(model)
    network = lean(model, "value" if isinstance(model, MLPRegressor) else "probability")
    blends, built = beside(network, background, owners, 5)(rows), Built(predict, rows, background, owners, 5)
    limit = 1e-5 * np.ptp(predict(background), axis=0).min()
    for last in (False, True):
        found = blends.outcomes([walk(pairs, sampled=True)], last)[0]
        asked = built.outcomes([walk(pairs)], last)[0]
        assert found.dtype == np.float32
        np.testing.assert_allclose(found, asked, rtol=0, atol=limit)
        exact = blends.outcomes([walk(pairs)], last)[0]
        assert exact.dtype == np.float64
        np.testing.assert_allclose(exact, asked, rtol=0, atol=1e-12)


def cancelling(size: float) -> tuple[Pipeline, pd.DataFrame]:
    """A network that takes one column from the last one, both of `size`; and a background without them."""
    model = fitted("rectified")
    model[0].mean_[[0, -1]], model[0].scale_[[0, -1]] = 0, 1
    model[-1].coefs_[0][0], model[-1].coefs_[0][-1] = 1.0, -1.0
    background = table().iloc[20:32].assign(a=0.0, g=0.0)
    return model, background


@pytest.mark.parametrize("size", [1e5, 1e9, 1e12, 1e39, 1e60])
def test_single_precision_is_refused_where_a_row_would_show_it(
    size: float, sampled: None, monkeypatch: pytest.MonkeyPatch
):
    """Two columns that cancel out each other, of numbers that single precision rounds, or that are too large for it.

    The background alone would not tell. The contributions are those of double precision, to the bit.
    """
    model, background = cancelling(size)
    usual, strange = (background.iloc[[0]].assign(a=each, g=each) for each in (1.0, size))
    usual["b"] = strange["b"] = 1.5
    blending = Explainer(model, table(), background=background)._compared.blending("probability")
    summed = blending.beside(blending.encoding.transform(usual))
    assert summed.background.single is not None
    assert summed.single is not None
    assert blending.beside(blending.encoding.transform(strange)).single is None
    rows = strange.assign(c=0.7, d=-0.4, e=0.2, f=0.9)
    found, double = explained(model, rows, background), in_double(monkeypatch, model, rows, background=background)
    np.testing.assert_array_equal(found.values, double.values)
    np.testing.assert_array_equal(found.sampling_error, double.sampling_error)


def test_without_the_check_it_would_show(sampled: None, monkeypatch: pytest.MonkeyPatch):
    """The rows of the test above are no straw men: unchecked, single precision would be seen in the contributions."""
    model, background = cancelling(1e9)
    rows = background.iloc[[0]].assign(a=1e9, g=1e9, b=1.5, c=0.7, d=-0.4, e=0.2, f=0.9)
    monkeypatch.setattr("xai.attribution.summed.APART", np.inf)
    unchecked, double = explained(model, rows, background), in_double(monkeypatch, model, rows, background=background)
    assert np.abs(unchecked.values - double.values).max() > 1e-3


def test_single_precision_is_refused_where_the_background_would_show_it(sampled: None, monkeypatch: pytest.MonkeyPatch):
    """Offsets that cancel out in every row; and outputs that hardly differ, so that the smallest gap is a large one."""
    row = table().iloc[[ROW]]
    offset = fitted("rectified")
    offset[-1].coefs_[0] *= 1e7
    offset[-1].intercepts_[0] += 1e9
    offset[-1].coefs_[1] *= 1e-7
    offset[-1].intercepts_[1] -= 1e9 * offset[-1].coefs_[1].sum(axis=0)
    still = fitted("rectified")
    still[-1].coefs_[-1] *= 1e-9
    for model in (offset, still):
        blending = Explainer(model, table(), background=table().iloc[20:32])._compared.blending("probability")
        assert blending.beside(blending.encoding.transform(row)).background.single is None
        np.testing.assert_array_equal(explained(model, row).values, in_double(monkeypatch, model, row).values)


def test_whatever_is_exact_stays_in_double_precision(monkeypatch: pytest.MonkeyPatch):
    """Where all coalitions are played."""
    model, row = fitted("tanh, three classes"), table().iloc[[ROW]]
    found = explained(model, row)
    assert found.algorithm == "enumeration-encoded"
    np.testing.assert_array_equal(found.values, in_double(monkeypatch, model, row).values)
    exact = brute_force(outputs_of(model), table().iloc[20:32], row)
    np.testing.assert_allclose(found.values[0], exact, rtol=0, atol=1e-12)


def test_a_network_that_others_predict_from_stays_in_double_precision(sampled: None, monkeypatch: pytest.MonkeyPatch):
    """Trees on top of it make steps, which the smallest difference crosses."""
    forest = RandomForestClassifier(5, max_depth=3, random_state=0)
    stack = StackingClassifier([("net", NETWORKS["rectified"][0]), ("trees", forest)], final_estimator=forest, cv=2)
    model = make_pipeline(StandardScaler(), stack).fit(table(), targets(table(), "binary"))
    row = table().iloc[[ROW]]
    found = explained(model, row)
    assert found.algorithm == "permutation-encoded"
    np.testing.assert_array_equal(found.values, in_double(monkeypatch, model, row).values)


def test_a_row_alone_and_among_many_is_the_same(sampled: None, monkeypatch: pytest.MonkeyPatch):
    """Whether its differences from the background are kept or, as for tables, made when they are needed."""
    model, rows = fitted("numbers"), table().iloc[40:70]
    alone = explained(model, rows.iloc[[4]])
    limit = SHARE * alone.sampling_error.max()
    np.testing.assert_allclose(explained(model, rows).values[4], alone.values[0], rtol=0, atol=limit)
    monkeypatch.setattr("xai.attribution.summed.MOST_DIFFERENCES", 0)
    monkeypatch.setattr("xai.attribution.summed.NUMBERS_SUMMED", 4_000)
    found = explained(model, rows)
    np.testing.assert_allclose(found.values[4], alone.values[0], rtol=0, atol=limit)
    assert 0 < np.abs(found.values - in_double(monkeypatch, model, rows).values).max() < limit


def test_orders_rank_the_keys_of_the_columns_that_differ():
    random = np.random.default_rng(2)
    differs, keys = random.random((3, 5, 6)) < 0.6, random.random((4, 5, 6))
    differs[1, 2] = False
    expected = {
        (repeat, row, other): sorted(np.flatnonzero(differs[row, other]), key=keys[repeat, other].__getitem__)
        for repeat, row, other in np.ndindex(4, 3, 5)
        if differs[row, other].any()
    }
    sizes = []
    for pairs in orders(differs, keys):
        sizes.append(pairs.columns.shape[1])
        repeats = np.arange(len(pairs.rows)) // (len(pairs.rows) // 4)
        for repeat, row, other, columns in zip(repeats, pairs.rows, pairs.others, pairs.columns, strict=True):
            assert expected.pop((repeat, row, other)) == list(columns)
    assert not expected
    assert sizes == sorted(set(sizes))


@pytest.mark.parametrize("columns", [2, 5])
def test_steps_are_the_mean_of_both_directions(columns: int):
    """Of outcomes that are looked up: every coalition of every pair has a number of its own."""
    random = np.random.default_rng(3)
    worth = random.normal(size=(2, 4, 2**columns, 2))  # (R, m, coalitions, K)
    order = np.array([random.permutation(columns) for _ in range(6)])
    pairs = Pairs(random.integers(2, size=6), random.integers(4, size=6), order)

    class Known(Built):
        def block(self, games: list[Coalitions], last: bool) -> list[np.ndarray]:
            place = [game.taken(columns) @ (1 << np.arange(columns)) for game in games]
            return [worth[game.pairs.rows, game.pairs.others, at] for game, at in zip(games, place, strict=True)]

    blends = Known(lambda rows: rows, np.zeros((2, columns)), np.zeros((4, columns)), np.arange(columns), columns)
    found = walked(blends, [pairs], worth[0, :, 0], worth[:, 0, -1])[0]
    for pair, (row, other, places) in enumerate(zip(pairs.rows, pairs.others, pairs.columns, strict=True)):
        value = {0: worth[0, other, 0], 2**columns - 1: worth[row, 0, -1]}
        value |= {k: worth[row, other, k] for k in range(1, 2**columns - 1)}
        before, after = 0, 2**columns - 1
        for place, column in enumerate(places):
            bit = 1 << column
            forward = value[before | bit] - value[before]
            before |= bit
            left = sum(1 << each for each in places[place + 1 :])
            backward = value[left | bit] - value[left]
            np.testing.assert_allclose(found[pair, place], (forward + backward) / 2, rtol=0, atol=1e-15)
        assert before == after


@pytest.mark.parametrize("outputs", [1, 3])
def test_the_tally_adds_up_what_a_loop_adds_up(outputs: int):
    """To the bit, in the same sequence, also where a pair comes several times."""
    random = np.random.default_rng(4)
    tally, exact = Tally(3, 4, 6, outputs), Tally(3, 4, 6, outputs)
    total, squares, count = np.zeros((3, 4, 6, outputs)), np.zeros((3, 4, 6, outputs)), np.zeros((3, 4))
    for _ in range(3):
        order = np.array([random.permutation(6)[:4] for _ in range(30)])
        pairs = Pairs(random.integers(3, size=30), random.integers(4, size=30), order)
        values = random.normal(size=(4, 30, outputs)).transpose(1, 0, 2)
        tally.add(pairs, values)
        for row, other, columns, each in zip(pairs.rows, pairs.others, pairs.columns, values, strict=True):
            count[row, other] += 1
            for column, value in zip(columns, each, strict=True):
                total[row, other, column] += value
                squares[row, other, column] += value**2
    np.testing.assert_array_equal(tally.total, total)
    np.testing.assert_array_equal(tally.squares, squares)
    np.testing.assert_array_equal(tally.count, count)
    once = Pairs(np.array([2, 0]), np.array([1, 3]), np.array([[5, 0], [3, 1]]))
    exact.add(once, np.arange(4.0 * outputs).reshape(2, 2, outputs), exact=True)
    assert exact.count[2, 1] == exact.count[0, 3] == np.inf
    assert (exact.total[2, 1, 0] == np.arange(outputs, 2.0 * outputs)).all()
    assert not exact.squares.any()
