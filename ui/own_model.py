"""Explain a model of one's own: two files, then a checklist of what was found in them."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ui import (
    checklist,
    engine,
    matching,
    model_file,
    own_version,
    page,
    problems,
    sources,
    state,
    uploads,
    words,
    workers,
)
from ui.engine import Inspection
from ui.sources import Source
from xai.errors import KlartextError
from xai.sentences import isolation
from xai.sentences import limits as limit_words

_ROLES = ("model", "data")


def uploaders() -> DeltaGenerator:
    """The last section of the start page, as far as it is there at once. Returns the place of what is measured first.

    Hints stand above the uploaders, which themselves speak English only.
    """
    st.space("medium")
    st.header(f"**{words.say('start.own.title')}**", anchor=False)
    for column, role in zip(st.columns(2, gap="large"), _ROLES, strict=True):
        with column:
            _uploader(role)
    measured = st.container()
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        page.note(words.say("start.own.privacy"))
        with st.popover(words.say("start.own.companion"), type="tertiary"):
            st.markdown(words.say("start.own.companion_help"))
            _uploader("companion")
        with st.popover(words.say("limits.title"), type="tertiary"):
            wording = words.wording()
            st.markdown("\n".join(f"- {limit}" for limit in limit_words.stated(*workers.limits(), wording)))
    if (companion := uploads.pending()["companion"]) is not None:
        page.note(words.say("start.own.in_front", file=words.wording("markdown").raw(companion["name"])))
    return measured


def found(place: DeltaGenerator) -> None:
    """How far files are locked in here, and what was found in the chosen ones."""
    with place:
        _isolation()
    source = uploads.source()
    if source is None:
        if uploads.pending()["data"] is not None and not model_file.in_place_of_table():
            st.markdown(f":material/help: {words.say('start.own.model_missing')}")
        _other_demos()
        return
    with problems.shown():
        try:
            model_file.show(page.ask("file_facts", source=source))  # at once, and also where it does not open
            inspection = page.ask("inspection", source=source)
        except KlartextError as error:
            problems.show(error)
            model_file.help_with(error)
            matching.help_with(error, source)
            own_version.other_way(error)
            _discard()
        else:
            _checked(inspection, source)


def _isolation() -> None:
    """How far uploaded files are locked in here, measured at start; what was tried, for whoever asks."""
    measured, wording = workers.attestation(), words.wording()
    icon = "check_circle" if measured.level == "full" else "warning" if measured.uploads else "block"
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        sentences = f"**{isolation.headline(measured, wording)}.** {isolation.uploads(measured, wording)}"
        st.markdown(f":material/{icon}: {sentences}", width="stretch")
        with st.popover(words.say("start.own.tried"), type="tertiary"):
            st.markdown("\n".join(f"- {what}: {verdict}" for what, verdict in isolation.attempts(measured, wording)))


def _uploader(role: str) -> None:
    (limits, _), measured = workers.limits(), workers.attested()
    most = limits.data_bytes if role == "data" else limits.model_bytes
    st.file_uploader(
        words.say(f"start.own.{role}", limit=limit_words.size(most, words.wording())),
        key=uploads.key(role),
        on_change=uploads.take,
        args=(role,),
        disabled=measured is not None and not measured.uploads,
    )
    uploads.take_missed(role)
    chosen = uploads.pending()[role]
    if chosen is not None and st.session_state[uploads.key(role)] is None:  # chosen on an earlier visit, or moved here
        name = words.wording("markdown").raw(chosen["name"])
        page.note(words.say("start.own.chosen", file=name))


def _other_demos() -> None:
    """For whoever has no file at hand."""
    names = {code: words.say(f"demos.{code}.title") for code in engine.demo_names()}
    st.session_state["demo_choice"] = state.model() if state.model() in names else None
    st.segmented_control(
        words.say("start.own.demos"),
        list(names),
        key="demo_choice",
        format_func=names.__getitem__,
        required=True,
        on_change=lambda: state.choose_model(st.session_state["demo_choice"]),
    )


def _checked(inspection: Inspection, source: Source) -> None:
    """The checklist, and the button that changes to this model."""
    st.space("small")
    page.section(words.say("start.own.found", file=words.wording("markdown").raw(inspection.name)))
    inspection = own_version.proven(inspection, source)
    model_file.choose_object(inspection)
    checklist.show(inspection)
    st.space("small")
    if source["data"] is None:
        st.markdown(f":material/help: {words.say('start.own.data_missing')}")
        return
    explained = sources.identity(source) in map(sources.identity, sources.own().values())
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        if explained and state.model() in sources.own():
            st.markdown(f":material/check_circle: {words.say('start.own.explained')}")
            if st.button(f"**{words.say('frame.next.global')}**", key="own_to_global", type=page.strong()):
                page.go("global")
        else:
            st.button(
                f"**{words.say('start.own.explain')}**",
                key="explain_own",
                type=page.strong(),
                on_click=_explain,
                args=(source,),
            )
        page.note(checklist.summary(inspection))
        _discard()


def _discard() -> None:
    st.button(words.say("start.own.discard"), key="discard_own", type="tertiary", on_click=uploads.discard)


def _explain(source: Source) -> None:
    """From now on all pages speak about this model."""
    state.choose_model(sources.adopt(source))
    state.choose("class", uploads.pending()["class"])
