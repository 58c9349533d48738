"""Several ways side by side: what changes in each, the prediction, and what was checked."""

from __future__ import annotations

import pandas as pd

from xai.results import Counterfactual, Counterfactuals
from xai.sentences import phrases
from xai.texts import Wording

MOST = 5  # ways beside each other
SAME = "="


def table(result: Counterfactuals, wording: Wording) -> pd.DataFrame:
    """One row per column that changes in any way, then the checks; one column for now and one per way, all text."""
    items = result.counterfactuals[:MOST]
    names = list(dict.fromkeys(name for item in items for name in item.changes))
    rows = [
        [wording.column(name), wording.value(name, result.row.get(name)), *_values(name, items, wording)]
        for name in names
    ]
    scale = phrases.shared_scale(result.prediction, *(item.prediction for item in items))
    amounts = [
        wording.amount(x, result.unit, digits=1, scale=scale)
        for x in (result.prediction, *(item.prediction for item in items))
    ]
    rows.append([_quantity(result, wording), *amounts])
    for key, texts in _checks(items, wording).items():
        rows.append([wording.say(f"sentences.comparing.{key}", rows=phrases.rows(wording)), "", *texts])
    heads = [wording.say("sentences.comparing.way", n=k + 1) for k in range(len(items))]
    return pd.DataFrame(rows, columns=["", wording.say("sentences.comparing.now"), *heads])


def _values(name: str, items: tuple[Counterfactual, ...], wording: Wording) -> list[str]:
    """The new values of one column; a dot where it stays."""
    return [wording.value(name, item.changes[name][1]) if name in item.changes else SAME for item in items]


def _quantity(result: Counterfactuals, wording: Wording) -> str:
    said = phrases.quantity(wording, result.unit, result.target_class)
    return said[:1].upper() + said[1:]


def _checks(items: tuple[Counterfactual, ...], wording: Wording) -> dict[str, list[str]]:
    checks = {
        "changed": [wording.number(item.receipt.changed, 0) for item in items],
        "distance": [wording.number(item.receipt.distance, 1) for item in items],
        "similar": [wording.number(item.receipt.similar, 0) for item in items],
    }
    if any(item.receipt.shaken for item in items):
        checks["stable"] = [
            f"{item.receipt.stable}/{item.receipt.shaken}" if item.receipt.shaken else SAME for item in items
        ]
    return checks
