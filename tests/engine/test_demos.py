"""The demos open, are what the manifest says, have words in both languages, and can be rebuilt."""

from __future__ import annotations

import dataclasses
import importlib.util
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from xai.errors import OpeningError, QuestionError
from xai.opening.demos import Demo, demo, demo_labels, demo_names, load_model, load_table
from xai.sentences import demo as sentences
from xai.texts import LANGUAGES, Wording, catalogue
from xai.texts.catalogue import placeholders
from xai.texts.wording import text_of

MODELS = Path(__file__).parents[2] / "models"
each_demo = pytest.mark.parametrize("name", demo_names())
each_language = pytest.mark.parametrize("language", LANGUAGES)


def held_out(found: Demo) -> tuple[pd.DataFrame, pd.Series]:
    table = load_table(found).iloc[found.held_out_from :]
    return table[list(found.columns)], table[found.target]


def case_rows(found: Demo) -> pd.DataFrame:
    return pd.DataFrame([dict(case) for case in found.cases.values()], columns=list(found.columns))


def output(model: Any, rows: pd.DataFrame) -> np.ndarray:
    return model.predict_proba(rows) if hasattr(model, "predict_proba") else model.predict(rows)


def test_the_course_example_comes_first():
    assert demo_names()[0] == "titanic"
    assert len(demo_names()) >= 4


def test_together_the_demos_cover_every_task():
    assert {demo(name).task for name in demo_names()} == {"binary", "multiclass", "regression"}


def test_titanic_is_the_passenger_list_of_1309():
    """1,309 passengers, 500 survivors, 263 without an age: as published for this list (titanic3)."""
    table = load_table(demo("titanic"))
    assert list(table.columns) == ["sex", "pclass", "age", "sibsp", "parch", "survived"]
    assert (len(table), table["survived"].sum(), table["age"].isna().sum()) == (1309, 500, 263)
    assert table["pclass"].value_counts().to_dict() == {1: 323, 2: 277, 3: 709}
    assert set(table["sex"]) == {"female", "male"}


def test_penguins_are_the_published_344():
    """152 Adelie, 68 chinstrap, 124 gentoo; mean flipper lengths as in the package's own summary."""
    table = load_table(demo("penguins"))
    assert table["species"].value_counts().to_dict() == {"Adelie": 152, "Chinstrap": 68, "Gentoo": 124}
    lengths = table.groupby("species")["flipper_length_mm"].mean().round()
    assert lengths.to_dict() == {"Adelie": 190, "Chinstrap": 196, "Gentoo": 217}


def test_cars_are_in_metric_units():
    """The published means of the 392 complete cars are 23.4 miles per gallon and 2,978 pounds."""
    table = load_table(demo("cars"))
    assert len(table) == 392
    assert (235.214583 / table["consumption"]).mean() == pytest.approx(23.446, abs=0.02)
    assert table["weight"].mean() / 0.45359237 == pytest.approx(2977.58, abs=0.5)


@each_demo
def test_predictions_are_those_of_the_day_it_was_trained(name):
    """The same file gives the same numbers under every supported Python."""
    found = demo(name)
    expected = np.array(list(found.predictions.values()))
    assert output(load_model(found), case_rows(found)) == pytest.approx(expected, abs=1e-12)


@each_demo
def test_model_beats_the_trivial_answer_on_rows_it_has_not_seen(name):
    found = demo(name)
    rows, actual = held_out(found)
    answers = load_model(found).predict(rows)
    known = load_table(found)[found.target].iloc[: found.held_out_from]
    if found.task == "regression":
        error = np.abs(answers - actual).mean()
        assert error == pytest.approx(found.scores["mae"], abs=1e-12)
        assert found.scores["baseline_mae"] == pytest.approx(np.abs(actual - known.mean()).mean(), abs=1e-12)
        assert error < found.scores["baseline_mae"] / 2
    else:
        right = (answers == actual.to_numpy()).mean()
        assert right == pytest.approx(found.scores["accuracy"], abs=1e-12)
        assert found.scores["baseline_accuracy"] == pytest.approx((actual == known.mode()[0]).mean(), abs=1e-12)
        assert right > found.scores["baseline_accuracy"] + 0.1


@each_demo
def test_a_fifth_is_held_out_with_the_same_mix_of_outcomes(name):
    found = demo(name)
    table = load_table(found)
    assert len(table) == found.rows
    assert (found.rows - found.held_out_from) / found.rows == pytest.approx(0.2, abs=0.01)
    if found.task != "regression":
        last = table[found.target].iloc[found.held_out_from :].value_counts(normalize=True)
        assert last.to_dict() == pytest.approx(table[found.target].value_counts(normalize=True).to_dict(), abs=0.01)


@each_demo
def test_manifest_agrees_with_model_and_table(name):
    found = demo(name)
    model, table = load_model(found), load_table(found)
    assert tuple(model.feature_names_in_) == found.columns
    assert (*found.columns, found.target) == tuple(table.columns)
    if found.task == "regression":
        assert (found.outcomes["low"], found.outcomes["high"]) == (table[found.target].min(), table[found.target].max())
    else:
        assert {text_of(label) for label in model.classes_} == set(found.outcomes)
        assert found.positive is None or found.positive in model.classes_
    assert all(found.source.get(key) for key in ("attribution", "citation"))
    assert found.licence


@each_demo
def test_cases_have_exactly_the_columns_of_the_model(name):
    found = demo(name)
    assert len(found.cases) >= 2
    for case in found.cases.values():
        assert tuple(case) == found.columns


def test_rose_and_jack_are_those_of_the_course():
    cases = demo("titanic").cases
    assert dict(cases["rose"]) == {"sex": "female", "pclass": 1, "age": 22, "sibsp": 0, "parch": 1}
    assert dict(cases["jack"]) == {"sex": "male", "pclass": 3, "age": 23, "sibsp": 0, "parch": 0}


