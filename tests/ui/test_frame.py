"""The frame around the pages: addresses, languages, cases, classes, visitors side by side, and failures."""

from __future__ import annotations

import ast
import logging
import re

import pytest
from streamlit.testing.v1 import AppTest
from visiting_app import PAGES, ROOT, Visit, assert_whole, go, press, said, stills

from ui import engine
from xai.errors import OpeningError, QuestionError
from xai.limits import Limits
from xai.texts import catalogue


@pytest.mark.cold
@pytest.mark.parametrize("page", PAGES)
def test_a_fresh_server_sends_a_deep_link_through_the_frame(visit: Visit, page: str) -> None:
    visitor = visit(page, lang="en", case="jack")
    assert visitor.title[0].value == catalogue("en").say(f"frame.question.{page}")
    assert visitor.query_params["case"] == "jack"
    assert_whole(visitor)


def test_a_setting_that_cannot_be_is_told_in_place_of_the_frame(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KLARTEXT_MEMORY", "much")
    monkeypatch.setattr("ui.starting.nursery", Limits.from_environment)  # as on a server that has just been started
    visitor = visit(lang="de")
    assert not visitor.exception
    facts = {"name": "KLARTEXT\\_MEMORY", "value": "much"}
    assert catalogue("de").say("errors.bad-setting.message", **facts) in said(visitor)


def test_the_browser_decides_the_language_and_the_address_overrules_it(visit: Visit) -> None:
    assert visit(locale="de-AT").title[0].value == "Wie entscheidet dieses Modell?"
    assert visit(locale="fr-FR").title[0].value == "How does this model decide?"
    assert visit(locale="de-DE", lang="en").title[0].value == "How does this model decide?"


def test_the_address_names_what_is_shown(visit: Visit) -> None:
    visitor = visit("local", lang="de", model="penguins", case="17")
    assert visitor.query_params == {"lang": "de", "model": "penguins", "case": "17"}
    assert "Zeile 17" in said(visitor)


def test_codes_that_do_not_exist_fall_back_and_are_told(visit: Visit) -> None:
    say = catalogue("en").say
    wrong = [("model", "iris"), ("class", "maybe"), *(("case", case) for case in ("99999", "-1", "nobody", "²"))]
    for name, code in wrong:
        visitor = visit(**{name: code})
        assert say(f"frame.note.unknown_{name}") in said(visitor)
        assert visitor.header, "nothing else is shown"
    assert_whole(visit(lang="xx", model="<b>", case="' or 1", present="maybe", **{"class": "**"}))


def test_a_link_to_an_upload_says_that_it_is_gone(visit: Visit) -> None:
    visitor = visit(lang="de", model="own-12345678", case="3")
    assert catalogue("de").say("frame.note.upload_gone") in said(visitor)
    assert visitor.query_params["model"] == "titanic"


def test_a_note_is_told_once(visit: Visit) -> None:
    visitor = visit(model="iris")
    assert catalogue("en").say("frame.note.unknown_model") not in said(visitor.run())


def test_switching_the_language_keeps_model_case_and_class(visit: Visit) -> None:
    visitor = visit("local", lang="de", model="penguins", case="incomplete", **{"class": "Gentoo"})
    visitor.button_group(key="language_choice").set_value("en").run()
    assert visitor.title[0].value == "Why this prediction?"
    assert visitor.query_params == {
        "lang": "en",
        "model": "penguins",
        "case": "incomplete",
        "class": "Gentoo",
    }
    assert "With a gap" in visitor.button_group(key="ready_case").options


def test_case_and_class_follow_through_all_pages(visit: Visit) -> None:
    visitor = visit(lang="en", model="penguins", case="5", **{"class": "Gentoo"})
    for page in PAGES:
        go(visitor, page)
        assert visitor.query_params["case"] == "5"
        assert visitor.query_params["class"] == "Gentoo"
        assert "gentoo" in said(visitor)


def test_another_model_starts_with_its_own_case_and_class(visit: Visit) -> None:
    visitor = visit(lang="en", case="17", **{"class": "0"})
    press(visitor, "model_cars")
    assert visitor.query_params == {"lang": "en", "model": "cars", "case": "heaviest"}
    assert_whole(visitor)


def test_a_regression_shows_its_prediction_under_the_name_of_its_target(visit: Visit) -> None:
    assert r"Verbrauch \(l/100 km\): **19,1**" in said(visit(lang="de", model="cars"))


def test_a_probability_that_hides_the_answer_gets_a_decimal(visit: Visit) -> None:
    """50 % and “refused” side by side would read as a mistake."""
    text = said(visit(lang="en", model="credit", case="narrow"))
    assert "**50%**" not in text
    assert "**49." in text


def test_the_row_can_be_chosen_by_its_position(visit: Visit) -> None:
    visitor = visit()
    visitor.number_input(key="position").set_value(1000).run()
    assert visitor.query_params["case"] == "1000"
    assert visitor.button_group(key="ready_case").value is None
    visitor.button_group(key="ready_case").set_value("jack").run()
    assert visitor.query_params["case"] == "jack"


def test_wrong_and_close_cases_are_what_they_are_called(visit: Visit) -> None:
    visitor = visit()
    press(visitor, "case_wrong")
    wrong = int(visitor.query_params["case"])
    press(visitor, "case_close")
    close = int(visitor.query_params["case"])
    found = engine.ask("predictions", source={"demo": "titanic"})
    assert found.answers[wrong] != found.actual[wrong]
    assert abs(found.shown[close] - 0.5) < 0.05


def test_far_off_cases_of_a_regression(visit: Visit) -> None:
    visitor = press(visit(model="cars"), "case_far")
    found = engine.ask("predictions", source={"demo": "cars"})
    row = int(visitor.query_params["case"])
    assert abs(found.error[row]) >= sorted(abs(found.error))[-8]


def test_visitors_do_not_see_each_others_choices(visit: Visit) -> None:
    first, second = visit(lang="de", model="titanic", case="jack"), visit(lang="en", model="cars")
    go(first, "local")
    assert "Jack" in said(first)
    assert second.run().query_params == {"lang": "en", "model": "cars", "case": "heaviest"}
    assert first.query_params == {"lang": "de", "model": "titanic", "case": "jack"}


def test_the_stage_is_in_the_address_and_enlarges_figures(visit: Visit) -> None:
    small, large = visit(), visit(present="true")
    assert large.query_params["present"] == "true"
    sizes = [_height(visitor) for visitor in (small, large)]
    assert sizes[1] == pytest.approx(1.25 * sizes[0], rel=0.02)
    press(large, "present_choice")
    assert "present" not in large.query_params


def test_a_known_failure_is_a_sentence_and_leaves_the_page(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    _fail(monkeypatch, "quality", QuestionError("out-of-memory"))
    visitor = visit(lang="en")
    assert catalogue("en").say("errors.out-of-memory.message") in said(visitor)
    assert visitor.metric  # the case is still there
    assert not visitor.exception


def test_a_demo_that_cannot_be_opened_leaves_the_others(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    _fail(monkeypatch, "describe", OpeningError("demo-changed", file="titanic.joblib"))
    visitor = visit(lang="en")
    assert not visitor.exception
    assert catalogue("en").say("errors.demo-changed.message", file="titanic.joblib") in said(visitor)
    monkeypatch.undo()
    assert_whole(press(visitor, "model_cars"))


def test_an_unknown_failure_has_a_reference_that_the_log_knows(
    visit: Visit, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    _fail(monkeypatch, "quality", ZeroDivisionError("secret detail"))
    with caplog.at_level(logging.ERROR, logger="klartext"):
        visitor = visit(lang="en")
    assert not visitor.exception
    assert "secret detail" not in said(visitor)
    reference = caplog.records[0].getMessage().split()[-1]
    assert reference in said(visitor)


@pytest.mark.parametrize("folder", ["ui", "pages"])
def test_only_the_seam_touches_the_engine(folder: str) -> None:
    forbidden = ("xai.explainer", "xai.opening", "xai.model", "shap", "lime", "dice_ml", "sklearn", "joblib", "pickle")
    for path in sorted((ROOT / folder).glob("*.py")):
        if path.name == "engine.py":
            continue
        for name in _imports(ast.parse(path.read_text("utf-8"))):
            assert not name.startswith(forbidden), f"{path.name} imports {name}"


def _fail(monkeypatch: pytest.MonkeyPatch, question: str, error: Exception) -> None:
    real = engine.ask

    def ask(asked: str, **parameters: object) -> object:
        if asked == question:
            raise error
        return real(asked, **parameters)

    monkeypatch.setattr(engine, "ask", ask)


def _height(visitor: AppTest) -> int:
    """Of the first figure that is part of the page."""
    return int(re.search(r'class="still"[^>]*height:(\d+)px', stills(visitor)[0])[1])


def _imports(tree: ast.AST) -> list[str]:
    found: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return found
