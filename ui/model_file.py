"""What the chosen model file says about itself, and what can be done where it is the wrong file, or holds several."""

from __future__ import annotations

import streamlit as st

from ui import page, problems, sources, uploads, words
from ui.engine import FileFacts, Inspection, kind_of
from xai.errors import DataError, KlartextError
from xai.sentences import contents

_TABLES = ("text", "Parquet", "Feather", "OLE", "empty", "html", "git-lfs")
_MODELS_IN_TEXT = (b"{", b"tree")  # XGBoost's, CatBoost's and LightGBM's own; a bracket may open a table as well


def show(facts: FileFacts) -> None:
    """One line, and its details for whoever asks."""
    wording = words.wording("markdown")
    with st.container(horizontal=True, vertical_alignment="center", gap="medium", wrap=False):
        st.markdown(f":material/draft: {contents.line(facts, wording)}", width="stretch")
        with st.popover(words.say("start.own.see_file"), type="tertiary"):
            st.markdown("\n".join(f"- {text}" for text in contents.details(facts, wording)))


def choose_object(inspection: Inspection) -> None:
    """Which of several objects is explained."""
    if len(inspection.objects) < 2:
        return
    st.session_state["own_object_taken"] = inspection.object_key
    st.selectbox(
        words.say("start.own.object"),
        inspection.objects,
        key="own_object_taken",
        format_func=words.wording().raw,
        on_change=lambda: uploads.say("object_key", st.session_state["own_object_taken"]),
        width=420,
    )


def help_with(error: KlartextError) -> None:
    """The button for a file that was chosen in the wrong place."""
    chosen = uploads.pending()
    if error.code == "only-preprocessing" and chosen["companion"] is None:
        _button("as_companion", "companion")
    elif error.code == "table-as-model":
        _button("swap" if chosen["data"] else "as_data", "data")
    elif error.code == "model-as-table":
        _button("swap", "data")


def in_place_of_table() -> bool:
    """Say so, and offer to move it, where a model file was chosen as the table; whether that is the case."""
    found = _model_among_data()
    if found is None:
        return False
    problems.show(DataError("model-as-table", found=found.top_class.rsplit(".", 1)[-1]))
    _button("as_model", "model", place="data")
    return True


def _model_among_data() -> FileFacts | None:
    """What the file in the table's place says about itself, if it is a model; None for everything else."""
    chosen = uploads.pending()["data"]
    data = sources.bytes_of(chosen["sha"])
    if kind_of(data) in _TABLES and not data[:64].lstrip().startswith(_MODELS_IN_TEXT):
        return None
    try:
        source = {"model": chosen["sha"], "data": None, "names": [chosen["name"]], "options": {}}
        facts = page.ask("file_facts", source=source)
    except KlartextError:  # no model file; what is wrong with the table is said once a model is there
        return None
    return facts if facts.holds_model else None


def _button(key: str, to: str, place: str = "model") -> None:
    """Moves the file from one place to another."""
    st.button(words.say(f"start.own.{key}"), key=f"own_{key}", on_click=uploads.move, args=(place, to))
