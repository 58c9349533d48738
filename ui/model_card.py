"""What a model is, in a few sentences: what it predicts, from what, and where the data come from."""

from __future__ import annotations

import streamlit as st

from ui import engine, sources, state, words
from xai.sentences import demo as demo_words
from xai.sentences import phrases


def show() -> None:
    """The heading and the text."""
    st.subheader(words.say("start.card.title"), anchor=False)
    source = sources.find(state.model())
    if "demo" in source:
        _demo(source["demo"])
    else:
        st.markdown(_own())


def _demo(name: str) -> None:
    demo, wording = engine.demo(name), words.wording("markdown")
    st.markdown(demo_words.about(demo, wording))
    if rule := demo_words.rule(demo, wording):
        with st.expander(words.say("start.card.rule")):
            st.markdown("\n".join([rule[0], "", *(f"- {line}" for line in rule[1:])]))
    told = {"attribution": wording.raw(demo.source["attribution"]), "licence": wording.raw(demo.licence)}
    st.markdown(f":small[:gray[{words.say('start.card.source', **told)}]]")


def _own() -> str:
    known, wording = engine.describe(), words.wording("markdown")
    steps = " → ".join(wording.raw(step) for step in known.steps)
    if known.task == "regression":
        told = words.say("start.card.number")
        if known.target is not None:
            told = words.say("start.card.target_number", target=wording.column(known.target))
    else:
        classes = phrases.shortened(wording, [wording.outcome(label) for label in known.classes], "more")
        told = words.say("start.card.classes", count=len(known.classes), classes=classes)
    columns, rows = wording.number(len(known.columns), 0), wording.number(known.rows, 0)
    return f"{steps}. {told} {words.say('start.card.inputs', columns=columns, rows=rows)}"
