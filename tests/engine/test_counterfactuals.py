"""Counterfactuals: every promise of the result, checked against the model itself and against brute force."""

from __future__ import annotations

from itertools import product
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import FixedThresholdClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

from xai.codec import MISSING, codec
from xai.counterfactuals import counterfactuals as search
from xai.counterfactuals.seen import Seen
from xai.counterfactuals.shortlist import diverse, kinds
from xai.data import Dataset, dataset
from xai.errors import MatchError, QuestionError
from xai.model import Model
from xai.results import Counterfactuals

DICE = ("dice-random", "dice-genetic", "dice-kdtree")
EVERY = ("auto", *DICE)
PATIENT = 100  # seconds: what is tested here must not depend on how busy the machine is


def counterfactuals(*asked: Any, seconds: float = PATIENT, **question: Any) -> Counterfactuals:
    return search(*asked, seconds=seconds, **question)


def applicants(rows: int = 300) -> pd.DataFrame:
    random = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "years": random.integers(18, 80, rows),
            "income": random.lognormal(10, 0.5, rows).round(2),
            "city": pd.Series(random.choice(["Berlin", "Köln", "Ulm"], rows), dtype="str"),
            "owner": random.random(rows) < 0.4,
        }
    )


def score(frame: pd.DataFrame) -> np.ndarray:
    age = frame["years"].fillna(40)
    return ((age - 45) / 15 + np.log(frame["income"]) - 10 + 0.8 * (frame["city"] == "Ulm") + frame["owner"]).to_numpy()


def fitted(frame: pd.DataFrame, outcome: np.ndarray, estimator) -> tuple[Model, Dataset]:
    columns = make_column_transformer(
        (make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), ["years", "income"]),
        (OneHotEncoder(handle_unknown="ignore"), ["city", "owner"]),
    )
    model = Model(make_pipeline(columns, estimator).fit(frame, outcome), tuple(frame.columns)).prepare(frame)
    return model, dataset(frame, model.columns)


def forest(frame: pd.DataFrame) -> tuple[Model, Dataset]:
    outcome = np.where(score(frame) > 0.4, "yes", "no")
    return fitted(frame, outcome, RandomForestClassifier(20, max_depth=5, random_state=0))


@pytest.fixture(scope="module")
def bank() -> tuple[Model, Dataset]:
    return forest(applicants())


def refused(bank: tuple[Model, Dataset], label="no", place: int = 0) -> pd.DataFrame:
    model, data = bank
    return data.frame.iloc[[np.flatnonzero(model.answer(data.frame) == label)[place]]]


def rows_of(result: Counterfactuals, data: Dataset) -> pd.DataFrame:
    rows = pd.DataFrame([dict(item.row) for item in result.counterfactuals])
    return rows.astype(data.frame.dtypes.to_dict())


@pytest.mark.parametrize("method", EVERY)
def test_every_result_is_the_models_own_answer_on_the_original_frame(bank, method):
    model, data = bank
    result = counterfactuals(model, data, refused(bank), method=method)
    rows = rows_of(result, data)
    assert result.desired == "yes"
    assert len(rows) == 4
    assert set(model.answer(rows)) == {"yes"}
    np.testing.assert_allclose(model.predict(rows)[:, 1], [item.prediction for item in result.counterfactuals])
    assert {item.label for item in result.counterfactuals} == {"yes"}
    assert {item.source for item in result.counterfactuals} <= ({"donors", *DICE} if method == "auto" else {method})


@pytest.mark.parametrize("method", EVERY)
def test_no_change_is_without_need(bank, method):
    model, data = bank
    row = refused(bank, place=3)
    for item in counterfactuals(model, data, row, method=method).counterfactuals:
        for name in item.changes:
            without = pd.DataFrame([{**item.row, name: row[name].item()}]).astype(data.frame.dtypes.to_dict())
            assert model.answer(without)[0] == "no"


@pytest.mark.parametrize("method", EVERY)
def test_keep_ranges_and_directions_hold(bank, method):
    model, data = bank
    row = refused(bank, place=1)
    result = counterfactuals(
        model, data, row, method=method, keep=["city"], ranges={"years": (30, 70)}, directions={"income": "up"}
    )
    assert result.counterfactuals
    for item in result.counterfactuals:
        assert item.receipt.constraints_kept
        assert item.row["city"] == row["city"].item()
        assert 30 <= item.row["years"] <= 70
        assert item.row["income"] >= row["income"].item()


