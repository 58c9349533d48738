"""A model and its table: the target, the classes, and the checklist that tells what was found."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from saving import csv, dumped
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from xai.errors import KlartextError
from xai.opening.both import Opened, open_both
from xai.opening.targets import align_target, detect_target
from xai.results import plain
from xai.sentences import checklist, errors, notices
from xai.texts import LANGUAGES, Wording, catalogue
from xai.texts.catalogue import placeholders

ZOO = Path(__file__).parents[2].parent / "shared" / "zoo"
OPENING = Path(__file__).parents[2] / "xai" / "opening"
in_zoo = pytest.mark.skipif(not ZOO.is_dir(), reason="the folder of real models is not here")


@pytest.fixture
def frame() -> pd.DataFrame:
    return pd.DataFrame({"Unnamed: 0": [0, 1, 2], "age": [20, 30, 40], "Pclass": [1, 2, 3], "survived": [0, 1, 1]})


def refused(call: object) -> KlartextError:
    with pytest.raises(KlartextError) as caught:
        call()
    for language in LANGUAGES:
        assert f"errors.{caught.value.code}.message" in catalogue(language), caught.value.code
        assert "{" not in errors.message(caught.value, Wording(language))
    return caught.value


# --- target ----------------------------------------------------------------------------------------------------------


def test_the_asked_target_wins_and_must_exist(frame: pd.DataFrame) -> None:
    assert detect_target(frame, ["age"], "Pclass").reason == "asked"
    error = refused(lambda: detect_target(frame, ["age"], "Survived"))
    assert (error.code, error.facts["similar"]) == ("unknown-target", "survived")
    assert refused(lambda: detect_target(frame, ["age"], "age")).code == "target-is-input"
    assert detect_target(frame, ["age"], "").name is None


def test_the_one_column_left_over_is_the_target(frame: pd.DataFrame) -> None:
    found = detect_target(frame, ["age", "Pclass"], task="binary", classes=(0, 1))
    assert (found.name, found.reason) == ("survived", "only-one")


def test_an_index_is_never_the_target() -> None:
    table = pd.DataFrame({"": [1, 2], "Unnamed: 0": [1, 2], "customer_id": [7, 8], "id": [1, 2], "a": [0.5, 0.7]})
    assert detect_target(table, ["a"]).name is None


def test_names_decide_between_several_and_coordinates_do_not_win() -> None:
    table = pd.DataFrame({"carat": [1.0, 2.0], "price": [5, 6], "x": [1.0, 2.0], "y": [1.0, 3.0], "z": [2.0, 3.0]})
    found = detect_target(table, ["carat"], task="regression")
    assert (found.name, found.reason) == ("price", "name")
    german = pd.DataFrame({"a": [1, 2], "Zielgröße": [0, 1], "bemerkung": [0, 1]})
    assert detect_target(german, ["a"], classes=(0, 1)).name == "Zielgröße"


def test_only_columns_that_fit_the_model_are_considered() -> None:
    table = pd.DataFrame({"a": [1, 2, 3], "label": ["x", "y", "z"], "result": ["no", "yes", "no"], "n": [7, 8, 9]})
    found = detect_target(table, ["a"], task="binary", classes=("no", "yes"))
    assert (found.name, found.reason) == ("result", "only-one")
    assert detect_target(table, ["a"], task="regression").name == "n"


def test_the_last_column_is_a_guess_and_called_one() -> None:
    table = pd.DataFrame({"a": [1, 2], "u": [3.0, 4.0], "v": [5.0, 6.0]})
    assert detect_target(table, ["a"], task="regression").reason == "last"


@pytest.mark.parametrize("asked", [None, "survived"])
def test_a_target_with_one_class_is_refused(asked: str | None) -> None:
    table = pd.DataFrame({"age": [1, 2, 3], "survived": [1, 1, 1]})
    error = refused(lambda: detect_target(table, ["age"], asked, "binary", (0, 1)))
    assert error.code == "target-one-class"
    assert error.facts == {"target": "survived", "value": "1", "rows": 3}


def test_a_table_with_one_outcome_is_explained_without_it_as_the_error_says(table: pd.DataFrame) -> None:
    model, alike = LogisticRegression().fit(table[["age"]], table["bought"]), csv(table.assign(bought="yes"))
    error = refused(lambda: open_both(dumped(model), alike, target="bought"))
    for language in LANGUAGES:
        assert '--target ""' in errors.remedy(error, Wording(language))
    found = open_both(dumped(model), alike, target="")
    assert (found.inspection.target, found.inspection.quality) == (None, None)
    assert found.explainer.explain(row=0).values.shape[-1] == len(found.explainer.columns)


def test_a_column_that_never_varies_is_not_mistaken_for_the_outcome() -> None:
    """A column of ones has the classes of a model that counts them; the outcome beside it says them in words."""
    table = pd.DataFrame({"age": [1, 2, 3], "ones": [1, 1, 1], "bought": ["yes", "no", "yes"]})
    assert detect_target(table, ["age"], None, "binary", (0, 1)).name == "bought"
    assert detect_target(table.assign(sold=[0, 1, 1]), ["age"], None, "binary", (0, 1)).name == "sold"


def test_one_case_alone_may_have_one_outcome() -> None:
    assert detect_target(pd.DataFrame({"age": [1], "survived": [1]}), ["age"]).name == "survived"


@pytest.mark.parametrize("named", [True, False])
def test_a_table_with_the_one_column_of_the_model_is_enough(table: pd.DataFrame, named: bool) -> None:
    """There is no outcome in it, so it is explained without one."""
    ages = table[["age"]]
    model = LogisticRegression().fit(ages if named else ages.to_numpy(), table["bought"])
    opened = open_both(dumped(model), csv(ages))
    assert (opened.inspection.target, opened.inspection.rows) == (None, len(table))
    found = opened.explainer.explain(row=3)
    inputs = ages if named else ages.to_numpy()
    assert found.base + found.values.sum() == pytest.approx(model.predict_proba(inputs)[3, 1])


def test_a_table_with_one_column_is_too_narrow_for_a_model_of_several(forest: bytes, table: pd.DataFrame) -> None:
    assert refused(lambda: open_both(forest, csv(table[["age"]]))).code == "one-column-table"


def test_an_unnamed_model_has_a_target_only_if_a_column_is_left_over() -> None:
    table = pd.DataFrame({"a": [1.0, 2.0], "b": [0, 1]})
    assert detect_target(table, None, feature_count=2).name is None
    assert detect_target(table, None, feature_count=1, classes=(0, 1)).name == "b"


@pytest.mark.parametrize(
    ("values", "classes", "expected"),
    [
        ([1, 0], (0, 1), [1, 0]),
        (["1", "0"], (0, 1), [1, 0]),
        ([1.0, 0.0], (0, 1), [1, 0]),
        ([True, False], (0, 1), [1, 0]),
        (["yes", "no"], (0, 1), [1, 0]),
        (["Ja", "Nein"], (False, True), [True, False]),
        ([1, 0], ("no", "yes"), ["yes", "no"]),
        (["YES", "No"], ("no", "yes"), ["yes", "no"]),
        (["3", "7"], (3, 7), [3, 7]),
        ([3, 7], ("3", "7"), ["3", "7"]),
    ],
)
def test_outcomes_are_compared_by_what_they_mean(values: list, classes: tuple, expected: list) -> None:
    aligned = align_target(pd.Series(values, name="y"), classes)
    assert aligned.series.tolist() == expected
    assert all(type(a) is type(b) for a, b in zip(aligned.series, expected, strict=True))


def test_a_translation_is_said_and_equal_labels_are_not() -> None:
    assert align_target(pd.Series([1.0, 0.0]), (0, 1)).notices == ()
    notice = align_target(pd.Series(["yes", "no"]), (0, 1)).notices[0]
    assert notice.facts["pairs"] == "no → 0, yes → 1"


def test_outcomes_the_model_does_not_know_are_left_out_and_said() -> None:
    aligned = align_target(pd.Series(["a", "b", "c", None]), ("a", "b"))
    assert aligned.series.isna().tolist() == [False, False, True, True]
    assert aligned.notices[0].facts == {"values": "c", "rows": 1}


def test_outcomes_that_do_not_fit_at_all_are_an_error() -> None:
    error = refused(lambda: align_target(pd.Series(["M", "B"], name="diagnosis"), (0, 1)))
    assert error.facts == {"target": "diagnosis", "found": "M, B", "classes": "0, 1"}
    assert refused(lambda: align_target(pd.Series(["M", "B"], name="y"), ())).code == "target-not-numbers"


# --- both files ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    random = np.random.default_rng(5)
    ages = random.integers(18, 80, 120).astype(float)
    bought = np.where(ages + random.normal(0, 8, 120) > 45, "yes", "no")
    cities = random.choice(["Köln", "Bonn"], 120)
    return pd.DataFrame({"age": ages, "city": cities, "bought": bought, "row_id": np.arange(120)})


@pytest.fixture(scope="module")
def forest(table: pd.DataFrame) -> bytes:
    columns = ColumnTransformer([("words", OneHotEncoder(), ["city"])], remainder="passthrough")
    model = make_pipeline(columns, RandomForestClassifier(n_estimators=10, max_depth=4, random_state=0))
    return dumped(model.fit(table[["age", "city"]], table["bought"]))


def verdicts(opened: Opened) -> dict[str, str]:
    """Code -> verdict; every line must have words, one of them bold, in every language."""
    for language in LANGUAGES:
        wording = Wording(language)
        lines = checklist.entries(opened.inspection)
        for entry in lines:
            assert re.match(r"\*\*[^*]+\*\*", checklist.sentence(entry, wording))
        assert str(len(lines)) in checklist.summary(lines, wording)
        assert notices.sentences(opened.inspection.warnings, wording) is not None
        assert "**" not in checklist.printed(opened.inspection, wording)
    return {check.code: check.verdict for check in opened.inspection.checks}


def test_two_files_become_an_explainer_and_a_checklist(forest: bytes, table: pd.DataFrame) -> None:
    opened = open_both(forest, csv(table))
    assert opened.explainer.columns == ("age", "city")
    assert opened.explainer.data.target_name == "bought"
    assert opened.explainer.data.unused == ("row_id",)
    found = verdicts(opened)
    assert (
        found["version-same"] == found["columns-found"] == found["target-only-one"] == found["quality-good"] == "good"
    )
    assert found["held-out-unknown"] == "care"


def test_the_inspection_keeps_the_contract_of_the_terminal(forest: bytes, table: pd.DataFrame) -> None:
    found = plain(open_both(forest, csv(table)).inspection)
    wanted = "format saved_with runs_with how repairs steps task classes columns target rows score warnings"
    assert set(wanted.split()) <= set(found)
    assert found["columns"][1] == {"name": "city", "kind": "category", "missing": 0}
    assert found["steps"] == ["ColumnTransformer", "RandomForestClassifier"]
    assert (found["task"], found["classes"], found["how"]) == ("binary", ["no", "yes"], "as is")
    assert set(found["score"]) >= {"accuracy", "auc", "baseline"}


def test_a_german_table_opens_like_any_other(table: pd.DataFrame) -> None:
    scaled = table.assign(age=table["age"] + 0.5)
    model = LogisticRegression().fit(scaled[["age"]], scaled["bought"])
    text = csv(scaled, sep=";", decimal=",").decode().encode("cp1252")
    opened = open_both(dumped(model), text)
    assert opened.explainer.data.frame["age"].tolist() == scaled["age"].tolist()
    assert verdicts(opened)["table-assumed"] == "care"


def test_a_model_without_a_table_is_inspected_alone(forest: bytes) -> None:
    opened = open_both(forest)
    assert opened.explainer is None
    assert [column["name"] for column in plain(opened.inspection)["columns"]] == ["age", "city"]
    assert "quality-good" not in verdicts(opened)


def test_a_table_without_target_can_be_explained(forest: bytes, table: pd.DataFrame) -> None:
    opened = open_both(forest, csv(table[["age", "city"]]))
    found = verdicts(opened)
    assert found["target-none"] == found["quality-unknown"] == "missing"
    assert opened.explainer.data.target is None


def test_a_target_in_other_words_leaves_only_the_quality_out(forest: bytes, table: pd.DataFrame) -> None:
    foreign = table.assign(bought=np.where(table["bought"] == "yes", "gekauft", "nicht"))
    opened = open_both(forest, csv(foreign), target="bought")
    assert verdicts(opened)["target-mismatch"] == "care"
    assert opened.inspection.target is None
    assert opened.inspection.quality is None


def test_a_model_on_raw_instead_of_scaled_values_is_called_worse_than_the_baseline() -> None:
    random = np.random.default_rng(0)
    values = random.normal(1000, 50, (200, 1))
    target = values[:, 0] * 3 + random.normal(0, 5, 200)
    model = LinearRegression().fit(pd.DataFrame(StandardScaler().fit_transform(values), columns=["a"]), target)
    opened = open_both(dumped(model), csv(pd.DataFrame({"a": values[:, 0], "target": target})))
    assert verdicts(opened)["quality-worse-explained"] == "care"
    assert [offer.code for offer in opened.inspection.offers] == ["standardize"]


def test_of_several_columns_that_may_be_the_outcome_the_one_the_model_predicts_is_guessed() -> None:
    """Not the last one, nor the one whose commonest value is easily hit: rare "yes" make any "no" look right."""
    random = np.random.default_rng(0)
    table = pd.DataFrame({"a": random.normal(size=200), "rare": random.permutation(np.repeat(["yes", "no"], [8, 192]))})
    table["late"] = np.where(table["a"] + random.normal(0, 0.4, 200) > 0, "yes", "no")
    table["other"] = random.permutation(table["late"])
    table["note"] = "nothing"
    model = LogisticRegression().fit(table[["a"]], (table["late"] == "yes") * 1)
    found = open_both(dumped(model), csv(table)).inspection
    check = next(check for check in found.checks if check.code.startswith("target-"))
    assert (found.target, check.code, check.verdict) == ("late", "target-predicted", "care")
    assert check.facts == {"target": "late", "candidates": "rare, other"}


def test_of_several_numbers_the_one_the_model_predicts_is_guessed() -> None:
    random = np.random.default_rng(0)
    table = pd.DataFrame({"size": random.normal(size=100)})
    table = table.assign(rent=3 * table["size"] + 7, floor=random.integers(0, 9, 100))
    model = LinearRegression().fit(table[["size"]], table["rent"])
    assert open_both(dumped(model), csv(table)).inspection.target == "rent"


def test_a_poor_score_on_a_guessed_target_is_no_word_about_the_model() -> None:
    random = np.random.default_rng(0)
    table = pd.DataFrame({"a": random.normal(size=200)})
    late = np.where(table["a"] > 0, "yes", "no")
    model = LogisticRegression().fit(table[["a"]], (late == "yes") * 1)
    table["shuffled"], table["other"] = random.permutation(late), random.permutation(late)
    found = verdicts(open_both(dumped(model), csv(table)))
    assert found["target-last"] == found["quality-worse-guessed"] == "care"


def test_swapped_classes_are_noticed(table: pd.DataFrame) -> None:
    turned = np.where(table["bought"] == "yes", "no", "yes")
    model = LogisticRegression().fit(table[["age"]], turned)
    assert verdicts(open_both(dumped(model), csv(table)))["quality-swapped"] == "care"


def test_a_model_fitted_on_an_array_takes_the_table_by_position(table: pd.DataFrame) -> None:
    model = LogisticRegression().fit(table[["age"]].to_numpy(), table["bought"])
    opened = open_both(dumped(model), csv(table[["age", "bought"]]))
    assert opened.explainer.columns == ("age",)
    assert verdicts(opened)["columns-by-position"] == "care"


def test_missing_values_the_model_cannot_take_are_named(table: pd.DataFrame) -> None:
    model = LogisticRegression().fit(table[["age"]], table["bought"])
    gaps = table.assign(age=table["age"].mask(table["row_id"] == 117))
    error = refused(lambda: open_both(dumped(model), csv(gaps)))
    assert (error.code, error.facts["columns"]) == ("missing-not-supported", "age")


def test_a_model_that_fails_on_the_table_says_why(table: pd.DataFrame) -> None:
    model = LogisticRegression().fit(table[["age"]].rename(columns={"age": "city"}), table["bought"])
    error = refused(lambda: open_both(dumped(model), csv(table[["city", "bought"]])))
    assert (error.code, error.facts["columns"]) == ("prediction-failed", "city")
    assert "could not convert string to float" in error.facts["said"]


def test_a_handful_of_rows_does_not_judge_the_model(forest: bytes, table: pd.DataFrame) -> None:
    few = pd.concat([table[table["bought"] == answer].head(2) for answer in ("yes", "no")])
    assert verdicts(open_both(forest, csv(few)))["quality-few"] == "care"
    assert verdicts(open_both(forest, csv(few.head(1))))["quality-few"] == "care"


def test_a_demo_opens_with_its_own_table() -> None:
    opened = open_both("demo:titanic")
    assert opened.inspection.target == "survived"
    assert verdicts(opened)["held-out-known"] == "good"
    assert refused(lambda: open_both("demo:nowhere")).code == "unknown-demo"


@in_zoo
def test_the_diamonds_open_with_repair_and_without_the_extra_columns() -> None:
    folder = ZOO / "ralf_diamonds"
    opened = open_both(folder / "diamonds_pipeline.joblib", folder / "diamonds.csv")
    found = plain(opened.inspection)
    assert (found["target"], found["task"], found["rows"]) == ("price", "regression", 53_940)
    assert found["saved_with"] == {"scikit-learn": "1.6.1"}
    assert found["ignored"] == ["Unnamed: 0", "x", "y", "z"]
    # 1 - sum of squares over all rows, from the predictions of 1.6.1 itself
    assert found["score"]["r2"] == pytest.approx(0.923255961000787, abs=1e-9)
    assert verdicts(opened)["version-repaired"] == "care"


@in_zoo
def test_the_diabetes_pipeline_uses_seven_of_eight_columns() -> None:
    pytest.importorskip("xgboost")
    folder = ZOO / "diabetes_dmdals"
    opened = open_both(folder / "pipeline.pkl", folder / "diabetes.csv")
    assert opened.inspection.target == "Outcome"
    assert opened.inspection.ignored == ("SkinThickness",)
    assert opened.inspection.quality.metrics["accuracy"] > 0.9


@in_zoo
def test_the_pima_pipeline_finds_its_columns_under_other_capitals() -> None:
    folder = ZOO / "pima_harold"
    opened = open_both(folder / "pipeline.joblib", folder / "original.csv")
    assert [adjustment.key for adjustment in opened.inspection.adjustments] == ["alike"]
    assert opened.explainer.columns == tuple(pd.read_csv(folder / "original.csv").columns[:-1])
    assert opened.inspection.quality.metrics["accuracy"] == pytest.approx(0.760, abs=0.001)


@in_zoo
def test_the_model_of_cars_from_0_22_predicts_their_prices() -> None:
    folder = ZOO / "car_pushkar"
    opened = open_both(folder / "LinearRegressionModel.pkl", folder / "Cleaned_Car_data.csv")
    assert opened.inspection.how == "repaired"
    assert opened.inspection.quality.metrics["r2"] > 0.5


@in_zoo
def test_the_churn_model_opens_behind_its_companion() -> None:
    folder = ZOO / "churn_alansary"
    companion = next(path for path in folder.glob("*.pkl") if path.name != "classifier.pkl")
    opened = open_both(folder / "classifier.pkl", folder / "strat_train_set.csv", companion=companion)
    assert opened.inspection.quality.metrics["auc"] > 0.7


# --- words -----------------------------------------------------------------------------------------------------------


def raised_codes() -> set[str]:
    """Every code that appears as the first argument of an error in the package."""
    pattern = re.compile(r"(?:(?:Opening|Data|Match|Question|Worker|Klartext)Error|\berror)\(\s*\n?\s*\"([a-z-]+)\"")
    return {code for path in OPENING.rglob("*.py") for code in pattern.findall(path.read_text("utf-8"))}


def test_every_error_of_opening_has_message_and_remedy_with_equal_placeholders() -> None:
    german, english = catalogue("de"), catalogue("en")
    assert len(raised_codes()) > 30
    for code in raised_codes():
        for part in ("message", "remedy"):
            key = f"errors.{code}.{part}"
            assert key in german, key
            assert key in english, key
            assert placeholders(german.sentences[key]) == placeholders(english.sentences[key])


def test_every_notice_and_check_of_opening_has_words() -> None:
    text = "\n".join(path.read_text("utf-8") for path in OPENING.rglob("*.py"))
    sections = {
        "notices": re.findall(r'Notice\("([a-z-]+)"', text),
        "checklist": re.findall(r'Check\("([a-z-]+)"', text),
    }
    for section, found in sections.items():
        assert found
        for code in found:
            for language in LANGUAGES:
                assert f"{section}.{code}" in catalogue(language), code


def test_a_small_table_is_asked_about_once_while_it_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    """Quality and the look at the answers share what the model says about all of its rows."""
    rows = pd.DataFrame({"size": np.arange(900.0), "age": np.tile([5.0, 1, 4], 300)})
    model = LogisticRegression().fit(rows, rows["size"] > 400)
    asked: list[int] = []
    said = LogisticRegression.predict_proba

    def counted(self: LogisticRegression, given: pd.DataFrame) -> np.ndarray:
        asked.append(len(given))
        return said(self, given)

    monkeypatch.setattr(LogisticRegression, "predict_proba", counted)
    opened = open_both(dumped(model), csv(rows.assign(large=rows["size"] > 400)))
    assert asked.count(900) == 1
    assert opened.inspection.quality.rows == 900
    again = opened.explainer.quality()
    assert asked.count(900) == 2
    assert again.metrics == opened.inspection.quality.metrics
    assert (again.confusion == opened.inspection.quality.confusion).all()
