"""Whatever computes the contributions: base and contributions are the model's own output, within the stated error."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from pipelines import NUMBERS, TARGETS, WORDS, columns, people, piped
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.compose import make_column_transformer
from sklearn.decomposition import PCA
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from sklearn.svm import SVC

from xai.explainer import Explainer
from xai.texts import catalogue

BOOSTING = HistGradientBoostingClassifier(max_iter=8)


class ByText(ClassifierMixin, BaseEstimator):
    """Understands nothing but the frame itself."""

    def fit(self, frame: pd.DataFrame, target: Any) -> ByText:
        self.inner_ = piped(LogisticRegression(), "binary")
        self.classes_ = self.inner_.classes_
        self.feature_names_in_ = np.array(frame.columns, dtype=object)
        return self

    def predict(self, frame: pd.DataFrame) -> np.ndarray:
        return self.classes_[self.predict_proba(frame).argmax(axis=1)]

    def predict_proba(self, frame: pd.DataFrame) -> np.ndarray:
        young = (frame["age"] < 40) & (frame["city"] == "Ulm")
        return np.where(young.to_numpy()[:, None], 0.5, self.inner_.predict_proba(frame))


def mixing() -> Any:
    """Two of six columns are mixed before the estimator sees them."""
    turned = make_pipeline(SimpleImputer(), PCA(2))
    words = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    return make_column_transformer((turned, NUMBERS), (words, [*WORDS, "region"]))


PATHS: dict[str, tuple[Any, str, Any, bool]] = {  # estimator, task, preprocessing, as if it cost too much to be exact
    "tree-exact": (RandomForestClassifier(8, max_depth=5, random_state=0), "multiclass", None, False),
    "linear-exact": (LinearRegression(), "regression", None, False),
    "enumeration-encoded": (SVC(), "multiclass", None, False),
    "enumeration-partly": (LogisticRegression(), "multiclass", mixing(), False),
    "enumeration-frame": (ByText(), "binary", "none", False),
    "permutation-encoded": (SVC(), "multiclass", None, True),
    "permutation-partly": (LogisticRegression(), "multiclass", mixing(), True),
    "permutation-frame": (ByText(), "binary", "none", True),
}


def made(name: str, monkeypatch: pytest.MonkeyPatch) -> tuple[Any, Explainer]:
    estimator, task, preprocessing, costly = PATHS[name]
    if costly:
        monkeypatch.setattr("xai.attribution.shap.coalitions", lambda game: (2**60, 64))
    frame = people()
    if preprocessing == "none":
        model = estimator.fit(frame, TARGETS[task](frame))
    else:
        model = piped(estimator, task, columns(sparse_threshold=0) if preprocessing is None else preprocessing)
    return model, Explainer(model, frame, background=9)


def test_every_way_to_contributions_is_tried_here():
    words = catalogue("en").section("algorithms")
    ways = {key.partition(".")[0] for key in words}
    named = {way for way in ways if way.partition("-")[0] in ("tree", "linear", "permutation")}
    named |= {way for way in ways if way.startswith("enumeration-")}
    assert named == set(PATHS)


@pytest.mark.parametrize("name", PATHS)
def test_contributions_add_up_to_what_the_model_itself_says(name: str, monkeypatch: pytest.MonkeyPatch):
    """One row, several rows, a row with gaps and a category nobody had; in every unit there is, for every class."""
    model, explainer = made(name, monkeypatch)
    rows = people().iloc[[3, 11, 13]].reset_index(drop=True)
    rows.loc[0, "city"] = "Atlantis"
    units = {explainer.model.unit, "margin"} if hasattr(model, "decision_function") else {explainer.model.unit}
    for unit in units:
        real = said(model, unit, rows)
        for position, label in enumerate(explainer.model.classes or [None]):
            together = explainer.explain(frame=rows, target_class=label, unit=unit)
            alone = explainer.explain(frame=rows.iloc[[0]], target_class=label, unit=unit)
            assert name in (together.algorithm, alone.algorithm) or unit == "margin"
            total = together.base + together.values.sum(axis=1)
            np.testing.assert_allclose(total, real[:, position], rtol=0, atol=1e-8)
            assert alone.base + alone.values.sum() == pytest.approx(real[0, position], abs=1e-8)
            assert alone.prediction == pytest.approx(real[0, position], abs=1e-12)
            measured = next(each for each in alone.trust.measures if each.code == "additivity")
            assert measured.verdict == "solid"


@pytest.mark.parametrize("name", [name for name in PATHS if name.startswith("permutation")])
def test_estimates_keep_to_their_stated_error(name: str, monkeypatch: pytest.MonkeyPatch):
    """Beside all combinations: no contribution is further off than five of the standard errors that are stated."""
    model, explainer = made(name, monkeypatch)
    found = explainer.explain(row=5)
    monkeypatch.undo()
    exact = Explainer(model, people(), background=9).explain(row=5)
    stated = next(each.value for each in found.trust.measures if each.code == "sampling")
    assert (found.algorithm, exact.algorithm) == (name, name.replace("permutation", "enumeration"))
    assert 0 < np.abs(found.values - exact.values).max() <= 5 * stated


def test_margin_and_probability_of_boosted_trees_both_add_up(each_way):
    model = piped(BOOSTING, "multiclass", columns(sparse_threshold=0))
    row = people().iloc[[7]]
    for _ in each_way():
        explainer = Explainer(model, people(), background=9)
        for unit, real in (("probability", model.predict_proba(row)), ("margin", model.decision_function(row))):
            for position, label in enumerate(model.classes_):
                found = explainer.explain(frame=row, target_class=label, unit=unit)
                assert found.unit == unit
                assert found.base + found.values.sum() == pytest.approx(real[0, position], abs=1e-8)


def said(model: Any, unit: str, rows: pd.DataFrame) -> np.ndarray:
    """(n, K) by the model's own methods."""
    if unit == "probability":
        return model.predict_proba(rows)
    found = model.decision_function(rows) if hasattr(model, "decision_function") else model.predict(rows)
    if found.ndim == 2:
        return found
    return found[:, None] if not hasattr(model, "classes_") else np.column_stack([-found, found])