@pytest.mark.parametrize("method", EVERY)
def test_a_range_binds_values_that_were_not_changed_too(bank, method):
    """DiCE holds permitted ranges only for what it changes: an age of 30 stayed 30 with a range of 60 to 70."""
    model, data = bank
    row = refused(bank).assign(years=30)
    result = counterfactuals(model, data, row, method=method, ranges={"years": (60, 70), "city": ["Ulm", "Köln"]})
    assert result.counterfactuals
    for item in result.counterfactuals:
        assert 60 <= item.row["years"] <= 70
        assert item.row["city"] in ("Ulm", "Köln")


def test_open_range_and_one_category(bank):
    model, data = bank
    result = counterfactuals(model, data, refused(bank), ranges={"years": (None, 50), "city": "Ulm"})
    assert {item.row["city"] for item in result.counterfactuals} == {"Ulm"}
    assert max(item.row["years"] for item in result.counterfactuals) <= 50


@pytest.mark.parametrize("method", EVERY)
def test_missing_values_in_row_and_data(method):
    """DiCE refuses gaps in the row, and its genetic and k-d tree searches gaps in the data."""
    frame = applicants().astype({"years": float})
    frame.loc[::5, "years"] = np.nan
    frame.loc[::7, "city"] = None
    model, data = forest(frame)
    gaps = frame[frame["years"].isna() & frame["city"].isna()].index
    row = frame.loc[[gaps[model.answer(frame.loc[gaps]) == "no"][0]]]
    result = counterfactuals(model, data, row, method=method)
    assert result.counterfactuals
    for item in result.counterfactuals:
        assert model.answer(pd.DataFrame([dict(item.row)], columns=frame.columns).astype({"years": float}))[0] == "yes"
        assert all(after is not None for _, after in item.changes.values())
    assert "search-filled" in {notice.code for notice in result.warnings}


@pytest.mark.parametrize("method", EVERY)
def test_text_classes_of_a_multiclass_model(method):
    """DiCE: "The target class for high could not be identified"."""
    frame = applicants()
    outcome = pd.qcut(score(frame), 3, labels=["low", "mid", "high"]).astype(str)
    model, data = fitted(frame, outcome, RandomForestClassifier(20, max_depth=6, random_state=0))
    row = refused((model, data), "low")
    result = counterfactuals(model, data, row, desired="high", method=method)
    assert result.counterfactuals
    assert result.target_class == "high"
    outputs = model.predict(rows_of(result, data))
    assert set(outputs.argmax(axis=1)) == {model.class_index("high")}
    for item, output in zip(result.counterfactuals, outputs, strict=True):
        others = np.delete(output, model.class_index("high")).max()
        assert item.receipt.past_threshold == pytest.approx(output[model.class_index("high")] - others)


def test_runner_up_is_wanted_by_default_among_several_classes():
    frame = applicants()
    outcome = pd.qcut(score(frame), 3, labels=["low", "mid", "high"]).astype(str)
    model, data = fitted(frame, outcome, LogisticRegression(max_iter=500))
    row = refused((model, data), "low")
    ranked = np.array(model.classes)[np.argsort(-model.predict(row)[0])]
    assert counterfactuals(model, data, row).desired == ranked[1]


@pytest.mark.parametrize("method", EVERY)
def test_category_that_the_data_does_not_have(bank, method):
    """DiCE, report 185: ('Feature', 'city', 'has a value outside the dataset.')"""
    model, data = bank
    result = counterfactuals(model, data, refused(bank).assign(city="Bonn"), method=method)
    assert result.counterfactuals
    assert all(item.row["city"] in ("Bonn", "Berlin", "Köln", "Ulm") for item in result.counterfactuals)


@pytest.mark.parametrize("method", EVERY)
def test_regression_reaches_the_wanted_range(method):
    """DiCE's k-d tree reported 757 where the model says 722."""
    frame = applicants()
    model, data = fitted(frame, 100 * score(frame), RandomForestRegressor(20, max_depth=6, random_state=0))
    row = frame.iloc[[int(np.argmin(score(frame)))]]
    result = counterfactuals(model, data, row, desired=(50, 120), method=method)
    predictions = model.predict(rows_of(result, data))[:, 0]
    assert len(predictions)
    assert ((predictions >= 50) & (predictions <= 120)).all()
    for item, prediction in zip(result.counterfactuals, predictions, strict=True):
        assert item.prediction == pytest.approx(prediction)
        assert item.receipt.past_threshold is None  # inside a range there is no limit to be near to
    assert result.target_class is None
    assert result.label is None


