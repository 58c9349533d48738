"""Models of earlier versions of scikit-learn: they predict what they did then, or say that they cannot here.

Reference: the answers that those very versions gave, written down by tests/engine/old_models/make_*.py.
"""

from __future__ import annotations

import copy
import io
import json
import pickle
import sys
import warnings
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import sklearn
from pandas.core.internals.blocks import Block
from saving import dumped, saved_with
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import AdaBoostClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import Normalizer, OneHotEncoder, StandardScaler

from xai.errors import OpeningError
from xai.inspection import Repair
from xai.opening import open_estimator, read_data
from xai.opening.constructing import construct
from xai.opening.reading import read_model_file
from xai.opening.repairs import exactness
from xai.opening.repairs.columns import passthrough
from xai.opening.repairs.names import Gone, RemainderColumns
from xai.opening.repairs.notes import Notes
from xai.opening.repairs.registry import LIBRARIES, NUMBERS, STRUCTURE, Rule, repair
from xai.sentences import checklist
from xai.texts import LANGUAGES, Wording

OLD = Path(__file__).parent / "old_models"
VERSIONS = ("1.5.2", "1.6.1", "1.7.2", "1.8.0")
OLDER = ("0.22.2.post1", "0.24.2", "1.0.2", "1.1.3", "1.2.2", "1.3.2", "1.4.2")
INPUTS = ["age", "income", "city", "member", "visits"]
OLDER_INPUTS = ["age", "income", "visits", "height", "city", "plan"]
RULES = (*STRUCTURE, *LIBRARIES, *NUMBERS)
X = np.random.default_rng(0).random((40, 3))
Y = (X[:, 0] > 0.5).astype(int)


def near(numbers: list[float]) -> object:
    return pytest.approx(numbers, rel=1e-12)


def opened_models(version: str) -> tuple[dict[str, Any], set[str]]:
    """All models of that version's file, and the codes of what was repaired."""
    facts, raw = read_model_file((OLD / f"models_{version}.joblib").read_bytes())
    assert facts.saved_with == {"scikit-learn": version}
    models, repairs, _ = construct(facts, raw)
    return models, {done.code for done in repairs}


# --- what they predict -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
def test_models_since_1_5_predict_exactly_what_they_did(version: str) -> None:
    rows = read_data(OLD / "table.csv")[INPUTS].head(40)
    answers = json.loads((OLD / f"answers_{version}.json").read_text("utf-8"))
    models, repairs = opened_models(version)
    assert repairs
    assert {*models, "adaboost"} == set(answers)
    for name, model in models.items():
        predicted = model.predict(rows)
        exact = predicted.dtype.kind in "OU"
        assert predicted.tolist() == (answers[name]["predict"] if exact else near(answers[name]["predict"])), name
        if answers[name]["predict_proba"] is not None:
            shares = model.predict_proba(rows)
            assert np.allclose(shares, answers[name]["predict_proba"], rtol=0, atol=1e-12), name


@pytest.mark.parametrize("version", ["1.5.2", "1.6.1"])
def test_adaboost_predicts_what_it_did_before_and_after_its_votes_were_counted_differently(version: str) -> None:
    rows = read_data(OLD / "table.csv")[INPUTS].head(40)
    answers = json.loads((OLD / f"answers_{version}.json").read_text("utf-8"))["adaboost"]
    opened = open_estimator(OLD / f"adaboost_{version}.joblib")
    assert ("adaboost-formula" in {done.code for done in opened.repairs}) == (version == "1.5.2")
    assert opened.estimator.predict(rows).tolist() == answers["predict"]
    assert np.allclose(opened.estimator.predict_proba(rows), answers["predict_proba"], rtol=0, atol=1e-12)


@pytest.mark.parametrize("version", OLDER)
def test_older_models_answer_and_refuse_exactly_what_they_did(version: str) -> None:
    """Complete rows, then as many with missing values and unseen categories, which some refused as a whole."""
    table = read_data(OLD / "older_table.csv")
    half = len(table) // 2
    models, _ = opened_models(version)
    with np.load(OLD / f"older_answers_{version}.npz") as answers:
        assert {key.split("|")[0] for key in answers.files} == set(models)
        for key in answers.files:
            name, method = key.split("|")
            if method == "columns":
                continue
            rows, ask = table[answers[f"{name}|columns"]], getattr(models[name], method)
            assert_same(ask(rows[:half]), answers[key][:half], f"{version} {key}")
            if len(answers[key]) == len(table):
                assert_same(ask(rows[half:]), answers[key][half:], f"{version} {key}")
            else:
                with pytest.raises((ValueError, TypeError)):
                    ask(rows[half:])


def assert_same(found: Any, expected: np.ndarray, what: str) -> None:
    found = np.asarray(found)
    assert found.shape == expected.shape, what
    if expected.dtype.kind in "fiu":
        assert np.allclose(found.astype(float), expected, rtol=1e-12, atol=1e-12, equal_nan=True), what
    else:
        assert found.astype(str).tolist() == expected.tolist(), what


