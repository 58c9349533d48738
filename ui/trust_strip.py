"""How far an explanation carries: one column per measure, and the worst of them as a line under the answer."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from ui import words
from xai.results import Trust
from xai.sentences import trust as sentences
from xai.sentences.trust import Line

ICONS = {"solid": ":material/check_circle:", "care": ":material/warning:", "weak": ":material/block:"}
ANCHOR = "trust"
_PER_ROW = 5
_AT_LEAST = 3  # two measures do not spread over the whole page


def trust_strip(trust: Trust, unit: str, title: str | None = None, scale: float | None = None) -> None:
    """What was measured · number · verdict · rule. `scale`: size of predictions, for their digits."""
    st.space("small")
    st.subheader(title or words.say("frame.trust.title"), anchor=ANCHOR)
    show_trust(trust, unit, scale)


def show_trust(trust: Trust, unit: str, scale: float | None = None) -> None:
    """The same without a heading, for one of several results on a page."""
    wording = words.wording("markdown")
    show_lines([sentences.line(measure, unit, wording, scale) for measure in trust.measures])


def trust_lines(trust: Trust, unit: str, scale: float | None = None) -> tuple[Line, ...]:
    """The same as plain text, for a report."""
    return tuple(sentences.line(measure, unit, words.wording(), scale) for measure in trust.measures)


def show_lines(lines: Sequence[Line]) -> None:
    """The columns of the strip; more than five continue below."""
    for start in range(0, len(lines), _PER_ROW):
        row = lines[start : start + _PER_ROW]
        places = st.columns(max(len(row), min(len(lines), _PER_ROW), _AT_LEAST), gap="medium")
        for place, line in zip(places, row, strict=False):
            with place, st.container(gap="xxsmall"):
                st.markdown(f":gray[{line.what}]")
                st.markdown(line.number)
                st.markdown(f"{ICONS[line.verdict]} **{line.word}**")
                st.markdown(f":small[:gray[{line.rule}]]")


def verdict_line(trust: Trust, unit: str) -> str:
    """The worst verdict as one link down to the strip."""
    wording = words.wording("markdown")
    worst = sentences.worst(trust, unit, wording) or words.say("frame.trust.solid")
    return f"{ICONS[trust.verdict]} {worst} [{words.say('frame.trust.more')}](#{ANCHOR})"