def test_range_with_one_end_and_as_text():
    frame = applicants()
    model, data = fitted(frame, 100 * score(frame), RandomForestRegressor(20, max_depth=6, random_state=0))
    row = frame.iloc[[int(np.argmin(score(frame)))]]
    for desired in ((150, None), "150:"):
        result = counterfactuals(model, data, row, desired=desired)
        assert result.desired == (150, np.inf)
        assert all(item.prediction >= 150 for item in result.counterfactuals)


def test_scores_where_there_are_no_probabilities():
    frame = applicants()
    model, data = fitted(frame, score(frame) > 0.4, LinearSVC())
    row = refused((model, data), False)
    result = counterfactuals(model, data, row)
    assert result.unit == "score"
    assert result.desired is True
    assert all(item.prediction > 0 and item.label is True for item in result.counterfactuals)


def test_tuned_threshold_counts_the_models_answer_not_one_half():
    frame = applicants()
    strict = FixedThresholdClassifier(LogisticRegression(max_iter=500), threshold=0.8, pos_label="yes")
    model, data = fitted(frame, np.where(score(frame) > 0.4, "yes", "no"), strict)
    result = counterfactuals(model, data, refused((model, data)))
    assert result.counterfactuals
    assert all(item.prediction > 0.8 for item in result.counterfactuals)


def test_shown_is_the_target_class_even_if_the_other_one_is_wanted(bank):
    model, data = bank
    row = refused(bank, "yes")
    result = counterfactuals(model, data, row, target_class="yes")
    assert (result.desired, result.target_class) == ("no", "yes")
    assert result.prediction == pytest.approx(model.predict(row)[0, 1])
    assert all(item.prediction < 0.5 for item in result.counterfactuals)


def test_steps_are_predictions_on_the_way(bank):
    model, data = bank
    row = refused(bank, place=7)
    result = counterfactuals(model, data, row, keep=["owner"], n=6)
    assert any(len(item.changes) > 1 for item in result.counterfactuals)
    for item in result.counterfactuals:
        current, path = row.copy(), []
        for name, (before, after) in item.changes.items():
            assert current[name].item() == before
            current[name] = pd.Series([after], index=current.index, dtype=data.frame[name].dtype)
            path.append(model.predict(current)[0, 1])
        np.testing.assert_allclose(item.steps, path)
        singles = [model.predict(row.assign(**{name: after}))[0, 1] for name, (_, after) in item.changes.items()]
        assert item.steps[0] == pytest.approx(max(singles))
        assert item.steps[-1] == item.prediction


def test_fewest_changes_first_and_being_like_nobody_counts_as_one(bank):
    model, data = bank
    rank = {"solid": 0, "care": 1, "weak": 2}
    items = counterfactuals(model, data, refused(bank, place=2), n=8).counterfactuals
    cost = [item.receipt.changed + (item.verdict == "weak") for item in items]
    keys = [
        (most, rank[item.verdict], item.receipt.changed, item.receipt.distance)
        for most, item in zip(cost, items, strict=True)
    ]
    assert keys == sorted(keys)
    assert [item.receipt.changed for item in items] == [len(item.changes) for item in items]


@pytest.mark.parametrize("place", range(4))
def test_columns_that_suffice_alone_are_shown(bank, place):
    """Brute force: every column of which some value of the data is enough, or as many of them as there is room for.

    One place may be taken by a way of more changes that leads to where similar rows are.
    """
    model, data = bank
    row = refused(bank, place=place)
    alone = set()
    for name in data.frame:
        values = data.frame[name].unique()
        trial = pd.concat([row] * len(values), ignore_index=True).assign(**{name: values})
        alone |= {name} if (model.answer(trial.astype(data.frame.dtypes.to_dict())) == "yes").any() else set()
    for n in (2, 4):
        items = counterfactuals(model, data, row, n=n).counterfactuals
        single = {name for item in items if len(item.changes) == 1 for name in item.changes}
        assert single <= alone
        assert len(single) >= min(len(alone), n - 1)


