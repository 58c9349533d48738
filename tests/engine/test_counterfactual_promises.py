"""Whatever is asked of whatever model: nothing that is shown misses the outcome or breaks a constraint.

Data, model, case and constraints are drawn by hypothesis. The promises are checked here with pandas and the fitted
estimator alone, not with the engine's own means.
"""

from __future__ import annotations

from functools import cache
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier, RandomForestRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler
from sklearn.svm import LinearSVC

from xai.counterfactuals import counterfactuals
from xai.counterfactuals.survey import Surveys
from xai.data import Dataset, dataset
from xai.errors import QuestionError
from xai.model import Model
from xai.results import Counterfactuals

ROWS = 160
STEPS = {"rooms": 1.0, "rent": 50.0, "floor": 0.5}  # every value of the data is a multiple
DUMMIES = ("heat_gas", "heat_oil", "heat_none")
NUMBERS = ("rooms", "rent", "floor", "noise", "age")
WORDS = ("town", "lift")
LET = 100


def flats(gaps: bool) -> pd.DataFrame:
    """Whole numbers, steps of 50 and of a half, fractions, words, truth values, dates, dummies of one category."""
    random = np.random.default_rng(7)
    heat = random.choice(DUMMIES, ROWS)
    frame = pd.DataFrame(
        {
            "rooms": random.integers(1, 8, ROWS),
            "rent": random.integers(4, 60, ROWS) * 50,
            "floor": random.integers(0, 20, ROWS) / 2,
            "noise": random.normal(40, 9, ROWS),
            "age": random.integers(18, 90, ROWS),
            "town": pd.Series(random.choice(["Ulm", "Köln", "Bad Ems", "Jena"], ROWS), dtype="str"),
            "lift": random.random(ROWS) < 0.5,
            "built": pd.Timestamp("1950-01-01") + pd.to_timedelta(random.integers(0, 25_000, ROWS), unit="D"),
            **{name: (heat == name).astype(int) for name in DUMMIES},
        }
    )
    if gaps:
        frame = frame.astype({"rooms": float})
        frame.loc[::9, "rooms"], frame.loc[::7, "noise"], frame.loc[::8, "town"] = np.nan, np.nan, None
    return frame


def days(frame: pd.DataFrame) -> np.ndarray:
    return ((frame - pd.Timestamp("2000-01-01")) / pd.Timedelta(days=1)).to_numpy(float)


def liked(frame: pd.DataFrame) -> np.ndarray:
    score = frame["rooms"].fillna(4) - frame["rent"] / 500 + (frame["town"] == "Ulm") + 2 * frame["heat_gas"]
    score += days(frame["built"].to_frame())[:, 0] / 9_000 - (frame["noise"].fillna(40) - 40) / 12 + frame["lift"]
    return (score - frame["age"] / 40).to_numpy()


ESTIMATORS = {
    "logistic": LogisticRegression(max_iter=300),
    "forest": RandomForestClassifier(8, max_depth=5, random_state=0),
    "boosting": HistGradientBoostingClassifier(max_iter=12, random_state=0),
    "svm": LinearSVC(),
    "neighbours": KNeighborsClassifier(7),
    "several": LogisticRegression(max_iter=300),
    "ridge": Ridge(),
    "regressor": RandomForestRegressor(6, max_depth=5, random_state=0),
}


@cache
def fitted(kind: str, gaps: bool) -> tuple[Model, Dataset, Surveys]:
    frame = flats(gaps)
    score = liked(frame)
    low, high = np.quantile(score, [0.35, 0.7])
    target: Any = np.where(score > high, "yes", "no")
    if kind == "several":
        target = np.select([score < low, score > high], ["low", "top"], "mid")
    if kind in ("ridge", "regressor"):
        target = LET * score
    columns = ColumnTransformer(
        [
            ("numbers", make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), list(NUMBERS)),
            ("words", OneHotEncoder(handle_unknown="ignore"), list(WORDS)),
            ("date", make_pipeline(FunctionTransformer(days), StandardScaler()), ["built"]),
        ],
        remainder="passthrough",
    )
    model = Model(Pipeline([("columns", columns), ("model", clone(ESTIMATORS[kind]))]).fit(frame, target))
    data = dataset(frame, model.columns)
    return model.prepare(data.frame), data, Surveys()


