"""States of compiled parts, brought to the layout of today while they are set: such a part takes no other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from scipy.interpolate import BSpline
from sklearn.ensemble._hist_gradient_boosting.common import PREDICTOR_RECORD_DTYPE
from sklearn.ensemble._hist_gradient_boosting.predictor import TreePredictor
from sklearn.tree._tree import NODE_DTYPE, Tree

from xai.opening.repairs.notes import Notes


def today(part: Any, state: Any, notes: Notes) -> Any:
    """The state as this part takes it today; who wrote the part is noted, and what had to be changed."""
    notes.written_with(part, state)
    change = next((change for kind, change in _CHANGES if isinstance(part, kind)), None)
    if change is None or type(state) is not dict:
        return state
    changed = change(state)
    if changed is not state:
        notes.note("states", type(part).__name__)
    return changed


def _tree(state: dict[str, Any]) -> dict[str, Any]:
    """Up to 1.2: nodes of trees did not say where missing values go. Such trees refused them, and still do."""
    names = _fields(state)
    if {*NODE_DTYPE.names} - {*names} != {"missing_go_to_left"} or not {*names} <= {*NODE_DTYPE.names}:
        return state
    return {**state, "nodes": _filled(state["nodes"], NODE_DTYPE, {})}


def _histogram_tree(state: dict[str, Any]) -> dict[str, Any]:
    """Up to 0.23: nodes of histogram boosting knew no categories, and called the threshold by another name."""
    names = _fields(state)
    if "num_threshold" in names or "threshold" not in names:
        return state
    return {**state, "nodes": _filled(state["nodes"], PREDICTOR_RECORD_DTYPE, {"num_threshold": "threshold"})}


def _spline(state: dict[str, Any]) -> dict[str, Any]:
    """SciPy up to 1.17: a spline was its knots and coefficients; they had other names before 1.15."""
    knots, coefficients, axis = state.get("_t", state.get("t")), state.get("_c", state.get("c")), state["axis"]
    made = BSpline(knots, np.moveaxis(coefficients, 0, axis), state["k"], state["extrapolate"], axis)
    today = made.__getstate__()
    return state if type(today) is dict and {*today} == {*state} else today


def _fields(state: dict[str, Any]) -> tuple[str, ...]:
    return getattr(getattr(state.get("nodes"), "dtype", None), "names", None) or ()


def _filled(nodes: np.ndarray, dtype: np.dtype, renamed: Mapping[str, str]) -> np.ndarray:
    """The same nodes with the fields of today; those that did not exist yet are 0."""
    made = np.zeros(nodes.shape, dtype=dtype)
    for name in dtype.names:
        former = renamed.get(name, name)
        if former in nodes.dtype.names:
            made[name] = nodes[former]
    return made


_CHANGES: tuple[tuple[type, Callable[[dict[str, Any]], Any]], ...] = (
    (Tree, _tree),
    (TreePredictor, _histogram_tree),
    (BSpline, _spline),
)
