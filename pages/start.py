"""How does this model decide? How good it is, what drives it, one case. Below it, from the frame, one's own model."""

import streamlit as st

from ui import case_picker, engine, model_card, navigation, overview, page, problems, sources, state, words
from xai.figures import drivers, quality
from xai.results import Importance, Quality
from xai.sentences import overview as overview_words
from xai.sentences import phrases

navigation.guard()


def case_card() -> None:
    """What the model says about the case, as the one big number of the page."""
    case, wording = engine.case(state.case()), words.wording("markdown")
    with st.container(border=True, gap="small"):
        st.markdown(f"**{wording.raw(words.case_name())}** · {case_picker.description(wording, named=False)}")
        st.metric(words.say("start.predicted"), words.amount(case), label_visibility="collapsed")
        st.markdown(case_sentence(case))
        if st.button(f"**{words.say('start.why')}**", type=page.strong(), width="stretch", key="to_local"):
            page.go("local")
        if st.button(words.say("start.differ"), width="stretch", key="to_counterfactuals"):
            page.go("counterfactuals")


def case_sentence(case: engine.Case) -> str:
    """What the number is, what the model answers, and what the data say."""
    wording = words.wording("markdown")
    if case.unit == "target":
        shown = wording.column(engine.describe().target or "")
        truth = "" if case.actual is None else wording.amount(case.actual, "target")
        said = f"{shown or words.say('start.predicted')}."
    else:
        shown = phrases.quantity(wording, case.unit, case.target_class)
        shown = shown[:1].upper() + shown[1:]
        said = words.say("start.case", quantity=shown, answer=phrases.quoted(wording, case.answer))
        truth = "" if case.actual is None else phrases.quoted(wording, case.actual)
    return said + (words.say("start.truth", truth=truth) if truth else "")


def how_good(measured: Quality) -> None:
    """The model beside the trivial answer."""
    page.section(words.say("start.quality"))
    wording, known = words.wording("markdown"), engine.describe()
    if not measured.judges:
        page.note(overview.too_few(measured, wording))
        return
    kind = overview.kind(sources.find(state.model()), known, words.wording())
    drawn = quality.figure(measured, page.style(overview.WIDE), kind)
    page.still(drawn, quality.alt(measured, words.wording()), "quality")
    page.note(overview.scores(measured, known, wording))


def what_drives(counted: Importance) -> None:
    page.section(words.say("start.drivers"))
    drawn = drivers.figure(counted, page.style(overview.WIDE), top=overview.TOP)
    page.still(drawn, drivers.alt(counted, words.wording()), "drivers")
    page.note(overview.counted(counted, words.wording("markdown")))


with problems.shown():
    top = page.room(90, "importance", method="shap")
    left, right = st.columns([0.6, 0.4], gap="large")
    with right:
        case_card()
    below_left, below_right = st.columns([0.6, 0.4], gap="large")
    with below_right:
        model_card.show()
    measured: Quality | None = None  # without known outcomes it stays unknown, and the rest is still answered
    # Whatever takes longest comes last, and the rest of the page is there already.
    with left:
        drives = page.room(320, "importance", method="shap")
    with below_left:
        good = page.room(230, "quality")
    with below_left, problems.shown():
        measured = page.ask("quality")
        with good.container():
            how_good(measured)
        if measured.judges and not engine.is_known("importance", method="shap"):
            with top.container():
                page.answer(overview_words.answer(measured, None, words.wording("markdown")))
    with left, problems.shown():
        counted = page.ask("importance", method="shap")
        with drives.container():
            what_drives(counted)
        with top.container():
            page.answer(overview_words.answer(measured, counted, words.wording("markdown")))
    page.ready_for_figures()
