"""Dictionaries, lists and tuples with a model in them: which one is taken, and what of the rest it needs.

The reference is what the notebook that saved the bundle would have done by hand.
"""

from __future__ import annotations

import io
import pickle
from collections import OrderedDict
from typing import Any

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import KMeans
from sklearn.compose import make_column_transformer
from sklearn.decomposition import PCA
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import LabelEncoder, OneHotEncoder, OrdinalEncoder, StandardScaler
from test_opening_bad_files import assert_has_words

from xai.errors import OpeningError
from xai.opening import OpenedFile, open_estimator
from xai.opening.both import open_both
from xai.sentences import notices
from xai.texts import LANGUAGES, Wording

RANDOM = np.random.default_rng(4)
ROWS = 150
FRAME = pd.DataFrame(
    {
        "age": RANDOM.integers(18, 80, ROWS),
        "income": RANDOM.normal(3000, 800, ROWS).round(),
        "city": RANDOM.choice(["Bonn", "Köln", "Ulm"], ROWS),
        "sex": RANDOM.choice(["f", "m"], ROWS),
    }
)
WORDS = np.where((FRAME["income"] > 3000) ^ (FRAME["city"] == "Ulm"), "yes", "no")
COUNTED = (WORDS == "yes").astype(int)
TABLE = FRAME.assign(bought=WORDS).to_csv(index=False).encode()
ENCODERS = {name: LabelEncoder().fit(FRAME[name]) for name in ("city", "sex")}
ENCODED = FRAME.assign(**{name: encoder.transform(FRAME[name]) for name, encoder in ENCODERS.items()})
NUMBERS = ["age", "income"]


def opened(bundle: Any, **options: Any) -> OpenedFile:
    stream = io.BytesIO()
    joblib.dump(bundle, stream)
    found = open_estimator(stream.getvalue(), "bundle.joblib", **options)
    for language in LANGUAGES:
        wording = Wording(language)
        assert all("{" not in notices.sentence(notice, wording) for notice in found.warnings)
    return found


def refused(bundle: Any, **options: Any) -> OpeningError:
    with pytest.raises(OpeningError) as caught:
        opened(bundle, **options)
    assert_has_words(caught.value)
    return caught.value


def codes(found: OpenedFile) -> list[str]:
    return [notice.code for notice in found.warnings]


def linear(rows: Any, target: Any = WORDS) -> LogisticRegression:
    return LogisticRegression(max_iter=500).fit(rows, target)


def forest(rows: Any, target: Any = WORDS) -> RandomForestClassifier:
    return RandomForestClassifier(5, random_state=0).fit(rows, target)


# --- which one -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bundle", "key"),
    [
        ({"best": (good := forest(ENCODED)), "accuracy": 0.9}, "best"),
        (OrderedDict(model=good), "model"),
        ([0.9, good], "1"),
        ((good, ["age", "income", "city", "sex"]), "0"),
        ({"run": {"date": "2024-05-31", "models": [good]}}, "run.models.0"),
        ({"a.b": good}, "a.b"),
        ({"fitted": good, "template": RandomForestClassifier()}, "fitted"),
        ({"model": good, "groups": KMeans(2, n_init=1).fit(ENCODED)}, "model"),
        ({"clf": good, "same": good}, "clf"),
    ],
)
def test_the_one_model_is_found_wherever_it_lies(bundle: Any, key: str) -> None:
    found = opened(bundle)
    assert found.key == key
    assert isinstance(found.estimator, RandomForestClassifier)
    assert opened(bundle, object_key=key).key == key


def test_an_array_of_objects_is_a_bundle_too() -> None:
    held = np.empty(2, dtype=object)
    held[:] = [forest(ENCODED), {"accuracy": 0.9}]
    assert opened(held).key == "0"
    alone = np.empty(1, dtype=object)
    alone[0] = linear(ENCODED)
    for data in (pickle.dumps(alone), pickle.dumps(alone, protocol=2)):
        assert isinstance(open_estimator(data).estimator, LogisticRegression)


def test_a_model_that_holds_the_others_is_the_model() -> None:
    search = GridSearchCV(make_pipeline(StandardScaler(), LogisticRegression()), {}, cv=2).fit(ENCODED, WORDS)
    found = opened({"best": search.best_estimator_, "scaler": search.best_estimator_[0], "search": search})
    assert (found.key, codes(found)) == ("search", ["bundle-object"])
    assert found.options == ("search", "best")