def test_methods_that_a_model_did_not_have_are_not_invented() -> None:
    """Since 1.6 the nearest centroid has probabilities; a model from before was not fitted for them."""
    models, _ = opened_models("1.0.2")
    assert not hasattr(models["nearest centroid"], "predict_proba")


def test_without_the_repair_the_traps_are_real() -> None:
    """The same files read by pickle alone: wrong numbers and no error. If this fails, a rule is no longer needed."""
    rows = read_data(OLD / "table.csv")[INPUTS].head(40)
    answers = json.loads((OLD / "answers_1.5.2.json").read_text("utf-8"))["adaboost"]
    model = open_estimator(OLD / "adaboost_1.5.2.joblib").estimator
    today = copy.copy(model.steps[-1][1])
    today.__class__ = AdaBoostClassifier
    shares = today.predict_proba(model[:-1].transform(rows))
    assert np.abs(shares - answers["predict_proba"]).max() > 0.05
    assert np.allclose(shares.sum(axis=1), 1)


# --- what cannot be exact --------------------------------------------------------------------------------------------


def needing_its_own(data: bytes) -> str:
    facts, raw = read_model_file(data)
    with pytest.raises(OpeningError) as caught:
        construct(facts, raw)
    assert caught.value.code == "needs-own-version"
    assert {"saved", "runs", "what"} <= set(caught.value.facts)
    return caught.value.facts["what"]


def test_neighbours_that_the_last_bit_of_a_product_decides_about_need_their_own_version() -> None:
    brute = KNeighborsClassifier(algorithm="brute")
    assert needing_its_own(saved_with(brute.fit(X, Y), "0.23.2")) == "KNeighborsClassifier"
    other = KNeighborsClassifier(algorithm="brute", metric="manhattan").fit(X, Y)
    construct(*read_model_file(saved_with(other, "0.23.2")))
    construct(*read_model_file(saved_with(KNeighborsClassifier(algorithm="brute").fit(X, Y), "1.0.2")))


def test_a_norm_that_was_computed_differently_needs_its_own_version() -> None:
    pipeline = make_pipeline(Normalizer(norm="max"), LogisticRegression()).fit(X, Y)
    assert needing_its_own(saved_with(pipeline, "0.22.1")) == "Normalizer(norm='max')"
    construct(*read_model_file(saved_with(pipeline, "0.23.1")))


def test_leaves_whose_class_rounding_would_change_need_their_own_version() -> None:
    """Two weights that differ in their last bit can have equal shares, and then the first class would be answered."""
    forest = RandomForestClassifier(1, random_state=0).fit(X, np.arange(len(X)) % 3)
    weights = (np.array([weight, np.nextafter(weight, 2), 0.9 * weight]) for weight in np.linspace(1.5, 1.99, 200))
    equal = (three for three in weights if three[0] / three.sum() == three[1] / three.sum())
    forest.estimators_[0].tree_.value[0, 0] = next(equal)
    assert needing_its_own(saved_with(forest, "1.3.2")) == "DecisionTreeClassifier"


def test_the_error_has_its_facts_and_words() -> None:
    error = exactness.not_exact("AdaBoostClassifier", saved="1.5.2")
    assert dict(error.facts) == {
        "saved": "1.5.2",
        "runs": sklearn.__version__,
        "what": "AdaBoostClassifier",
        "said": "–",
    }


# --- how it is done --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["1.2.2", "1.6.1"])
def test_a_repaired_model_can_be_shown_cloned_copied_and_saved_again(version: str) -> None:
    rows = read_data(OLD / "older_table.csv")[OLDER_INPUTS].head(10) if version == "1.2.2" else None
    key = "AdaBoost, 3 classes" if version == "1.2.2" else "forest"
    opened = open_estimator(OLD / f"models_{version}.joblib", object_key=key)
    rows = read_data(OLD / "table.csv")[INPUTS].head(5) if rows is None else rows
    assert ("AdaBoost" if version == "1.2.2" else "RandomForestClassifier") in repr(opened.estimator)
    assert sklearn.base.clone(opened.estimator).get_params(deep=False)["steps"]
    expected = opened.estimator.predict_proba(rows)
    assert np.array_equal(copy.deepcopy(opened.estimator).predict_proba(rows), expected)
    assert np.array_equal(pickle.loads(pickle.dumps(opened.estimator)).predict_proba(rows), expected)


def test_repairing_leaves_scikit_learn_as_it_was() -> None:
    from sklearn.compose import _column_transformer

    before, methods = set(vars(_column_transformer)), dict(vars(AdaBoostClassifier))
    open_estimator(OLD / "models_1.6.1.joblib", object_key="forest")
    open_estimator(OLD / "models_1.2.2.joblib", object_key="AdaBoost")
    assert set(vars(_column_transformer)) == before
    assert dict(vars(AdaBoostClassifier)) == methods
    assert "_loss" not in sys.modules


@pytest.mark.parametrize("version", ["0.22.2.post1", "1.3.2", "1.6.1"])
def test_nothing_that_is_gone_remains(version: str) -> None:
    from xai.opening.walking import walk

    models, _ = opened_models(version)
    assert not [part for part in walk(models) if isinstance(part, Gone | RemainderColumns)]


