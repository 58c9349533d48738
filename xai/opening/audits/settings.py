"""Settings that only training needs: no number of an answer changes without them."""

from __future__ import annotations

from typing import Any

from sklearn.base import BaseEstimator

from xai.results import Notice


def switch_off(part: Any) -> list[Notice]:
    """One thread per model, no chatter; no folder that transformers would be cached in, and read back from, unseen."""
    state = getattr(part, "__dict__", None)
    if state is None or isinstance(part, type):
        return []
    if type(state.get("verbose")) in (bool, int) and state["verbose"] > 0:
        part.verbose = type(state["verbose"])(0)  # it would write between the answers
    if type(state.get("n_jobs")) is int and state["n_jobs"] != 1:
        part.n_jobs = 1
    if state.get("memory") is not None and isinstance(part, BaseEstimator):
        part.memory = None
        return [Notice("cache-switched-off", {"step": type(part).__name__})]
    return []