def test_of_several_models_the_most_telling_name_is_taken_and_said() -> None:
    found = opened({"baseline": linear(ENCODED), "final_model": forest(ENCODED), "model": linear(ENCODED)})
    assert (found.key, codes(found)[0]) == ("final_model", "bundle-several")
    assert found.options == ("final_model", "baseline", "model")
    assert opened({"models": {"best": forest(ENCODED), "other": linear(ENCODED)}}).key == "models.best"


@pytest.mark.parametrize("bundle", [{"rf": forest(ENCODED), "lr": linear(ENCODED)}, [linear(ENCODED), forest(ENCODED)]])
def test_where_no_name_tells_the_reader_must_choose(bundle: Any) -> None:
    error = refused(bundle)
    assert (error.code, error.facts["count"]) == ("several-models", 2)
    for key in str(error.facts["keys"]).split(", "):
        assert opened(bundle, object_key=key).key == key


def test_two_models_of_the_same_name_do_not_tell_either() -> None:
    assert refused({"a": {"model": forest(ENCODED)}, "b": {"model": linear(ENCODED)}}).code == "several-models"


def test_a_key_that_is_not_there_is_answered_with_those_that_are() -> None:
    error = refused({"model": forest(ENCODED), "meta": {"day": 1, "scaler": StandardScaler()}}, object_key="modell")
    assert (error.code, error.facts["keys"]) == ("unknown-object", "model, meta.day, meta.scaler")


@pytest.mark.parametrize(
    ("bundle", "code"),
    [
        ({"scaler": StandardScaler().fit(ENCODED), "encoders": ENCODERS}, "only-preprocessing"),
        ({"model": RandomForestClassifier()}, "no-fitted-model"),
        ({"groups": KMeans(2, n_init=1).fit(ENCODED), "n": 2}, "not-supervised"),
        ({"scores": [1, 2], "name": "x"}, "not-a-model"),
        ({}, "not-a-model"),
    ],
)
def test_a_bundle_without_a_usable_model_is_named_for_what_it_holds(bundle: Any, code: str) -> None:
    assert refused(bundle).code == code


# --- what belongs in front of it -------------------------------------------------------------------------------------


def test_the_scaler_beside_a_model_is_put_in_front_and_can_be_left_away() -> None:
    scaler = StandardScaler().fit(ENCODED)
    bundle = {"model": linear(scaler.transform(ENCODED)), "scaler": scaler}
    found = opened(bundle)
    assert (found.key, found.options) == ("scaler+model", ("scaler+model", "model"))
    expected = bundle["model"].predict_proba(scaler.transform(ENCODED))
    assert np.array_equal(found.estimator.predict_proba(ENCODED), expected)
    assert (codes(found), found.warnings[0].facts["chain"]) == (["bundle-applied"], "scaler → model")
    alone = opened(bundle, object_key="model")
    assert isinstance(alone.estimator, LogisticRegression)
    again = opened(bundle, object_key="scaler+model")
    assert np.array_equal(again.estimator.predict_proba(ENCODED), expected)


def test_a_whole_chain_is_found_in_its_order() -> None:
    imputer = SimpleImputer().fit(ENCODED)
    scaler = StandardScaler().fit(imputer.transform(ENCODED))
    pca = PCA(2).fit(scaler.transform(imputer.transform(ENCODED)))
    rows = pca.transform(scaler.transform(imputer.transform(ENCODED)))
    found = opened({"pca": pca, "scaler": scaler, "model": linear(rows), "imputer": imputer})
    assert found.key == "imputer+scaler+pca+model"
    assert np.allclose(found.estimator.predict_proba(ENCODED), linear(rows).predict_proba(rows), rtol=0, atol=1e-12)


def test_a_preprocessor_that_widens_the_table_is_put_in_front() -> None:
    parts = make_column_transformer((OneHotEncoder(), ["city", "sex"]), (StandardScaler(), NUMBERS)).fit(FRAME)
    found = opened((linear(parts.transform(FRAME)), parts))
    assert found.key == "1+0"
    assert (
        found.estimator.predict(FRAME).tolist()
        == linear(parts.transform(FRAME)).predict(parts.transform(FRAME)).tolist()
    )


