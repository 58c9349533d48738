"""How a single column works, in one of three ways: SHAP values, partial dependence with single cases, or ALE."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from ui import page, state, words
from ui.choice import choice
from ui.trust_strip import show_trust
from xai.figures import accumulated, dependence, partial_dependence
from xai.results import Effect
from xai.sentences import effects, notices, phrases

ROWS = 500


@dataclass(frozen=True)
class _Kind:
    """One way: the sentence and the figure of its result, and the rows it is computed on."""

    sentence: Callable[..., str]
    figure: Any
    rows: int
    averages: bool


_KINDS = {
    "dependence": _Kind(effects.dependence, dependence, ROWS, averages=False),
    "partial_dependence": _Kind(effects.partial_dependence, partial_dependence, ROWS, averages=True),
    "ale": _Kind(effects.ale, accumulated, 4 * ROWS, averages=True),
}


def column_effect(columns: Sequence[str]) -> None:
    """The reader chooses a column of `columns` (the first to begin with) and the way it is looked at."""
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        page.section(words.say("pages.global.dependence"))
        name = choice(words.say("pages.column"), columns, f"dependence|{state.model()}", words.wording().column)
    names = {code: words.say(f"pages.global.effect.{code}") for code in _KINDS}
    label = words.say("pages.global.effect.label")
    code = choice(label, tuple(_KINDS), f"effect|{state.model()}", names.__getitem__)
    kind = _KINDS[code]
    effect = page.ask(code, column=name, rows=kind.rows)
    st.markdown(kind.sentence(effect, words.wording("markdown")))
    drawn = kind.figure.figure(effect, page.style(), phrases.rows(words.wording("html")))
    page.figure(drawn, kind.figure.alt(effect, words.wording()), code)
    _small_print(code, effect)
    if kind.averages:
        show_trust(effect.trust, effect.unit)
        page.numbers_table(effect)
        page.downloads(effect, f"global-{code}", asked=(code, {"column": name, "rows": kind.rows}))


def _small_print(code: str, effect: Effect) -> None:
    wording = words.wording("markdown")
    lines = wording.number(len(effect.cases), 0)
    places = "_categories" if effect.edges is None and code != "dependence" else ""
    said = words.say(f"pages.global.effect.{code}_note{places}", **({"lines": lines} if effect.cases else {}))
    page.note(f"{said} {effects.sample(effect, wording)}".strip())
    for sentence in notices.sentences(effect.warnings, wording):
        page.note(f":material/info: {sentence}")