def test_another_category_is_another_way_but_the_same_columns_come_at_most_twice():
    """Ways in the order in which they are wished for: columns, and what these become."""
    wished = [("job", "cook"), ("job", "cook"), ("job", "clerk"), ("job", "pilot"), ("age", "more"), ("age+job", "x")]
    named = [(columns.encode(), into.encode()) for columns, into in wished]
    apart = np.ones((6, 6)) - np.eye(6)
    cost = np.array([1, 1, 1, 1, 1, 2])
    assert diverse(named, cost, apart, 2) == [0, 4]  # other columns first
    assert diverse(named, cost, apart, 4) == [0, 2, 4, 5]
    assert diverse(named, cost, apart, 5) == [0, 1, 2, 4, 5]  # then what has other values
    assert diverse(named, np.array([1, 1, 1, 1, 2, 2]), apart, 2) == [0, 2]  # but no more changes for their sake


def test_more_is_another_way_than_less_but_even_more_is_not():
    limits = SimpleNamespace(row=np.array([5.0, 1.0, 30.0]), allowed=(None, np.array([0.0, 1.0, 2.0]), None))
    rows = np.array([[6.0, 1, 30], [9.0, 1, 30], [4.0, 1, 30], [5.0, 0, 30], [5.0, 2, 30], [5.0, MISSING, 30]])
    found = kinds(rows, limits)
    assert found[0] == found[1]
    assert len({into for _, into in found}) == 5
    assert [columns for columns, _ in found[:3]] == [found[0][0]] * 3
    assert [columns for columns, _ in found[3:]] == [found[3][0]] * 3


def test_values_are_plain_and_integers_stay_integers(bank):
    model, data = bank
    for item in counterfactuals(model, data, refused(bank)).counterfactuals:
        assert [type(item.row[name]) for name in data.frame.columns] == [int, float, str, bool]


@pytest.mark.parametrize("method", EVERY)
def test_same_seed_same_results(bank, method):
    first, again = (counterfactuals(*bank, refused(bank), method=method, seed=5).counterfactuals for _ in range(2))
    assert first == again


def tiny() -> tuple[Model, Dataset]:
    random = np.random.default_rng(1)
    frame = pd.DataFrame({name: random.integers(0, 3, 200) for name in "abcd"})
    frame = frame.astype({"d": "category"}).assign(c=np.where(frame["c"] == 0, "x", "y"))
    outcome = (frame["a"] + 2 * (frame["c"] == "x") + frame["b"] * frame["d"].astype(int) > 3).astype(int)
    columns = make_column_transformer((OneHotEncoder(), ["c", "d"]), remainder="passthrough")
    model = Model(make_pipeline(columns, DecisionTreeClassifier(random_state=0)).fit(frame, outcome))
    return model, dataset(frame, model.columns)


def all_ways(model: Model, data: Dataset, row: pd.DataFrame, desired: int, keep=()) -> set[frozenset]:
    """Brute force: all least sets of (column, value) changes, by the model's answer on every combination."""
    names = list(data.frame.columns)
    values = [[row[name].item()] if name in keep else sorted(data.frame[name].unique()) for name in names]
    grid = pd.DataFrame(list(product(*values)), columns=names).astype(data.frame.dtypes.to_dict())
    reached = grid[model.answer(grid) == desired]
    ways = [frozenset((n, r[n]) for n in names if r[n] != row[n].item()) for r in reached.to_dict("records")]
    return {way for way in ways if not any(other < way for other in ways)}


def test_where_values_are_few_all_least_ways_are_found():
    model, data = tiny()
    for position in (0, 3, 8):
        row = data.frame.iloc[[position]]
        desired = 1 - model.answer(row)[0]
        result = counterfactuals(model, data, row, n=100)
        found = {frozenset((n, after) for n, (_, after) in item.changes.items()) for item in result.counterfactuals}
        expected = all_ways(model, data, row, desired)
        assert found <= expected
        fewest = min(map(len, expected))
        assert {way for way in expected if len(way) == fewest} <= found


def test_no_way_is_said_only_after_every_combination():
    model, data = tiny()
    row = data.frame[(data.frame["a"] == 0) & (data.frame["c"] == "y") & (data.frame["b"] == 0)].iloc[[0]]
    assert model.answer(row)[0] == 0
    result = counterfactuals(model, data, row, keep=["b", "c"])
    assert not all_ways(model, data, row, 1, keep=["b", "c"])
    assert result.counterfactuals == ()
    assert result.algorithm == "enumeration"
    assert result.candidates == 3 * 3 - 1
    assert result.trust.verdict == "solid"


