"""How many rows of a long table are explained at once."""

from __future__ import annotations

from xai.attribution.background import Background
from xai.attribution.shap import affordable_rows
from xai.results import Unit

LEAST_ROWS = 50  # however slow the model is
MOST_ROWS = 20_000
CELLS = 2_000_000  # contributions to all outputs that are held at once


def affordable(background: Background, unit: Unit) -> int:
    """Rows that are explained within the budget of a table, and never fewer than some."""
    return max(LEAST_ROWS, affordable_rows(background, unit))


def rows_at_once(background: Background, unit: Unit) -> int:
    """Few enough for their contributions to fit into memory, and for each block to be within the budget of a table."""
    width = len(background.model.columns) * background.outputs(unit).shape[1]
    return max(1, min(MOST_ROWS, CELLS // width, affordable(background, unit)))
