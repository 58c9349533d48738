"""What was found in the files, one line each: icon, one bold word, sentence, and at the right what can be changed."""

from __future__ import annotations

from typing import Any

import streamlit as st

from ui import adjusting, own_version, page, uploads, words
from ui.engine import Check, Inspection
from xai.sentences import checklist as sentences
from xai.sentences.checklist import Entry
from xai.texts.wording import text_of

_ICONS = {"good": ":material/check_circle:", "care": ":material/warning:", "missing": ":material/help:"}


def show(inspection: Inspection) -> None:
    """All checks and adjustments, then what was assumed on the way."""
    wording = words.neutral()
    with st.container(gap="xsmall"):
        for entry in sentences.entries(inspection):
            left, right = st.columns(adjusting.WIDTHS, gap="medium", vertical_alignment="center")
            icon = _ICONS[entry.verdict] if isinstance(entry, Check) else adjusting.icon(entry)
            left.markdown(f"{icon} {sentences.sentence(entry, wording)}")
            with right:
                _control(entry, inspection)
    for said in sentences.further(inspection, wording):
        page.note(said)


def summary(inspection: Inspection) -> str:
    """ "7 Punkte geprüft, 2 zum Ansehen, nichts fehlt."."""
    return sentences.summary(sentences.entries(inspection), words.neutral("plain"))


def _control(entry: Entry, inspection: Inspection) -> None:
    """What belongs at the right of a line."""
    if not isinstance(entry, Check):
        adjusting.control(entry)
        return
    code = entry.code
    if code.startswith("version-"):
        own_version.control(entry, inspection)
    if code == "read":
        _look("steps", " → ".join(map(_code, inspection.steps)))
    elif code == "version-repaired":
        _look("repairs", "\n".join(f"- {sentences.repair(done, words.neutral())}" for done in inspection.repairs))
    elif code.startswith("columns-"):
        _look("columns", "\n".join(_column(column) for column in inspection.columns))
    elif code.startswith("left-over"):
        _look("left_over", ", ".join(map(_code, inspection.ignored)))
    elif code.startswith("target-"):
        _target(inspection)
    elif code == "positive":
        _positive(inspection)
    elif code in ("quality-worse-accuracy", "quality-worse-r2"):
        page.note(words.say("start.own.scaler_above"))


def _look(key: str, body: str) -> None:
    with st.popover(words.say(f"start.own.see_{key}"), type="tertiary"):
        st.markdown(body)


def _column(column: Any) -> str:
    wording = words.neutral()
    gaps = words.say("start.own.gaps", count=wording.number(column.missing, 0)) if column.missing else ""
    return f"- {_code(column.name)}: {words.say(f'start.own.kind_{column.kind}')}{gaps}"


def _code(name: str) -> str:
    """A name as it stands in the file; backticks cannot be escaped inside code."""
    bare = words.neutral("plain").raw(name).replace("`", "´")
    return f"`{bare}`"


def _target(inspection: Inspection) -> None:
    said = uploads.pending()["target"]
    current = inspection.target or "" if said is None else said
    names = dict.fromkeys([*inspection.target_candidates, current], "")
    wording = words.neutral("plain")
    labels = {name: wording.raw(name) for name in names if name} | {"": words.say("start.own.no_target")}
    st.session_state["own_target"] = current
    st.selectbox(
        words.say("start.own.target"),
        list(labels),
        key="own_target",
        format_func=labels.__getitem__,
        label_visibility="collapsed",
        on_change=lambda: uploads.say("target", st.session_state["own_target"]),
    )


def _positive(inspection: Inspection) -> None:
    wording = words.neutral("plain")
    labels = {text_of(label): wording.raw(text_of(label)) for label in inspection.classes}
    chosen = uploads.pending()["class"]
    st.session_state["own_class"] = chosen if chosen in labels else text_of(inspection.target_class)
    st.selectbox(
        words.say("frame.model.class"),
        list(labels),
        key="own_class",
        format_func=labels.__getitem__,
        label_visibility="collapsed",
        on_change=lambda: uploads.say("class", st.session_state["own_class"]),
    )