@st.composite
def questions(draw: st.DrawFn) -> dict[str, Any]:
    """Constraints on some of the columns, none of them contradicting another one about the same column."""
    asked: dict[str, Any] = {"ranges": {}, "directions": {}, "keep": [], "free": []}
    for name in (*NUMBERS, *WORDS, "built", *DUMMIES[:1]):
        kind = draw(st.sampled_from(["nothing"] * 4 + ["keep", "free", "limit", "direction"]))
        if kind in ("keep", "free"):
            asked[kind].append(name)
        elif kind == "direction" and name not in (*WORDS, *DUMMIES):
            asked["directions"][name] = draw(st.sampled_from(["up", "down"]))
        elif kind == "limit" and name in LIMITS:
            asked["ranges"][name] = draw(st.sampled_from(LIMITS[name]))
    asked["at_most"] = draw(st.sampled_from([None, None, 1, 2, 3]))
    asked["only_seen"] = draw(st.booleans())
    asked["together"] = draw(st.sampled_from([(), (), (("rooms", "rent"),), (("town", "lift", "floor"),)]))
    asked["n"] = draw(st.integers(1, 5))
    asked["seed"] = draw(st.integers(0, 3))
    return asked


LIMITS: dict[str, list[Any]] = {
    "rooms": [(2, 5), (None, 4), (9, 12)],  # the last one is outside of the data
    "rent": [(500, 1500), (None, 975)],
    "floor": [(1, 3.3)],
    "noise": [(30, 45.5), "35:"],
    "age": [(30, 60)],
    "town": [["Ulm"], ["Köln", "Jena"]],
    "lift": [[True]],
    "built": [("1980-01-01", None), "1960-05-01:1999-12-31"],
}


@example(  # a value beyond the data occurs with nothing
    asked={
        "ranges": {"rooms": (9, 12), "noise": (30, 45.5)},
        "directions": {},
        "keep": ["age"],
        "free": ["heat_gas"],
        "at_most": None,
        "only_seen": True,
        "together": (),
        "n": 3,
        "seed": 0,
    },
    kind="boosting",
    gaps=False,
    place=64,
    wanted=3,
    method="donors",
)
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    asked=questions(),
    kind=st.sampled_from(list(ESTIMATORS)),
    gaps=st.booleans(),
    place=st.integers(0, ROWS - 1),
    wanted=st.integers(0, 3),
    method=st.sampled_from(["donors"] * 9 + ["auto"]),
)
def test_nothing_that_is_shown_breaks_a_promise(asked, kind, gaps, place, wanted, method):
    model, data, surveys = fitted(kind, gaps)
    goal = outcome_for(model, wanted)
    others = elsewhere(kind, gaps, wanted)
    row = data.frame.iloc[[others[place % len(others)]]].reset_index(drop=True)
    try:
        result = counterfactuals(model, data, row, **asked, **goal, method=method, seconds=20, surveys=surveys)
    except QuestionError as error:
        if error.code == "direction-needs-number":  # the case has none there
            assume(False)
        raise
    for item in result.counterfactuals:
        assert_promises(item, row, asked, goal, model, data, result)
    for blocked in result.blocked_by:
        assert reached(blocked.example, goal, model, data, result)


@cache
def elsewhere(kind: str, gaps: bool, wanted: int) -> np.ndarray:
    """Positions of the rows that do not have the outcome."""
    model, data, _ = fitted(kind, gaps)
    goal = outcome_for(model, wanted)
    if model.task == "regression":
        low, high = (
            default if end is None else end for end, default in zip(goal["desired"], (-np.inf, np.inf), strict=True)
        )
        said = model.estimator.predict(data.frame)
        return np.flatnonzero((said < low) | (said > high))
    if "probability" in goal:
        place = list(model.classes).index(goal["desired"])
        return np.flatnonzero(model.estimator.predict_proba(data.frame)[:, place] < goal["probability"])
    return np.flatnonzero(model.estimator.predict(data.frame) != goal["desired"])


