"""A sample of the rows or all of them: the reader chooses, sees how far it is, and can stop it."""

from __future__ import annotations

from typing import Any

import streamlit as st

from ui import engine, page, state, words
from ui.choice import choice
from ui.search import search

SAMPLE = 500
_SAMPLED = ("shap", "permutation")  # methods that look at rows


def importance(method: str, place: Any) -> Any:
    """The importance by a method, on as many rows as were chosen. `place`: where the choice is drawn.

    Raises KlartextError.
    """
    with place:
        rows = _choose(method)
    if rows == "all":
        found = search("importance", method=method, rows=rows)
        if found is not None:
            return found
    return page.ask("importance", method=method, rows=SAMPLE)  # also where all rows were begun and stopped


def asked(found: Any) -> dict[str, Any]:
    """The parameters that `found` was computed with."""
    everything = found.method in _SAMPLED and _chosen() == "all" and found.rows_used > SAMPLE
    return {"method": found.method, "rows": "all" if everything else SAMPLE}


def _choose(method: str) -> int | str:
    total = engine.describe().rows
    if method not in _SAMPLED or total <= SAMPLE:
        return SAMPLE
    names = {
        SAMPLE: words.say("pages.global.rows.some", rows=words.wording().number(SAMPLE, 0)),
        "all": words.say("pages.global.rows.all", rows=words.wording().number(total, 0)),
    }
    return choice(words.say("pages.global.rows.label"), tuple(names), _key(), names.__getitem__)


def _chosen() -> int | str | None:
    return st.session_state.get(_key())


def _key() -> str:
    return f"rows|{state.model()}"
