"""Results made by hand for the tests of the figures, and a reader of what a figure shows."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from xai.results import (
    Attribution,
    Counterfactual,
    Counterfactuals,
    Effect,
    Importance,
    Quality,
    Receipt,
    Trust,
    WhatIf,
)

NO_TRUST = Trust(())
ROSE = {"pclass": 1, "sex": "female", "age": 22.0, "sibsp": 0, "parch": 1}
ROSE_SHAP = (0.135, 0.207, -0.011, 0.006, 0.037)  # from .251 to .625
ROSE_LIME = (0.149, 0.289, 0.096, 0.001, 0.011)


def attribution(values: Any, row: dict[str, Any], base: float = 0.251, **other: Any) -> Attribution:
    values = np.asarray(values, float)
    facts = {"method": "shap", "unit": "probability", "prediction": base + float(values.sum()), "target_class": 1}
    return Attribution(
        algorithm="exact",
        columns=tuple(row),
        values=values,
        base=base,
        data=pd.DataFrame([row]),
        spread=np.zeros(len(values)),
        background_rows=100,
        seed=0,
        trust=NO_TRUST,
        seconds=0.1,
        **(facts | other),
    )


def rose() -> Attribution:
    return attribution(ROSE_SHAP, ROSE)


def rose_lime() -> Attribution:
    return attribution(ROSE_LIME, ROSE, method="lime", local_prediction=0.639, prediction=0.625)


def wide(columns: int = 20, **other: Any) -> Attribution:
    """Contributions 2000, -1900, 1800, …: a regression whose column names are long and hostile."""
    row = {f"<b>measurement</b> & number_{k}_of_the_year": 1000.5 + k for k in range(columns)}
    values = [(2000 - 100 * k) * (-1) ** k for k in range(columns)]
    return attribution(values, row, base=3933.0, **({"unit": "target", "target_class": None} | other))


def importance(sizes: Any, names: Any, spread: float = 0.0, **other: Any) -> Importance:
    sizes = np.asarray(sizes, float)
    facts = {"method": "shap", "unit": "probability", "target_class": 1}
    return Importance(
        algorithm="exact",
        columns=tuple(names),
        importance=sizes,
        low=sizes - spread,
        high=sizes + spread,
        direction=np.full(len(sizes), 0.9),
        rows_used=262,
        rows_total=1309,
        seed=0,
        trust=NO_TRUST,
        seconds=0.1,
        **(facts | other),
    )


def many_rows(rows: int = 400) -> Importance:
    """SHAP values of two columns, a number and a category, with a missing number."""
    random = np.random.default_rng(0)
    data = pd.DataFrame({"age": random.integers(1, 80, rows).astype(float), "sex": ["female", "male"] * (rows // 2)})
    values = np.column_stack([(40 - data["age"]) / 400, np.where(data["sex"] == "female", 0.2, -0.1)])
    data.loc[0, "age"] = np.nan
    return importance(np.abs(values).mean(axis=0), data.columns, values=values.astype("float32"), data=data)


def quality(**other: Any) -> Quality:
    facts = {
        "task": "binary",
        "metrics": {"accuracy": 0.79},
        "baseline": {"accuracy": 0.733},
        "baseline_answer": "no",
        "classes": ("no", "yes"),
        "confusion": np.array([[180, 12], [43, 27]]),
    }
    return Quality(target="y", rows=262, held_out=True, trust=NO_TRUST, seconds=0.1, **(facts | other))


def effect(grid: Any, prediction: Any, current: Any, support: Any, edges: Any, **other: Any) -> Effect:
    facts = {"kind": "ceteris_paribus", "column": "age", "unit": "probability", "target_class": 1}
    return Effect(
        grid=tuple(grid),
        prediction=np.asarray(prediction, float),
        current=current,
        support=tuple(support),
        edges=None if edges is None else tuple(edges),
        trust=NO_TRUST,
        seconds=0.1,
        **(facts | other),
    )


def age_effect(**other: Any) -> Effect:
    """Ten years to a bin; at 40 and above the data has fewer than five rows."""
    grid = list(range(0, 81, 5))
    return effect(grid, [0.7 - age / 200 for age in grid], 22.0, (9, 9, 9, 9, 2, 2, 2, 2), range(0, 81, 10), **other)


def counterfactual(changes: dict[str, tuple[Any, Any]], steps: tuple[float, ...]) -> Counterfactual:
    receipt = Receipt(True, True, len(changes), 1.0, 0.5, 3, 0.1)
    return Counterfactual(changes, {}, steps[-1], 0, steps, receipt, "dice-random")


def counterfactuals(*items: Counterfactual, **other: Any) -> Counterfactuals:
    facts = {"unit": "probability", "target_class": 1, "desired": 0, "prediction": 0.626, "label": 1}
    return Counterfactuals(
        method="auto",
        algorithm="dice-random",
        row={},
        counterfactuals=items,
        blocked_by=(),
        nearest=None,
        candidates=9,
        dropped=0,
        keep=(),
        seed=0,
        trust=NO_TRUST,
        seconds=0.1,
        **(facts | other),
    )


def what_if() -> WhatIf:
    after = attribution((-0.096, 0.152, 0.007, 0.012, 0.036), ROSE | {"pclass": 3})
    return WhatIf({"pclass": (1, 3)}, rose(), after, NO_TRUST, 0.1)


def arrows(figure: go.Figure, axis: str = "x") -> list[tuple[float, float, str]]:
    """(start, end, colour) of each arrow, from top to bottom."""
    found = [
        trace for trace in figure.data if trace.fill == "toself" and trace.xaxis in (axis, axis.replace("x1", "x"))
    ]
    return [(trace.x[0], trace.x[2], trace.fillcolor) for trace in sorted(found, key=lambda trace: -trace.y[2])]


def texts(figure: go.Figure) -> list[str]:
    return [annotation.text for annotation in figure.layout.annotations]


def names(figure: go.Figure) -> list[str]:
    """What stands left of the axis, from top to bottom, without markup."""
    found = [a for a in figure.layout.annotations if a.xref == "paper" and a.x == 0 and a.xanchor == "right"]
    return [re.sub(r"</?b>|<br>", "", a.text) for a in sorted(found, key=lambda a: -a.y)]


def visible(text: str) -> str:
    """The words of a text, without markup."""
    return re.sub(r"<[^>]+>", "", text)
