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

METHODS = ("auto", "dice-random", "dice-genetic", "dice-kdtree")

navigation.guard()


def ask_for_limits() -> dict[str, Any]:
    """Everything at the left, as parameters of the question."""
    case = engine.case(state.case())
    page.section(words.say("pages.counterfactuals.constraints"))
    desired = wanted(case)
    order = page.ask("explain", case=state.case(), method="shap")
    names = [order.columns[k] for k in order.order()]
    limits = constraints.draw(names)
    if fixed := [name for name in limits.keep if constraints.given(name)]:
        wording = words.wording("markdown")
        page.note(words.say("pages.counterfactuals.given", columns=phrases.columns(wording, fixed)))
    parameters = {"case": state.case(), "desired": desired, "keep": limits.keep, "ranges": limits.ranges}
    if engine.describe().task == "multiclass":  # the class that is wanted is the one to follow
        parameters["target_class"] = desired
    return parameters | {"directions": limits.directions, **how_to_search()}


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
        count = slider("count", 1, 6, 3)
    return {"method": method, "seconds": seconds, "n": count}


def slider(name: str, low: int, high: int, start: int) -> int:
    st.session_state.setdefault(f"search_{name}", start)
    label = words.say(f"pages.counterfactuals.{name}")
    return st.slider(label, low, high, key=f"search_{name}", persist_state="session")


def say_answer(result: Counterfactuals) -> None:
    page.answer(sentences.answer(result, words.wording("markdown"), words.who(), engine.describe().task))


def how_it_was_found(result: Counterfactuals) -> None:
    wording = words.wording("markdown")
    page.note(f"{sentences.searched(result, wording)} {algorithms.why(result.algorithm, wording)}")
    for sentence in notices.sentences(result.warnings, wording):
        page.note(f":material/info: {sentence}")


def take_away(result: Counterfactuals, parameters: dict[str, Any]) -> None:
    plain, threshold = words.wording(), engine.describe().threshold
    drawn = [figures.figure(result, item, page.style(), threshold) for item in result.counterfactuals]
    page.numbers_table(result)
    page.downloads(
        result,
        "counterfactuals",
        answer=sentences.answer(result, plain, words.who(), engine.describe().task),
        figures=drawn,
        notes=[sentences.searched(result, plain), *notices.sentences(result.warnings, plain)],
        asked=("counterfactuals", {name: value for name, value in parameters.items() if name != "target_class"}),
    )


with problems.shown():
    head = st.container()
    left, right = st.columns([0.36, 0.64], gap="large")
    with left:
        parameters = ask_for_limits()
    result: Counterfactuals | None = None
    with right, problems.shown():
        result = search("counterfactuals", **parameters)
        if result is not None:
            with head:
                say_answer(result)
            ways.draw(result)
            how_it_was_found(result)
    page.how_to_read("pages.counterfactuals")
    if result is not None:
        take_away(result, parameters)
    page.next_question("whatif")
