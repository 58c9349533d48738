"""Ceteris paribus: how a row's prediction moves when a single column moves (one ICE line: Goldstein et al. 2015)."""

from __future__ import annotations

import time
from dataclasses import replace

import pandas as pd

from xai.data import Dataset
from xai.effects.grid import grid_of, left_out, support_of, supported, typed
from xai.model import Model
from xai.results import Effect, Trust, freeze


def ceteris_paribus(
    model: Model, data: Dataset, row: pd.DataFrame, name: str, class_index: int, points: int = 60
) -> Effect:
    """The prediction of `row` (one row) along a grid of the column; everything else stays as it is.

    All changed rows run through the pipeline at once: for a single row there is nothing to transform only once.
    """
    start = time.perf_counter()
    column = data.column(name)
    current = row[name].iloc[0]
    grid = grid_of(column, data.frame[name], points, current)
    moved = pd.concat([row] * len(grid), ignore_index=True)
    moved[name] = typed(grid, row[name]).array
    predicted = model.predict(moved)[:, class_index]
    support, edges = support_of(column, data.frame[name], grid)
    effect = Effect(
        kind="ceteris_paribus",
        column=name,
        unit=model.unit,
        target_class=model.classes[class_index] if model.classes else None,
        grid=tuple(grid),
        prediction=freeze(predicted),
        current=current,
        support=support,
        edges=edges,
        trust=Trust(()),
        seconds=0.0,
        warnings=left_out(column, grid),
    )
    return replace(effect, trust=Trust((supported(effect),)), seconds=time.perf_counter() - start)
