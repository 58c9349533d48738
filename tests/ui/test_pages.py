"""The four pages: on every demo and on an upload, in both languages, and what their controls do."""

from __future__ import annotations

import io
import re
from datetime import date
from typing import Any

import joblib
import numpy as np
import pandas as pd
import pytest
import streamlit as st
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from streamlit.testing.v1 import AppTest
from visiting_app import LANGUAGES, PAGES, Visit, assert_whole, go, press, said, upload

from ui import engine
from xai.opening.demos import demo, demo_names
from xai.texts import Wording, catalogue
from xai.texts.numbers import percent

QUESTIONS = ("global", "local", "counterfactuals", "whatif")


def answer(visitor: AppTest) -> str:
    """The one sentence of the page."""
    return visitor.header[0].value


def figures(visitor: AppTest) -> int:
    return len(visitor.get("plotly_chart"))


def table(rows: int = 120) -> pd.DataFrame:
    """People with a plan; those who pay much leave, and more of them in the south."""
    random = np.random.default_rng(3)
    frame = pd.DataFrame(
        {
            "monthly fee": random.uniform(5, 95, rows).round(2),
            "region": random.choice(["north", "south", "west"], rows),
            "contracts": random.integers(1, 4, rows),
        }
    )
    leaves = frame["monthly fee"] + 30 * (frame["region"] == "south") + random.normal(0, 8, rows) > 60
    return frame.assign(leaves=np.where(leaves, "yes", "no"))


def as_files(estimator: object, frame: pd.DataFrame) -> tuple[bytes, bytes]:
    model = io.BytesIO()
    joblib.dump(estimator, model)
    return model.getvalue(), frame.to_csv(index=False).encode()


def encoder():
    return make_column_transformer((OneHotEncoder(), ["region"]), remainder=StandardScaler())


def with_own(visitor: AppTest, model: bytes, data: bytes, target: str) -> AppTest:
    upload(visitor, "model", "own.joblib", model)
    upload(visitor, "data", "own.csv", data)
    if visitor.selectbox(key="own_target").value != target:
        visitor.selectbox(key="own_target").set_value(target).run()
    return press(visitor, "explain_own")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", demo_names())
def test_every_page_answers_on_every_demo(visit: Visit, name: str, language: str) -> None:
    say = catalogue(language).say
    visitor = visit(lang=language, model=name)
    for page in PAGES:
        go(visitor, page)
        assert_whole(visitor)
        assert visitor.title[0].value == say(f"frame.question.{page}")
        assert "**" in answer(visitor), f"{page} has no answer"
        assert figures(visitor) >= 1, f"{page} has no figure"
        assert f"**{say('frame.page.how_to_read')}**" not in answer(visitor)
        if page in QUESTIONS:
            assert say("frame.page.not_said") in [heading.value for heading in visitor.subheader]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", ["rose", "jack"])
def test_why_gives_the_prediction_the_model_made_when_it_was_trained(visit: Visit, case: str, language: str) -> None:
    chance = demo("titanic").predictions[case][1]
    text = answer(visit("local", lang=language, case=case))
    assert f"**{percent(chance, language)}**" in text
    assert Wording(language).say("demos.titanic.chance") in text


def test_why_sets_shap_and_lime_side_by_side_and_compares_them(visit: Visit) -> None:
    visitor = visit("local", lang="en")
    assert figures(visitor) == 1
    assert "SHAP and LIME agree on" in said(visitor)
    assert "LIME: fits nearby" in said(visitor)
    assert "5,000 perturbations, seed 0" in said(visitor)


def test_the_class_switch_shows_another_species(visit: Visit) -> None:
    visitor = visit("local", lang="en", model="penguins")
    before = answer(visitor)
    switch = next(group for group in visitor.button_group if group.key and group.key.startswith("class_switch"))
    switch.set_value("Gentoo").run()
    assert_whole(visitor)
    assert "probability of “gentoo”" in answer(visitor)
    assert "answers “" in answer(visitor)
    assert answer(visitor) != before
    assert visitor.query_params["class"] == "Gentoo"