def test_the_constraint_in_the_way_is_named_with_an_example():
    model, data = tiny()
    row = data.frame[(data.frame["a"] == 0) & (data.frame["c"] == "y") & (data.frame["b"] == 0)].iloc[[0]]
    result = counterfactuals(model, data, row, keep=["b", "c"])
    for blocked in result.blocked_by:
        others = [name for name in ("b", "c") if name != blocked.column]
        assert blocked.constraint == "keep"
        assert blocked.column in blocked.example.changes
        assert not set(others) & set(blocked.example.changes)
        assert model.answer(pd.DataFrame([dict(blocked.example.row)]).astype(data.frame.dtypes.to_dict()))[0] == 1
    free = {name for name in ("b", "c") if all_ways(model, data, row, 1, keep={"b", "c"} - {name})}
    assert {blocked.column for blocked in result.blocked_by} == free


def test_nearest_real_row_with_the_wanted_outcome(bank):
    model, data = bank
    row = refused(bank)
    wanted = data.frame[model.answer(data.frame) == "yes"]
    deviation = {name: (data.frame[name] - data.frame[name].median()).abs().median() for name in ("years", "income")}
    distance = sum((wanted[name] - row[name].item()).abs() / deviation[name] for name in deviation)
    distance += sum((wanted[name] != row[name].item()).astype(int) for name in ("city", "owner"))
    assert counterfactuals(model, data, row).nearest == wanted.loc[distance.idxmin()].to_dict()


def test_distance_of_the_receipt_by_hand(bank):
    model, data = bank
    row = refused(bank, place=4)
    deviation = {name: (data.frame[name] - data.frame[name].median()).abs().median() for name in ("years", "income")}
    for item in counterfactuals(model, data, row).counterfactuals:
        by_hand = sum(
            abs(after - before) / deviation[name] if name in deviation else 1.0
            for name, (before, after) in item.changes.items()
        )
        assert item.receipt.distance == pytest.approx(by_hand)


def test_already_there_is_an_answer_not_an_error(bank):
    model, data = bank
    result = counterfactuals(model, data, refused(bank), desired="no")
    assert result.counterfactuals == ()
    assert [notice.code for notice in result.warnings] == ["already-there"]


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ({"desired": "perhaps"}, "unknown-class"),
        ({"ranges": {"years": (70, 30)}}, "range-reversed"),
        ({"ranges": {"years": (30, "x")}}, "not-a-range"),
        ({"ranges": {"years": 30}}, "not-a-range"),
        ({"ranges": {"city": ["Paris"]}}, "unknown-category"),
        ({"ranges": {"city": []}}, "no-category"),
        ({"keep": ["years"], "free": ["years"]}, "kept-and-free"),
        ({"at_most": 0}, "too-few-changes"),
        ({"together": [["years"]]}, "lone-column"),
        ({"probability": 1.2}, "not-a-probability"),
        ({"ranges": {"years": (float("nan"), 3)}}, "not-a-range"),
        ({"seconds": float("nan")}, "too-few-asked"),
        ({"keep": ["years"], "ranges": {"years": (200, 300)}}, "kept-outside-range"),
        ({"keep": ["city"], "ranges": {"city": ["Ulm"]}}, "kept-outside-range"),
        ({"keep": ["years", "income", "city", "owner"]}, "all-columns-kept"),
        ({"directions": {"city": "up"}}, "direction-needs-number"),
        ({"directions": {"years": "sideways"}}, "direction-unknown"),
        ({"directions": {"years": "up"}, "ranges": {"years": (0, 1)}}, "range-against-direction"),
        ({"method": "dice"}, "unknown-method"),
        ({"n": 0}, "too-few-asked"),
    ],
)
def test_questions_that_make_no_sense_are_refused(bank, question, code):
    row = refused(bank).assign(city="Köln")
    with pytest.raises(QuestionError) as caught:
        counterfactuals(*bank, row, **question)
    assert caught.value.code == code


@pytest.mark.parametrize(
    "question", [{"keep": ["yaers"]}, {"ranges": {"yaers": (0, 1)}}, {"directions": {"yaers": "up"}}]
)
def test_unknown_columns_are_named_with_near_ones(bank, question):
    with pytest.raises(MatchError) as caught:
        counterfactuals(*bank, refused(bank), **question)
    assert (caught.value.code, caught.value.facts["column"]) == ("unknown-column", "yaers")