def test_cases_are_what_they_are_called():
    penguins, cars, credit = demo("penguins"), demo("cars"), demo("credit")
    chances = sorted(penguins.predictions["borderline"])
    assert chances[-1] - chances[-2] < 0.5
    assert None in penguins.cases["incomplete"].values()
    rows, actual = held_out(cars)
    assert cars.cases["heaviest"]["weight"] == rows["weight"].max()
    worst = np.abs(load_model(cars).predict(rows) - actual.to_numpy()).argmax()
    assert dict(cars.cases["miss"]) == rows.iloc[worst].to_dict()
    granted = list(load_model(credit).classes_).index("granted")
    assert 0.4 < credit.predictions["narrow"][granted] < 0.5
    assert credit.predictions["self-employed"][granted] > 0.5


@each_demo
def test_files_are_small_and_carry_no_library_of_the_table(name):
    """A model fitted on pandas' own text type would name pandas and its storage in the file."""
    found = demo(name)
    content = found.model_path.read_bytes()
    assert len(content) < 1_500_000
    assert found.data_path.stat().st_size < 200_000
    inside = zlib.decompress(content)
    assert b"pandas" not in inside
    assert b"pyarrow" not in inside


@each_language
@each_demo
def test_everything_a_reader_meets_has_a_word(name, language):
    found, labels = demo(name), demo_labels(name, language)
    assert set(labels.columns) == {*found.columns, found.target}
    assert set(labels.outcomes) == (set() if found.task == "regression" else set(found.outcomes))
    assert labels.rows
    assert bool(labels.chance) == (found.task != "regression")
    table = load_table(found)
    for column, words in labels.values.items():
        assert {text_of(value) for value in table[column].dropna().unique()} == set(words), column
    words = catalogue(language).section(f"demos.{name}")
    assert words["title"]
    assert words["model"]
    assert ("unit" in words) == (found.task == "regression")


@each_language
@each_demo
def test_every_sentence_about_a_demo_can_be_said(name, language):
    found = demo(name)
    wording = Wording(language, demo_labels(name, language))
    assert wording.number(found.held_out_from, 0) in sentences.about(found, wording)
    for case in found.cases:
        assert sentences.case_name(found, case, wording)
        assert sentences.case_description(found, case, wording)
    assert bool(sentences.rule(found, wording)) == (found.rule is not None)


@each_demo
def test_both_languages_say_the_same_things(name):
    german, english = (catalogue(language).section(f"demos.{name}") for language in LANGUAGES)
    assert german.keys() == english.keys()
    assert {key: placeholders(german[key]) for key in german} == {key: placeholders(english[key]) for key in english}


def test_cases_are_described_by_their_own_values():
    found = demo("titanic")
    english, german = (Wording(language, demo_labels("titanic", language)) for language in ("en", "de"))
    assert sentences.case_description(found, "rose", english) == "female, aged 22, 1st class, 1 parent/child"
    assert sentences.case_description(found, "jack", german) == "Mann, 23 Jahre, 3. Klasse, allein"


def test_credit_decisions_follow_the_rule_in_the_manifest():
    """Worked out here from the manifest alone: where the points are clear, so is the decision."""
    found = demo("credit")
    table, told = load_table(found), found.rule
    points = np.full(len(table), told["base"])
    for term in told["terms"]:
        column = table[term["column"]]
        if "values" in term:
            points += column.map(term["values"])
            continue
        counted = column.clip(upper=term.get("up_to", np.inf)) - term["above"]
        only = term.get("only_for")
        counts = (table[only["column"]] == only["value"]) if only else True
        points += term["points"] / term["per"] * counted * counts
    granted = (table["decision"] == "granted").to_numpy()
    chance = 1 / (1 + np.exp(-points))
    for low, high in ((0, 0.2), (0.2, 0.4), (0.4, 0.6), (0.6, 0.8), (0.8, 1)):
        here = (chance >= low) & (chance < high)
        deviation = 4 * np.sqrt((chance * (1 - chance))[here].sum()) / here.sum()
        assert granted[here].mean() == pytest.approx(chance[here].mean(), abs=deviation)
    assert told["effect"][told["irrelevant"]] == told["effect"][told["proxy"]["column"]] == 0


def test_an_unknown_demo_is_refused_with_the_known_ones():
    with pytest.raises(QuestionError) as refused:
        demo("../titanic")
    assert refused.value.code == "unknown-demo"
    assert "titanic" in refused.value.facts["known"]
    for language in LANGUAGES:
        for part in ("message", "remedy"):
            assert catalogue(language).say(f"errors.unknown-demo.{part}", **refused.value.facts)


@pytest.mark.parametrize("content", [b"cbuiltins\nexit\n(I1\ntR.", None])
def test_a_file_that_is_not_the_manifests_is_never_opened(tmp_path, content):
    path = tmp_path / "titanic.joblib"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(OpeningError) as refused:
        load_model(dataclasses.replace(demo("titanic"), model_path=path))
    assert refused.value.code == "demo-changed"
    for language in LANGUAGES:
        for part in ("message", "remedy"):
            assert catalogue(language).say(f"errors.demo-changed.{part}", **refused.value.facts)


@each_demo
def test_a_rebuild_gives_the_committed_demo(name):
    package = demo(name).source.get("package", "scikit-learn").replace("scikit-learn", "sklearn").replace("-", "_")
    if importlib.util.find_spec(package) is None:
        pytest.skip(f"the package with the data is not installed: {package}")
    build = [sys.executable, str(MODELS / "build.py"), "--check", name]
    done = subprocess.run(build, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{name}: as committed" in done.stdout