def test_the_method_switch_changes_the_answer_and_its_unit(visit: Visit) -> None:
    visitor = visit("global", lang="de")
    assert "Punkte" in answer(visitor)
    visitor.button_group(key="method|titanic").set_value("permutation").run()
    assert "Trefferquote −" in answer(visitor)
    visitor.button_group(key="method|titanic").set_value("native").run()
    assert "Anteil" in answer(visitor)
    assert_whole(visitor)


def test_the_rows_and_the_seed_are_stated(visit: Visit) -> None:
    assert "500 of 1,309 rows, drawn at random with seed 0" in said(visit("global", lang="en"))


def test_columns_that_go_hand_in_hand_are_warned_about(visit: Visit) -> None:
    assert "go hand in hand" in said(visit("global", lang="en", model="cars"))


def test_another_column_shows_another_dependence(visit: Visit) -> None:
    visitor = visit("global", lang="en")
    visitor.selectbox(key="dependence|titanic").set_value("age").run()
    assert_whole(visitor)
    assert "Higher values of Age" in said(visitor)


def test_changing_an_input_changes_the_answer_and_the_address(visit: Visit) -> None:
    visitor = visit("whatif", lang="en", case="rose")
    assert answer(visitor).startswith("Nothing changed yet")
    visitor.button_group(key="whatif|titanic|rose|pclass").set_value("3").run()
    assert answer(visitor).startswith("With Class 1st → 3rd, Rose’s chance of survival falls from")
    assert visitor.query_params["w_pclass"] == "3"
    visitor.slider(key="whatif|titanic|rose|age").set_value(60.0).run()
    assert "Age 22 → 60" in answer(visitor)
    assert visitor.query_params["w_age"] == "60"
    assert_whole(visitor)


def test_inputs_say_what_they_were_and_can_be_set_back(visit: Visit) -> None:
    visitor = visit("whatif", lang="de", case="rose", w_pclass="3")
    assert ":gray[war 1" in visitor.button_group(key="whatif|titanic|rose|pclass").label
    back = next(button for button in visitor.button if "Zurück zu Rose" in button.label)
    back.click().run()
    assert answer(visitor).startswith("Noch nichts geändert")
    assert "w_pclass" not in visitor.query_params
    assert_whole(visitor)


def test_a_link_opens_the_changed_case(visit: Visit) -> None:
    visitor = visit("whatif", lang="en", case="jack", w_sex="female", w_age="30")
    assert "Sex male → female" in answer(visitor)
    assert "Age 23 → 30" in answer(visitor)


@pytest.mark.parametrize("codes", [{"w_age": "old"}, {"w_pclass": "9"}, {"w_nothing": "1"}, {"w_sex": "<b>"}])
def test_a_mistyped_link_does_no_harm(visit: Visit, codes: dict[str, str]) -> None:
    assert_whole(visit("whatif", lang="en", case="jack", **codes))


def test_values_outside_the_data_are_flagged(visit: Visit) -> None:
    assert "lies outside the data" in said(visit("whatif", lang="en", case="rose", w_age="130"))
    assert "does not occur in the data" in said(visit("whatif", lang="en", model="cars", w_origin="mars"))


def test_inputs_stay_while_other_pages_are_visited(visit: Visit) -> None:
    visitor = visit("whatif", lang="en", case="rose")
    visitor.button_group(key="whatif|titanic|rose|pclass").set_value("2").run()
    go(visitor, "local")
    assert "w_pclass" not in visitor.query_params
    go(visitor, "whatif")
    assert "Class 1st → 2nd" in answer(visitor)


def test_age_and_sex_are_fixed_at_first_and_the_page_says_so(visit: Visit) -> None:
    visitor = visit("counterfactuals", lang="de", case="rose")
    assert visitor.selectbox(key="mode|titanic|sex").value == "keep"
    assert visitor.selectbox(key="mode|titanic|age").value == "keep"
    assert visitor.selectbox(key="mode|titanic|pclass").value == "free"
    assert "Fest voreingestellt: Geschlecht und Alter" in said(visitor)
    assert "Geschlecht Frau" not in answer(visitor)


