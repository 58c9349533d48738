"""What if? Change columns of the case: the new prediction, what changed in the contributions, the curve of a column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from ui import engine, inputs, navigation, page, problems, state, words
from ui.choice import choice
from ui.trust_strip import trust_lines
from xai.figures import attribution, curve, what_if
from xai.results import Attribution, WhatIf
from xai.sentences import effects, notices, phrases
from xai.sentences import what_if as sentences

PATH = 650  # pixels of the figure beside the inputs, in a window 1280 wide
CURVED = 5  # from so many different values on, a column's curve is worth showing first

navigation.guard()


def by_importance(before: Attribution) -> list[str]:
    """Columns of the case, largest contribution first: the order stays while values change."""
    return [before.columns[k] for k in before.order()]


def ask_for_changes(order: Sequence[str]) -> dict[str, Any]:
    page.section(words.say("pages.whatif.inputs"))
    changes = inputs.draw(order)
    back = words.say("pages.whatif.reset", who=words.who().called(words.wording("markdown")))
    st.button(back, icon=":material/undo:", type="tertiary", on_click=inputs.reset, disabled=not changes)
    state.share("whatif", inputs.codes(changes))
    return changes


def say_answer(result: WhatIf) -> None:
    """The answer, and at once where it leaves the data."""
    wording = words.wording("markdown")
    page.answer(sentences.answer(result, wording, words.who()), result.trust, result.after.unit)
    for sentence in notices.sentences(result.warnings, wording):
        st.markdown(f":material/warning: {sentence}")


def what_changed(result: WhatIf) -> None:
    """The contributions before and after; before anything is changed, those of the case."""
    threshold, style = engine.describe().threshold, page.style(PATH)
    if result.changes:
        page.section(words.say("pages.whatif.path"))
        page.figure(what_if.figure(result, style, threshold), what_if.alt(result, words.wording()), "path")
    else:
        page.section(words.say("pages.whatif.path_now"))
        drawn = attribution.figure(result.before, style, threshold)
        page.figure(drawn, attribution.alt(result.before, words.wording()), "path_now")


def one_column(changes: Mapping[str, Any], order: Sequence[str]) -> None:
    """The prediction along one column, before and after the changes."""
    known, wording = engine.describe(), words.wording()
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        page.section(words.say("pages.whatif.curve"))
        columns = sorted(order, key=lambda name: known.column(name).distinct < CURVED)
        key = f"curve|{state.model()}|{state.case()}"
        name = choice(words.say("pages.column"), columns, key, wording.column)
    now = page.ask("ceteris_paribus", case=state.case(), column=name, changes=dict(changes))
    elsewhere = set(changes) - {name}  # else both curves are the same
    before = page.ask("ceteris_paribus", case=state.case(), column=name) if elsewhere else None
    drawn = curve.figure(
        now, page.style(), known.threshold, before, words.case_name(), phrases.rows(words.wording("html"))
    )
    page.figure(drawn, curve.alt(now, wording), "curve")
    written = words.wording("markdown")
    page.note(effects.ceteris_paribus(now, written))
    for sentence in notices.sentences(now.warnings, written):
        page.note(f":material/info: {sentence}")


def take_away(result: WhatIf, changes: Mapping[str, Any]) -> None:
    plain = words.wording()
    page.numbers_table(result)
    page.downloads(
        result,
        "whatif",
        answer=sentences.answer(result, plain, words.who()),
        figures=[what_if.figure(result, page.style(), engine.describe().threshold)],
        trust=trust_lines(result.trust, result.after.unit),
        notes=notices.sentences(result.warnings, plain),
        asked=("what_if", {"case": state.case(), "changes": dict(changes)}),
    )


with problems.shown():
    head = st.container()
    before = page.ask("explain", case=state.case(), method="shap")
    order = by_importance(before)
    left, right = st.columns([0.38, 0.62], gap="large")
    with left:
        changes = ask_for_changes(order)
    with right:
        result = page.ask("what_if", case=state.case(), changes=changes)
        what_changed(result)
    with head:
        say_answer(result)
    page.trust_strip(result.trust, result.after.unit, words.say("pages.whatif.trust"))
    st.space("small")
    one_column(changes, order)
    page.how_to_read("pages.whatif")
    take_away(result, changes)
    page.next_question("start")
