"""What was found in the files, one line each: icon, one bold word, sentence, and at the right what can be changed."""

from __future__ import annotations

from collections import Counter
from typing import Any

import streamlit as st

from ui import own_version, page, uploads, words
from ui.engine import Check, Inspection
from xai.sentences import notices
from xai.texts import Wording
from xai.texts.wording import text_of

_ICONS = {"good": ":material/check_circle:", "care": ":material/warning:", "missing": ":material/help:"}
_CHECKED = (  # notices that one of the checks has said already
    "may-contain-training-rows",
    "worse-than-baseline",
    "classes-seem-swapped",
    "target-mismatch",
    "target-not-numbers",
    "proof-differs",
)
_IN_PERCENT = ("accuracy", "balanced_accuracy")


def show(inspection: Inspection) -> None:
    """All checks, then what was assumed on the way."""
    with st.container(gap="xsmall"):
        for check in inspection.checks:
            left, right = st.columns([0.74, 0.26], gap="medium", vertical_alignment="center")
            left.markdown(f"{_ICONS[check.verdict]} {sentence(check, words.wording('markdown'))}")
            with right:
                _control(check, inspection)
    further = [notice for notice in inspection.warnings if notice.code not in _CHECKED]
    for said in notices.sentences(further, words.wording("markdown")):
        page.note(said)


def sentence(check: Check, wording: Wording) -> str:
    """The line of a check; facts come from files and are escaped."""
    facts = {name: _written(name, fact, check, wording) for name, fact in check.facts.items()}
    return wording.say(f"checklist.{check.code}", **facts)


def summary(inspection: Inspection) -> str:
    """ "7 Punkte geprüft, 2 zum Ansehen, nichts fehlt."."""
    found = Counter(check.verdict for check in inspection.checks)
    missing = found["missing"]
    key = "nothing-missing" if not missing else "one-missing" if missing == 1 else "several-missing"
    facts = {"checked": len(inspection.checks), "care": found["care"]}
    return words.say("checklist.summary.line", **facts, missing=words.say(f"checklist.summary.{key}", count=missing))


def _written(name: str, fact: Any, check: Check, wording: Wording) -> str:
    if name == "score":
        return wording.say(f"frame.metric.{fact}")
    if name in ("model", "baseline"):
        in_percent = check.facts.get("score") in _IN_PERCENT
        return wording.percent(fact) if in_percent else wording.number(fact, 2)
    if isinstance(fact, float):
        return wording.number(fact, 2)
    if isinstance(fact, int) and not isinstance(fact, bool) and name != "label":
        return wording.number(fact, 0)
    return wording.raw(text_of(fact))


def _control(check: Check, inspection: Inspection) -> None:
    """What belongs at the right of a line."""
    code = check.code
    if code.startswith("version-"):
        own_version.control(check, inspection)
    if code == "read":
        _look("steps", " → ".join(map(_code, inspection.steps)))
    elif code == "version-repaired":
        _look("repairs", "\n".join(f"- {_repair(repair)}" for repair in inspection.repairs))
    elif code.startswith("columns-"):
        _look("columns", "\n".join(_column(column) for column in inspection.columns))
    elif code == "left-over":
        _look("left_over", ", ".join(map(_code, inspection.ignored)))
    elif code.startswith("target-"):
        _target(inspection)
    elif code == "positive":
        _positive(inspection)


def _look(key: str, body: str) -> None:
    with st.popover(words.say(f"start.own.see_{key}"), type="tertiary"):
        st.markdown(body)


def _repair(repair: Any) -> str:
    wording = words.wording("markdown")
    return wording.say(f"repairs.{repair.code}", **{name: wording.raw(fact) for name, fact in repair.facts.items()})


def _column(column: Any) -> str:
    wording = words.wording("markdown")
    gaps = words.say("start.own.gaps", count=wording.number(column.missing, 0)) if column.missing else ""
    return f"- {_code(column.name)}: {words.say(f'start.own.kind_{column.kind}')}{gaps}"


def _code(name: str) -> str:
    """A name as it stands in the file; backticks cannot be escaped inside code."""
    return f"`{words.wording().raw(name).replace('`', '´')}`"


def _target(inspection: Inspection) -> None:
    said = uploads.pending()["target"]
    current = inspection.target or "" if said is None else said
    names = dict.fromkeys([*inspection.target_candidates, current], "")
    labels = {name: words.wording().raw(name) for name in names if name} | {"": words.say("start.own.no_target")}
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
    labels = {text_of(label): words.wording().raw(text_of(label)) for label in inspection.classes}
    st.session_state["own_class"] = uploads.pending()["class"] or text_of(inspection.target_class)
    st.selectbox(
        words.say("frame.model.class"),
        list(labels),
        key="own_class",
        format_func=labels.__getitem__,
        label_visibility="collapsed",
        on_change=lambda: uploads.say("class", st.session_state["own_class"]),
    )
