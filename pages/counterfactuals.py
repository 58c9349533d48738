"""What would have to differ? Constraints at the left, the ways to the wanted outcome at the right."""

from __future__ import annotations

from typing import Any

import streamlit as st

from ui import constraints, engine, navigation, page, problems, state, ways, words
from ui.search import search
from ui.wanted import wanted
from xai.figures import counterfactual as figures
from xai.results import Counterfactuals
from xai.sentences import algorithms, notices, phrases
from xai.sentences import counterfactuals as sentences

METHODS = ("auto", "donors", "dice-random", "dice-genetic", "dice-kdtree")

navigation.guard()


def ask_for_limits() -> dict[str, Any]:
    """Everything at the left, as parameters of the question."""
    case = engine.case(state.case())
    page.section(words.say("pages.counterfactuals.constraints"))
    parameters = {"case": state.case(), **wanted(case)}
    order = page.ask("explain", case=state.case(), method="shap")
    limits = constraints.draw([order.columns[k] for k in order.order()])
    if limits.held:
        columns = phrases.columns(words.wording("markdown"), limits.held)
        page.note(words.say("pages.counterfactuals.given", columns=columns))
    if engine.describe().task == "multiclass":  # the class that is wanted is the one to follow
        parameters["target_class"] = parameters["desired"]
    return parameters | limits.parameters() | how_to_search()


def how_to_search() -> dict[str, Any]:
    with st.expander(words.say("pages.counterfactuals.search")):
        plain = words.wording()
        # written in every run: in another language the browser would keep the old name
        st.session_state["search_method"] = st.session_state.get("search_method", METHODS[0])
        method = st.selectbox(
            words.say("pages.counterfactuals.method"),
            METHODS,
            key="search_method",
            format_func=lambda code: algorithms.name(code, plain),
            persist_state="session",
        )
        seconds = slider("seconds", 2, 30, 10)
        count = slider("count", 1, 5, 3)
    return {"method": method, "seconds": seconds, "n": count}


def slider(name: str, low: int, high: int, start: int) -> int:
    st.session_state.setdefault(f"search_{name}", start)
    label = words.say(f"pages.counterfactuals.{name}")
    return st.slider(label, low, high, key=f"search_{name}", persist_state="session")


def say_answer(result: Counterfactuals) -> None:
    text = sentences.answer(result, words.wording("markdown"), words.who(), engine.describe().task)
    page.answer(text)


def how_it_was_found(result: Counterfactuals) -> None:
    wording = words.wording("markdown")
    page.note(f"{sentences.searched(result, wording)} {algorithms.why(result.algorithm, wording)}")
    warnings = [notice for notice in result.warnings if notice.code != "kept-by-default"]  # said beside the constraints
    for sentence in notices.sentences(warnings, wording):
        page.note(f":material/info: {sentence}")
    for position, group in enumerate(result.bound):
        label = words.say("pages.counterfactuals.apart")
        st.button(label, key=f"apart_{position}", type="tertiary", on_click=constraints.move_apart, args=(group,))


def take_away(result: Counterfactuals, parameters: dict[str, Any]) -> None:
    plain, threshold = words.wording(), figures.limit(result, engine.describe().threshold)
    drawn = [figures.figure(result, item, page.style(), threshold) for item in result.counterfactuals]
    page.numbers_table(result)
    page.downloads(
        result,
        "counterfactuals",
        answer=sentences.answer(result, plain, words.who(), engine.describe().task),
        figures=drawn,
        notes=[
            words.say("sentences.counterfactuals.no_advice"),
            sentences.searched(result, plain),
            *notices.sentences(result.warnings, plain),
        ],
        asked=("counterfactuals", parameters),
    )


with problems.shown():
    head = st.container()
    left, right = st.columns([0.36, 0.64], gap="large")
    with left:
        parameters = ask_for_limits()
    result: Counterfactuals | None = None
    with right, problems.shown():
        result, finished = search("counterfactuals", ways.draw_so_far, **parameters)
        if result is not None:
            with head:
                say_answer(result)
            ways.draw(result)
            how_it_was_found(result)
    if result is not None:
        ways.side_by_side(result)
    page.how_to_read("pages.counterfactuals")
    if result is not None:
        take_away(result, parameters)
    page.next_question("whatif")
