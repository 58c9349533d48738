"""Missing values a model cannot take: which columns it refuses them in, and the rows that can be left out for it."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from xai.adjustment import Adjustment
from xai.errors import KlartextError
from xai.model import Model
from xai.opening.fitting.draft import Draft

CODE = "leave-out-gaps"
_TRIED = 20  # rows with a gap, for each column


def settle(draft: Draft, refusing: Sequence[str]) -> None:
    """Leave out the rows with a gap in these columns; it is offered only where the model refused them."""
    offer = found(draft.frame, refusing)
    if offer is not None and draft.does(offer):
        draft.frame = draft.frame[draft.frame[list(refusing)].notna().all(axis=1)].reset_index(drop=True)


def found(frame: pd.DataFrame, refusing: Sequence[str]) -> Adjustment | None:
    """How many rows have gaps in these columns; None where there are none, or nothing else."""
    inputs = frame[list(refusing)]
    rows = inputs.isna().any(axis=1)
    if not rows.any() or rows.all():
        return None
    facts = {"rows": int(rows.sum()), "total": len(rows), "columns": [str(name) for name in inputs]}
    return Adjustment(CODE, facts=facts, needed=True)


def refusing(model: Model, inputs: pd.DataFrame) -> tuple[str, ...]:
    """The columns in which the model refuses gaps: each is tried alone, all other gaps filled.

    All columns with gaps where that does not tell: the model refuses only several of them together.
    """
    gapped = tuple(str(name) for name in inputs.columns if inputs[name].isna().any())
    common = {name: present.mode().iloc[0] for name in gapped if len(present := inputs[name].dropna())}
    found = []
    for name in gapped:
        others = {other: value for other, value in common.items() if other != name}
        rows = inputs[inputs[name].isna()].head(_TRIED).fillna(others)
        if not _takes(model, rows):
            found.append(name)
    return tuple(found) or gapped


def _takes(model: Model, rows: pd.DataFrame) -> bool:
    try:
        model.answer(rows)
        model.predict(rows)
    except KlartextError:  # whatever it says: it does not predict
        return False
    return True
