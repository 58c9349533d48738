"""What a reader can do on the spot where two files do not fit together yet."""

from __future__ import annotations

import streamlit as st

from ui import adjusting, engine, state, uploads, words
from ui.sources import Source
from xai.errors import KlartextError
from xai.export import csv_bytes

_TARGET_CODES = ("unknown-target", "target-is-input", "target-one-class")
_NONE = ""
_MOST_MATCHED = 40  # select boxes; who has more to match has the wrong table


def help_with(error: KlartextError, source: Source) -> None:
    """The controls that mend this error, where there are some."""
    if error.code == "unknown-adjustment":  # it hung on another one that was taken back since
        uploads.forget(str(error.facts["asked"]))
        st.rerun()
    if error.offers:
        adjusting.offers(error.offers)
    if error.code in ("several-models", "unknown-object"):
        _choose_object(str(error.facts["keys"]).split(", "))
    elif error.code == "missing-columns" and source["data"] is not None:
        _match_columns(source)
    elif error.code in _TARGET_CODES:
        _choose_target(source)


def _choose_object(keys: list[str]) -> None:
    st.session_state["own_object"] = None
    st.selectbox(
        words.say("start.own.object"),
        keys,
        index=None,
        key="own_object",
        placeholder=words.say("start.own.choose"),
        on_change=lambda: uploads.say("object_key", st.session_state["own_object"]),
        width=420,
    )


def _match_columns(source: Source) -> None:
    """Each missing column by choosing, or a template to fill in."""
    names = engine.ask("column_names", source={**source, "options": _without_renames(source)})
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        with st.popover(words.say("start.own.match"), type="tertiary"):
            for name in names.missing[:_MOST_MATCHED]:
                _match(name, names.free)
        _template(source)


def _template(source: Source) -> None:
    """A table to fill in. Only the file is made when somebody asks for it: the session is out of reach by then."""
    table, language = engine.ask("template", source=source), state.language()
    st.download_button(
        words.say("start.own.template"),
        lambda: csv_bytes(table, language),
        "klartext-template.csv",
        "text/csv",
        key="download_template",
        type="tertiary",
        icon=":material/table:",
        on_click="ignore",
    )


def _match(wanted: str, free: tuple[str, ...]) -> None:
    chosen = {new: old for old, new in uploads.pending()["renames"].items()}
    labels = {_NONE: "–"} | {name: words.neutral("plain").raw(name) for name in free}
    st.session_state[f"match_{wanted}"] = chosen.get(wanted, _NONE)
    st.selectbox(
        words.neutral().raw(wanted),
        list(labels),
        key=f"match_{wanted}",
        format_func=labels.__getitem__,
        on_change=_rename,
        args=(wanted,),
    )


def _rename(wanted: str) -> None:
    """The column chosen for a wanted name; none takes an earlier choice back."""
    column = st.session_state[f"match_{wanted}"]
    if column == _NONE:
        uploads.forget_renames([old for old, new in uploads.pending()["renames"].items() if new == wanted])
    else:
        uploads.rename(column, wanted)


def _choose_target(source: Source) -> None:
    names = engine.ask("column_names", source=source).free
    labels = {_NONE: words.say("start.own.no_target")} | {name: words.neutral("plain").raw(name) for name in names}
    st.session_state["own_other_target"] = None
    st.selectbox(
        words.say("start.own.target"),
        list(labels),
        index=None,
        key="own_other_target",
        format_func=labels.__getitem__,
        placeholder=words.say("start.own.choose"),
        on_change=lambda: uploads.say("target", st.session_state["own_other_target"]),
        width=420,
    )


def _without_renames(source: Source) -> dict[str, object]:
    return {name: value for name, value in source["options"].items() if name != "renames"}
