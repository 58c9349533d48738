"""What drives the model? By SHAP, by permutation, by its own reckoning; and how a single column works."""

from __future__ import annotations

import streamlit as st

from ui import all_rows, engine, navigation, page, problems, state, words
from ui.all_contributions import all_contributions
from ui.choice import choice
from ui.class_switch import class_switch
from ui.column_effect import column_effect
from ui.trust_strip import trust_lines
from xai.figures import beeswarm, drivers
from xai.results import Importance
from xai.sentences import algorithms, importance, notices, phrases

navigation.guard()


def choose_method() -> str:
    """Only the methods this model and its table allow; alone, SHAP is no choice."""
    methods = engine.describe().methods
    if len(methods) < 2:
        return methods[0]
    names = {method: words.say(f"pages.global.method.{method}") for method in methods}
    return choice(words.say("pages.global.method.label"), methods, f"method|{state.model()}", names.__getitem__)


def drives(counted: Importance) -> None:
    """The columns, most important first; on which rows, by which algorithm."""
    wording = words.wording("markdown")
    page.figure(drivers.figure(counted, page.style()), drivers.alt(counted, words.wording()), "drivers")
    unit = phrases.quantity(wording, counted.unit, counted.target_class) if counted.method == "shap" else ""
    measured = words.say(f"pages.global.measured.{counted.method}", quantity=unit)
    sample = importance.sample(counted, wording)
    page.note(f"{measured} {sample} {algorithms.why(counted.algorithm, wording)}")
    for sentence in notices.sentences(counted.warnings, wording):
        page.note(f":material/info: {sentence}")


def agreement(counted: Importance) -> None:
    """Against SHAP, or for SHAP against the first other method: the same columns on top?"""
    others = [method for method in engine.describe().methods if method != counted.method]
    if not others:
        return
    other = page.ask("importance", method=others[0], rows=all_rows.SAMPLE)
    pair = (counted, other) if counted.method == "shap" else (other, counted)
    st.markdown(importance.agreement(*pair, words.wording("markdown")))


def every_case(counted: Importance) -> None:
    st.space("small")
    page.section(words.say("pages.global.beeswarm"))
    page.figure(beeswarm.figure(counted, page.style()), beeswarm.alt(counted, words.wording()), "beeswarm")


with problems.shown():
    head = st.empty()
    with st.container(horizontal=True, gap="medium"):
        method = choose_method()
        switch, rows = st.container(width="content"), st.container(width="content")
    counted = all_rows.importance(method, rows)
    with head.container():
        page.answer(importance.answer(counted, words.wording("markdown")), counted.trust, counted.unit)
    if counted.method == "shap":
        with switch:
            class_switch(counted.target_class)
    drives(counted)
    with problems.shown():
        agreement(counted)
    if counted.method == "shap":
        every_case(counted)
    st.space("small")
    column_effect([counted.columns[k] for k in counted.order()])
    page.trust_strip(counted.trust, counted.unit)
    page.how_to_read(f"pages.global.{method}")
    page.numbers_table(counted)
    plain = words.wording()
    page.downloads(
        counted,
        "global",
        answer=importance.answer(counted, plain),
        figures=[drivers.figure(counted, page.style())],
        trust=trust_lines(counted.trust, counted.unit),
        notes=[importance.sample(counted, plain), *notices.sentences(counted.warnings, plain)],
        asked=("importance", all_rows.asked(counted)),
    )
    if counted.method == "shap":
        all_contributions()
    page.next_question("local")
