"""Under which versions a model runs: those of here or its own, the proof that both predict the same, and the choice."""

from __future__ import annotations

import streamlit as st

from ui import page, problems, uploads, words, workers
from ui.engine import Check, Inspection
from ui.sources import Source
from xai.environments.needs import may_help
from xai.errors import KlartextError

_WHERE = ("here", "own")


def control(check: Check, inspection: Inspection) -> None:
    """Here or in an environment of its own; nothing where none can be made or the file does not say for what."""
    if not workers.environments() or "saved" not in check.facts:
        return
    versions = {"here": str(check.facts["runs"]), "own": str(check.facts["saved"])}
    labels = {where: words.say(f"start.own.version_{where}", version=versions[where]) for where in _WHERE}
    st.session_state["own_environment"] = "own" if inspection.how == "own environment" else "here"
    st.segmented_control(
        words.say("start.own.version"),
        _WHERE,
        key="own_environment",
        format_func=labels.__getitem__,
        label_visibility="collapsed",
        required=True,
        on_change=lambda: uploads.say("environment", st.session_state["own_environment"]),
    )
    if inspection.how != "own environment" and inspection.rows and not uploads.pending()["proof"]:
        label = words.say("start.own.prove", version=versions["own"])
        st.button(label, key="prove_own", type="tertiary", on_click=uploads.say, args=("proof", True))


def proven(inspection: Inspection, source: Source) -> Inspection:
    """The same, with the proof that somebody asked for; what stands in its way is said instead."""
    if not uploads.pending()["proof"] or inspection.how == "own environment" or not inspection.rows:
        return inspection
    try:
        found = page.ask("proof", source=source)
    except KlartextError as error:
        problems.show(error)
        return inspection
    return inspection if found is None else inspection.with_proof(found)


def other_way(error: KlartextError) -> None:
    """To the other versions, where the model did not open under those that somebody chose."""
    chosen = uploads.pending()["environment"]
    if chosen == "own" and error.code.startswith(("environment", "own-version")):
        other = "here"
    elif chosen == "here" and may_help(error) and workers.environments():
        other = "own"
    else:
        return
    label = words.say(f"start.own.open_{other}")
    st.button(label, key=f"versions_{other}", on_click=uploads.say, args=("environment", other))