def outcome_for(model: Model, wanted: int) -> dict[str, Any]:
    if model.task == "regression":
        return {"desired": [(LET * 2, None), (-LET, LET), (None, 0), (LET, 1.2 * LET)][wanted]}
    label = model.classes[wanted % len(model.classes)]
    certain = {"probability": 0.7} if wanted == 3 and model.unit == "probability" else {}
    return {"desired": label, **certain}


def assert_promises(item, row, asked, goal, model, data, result: Counterfactuals) -> None:
    new, old = item.row, {name: plain(row[name].iloc[0]) for name in row}
    changed = {name for name in old if not equal(new[name], old[name])}
    assert reached(item, goal, model, data, result)
    assert changed == set(item.changes)
    assert item.receipt.changed == len(changed)
    assert not changed & {*asked["keep"], *result.held}
    assert ("age" in result.held) == all("age" not in asked[name] for name in ("keep", "free", "ranges", "directions"))
    assert len(changed) <= (asked["at_most"] or len(old))
    assert not any(pd.isna(new[name]) for name in changed)
    for name, step in STEPS.items():
        assert name not in changed or float(new[name] / step).is_integer()
    for name, limit in asked["ranges"].items():
        assert inside(new[name], limit, name)
    for name, way in asked["directions"].items():
        assert equal(new[name], old[name]) or (number(new[name]) > number(old[name])) == (way == "up")
    for group in (*asked["together"], *result.bound):
        assert not changed & set(group) or occurs(new, group, data)
    if asked["only_seen"]:
        for pair in combinations((*WORDS, "rooms"), 2):
            assert not changed & set(pair) or occurs(new, pair, data)
    assert set(DUMMIES) in map(set, result.bound) or set(asked["free"]) & set(DUMMIES)
    assert item.receipt.minimal is not False


def reached(item, goal, model: Model, data: Dataset, result: Counterfactuals) -> bool:
    """Asked of the estimator itself, on a frame in the data's types."""
    frame = pd.DataFrame([dict(item.row)])[list(model.columns)]
    frame["built"] = pd.to_datetime(frame["built"])
    frame = frame.astype(data.frame.dtypes.to_dict())
    if model.task == "regression":
        low, high = goal["desired"]
        said = float(model.estimator.predict(frame)[0])
        assert said == pytest.approx(item.prediction)
        return (low is None or said >= low) and (high is None or said <= high)
    if "probability" in goal:
        place = list(model.classes).index(goal["desired"])
        return model.estimator.predict_proba(frame)[0, place] >= goal["probability"]
    return model.estimator.predict(frame)[0] == goal["desired"]


def inside(value: Any, limit: Any, name: str) -> bool:
    if name in WORDS:
        return value in limit
    low, high = limit.split(":") if isinstance(limit, str) else limit
    return (low in (None, "") or number(value) >= number(low)) and (high in (None, "") or number(value) <= number(high))


def occurs(new: dict[str, Any], names: tuple[str, ...], data: Dataset) -> bool:
    alike = np.ones(len(data.frame), dtype=bool)
    for name in names:
        alike &= data.frame[name].map(lambda value, name=name: equal(plain(value), new[name])).to_numpy()
    return bool(alike.any())


def plain(value: Any) -> Any:
    if isinstance(value, pd.Timestamp):
        return str(value)
    return None if pd.isna(value) else value.item() if hasattr(value, "item") else value


def number(value: Any) -> float:
    try:
        return float(value)
    except ValueError:
        return float(pd.Timestamp(value).value)


def equal(left: Any, right: Any) -> bool:
    return left == right or (left is None and right is None)
