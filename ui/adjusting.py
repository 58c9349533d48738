"""Adjustments on the page: apply what is offered, take back what was done, turn two codes round."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from ui import page, uploads, words
from xai.adjustment import Adjustment
from xai.sentences import adjustments as sentences
from xai.sentences.adjustments import Group

_CODED = ("yes-no", "codes")


def control(group: Group) -> None:
    """At the right of a line: what becomes of the values, and one button."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if sentences.has_details(group):
            _details(group)
        if group.code == "rename":
            columns = [item.column for item in group.items]
            _button("undo", group, lambda: uploads.forget_renames(columns))
        elif group.offered:
            _button("apply", group, lambda: uploads.accept(group.keys))
        else:
            _button("undo", group, lambda: uploads.undo(group.keys))


def offers(found: Iterable[Adjustment]) -> None:
    """What would get the model to predict: each offer, what all of them are worth, and one button for all."""
    found, wording = tuple(found), words.wording("markdown")
    together = sentences.belong_together(found)
    groups = sentences.groups(found, offered=True)
    with st.container(gap="xsmall"):
        for group in groups:
            said = sentences.line(group, wording)
            worth = "" if together else f" {sentences.evidence(group.evidence, wording)}"
            left, right = st.columns([0.7, 0.3], gap="medium", vertical_alignment="center")
            left.markdown(f":material/lightbulb: {said}{worth}")
            with right:
                control(group)
    if together:
        st.markdown(f"{words.say('adjustments.evidence.together')} {sentences.evidence(found[0].evidence, wording)}")
        keys = [offer.key for offer in found]
        label = words.say("adjustments.apply-all", count=len(keys))
        st.button(f"**{label}**", key="apply_all", type=page.strong(), on_click=uploads.accept, args=(keys,))


def _details(group: Group) -> None:
    with st.popover(words.say("start.own.see_details"), type="tertiary"):
        st.markdown("\n".join(f"- {text}" for text in sentences.details(group, words.wording("markdown"))))
        if group.code in _CODED and not group.offered:
            for item in group.items:
                if item.facts.get("count") == 2:
                    _turn(item)


def _turn(item: Adjustment) -> None:
    name = words.wording("markdown").raw(item.column)
    label = words.say("start.own.turn", column=name)
    st.button(label, key=f"turn_{item.column}", type="tertiary", on_click=uploads.turn, args=(item.column,))


def _button(word: str, group: Group, action: object) -> None:
    icon = ":material/undo:" if word == "undo" else ":material/check:"
    key = f"{word}_{group.keys[0]}"
    st.button(words.say(f"start.own.{word}"), key=key, icon=icon, type="tertiary", on_click=action)
