"""Adjustments on the page: apply what is offered, take back what was done, turn two codes round."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import streamlit as st

from ui import page, uploads, words
from xai.adjustment import Adjustment
from xai.sentences import adjustments as sentences
from xai.sentences.adjustments import Group

WIDTHS = [0.7, 0.3]
"""Of a line: what it says, and what can be changed."""

_CODED = ("yes-no", "codes")
_ICONS = {"apply": ":material/check:", "undo": ":material/undo:"}


def icon(group: Group) -> str:
    return ":material/lightbulb:" if group.offered else ":material/check_circle:"


def control(group: Group) -> None:
    """At the right of a line: what becomes of the values, and one button."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if sentences.has_details(group):
            _details(group)
        if group.code == "rename":
            columns = [item.column for item in group.items]
            _button("undo", group, uploads.forget_renames, columns)
        elif group.offered:
            _button("apply", group, uploads.accept, group.keys)
        else:
            _button("undo", group, uploads.undo, group.keys)


def offers(found: Iterable[Adjustment]) -> None:
    """What would get the model to predict: each offer, what all of them are worth, and the button that does it."""
    found, wording = tuple(found), words.neutral()
    groups, together = sentences.groups(found, offered=True), sentences.belong_together(found)
    with st.container(gap="xsmall"):
        for group in groups:
            left, right = st.columns(WIDTHS, gap="medium", vertical_alignment="center")
            left.markdown(f"{icon(group)} {sentences.line(group, wording)}")
            if not together:
                page.note(sentences.evidence(group.evidence, wording))
            with right:
                if len(groups) > 1:
                    control(group)
                elif sentences.has_details(group):
                    _details(group)
        if together:
            worth = sentences.evidence(found[0].evidence, wording)
            head = "" if len(groups) == 1 else f"**{words.say('adjustments.evidence.together')}** "
            st.markdown(f"{head}{worth}")
    if len(groups) == 1:
        _main_button(words.say("start.own.apply"), f"apply_{groups[0].keys[0]}", groups[0].keys)
    elif together:
        keys = tuple(offer.key for offer in found)
        _main_button(words.say("adjustments.apply-all", count=len(keys)), "apply_all", keys)


def _main_button(label: str, key: str, keys: tuple[str, ...]) -> None:
    st.button(f"**{label}**", key=key, type=page.strong(), on_click=uploads.accept, args=(keys,))


def _details(group: Group) -> None:
    with st.popover(words.say("start.own.see_details"), type="tertiary"):
        st.markdown("\n".join(f"- {text}" for text in sentences.details(group, words.neutral())))
        if group.code in _CODED and not group.offered:
            for item in group.items:
                if item.facts.get("count") == 2:
                    _turn(item)


def _turn(item: Adjustment) -> None:
    name = words.neutral().raw(item.column)
    label = words.say("start.own.turn", column=name)
    st.button(label, key=f"turn_{item.column}", type="tertiary", on_click=uploads.turn, args=(item.column,))


def _button(word: str, group: Group, action: Callable[[Iterable[str]], None], what: Iterable[str]) -> None:
    icon, key = _ICONS[word], f"{word}_{group.keys[0]}"
    st.button(words.say(f"start.own.{word}"), key=key, icon=icon, type="tertiary", on_click=action, args=(what,))