def test_passed_through_columns_come_out_unchanged_and_keep_their_names() -> None:
    frame = read_data(OLD / "table.csv")[["age", "city"]].dropna()
    columns = ColumnTransformer([("words", OneHotEncoder(), ["city"]), ("age", "passthrough", ["age"])]).fit(frame)
    expected, names = columns.transform(frame), columns.get_feature_names_out()
    columns.transformers_ = [(n, "passthrough" if n == "age" else step, c) for n, step, c in columns.transformers_]
    assert passthrough(columns) == ["ColumnTransformer.passthrough"]
    assert np.array_equal(columns.transform(frame), expected)
    assert columns.get_feature_names_out().tolist() == names.tolist()


def test_the_outputs_of_old_columns_are_found_again() -> None:
    """Before 1.0 it was not noted which columns come out where; lineage and SHAP need it."""
    models, repairs = opened_models("0.24.2")
    assert "column-places" in repairs
    columns = models["linear regression"].steps[0][1]
    rows = read_data(OLD / "older_table.csv")[OLDER_INPUTS].head(3)
    width = columns.transform(rows).shape[1]
    assert columns.output_indices_ == {"words": slice(0, 6), "amounts": slice(6, 8), "remainder": slice(8, width)}


def test_parts_of_several_versions_are_repaired_each_by_its_own() -> None:
    old, new = LogisticRegression().fit(X, Y % 2), LogisticRegression().fit(X, Y)
    vars(old)["multi_class"] = vars(new)["multi_class"] = "multinomial"
    done = []
    for version in ("1.5.2", "1.8.0"):
        notes = Notes()
        model = copy.deepcopy(old)
        notes.written_with(model, {"_sklearn_version": version})
        repair({"model": model}, NUMBERS, notes, "1.0.0")
        done.append(notes.repairs())
    assert [item.code for item in done[0]] == ["logistic-formula"]
    assert done[1] == ()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.code}:{rule.function.__name__}")
def test_every_rule_says_which_versions_need_it_and_why(rule: Rule) -> None:
    assert rule.function.__doc__
    assert any(character.isdigit() for character in rule.function.__doc__.splitlines()[0])
    assert rule.before is None or rule.since < rule.before <= (1, 9)


def test_structure_is_put_right_before_numbers_are_asked() -> None:
    """Renaming comes before the generic rule, which would give today's name its default."""
    codes = [rule.code for rule in STRUCTURE]
    assert codes.index("renamed-parameters") < codes.index("new-parameters")
    assert codes.index("former-defaults") < codes.index("new-parameters")
    assert codes.index("new-parameters") < codes.index("loss")
    assert codes.index("column-names") < codes.index("passthrough")


@pytest.fixture(scope="module")
def every_repair() -> dict[str, Repair]:
    """One example of each, from the models of all versions."""
    found: dict[str, Repair] = {}
    for version in (*OLDER, *VERSIONS):
        facts, raw = read_model_file((OLD / f"models_{version}.joblib").read_bytes())
        found |= {done.code: done for done in construct(facts, raw)[1]}
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_repair_has_words(every_repair: dict[str, Repair], language: str) -> None:
    written = {rule.code for rule in RULES} | {"moved-names", "gone-names", "states"}
    # those of other libraries, and one of scikit-learn 0.22 for which no model is kept here
    assert set(every_repair) >= written - {"libraries", "former-defaults", "boosting-ties"}
    for code in written:
        assert f"repairs.{code}" in Wording(language).catalogue, code
    for done in every_repair.values():
        sentence = checklist.repair(done, Wording(language))
        assert len(sentence) > 20
        assert "{" not in sentence


class AsPandas13(pickle.Pickler):
    """Writes tables as pandas 1.3 did: each block as a call of a function with its number of dimensions bound."""

    def reducer_override(self, thing: Any) -> Any:
        if not isinstance(thing, Block):
            return NotImplemented
        function, (values, places, dimensions) = thing.__reduce__()
        return partial(function, ndim=dimensions), (values, places)


def test_a_table_that_pandas_1_3_left_in_a_model_is_read() -> None:
    model = LogisticRegression().fit(X, Y)
    model.seen_ = pd.DataFrame({"a": [1.5, 2.5], "b": [3, 4]})
    stream = io.BytesIO()
    AsPandas13(stream, protocol=2).dump(model)
    today, then = b"cpandas._libs.internals\n_unpickle_block\n", b"cpandas.core.internals.blocks\nnew_block\n"
    assert today in stream.getvalue()
    opened = open_estimator(stream.getvalue().replace(today, then))
    pd.testing.assert_frame_equal(opened.estimator.seen_, model.seen_)


def test_a_file_of_this_version_is_left_alone() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        opened = open_estimator(
            dumped(sklearn.pipeline.make_pipeline(StandardScaler(), LogisticRegression()).fit(X, Y))
        )
    assert (opened.how, opened.repairs) == ("as is", ())