def test_a_column_set_free_opens_another_way(visit: Visit) -> None:
    visitor = visit("counterfactuals", lang="de", case="rose")
    visitor.selectbox(key="mode|titanic|sex").set_value("free").run()
    assert "Geschlecht Frau → Mann" in answer(visitor)
    assert_whole(visitor)


def test_where_there_is_no_way_a_button_lifts_what_stands_in_it(visit: Visit) -> None:
    visitor = visit("counterfactuals", lang="de", case="jack")
    for column in ("pclass", "sibsp"):
        visitor.selectbox(key=f"mode|titanic|{column}").set_value("keep").run()
    assert "**keinen Weg** zu „überlebt“" in answer(visitor)
    assert "Geprüft ist jede erlaubte Kombination" in answer(visitor)
    assert "Welche Vorgabe im Weg steht" in [heading.value for heading in visitor.subheader]
    press(visitor, "lift_0")
    assert "keinen Weg" not in answer(visitor)
    assert_whole(visitor)


def test_a_way_opens_in_what_if_with_its_changes(visit: Visit) -> None:
    visitor = visit("counterfactuals", lang="en", case="rose")
    press(visitor, "try_1")
    assert visitor.title[0].value == "What if?"
    assert "Class 1st → 3rd" in answer(visitor)
    assert "now says “does not survive”" in answer(visitor)


def test_limits_of_the_readers_own_are_kept(visit: Visit) -> None:
    visitor = visit("counterfactuals", lang="en", model="credit", case="narrow")
    for column in ("income", "late_payments", "years_employed"):
        visitor.selectbox(key=f"mode|credit|{column}").set_value("keep").run()
    visitor.selectbox(key="mode|credit|amount").set_value("range").run()
    visitor.slider(key="range|credit|amount").set_range(9000, 12200).run()
    assert_whole(visitor)
    assert "Income" not in answer(visitor)