@pytest.mark.parametrize(
    "bundle",
    [
        # two that fit alike; one of another width; one of other names; a model that scales by itself
        {"model": linear(ENCODED.to_numpy()), "a": StandardScaler().fit(ENCODED), "b": StandardScaler().fit(ENCODED)},
        {"model": linear(ENCODED), "scaler": StandardScaler().fit(ENCODED[["age"]].to_numpy())},
        {"model": linear(ENCODED), "scaler": StandardScaler().fit(ENCODED.add_prefix("old_"))},
        {
            "model": make_pipeline(StandardScaler(), LogisticRegression()).fit(ENCODED, WORDS),
            "scaler": StandardScaler().fit(ENCODED),
        },
    ],
)
def test_what_does_not_clearly_belong_there_is_left_out_and_said(bundle: Any) -> None:
    found = opened(bundle)
    assert (found.key, codes(found)) == ("model", ["bundle-object", "bundle-leftover"])


def test_it_can_be_put_there_all_the_same_by_asking() -> None:
    first, second = StandardScaler().fit(ENCODED.to_numpy()), StandardScaler().fit(ENCODED.to_numpy() * 2)
    bundle = {"model": linear(ENCODED.to_numpy()), "first": first, "second": second}
    found = opened(bundle, object_key="second+model")
    expected = bundle["model"].predict_proba(second.transform(ENCODED.to_numpy()))
    assert np.array_equal(found.estimator.predict_proba(ENCODED.to_numpy()), expected)


def test_a_companion_file_takes_the_place_of_what_lies_beside_the_model() -> None:
    right, wrong = StandardScaler().fit(ENCODED), StandardScaler().fit(ENCODED * 3)
    bundle = {"model": linear(right.transform(ENCODED)), "scaler": wrong}
    table = ENCODED.assign(bought=WORDS).to_csv(index=False).encode()
    found = open_both(pickle.dumps(bundle), table, data_name="t.csv", companion=pickle.dumps(right), companion_name="s")
    shown = found.explainer.model.predict(found.explainer.data.frame)
    assert np.allclose(shown, bundle["model"].predict_proba(right.transform(ENCODED)), rtol=0, atol=1e-12)


# --- encoders of single columns --------------------------------------------------------------------------------------

KEPT = {
    "a dictionary": {"encoders": ENCODERS},
    "a key each": {"le_city": ENCODERS["city"], "sex_encoder": ENCODERS["sex"]},
    "an encoder of both": {"encoder": OrdinalEncoder().fit(FRAME[["city", "sex"]])},
}


@pytest.mark.parametrize("how", KEPT)
def test_encoders_of_single_columns_take_the_table_as_it_is(how: str) -> None:
    found = open_both(pickle.dumps({"model": (model := forest(ENCODED)), **KEPT[how]}), TABLE, data_name="t.csv")
    shown = found.explainer.model
    assert np.array_equal(shown.predict(found.explainer.data.frame), model.predict_proba(ENCODED))
    # the players are the original columns, and the rows are encoded once
    assert [column.kind for column in found.inspection.columns] == ["integer", "integer", "category", "category"]
    assert shown.encoding is not None
    assert shown.encoding.players.tolist() == [0, 1, 2, 3]
    assert found.inspection.quality.metrics["accuracy"] > 0.9
    explained = found.explainer.explain(row=0)
    assert explained.columns == ("age", "income", "city", "sex")
    assert explained.base + explained.values.sum() == pytest.approx(explained.prediction)


def test_encoders_come_before_a_scaler_of_all_columns() -> None:
    scaler = StandardScaler().fit(ENCODED.to_numpy())
    bundle = {"scaler": scaler, "clf": linear(scaler.transform(ENCODED.to_numpy()), COUNTED), "encoders": ENCODERS}
    found = opened({**bundle, "columns": list(ENCODED)})
    assert found.key == "encoders.city+encoders.sex+scaler+clf"
    expected = bundle["clf"].predict_proba(scaler.transform(ENCODED.to_numpy()))
    assert np.allclose(found.estimator.predict_proba(FRAME), expected, rtol=0, atol=1e-12)


def test_a_scaler_of_some_columns_changes_only_those() -> None:
    scaler = StandardScaler().fit(FRAME[NUMBERS])
    scaled = ENCODED.assign(**dict(zip(NUMBERS, scaler.transform(FRAME[NUMBERS]).T, strict=True)))
    bundle = {"model": linear(scaled), "scaler": scaler, "encoders": ENCODERS}
    found = opened(bundle)
    assert np.allclose(found.estimator.predict_proba(FRAME), bundle["model"].predict_proba(scaled), rtol=0, atol=1e-12)