@pytest.mark.parametrize(
    ("desired", "code"),
    [(None, "desired-needed"), (5, "not-a-range"), ((3, 1), "range-reversed"), ((1, "x"), "not-a-range")],
)
def test_regression_needs_a_range_of_numbers(desired, code):
    frame = applicants()
    model, data = fitted(frame, score(frame), RandomForestRegressor(5, random_state=0))
    with pytest.raises(QuestionError) as caught:
        counterfactuals(model, data, frame.iloc[[0]], desired=desired)
    assert caught.value.code == code


def test_what_cannot_be_is_answered_not_failed(bank):
    """Nothing lies between two whole numbers, and a column the model ignores changes nothing."""
    model, data = bank
    row = refused(bank)
    between = counterfactuals(model, data, row, ranges={"years": (30.2, 30.8)}, method="donors")
    assert between.counterfactuals == ()
    assert [(item.constraint, item.column) for item in between.blocked_by] == [("range", "years")]
    frame = applicants().assign(ignored=np.arange(300))
    blind, known = fitted(frame, np.where(score(frame) > 0.4, "yes", "no"), RandomForestClassifier(9, random_state=0))
    row = refused((blind, known))
    nothing = counterfactuals(blind, known, row, keep=["years", "income", "city", "owner"], method="donors")
    assert nothing.counterfactuals == ()
    assert nothing.blocked_by
    assert all(item.constraint == "keep" for item in nothing.blocked_by)


def test_a_range_outside_of_the_data_is_looked_into(bank):
    model, data = bank
    result = counterfactuals(model, data, refused(bank), ranges={"income": (5e6, 6e6)}, method="donors")
    assert result.counterfactuals
    assert all(5e6 <= item.row["income"] <= 6e6 for item in result.counterfactuals)


@pytest.mark.parametrize(
    ("years", "income", "seen"),
    [
        (30, 100.0, True),
        (30, 1999.0, True),
        (30, 2001.0, False),
        (30, 99.0, False),
        (35, 100.0, False),
        (70, 1e6, False),
    ],
)
def test_what_the_data_does_not_have_occurs_with_nothing(years, income, seen):
    """Years of few values are taken one by one, incomes by tenths of the rows; neither reaches beyond the data."""
    frame = pd.DataFrame({"years": [20, 30, 40] * 40, "income": np.linspace(100, 2000, 120)})
    known = codec(dataset(frame, tuple(frame)))
    pairs = Seen(known.encode(frame), known)
    changed = np.array([[True, False]])
    assert pairs.all_pairs(np.array([[years, income]]), changed)[0] == seen


def test_a_range_outside_of_the_data_is_no_combination_that_occurs(bank):
    model, data = bank
    ranges = {"years": (85, 90)}
    result = counterfactuals(model, data, refused(bank), ranges=ranges, only_seen=True, method="donors")
    assert result.counterfactuals == ()
    assert {item.constraint for item in result.blocked_by} == {"range", "only_seen"}


@pytest.mark.parametrize("method", EVERY)
def test_one_row_of_data_is_enough_to_ask(bank, method):
    model, data = bank
    one = dataset(data.frame.iloc[[5]].reset_index(drop=True), model.columns)
    result = counterfactuals(model, one, one.frame, method=method, seconds=2)
    assert result.counterfactuals == ()
    assert result.nearest is None


@pytest.mark.parametrize("desired", ["yes", "no"])
def test_a_case_with_every_value_missing(bank, desired):
    model, data = bank
    row = pd.DataFrame([dict.fromkeys(data.frame.columns)]).astype({"years": float, "income": float})
    result = counterfactuals(model, data, row, desired=desired, method="donors")
    if result.counterfactuals:
        assert all(item.label == desired for item in result.counterfactuals)
    else:
        assert [notice.code for notice in result.warnings] == ["already-there"]


def test_the_best_so_far_claims_nothing_that_was_not_tried(bank):
    """Each is the model's own answer already; what was not measured yet is not said."""
    model, data = bank
    told: list[Counterfactuals] = []
    final = counterfactuals(model, data, refused(bank), method="donors", partial=told.append)
    assert told
    assert final.finished
    for result in told:
        assert not result.finished
        assert set(model.answer(rows_of(result, data))) == {"yes"}
        assert {(item.receipt.minimal, item.receipt.shaken) for item in result.counterfactuals} == {(None, 0)}
    assert {item.receipt.minimal for item in final.counterfactuals} == {True}
