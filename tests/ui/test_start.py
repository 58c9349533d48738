"""The start page: a demo explained at once, and a model of one's own."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from visiting_app import Visit, assert_whole, demo_file, go, press, said, upload

from xai.texts import catalogue

ZOO = Path(__file__).parents[2].parent / "shared" / "zoo"


def own_penguins(visitor: AppTest) -> AppTest:
    upload(visitor, "model", "birds.joblib", demo_file("penguins.joblib"))
    return upload(visitor, "data", "birds.csv", demo_file("penguins.csv"))


def test_the_answer_says_how_good_the_model_is_and_what_counts(visit: Visit) -> None:
    answer = visit(lang="de").header[0].value
    assert "**79 von 100** Passagieren" in answer
    assert "bei 62" in answer
    assert "**Geschlecht**" in answer


def test_the_case_card_gives_the_number_the_answer_and_the_truth(visit: Visit) -> None:
    visitor = visit(lang="en", case="3")
    assert visitor.metric[0].value.endswith("%")
    assert "The model says" in said(visitor)
    assert "The data say" in said(visitor)


def test_the_buttons_of_the_card_lead_to_the_same_case(visit: Visit) -> None:
    visitor = press(visit(lang="en", case="jack"), "to_local")
    assert visitor.title[0].value == "Why this prediction?"
    assert visitor.query_params["case"] == "jack"


def test_the_rule_behind_the_credit_data_is_told(visit: Visit) -> None:
    text = said(visit(lang="en", model="credit"))
    assert "Every application collects points" in text
    assert "- Late payments: " in text
    assert "Weekday" in text


def test_an_upload_is_inspected_while_the_demo_stays(visit: Visit) -> None:
    visitor = own_penguins(visit(lang="en"))
    text = said(visitor)
    assert "**Read.**" in text
    assert "All 6 that the model needs" in text
    assert visitor.selectbox(key="own_target").value == "species"
    assert visitor.query_params["model"] == "titanic"
    assert_whole(visitor)


def test_after_the_button_every_page_speaks_about_the_upload(visit: Visit) -> None:
    visitor = press(own_penguins(visit(lang="en")), "explain_own")
    assert visitor.query_params["model"].startswith("own-")
    for page in ("local", "global", "start"):
        go(visitor, page)
        assert_whole(visitor)
        assert "birds.joblib" in _model_names(visitor)
    assert "All pages now speak about this model." in said(visitor)


def test_the_upload_survives_a_change_of_the_language(visit: Visit) -> None:
    visitor = press(own_penguins(visit(lang="en")), "explain_own")
    model = visitor.query_params["model"]
    visitor.button_group(key="language_choice").set_value("de").run()
    assert visitor.query_params["model"] == model
    assert "Alle Seiten sprechen jetzt über dieses Modell." in said(visitor)
    assert_whole(visitor)


def test_the_target_and_the_class_can_be_changed(visit: Visit) -> None:
    visitor = visit(lang="en")
    upload(visitor, "model", "ship.joblib", demo_file("titanic.joblib"))
    upload(visitor, "data", "ship.csv", demo_file("titanic.csv"))
    assert visitor.selectbox(key="own_target").value == "survived"
    visitor.selectbox(key="own_class").set_value("0").run()
    press(visitor, "explain_own")
    assert visitor.query_params["class"] == "0"
    visitor.selectbox(key="own_target").set_value("").run()
    assert catalogue("en").say("checklist.quality-unknown") in said(visitor)
    assert_whole(visitor)


def test_a_table_without_a_target_is_explained_and_what_counts_is_said(visit: Visit) -> None:
    visitor = own_penguins(visit(lang="en"))
    visitor.selectbox(key="own_target").set_value("").run()
    visitor = press(visitor, "explain_own")
    assert "What counts most is **bill" in visitor.header[0].value
    assert "did not expect" not in said(visitor)


def test_a_single_row_of_numbers_is_explained_without_judging_the_model(visit: Visit) -> None:
    visitor = upload(visit(lang="en"), "model", "cars.joblib", demo_file("cars.joblib"))
    one = b"\n".join(demo_file("cars.csv").splitlines()[:2])
    visitor = press(upload(visitor, "data", "one.csv", one), "explain_own")
    assert_whole(visitor)
    assert "That is too few to judge the model." in said(visitor)


def test_data_alone_ask_for_the_model(visit: Visit) -> None:
    assert "The model is still missing." in said(upload(visit(lang="en"), "data", "cars.csv", demo_file("cars.csv")))


def test_names_on_buttons_are_no_markup() -> None:
    def app() -> None:
        from ui.choice import choice

        choice("column", ["a*b_$x$", "c"], "chosen", str)

    shown = AppTest.from_function(app).run().get("button_group")[0].proto.options
    assert [option.content for option in shown] == [r"a\*b\_\$x\$", "c"]


def test_without_data_the_model_is_looked_at_already(visit: Visit) -> None:
    visitor = upload(visit(lang="en"), "model", "birds.joblib", demo_file("penguins.joblib"))
    assert "three" not in said(visitor)
    assert catalogue("en").say("start.own.data_missing") in said(visitor)
    assert not [button for button in visitor.button if button.key == "explain_own"]


def test_one_column_can_be_matched_by_hand(visit: Visit) -> None:
    table = demo_file("penguins.csv").decode().replace("sex", "geschlecht", 1)
    visitor = upload(visit(lang="en"), "model", "birds.joblib", demo_file("penguins.joblib"))
    upload(visitor, "data", "birds.csv", table.encode())
    visitor.selectbox(key="match_sex").set_value("geschlecht").run()
    assert "geschlecht → sex" in said(visitor)
    assert_whole(visitor)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty-file"),
        (b"hello, world", "not-a-model"),
        (demo_file("penguins.joblib")[:2000], None),
        (b"<!doctype html><html></html>", "html-page"),
    ],
)
def test_a_bad_model_file_is_named_in_both_languages(visit: Visit, content: bytes, code: str | None) -> None:
    for language in ("de", "en"):
        visitor = upload(visit(lang=language), "model", "bad.joblib", content)
        assert not visitor.exception
        assert ":material/error:" in said(visitor)
        unexpected = catalogue(language).say("errors.unexpected.message", reference="", code="").split("{")[0][:12]
        assert code is None or unexpected not in said(visitor)
        assert visitor.metric  # the demo is still explained


def test_a_bad_table_is_told_and_can_be_replaced(visit: Visit) -> None:
    visitor = upload(visit(lang="en"), "model", "birds.joblib", demo_file("penguins.joblib"))
    upload(visitor, "data", "one.csv", b"a\n1\n")
    assert ":material/error:" in said(visitor)
    upload(visitor, "data", "birds.csv", demo_file("penguins.csv"))
    assert_whole(visitor)


def test_files_can_be_discarded(visit: Visit) -> None:
    visitor = press(own_penguins(visit(lang="en")), "discard_own")
    assert "**Read.**" not in said(visitor)
    assert_whole(visitor)


def test_a_reload_forgets_the_upload_and_says_so(visit: Visit) -> None:
    first = press(own_penguins(visit(lang="en")), "explain_own")
    again = visit(lang="en", model=first.query_params["model"], case="0")
    assert catalogue("en").say("frame.note.upload_gone") in said(again)
    assert_whole(again)


def test_one_visitors_upload_is_not_anothers(visit: Visit) -> None:
    first, second = visit(lang="en"), visit(lang="en")
    press(own_penguins(first), "explain_own")
    second.run()
    assert second.query_params["model"] == "titanic"
    assert "birds.joblib" not in _model_names(second)


@pytest.mark.skipif(not ZOO.exists(), reason="the zoo of real models is not here")
def test_a_pipeline_of_the_course_is_repaired_and_explained(visit: Visit) -> None:
    folder = ZOO / "ralf_diamonds"
    visitor = visit(lang="de")
    upload(visitor, "model", "diamonds_pipeline.joblib", (folder / "diamonds_pipeline.joblib").read_bytes())
    upload(visitor, "data", "diamonds.csv", (folder / "diamonds.csv").read_bytes())
    assert "1.6.1" in said(visitor)
    assert visitor.selectbox(key="own_target").value == "price"
    press(visitor, "explain_own")
    assert "**carat**" in visitor.header[0].value
    assert_whole(visitor)


def _model_names(visitor: AppTest) -> str:
    return " ".join(button.label.replace("\\", "") for button in visitor.button)


def test_the_limits_stand_beside_the_uploaders(visit: Visit) -> None:
    visitor = visit(lang="en")
    assert "up to 50\u00a0MB" in visitor.file_uploader[0].label
    assert "Places at once: " in said(visitor)


def test_a_file_that_nobody_was_told_of_is_taken(visit: Visit) -> None:
    """Streamlit breaks a callback off where the next file comes while it runs, and never calls it again."""
    visitor = own_penguins(visit(lang="en"))
    del visitor.session_state["pending"]  # as if no callback had run
    assert press(visitor.run(), "explain_own").query_params["model"].startswith("own-")
