"""Why this prediction? SHAP and LIME side by side, whether they agree, and how far both carry."""

from __future__ import annotations

import streamlit as st

from ui import engine, navigation, page, problems, state, words
from ui.class_switch import class_switch
from xai.comparison import Comparison
from xai.figures import attribution as shap_figure
from xai.figures import pair
from xai.results import Attribution
from xai.sentences import algorithms, attribution, notices, phrases, trust

navigation.guard()


def say_answer(shap: Attribution, lime: Attribution | None) -> None:
    """The answer rests on SHAP; the line below it knows what was measured about both."""
    text = attribution.answer(shap, words.wording("markdown"), words.who(), engine.describe().task)
    page.answer(text, trust.joined(shap.trust, *([lime.trust] if lime else [])), shap.unit)


def compare(shap: Attribution, lime: Attribution) -> None:
    """Whether the two agree, and how each was computed."""
    wording = words.wording("markdown")
    st.markdown(attribution.agreement(shap, lime, wording))
    page.note(f"{attribution.sample(shap, lime, wording)} {algorithms.why(shap.algorithm, wording)}")
    for sentence in notices.sentences((*shap.warnings, *lime.warnings), wording):
        page.note(f":material/info: {sentence}")


def take_away(shap: Attribution, lime: Attribution) -> None:
    plain, known = words.wording(), engine.describe()
    both = Comparison(shap, lime)
    page.numbers_table(both)
    measured = trust.joined(shap.trust, lime.trust).measures
    page.downloads(
        both,
        "local",
        answer=attribution.answer(shap, plain, words.who(), known.task),
        figures=[pair.figure(shap, lime, page.style(), known.threshold)],
        trust=[trust.line(measure, shap.unit, plain) for measure in measured],
        notes=[
            attribution.agreement(shap, lime, plain),
            attribution.sample(shap, lime, plain),
            *notices.sentences((*shap.warnings, *lime.warnings), plain),
        ],
        asked=("explain", {"case": state.case(), "method": "shap"}),
    )


with problems.shown():
    head, switch, place = st.empty(), st.container(), st.empty()
    threshold = engine.describe().threshold
    shap = page.ask("explain", case=state.case(), method="shap")
    with head.container():
        say_answer(shap, None)
    with switch:
        class_switch(shap.target_class)
    with place.container():
        drawn = shap_figure.figure(shap, page.style(), threshold)
        page.figure(drawn, shap_figure.alt(shap, words.wording()), "shap")
    with problems.shown():
        lime = page.ask("explain", case=state.case(), method="lime")
        with head.container():
            say_answer(shap, lime)
        with place.container():
            drawn = pair.figure(shap, lime, page.style(), threshold)
            page.figure(drawn, pair.alt(shap, lime, words.wording()), "pair")
        compare(shap, lime)
        page.trust_strip(trust.joined(shap.trust, lime.trust), shap.unit)
        wording = words.wording("markdown")
        page.how_to_read(
            "pages.local",
            background=wording.number(shap.background_rows, 0),
            rows=phrases.rows(wording),
        )
        take_away(shap, lime)
    page.next_question("counterfactuals")
