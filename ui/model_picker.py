"""Which model the pages speak about, and which of its classes."""

from __future__ import annotations

import streamlit as st

from ui import engine, given, navigation, sources, state, words
from xai.texts.wording import text_of

_OF_THE_CASE = ""  # the code of "whatever class the model answers"


def settle() -> None:
    """Replace a model or class that does not exist (a stale link) by the first one, and leave a note."""
    code = state.model()
    known = engine.model_codes()
    if code not in known and code not in sources.own():
        if code is not None:
            state.leave_note("upload_gone" if code.startswith(sources.OWN) else "unknown_model")
        state.choose_model(known[0])
    asked = state.target_class()
    if asked is None:
        return
    state.choose("class", None)  # the model is described without it: it might not be one of its classes
    if asked in map(text_of, engine.describe().classes):
        state.choose("class", asked)
    else:
        state.leave_note("unknown_class")


def show() -> None:
    """The popover at the left end of the context line."""
    with st.popover(words.model_name(state.model(), "markdown"), type="tertiary"):
        _given()
        _demos()
        _own()
        if engine.is_known("describe"):
            _classes()


def _given() -> None:
    if given.CODE in engine.model_codes():
        _choice(given.CODE)


def _demos() -> None:
    st.markdown(f"**{words.say('frame.model.demos')}**")
    with st.container(gap="xxsmall"):
        for code in engine.demo_names():
            _choice(code)


def _own() -> None:
    for code in sources.own():
        _choice(code)
    if st.button(words.say("frame.model.own"), icon=":material/upload_file:", type="tertiary", key="open_own"):
        navigation.go("start")


def _choice(code: str) -> None:
    icon = ":material/check:" if code == state.model() else None
    st.button(
        words.model_name(code, "markdown"),
        key=f"model_{code}",
        type="tertiary",
        icon=icon,
        on_click=state.choose_model,
        args=(code,),
    )


def _classes() -> None:
    """Which class the probabilities are of; with more than two, by default the one the model answers."""
    known = engine.describe()
    if known.task == "regression":
        return
    wording = words.wording()
    names = {text_of(label): wording.outcome(label) for label in known.classes}
    if known.task == "multiclass":
        names = {_OF_THE_CASE: words.say("frame.model.class_of_case"), **names}
    default = _OF_THE_CASE if known.task == "multiclass" else text_of(known.target_class)
    st.session_state["class_choice"] = state.target_class() or default
    st.selectbox(
        words.say("frame.model.class"),
        list(names),
        key="class_choice",
        format_func=names.__getitem__,
        on_change=lambda: state.choose("class", st.session_state["class_choice"] or None),
    )