def test_a_value_that_an_encoder_does_not_know_is_an_error_and_no_guess() -> None:
    found = opened({"model": forest(ENCODED), "encoders": ENCODERS})
    with pytest.raises(ValueError, match="unknown categories"):
        found.estimator.predict(FRAME.assign(city="Jena"))


def test_encoders_without_a_column_are_said() -> None:
    found = opened({"model": forest(ENCODED.to_numpy()), "le_city": ENCODERS["city"], "le_sex": ENCODERS["sex"]})
    assert codes(found) == ["bundle-object", "bundle-encoders-left"]


# --- names -----------------------------------------------------------------------------------------------------------


def test_a_list_of_names_and_the_target_fill_the_form() -> None:
    rows = FRAME[NUMBERS].to_numpy()
    bundle = {"model": linear(rows), "feature_names": NUMBERS, "target": "bought", "other": ["x", "y", "z"]}
    found = open_both(
        pickle.dumps(bundle),
        FRAME[["sex", "income", "city", "age"]].assign(guess=1, bought=WORDS).to_csv(index=False).encode(),
        data_name="t.csv",
    )
    assert found.inspection.column_names == ("age", "income")
    assert np.array_equal(
        found.explainer.model.predict(found.explainer.data.frame), bundle["model"].predict_proba(rows)
    )
    assert (found.inspection.target, "target-file" in [check.code for check in found.inspection.checks]) == (
        "bought",
        True,
    )
    assert found.inspection.quality.metrics["accuracy"] == pytest.approx(
        (bundle["model"].predict(rows) == WORDS).mean()
    )


def test_a_target_that_the_table_does_not_have_is_looked_for_as_always() -> None:
    found = open_both(
        pickle.dumps({"model": forest(ENCODED), "target": "sold"}),
        ENCODED.assign(bought=WORDS).to_csv(index=False).encode(),
        data_name="t.csv",
    )
    assert found.inspection.target == "bought"


@pytest.mark.parametrize(
    "names",
    [
        {"class_names": ["no", "yes"]},
        {"target_encoder": LabelEncoder().fit(WORDS)},
        {"le": LabelEncoder().fit(WORDS)},
        {"classes": np.array(["no", "yes"])},
    ],
)
def test_classes_that_the_model_only_counts_get_the_names_of_the_bundle(names: dict[str, Any]) -> None:
    table = ENCODED.assign(bought=WORDS).to_csv(index=False).encode()
    found = open_both(pickle.dumps({"model": (model := forest(ENCODED, COUNTED)), **names}), table, data_name="t.csv")
    shown = found.explainer.model
    assert (shown.classes, found.inspection.target_class) == (("no", "yes"), "yes")
    assert shown.answer(ENCODED).tolist() == ["yes" if answer else "no" for answer in model.predict(ENCODED)]
    assert found.inspection.quality.metrics["accuracy"] == pytest.approx((model.predict(ENCODED) == COUNTED).mean())
    assert found.explainer.explain(row=0).target_class == "yes"
    # a table may count them as the model does
    counted = ENCODED.assign(bought=COUNTED).to_csv(index=False).encode()
    again = open_both(pickle.dumps({"model": model, **names}), counted, data_name="t.csv")
    assert (again.inspection.target, again.inspection.classes) == ("bought", ("no", "yes"))
    assert again.inspection.quality.metrics == found.inspection.quality.metrics


@pytest.mark.parametrize(
    "bundle",
    [
        {"model": forest(ENCODED, COUNTED), "le_sex": ENCODERS["sex"]},  # two values, two classes: still a column
        {"model": forest(ENCODED.to_numpy(), COUNTED), "le_sex": ENCODERS["sex"]},
        {"model": forest(ENCODED), "class_names": ["a", "b"]},  # the model has names of its own
        {"model": forest(ENCODED, COUNTED), "class_names": ["a", "b", "c"]},
    ],
)
def test_other_words_are_not_taken_for_the_classes(bundle: dict[str, Any]) -> None:
    assert opened(bundle).classes == ()


def test_a_threshold_is_said_because_it_is_not_used() -> None:
    found = opened({"model": DummyClassifier().fit([[0], [1]], [0, 1]), "threshold": 0.37})
    assert found.warnings[-1].facts == {"threshold": 0.37}
    assert codes(opened({"model": LinearRegression().fit([[0], [1]], [0, 1]), "cutoff": 0.37})) == ["bundle-object"]