def test_a_stopped_search_keeps_what_it_had(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    ask = engine.ask

    def never_ends(question: str, **parameters: Any) -> Any:
        partial = parameters.pop("partial", None)
        found = ask(question, **parameters)
        if question == "counterfactuals":
            partial(found)
            st.stop()
        return found

    monkeypatch.setattr(engine, "ask", never_ends)
    visitor = visit("counterfactuals", lang="en", case="rose")
    assert catalogue("en").say("sentences.counterfactuals.so_far") in said(visitor)
    press(visitor, "search_stop")
    assert_whole(visitor)
    assert "Class" in answer(visitor)
    assert catalogue("en").say("notices.search-stopped") in said(visitor)
    monkeypatch.undo()
    press(visitor, "search_again")
    assert_whole(visitor)
    assert catalogue("en").say("notices.search-stopped") not in said(visitor)


def test_a_regression_is_asked_for_a_range(visit: Visit) -> None:
    visitor = visit("counterfactuals", lang="de", model="cars", case="0")
    assert "mindestens" in answer(visitor)
    visitor.number_input(key="wanted|low|cars|0").set_value(30.0).run()
    visitor.number_input(key="wanted|high|cars|0").set_value(20.0).run()
    assert "**Der Bereich von 30 bis 20 ist leer" in said(visitor)
    assert not visitor.exception
    visitor.number_input(key="wanted|low|cars|0").set_value(None).run()
    assert_whole(visitor)


def test_in_another_language_the_wanted_species_and_the_limits_stay(visit: Visit) -> None:
    """German names are a list, English ones buttons; the class in the address is neither of the two species."""
    visitor = visit("counterfactuals", lang="de", model="penguins", case="112", **{"class": "Gentoo"})
    mode = "mode|penguins|island"
    visitor.selectbox(key=mode).set_value("keep").run()
    before = re.findall(r"[\d,]+\s%", answer(visitor))
    visitor.button_group(key="language_choice").set_value("en").run()
    after = re.findall(r"[\d.]+%", answer(visitor))
    assert [text.replace("%", "") for text in after] == [re.sub(r"\s%", "", text).replace(",", ".") for text in before]
    assert "“Adélie” for row 112" in answer(visitor)
    assert visitor.selectbox(key=mode).value == "keep"
    assert visitor.selectbox(key=mode).proto.raw_value == "fixed"  # what the browser is told to show


def test_the_wanted_species_can_be_chosen(visit: Visit) -> None:
    visitor = visit("counterfactuals", lang="en", model="penguins", case="0")
    wanted = next(
        box for box in (*visitor.button_group, *visitor.selectbox) if box.key and box.key.startswith("wanted")
    )
    wanted.set_value("Gentoo").run()
    assert_whole(visitor)
    assert "“gentoo”" in answer(visitor)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_answers_on_an_uploaded_classifier(visit: Visit, language: str) -> None:
    frame = table()
    fitted = make_pipeline(encoder(), LogisticRegression()).fit(frame.drop(columns="leaves"), frame["leaves"])
    visitor = with_own(visit(lang=language), *as_files(fitted, frame), target="leaves")
    chance = fitted.predict_proba(frame.drop(columns="leaves").iloc[[0]])[0, 1]
    for page in QUESTIONS:
        go(visitor, page)
        assert_whole(visitor)
        if page == "local":
            assert f"**{percent(chance, language)}**" in answer(visitor)
            assert "„yes“" in answer(visitor) or "“yes”" in answer(visitor)
    assert Wording(language).say("sentences.shared.row", position=0) in answer(visitor)


def test_an_uploaded_regression_without_own_importances_offers_two_methods(visit: Visit) -> None:
    frame = table().drop(columns="leaves").assign(bill=lambda t: t["monthly fee"] * t["contracts"])
    fitted = make_pipeline(encoder(), KNeighborsRegressor()).fit(frame.drop(columns="bill"), frame["bill"])
    visitor = with_own(visit(lang="en"), *as_files(fitted, frame), target="bill")
    predicted = fitted.predict(frame.drop(columns="bill").iloc[[0]])[0]
    for page in QUESTIONS:
        go(visitor, page)
        assert_whole(visitor)
        if page == "global":
            method = next(group for group in visitor.button_group if group.key and group.key.startswith("method"))
            assert [str(option) for option in method.options] == ["SHAP", "Permutation"]
        if page == "local":
            assert f"**{Wording('en').amount(predicted, 'target')}**" in answer(visitor)


def test_a_date_is_limited_by_two_days(visit: Visit) -> None:
    frame = table(60).assign(since=pd.Timestamp("2020-03-01") + pd.to_timedelta(np.arange(60) % 9, unit="D"))
    chosen = make_column_transformer((OneHotEncoder(handle_unknown="ignore"), ["since"]), remainder=StandardScaler())
    late = np.where(frame["since"] > "2020-03-05", "yes", "no")
    frame = frame[["since", "monthly fee"]].assign(leaves=late)
    model, _ = as_files(make_pipeline(chosen, LogisticRegression()).fit(frame.drop(columns="leaves"), late), frame)
    data = io.BytesIO()
    frame.to_parquet(data)
    visitor = visit(lang="en")
    upload(visitor, "model", "own.joblib", model)
    upload(visitor, "data", "own.parquet", data.getvalue())
    visitor.session_state["search_method"] = "donors"
    go(press(visitor, "explain_own"), "counterfactuals")
    assert_whole(visitor)
    visitor.selectbox(key=next(box.key for box in visitor.selectbox if box.key.endswith("|since"))).set_value("range")
    visitor.run()
    visitor.date_input[0].set_value((date(2020, 3, 7), date(2020, 3, 8))).run()
    assert_whole(visitor)
    assert "2020-03-07" in answer(visitor) or "2020-03-08" in answer(visitor)
