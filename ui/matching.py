"""What a reader can do on the spot where two files do not fit together yet."""

from __future__ import annotations

import streamlit as st

from ui import engine, uploads, words
from ui.sources import Source
from xai.errors import KlartextError
from xai.sentences import phrases

_TARGET_CODES = ("unknown-target", "target-is-input", "target-one-class")
_NONE = ""


def help_with(error: KlartextError, source: Source) -> None:
    """The control that mends this error, where there is one."""
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
    """Near names as buttons; everything else by choosing."""
    names = engine.ask("column_names", source={**source, "options": _without_renames(source)})
    done = set(uploads.pending()["renames"].values())
    open_names = [name for name in names.missing if name not in done]
    near = {name: names.near[name] for name in open_names if name in names.near}
    if near:
        wording = words.wording("markdown")
        pairs = [wording.raw(f"{old} → {new}") for new, old in near.items()]
        label = words.say("start.own.rename", pairs=phrases.shortened(wording, pairs, "more"))
        st.button(label, key="rename_near", icon=":material/drive_file_rename_outline:", on_click=_rename, args=(near,))
    with st.popover(words.say("start.own.match"), type="tertiary"):
        for name in names.missing:
            _match(name, names.free)


def _match(wanted: str, free: tuple[str, ...]) -> None:
    chosen = {new: old for old, new in uploads.pending()["renames"].items()}
    labels = {_NONE: "–"} | {name: words.wording().raw(name) for name in free}
    st.session_state[f"match_{wanted}"] = chosen.get(wanted, _NONE)
    st.selectbox(
        words.wording("markdown").raw(wanted),
        list(labels),
        key=f"match_{wanted}",
        format_func=labels.__getitem__,
        on_change=lambda: _rename({wanted: st.session_state[f"match_{wanted}"]}),
    )


def _rename(pairs: dict[str, str]) -> None:
    """Wanted name -> column of the table."""
    for wanted, column in pairs.items():
        uploads.rename(column, wanted)


def _choose_target(source: Source) -> None:
    names = engine.ask("column_names", source=source).free
    labels = {_NONE: words.say("start.own.no_target")} | {name: words.wording().raw(name) for name in names}
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
