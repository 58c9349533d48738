"""Dependence: the contributions of one column over many rows, against its values (Lundberg et al. 2020)."""

from __future__ import annotations

from xai.data import Dataset
from xai.effects.grid import support_of
from xai.errors import QuestionError
from xai.results import Effect, Importance, Notice, freeze


def dependence(importance: Importance, data: Dataset, name: str) -> Effect:
    """The SHAP values behind an importance, for one column. Raises QuestionError("no-contributions")."""
    if importance.values is None or importance.data is None:
        raise QuestionError("no-contributions", method=importance.method)
    column = data.column(name)
    position = importance.columns.index(name)
    series = importance.data[name]
    present = series.notna().to_numpy()
    grid = series[present].tolist()
    support, edges = support_of(column, data.frame[name], grid)
    missing = int((~present).sum())
    return Effect(
        kind="dependence",
        column=name,
        unit=importance.unit,
        target_class=importance.target_class,
        grid=tuple(grid),
        prediction=freeze(importance.values[present, position].astype(float)),
        current=None,
        support=support,
        edges=edges,
        trust=importance.trust,
        seconds=importance.seconds,
        warnings=(Notice("missing-left-out", {"column": name, "rows": missing}),) if missing else (),
    )
