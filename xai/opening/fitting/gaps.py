"""Missing values in a model that cannot take them: the rows that have some can be left out."""

from __future__ import annotations

from xai.adjustment import Adjustment
from xai.opening.fitting.draft import Draft

CODE = "leave-out-gaps"


def settle(draft: Draft) -> None:
    """Leave the rows out, where somebody asked for it; it is offered only where the model refused them."""
    offer = found(draft)
    if offer is not None and draft.decisions.accepts(offer) and draft.does(offer):
        columns = list(draft.sources.values())
        draft.frame = draft.frame[draft.frame[columns].notna().all(axis=1)].reset_index(drop=True)


def found(draft: Draft) -> Adjustment | None:
    """How many rows have gaps in the model's columns; None where there are none, or nothing else."""
    inputs = draft.frame[list(dict.fromkeys(draft.sources.values()))]
    rows = inputs.isna().any(axis=1)
    if not rows.any() or rows.all():
        return None
    names = [str(name) for name in inputs if inputs[name].isna().any()]
    facts = {"rows": int(rows.sum()), "total": len(rows), "columns": names}
    return Adjustment(CODE, facts=facts, needed=True)
