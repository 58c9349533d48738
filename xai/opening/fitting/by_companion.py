"""A scaler or an encoder in a file of its own that is meant for some columns only: it is put where it names them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xai.adjustment import Adjustment, Step
from xai.errors import MatchError
from xai.labels import label_text
from xai.making import make
from xai.opening.companions import Companion, Scale
from xai.opening.fitting.draft import Draft, distinct, is_text, named
from xai.opening.fitting.spelling import alike
from xai.results import Label

_USED = ("encoder", "label-encoder", "scaler", "scaler-by-count", "class-names")


def encode(draft: Draft, companion: Companion) -> None:
    """One-hot columns and codes as the encoder has them: nothing about them is a guess."""
    for called, values in companion.one_hot.items():
        column = _column(draft, called)
        names = {name: value for value in values if (name := _dummy(draft, called, value))}
        facts = {"columns": names, "kind": companion.kind}
        if column and names and draft.does(Adjustment("encoder", column, facts, needed=True), by_itself=True):
            for name, value in names.items():
                draft.sources[name], draft.steps[name] = column, (Step("equals", {"value": value}),)
    for called, values in companion.codes.items():
        _code(draft, Adjustment("encoder", facts={"kind": companion.kind}), called, values, by_itself=True)
    if companion.labels:
        for name in [name for name in draft.sources if _has_these_values(draft, name, companion.labels)]:
            adjustment = Adjustment("label-encoder", facts={"kind": companion.kind})
            _code(draft, adjustment, name, companion.labels, by_itself=False)


def name_classes(draft: Draft, companion: Companion, classes: tuple[Label, ...]) -> None:
    """A LabelEncoder of the outcome says what the numbers of the classes mean."""
    if companion.labels and len(companion.labels) == len(classes) and set(classes) == set(range(len(classes))):
        names = tuple(companion.labels[int(label)] for label in classes)
        facts = {"names": {str(label): str(name) for label, name in zip(classes, names, strict=True)}}
        used = any(done.code == "label-encoder" for done in draft.adjustments)
        if not used and draft.does(Adjustment("class-names", facts=facts), by_itself=True):
            draft.classes = names


def scale(draft: Draft, companion: Companion) -> None:
    """Columns the scaler names; where it only counts them, those that are not just 0 and 1, which is a guess."""
    known = {name: scale for name in draft.sources if (scale := _scale(companion, name)) is not None}
    if known:
        adjustment = Adjustment("scaler", facts={"columns": _plain(known), "kind": companion.kind})
        if draft.does(adjustment, by_itself=True):
            _append(draft, known)
        return
    numbers = [name for name in draft.sources if _varies(draft, name)]
    if companion.unnamed_scales and len(numbers) == len(companion.unnamed_scales):
        pairs = dict(zip(numbers, companion.unnamed_scales, strict=True))
        facts = {"columns": _plain(pairs), "kind": companion.kind}
        if draft.does(Adjustment("scaler-by-count", facts=facts)):
            _append(draft, pairs)


def check(draft: Draft, companion: Companion) -> MatchError | None:
    """A companion that nothing can be done with belongs to another model, or to other columns."""
    found = [*draft.adjustments, *draft.offers]
    if any(adjustment.code in _USED for adjustment in found):
        return None
    names = [*companion.scales, *companion.one_hot, *companion.codes]
    return MatchError("companion-unused", companion=companion.kind, count=companion.count, columns=named(names))


def _column(draft: Draft, called: str) -> str | None:
    return next((name for name in draft.names if name == called), None) or next(
        (name for name in draft.free if alike(name, called)), None
    )


def _dummy(draft: Draft, called: str, value: Any) -> str | None:
    """The missing column that scikit-learn or pandas would call so."""
    return next((name for name in draft.missing if alike(name, f"{called}_{label_text(value)}")), None)


def _code(draft: Draft, adjustment: Adjustment, called: str, values: tuple[Any, ...], by_itself: bool) -> None:
    name = next((name for name in draft.sources if alike(name, called) and name not in draft.steps), None)
    if name is None or not is_text(draft.frame[draft.sources[name]]):
        return
    codes = {value: code for code, value in enumerate(values) if value is not None}
    facts = {**adjustment.facts, "codes": codes, "count": len(codes)}
    one = Adjustment(adjustment.code, draft.sources[name], facts, needed=True)
    if draft.does(one, by_itself=by_itself):
        draft.encode(name, codes)
    else:
        draft.coded.add(name)


def _has_these_values(draft: Draft, name: str, labels: tuple[Any, ...]) -> bool:
    values = distinct(draft.frame[draft.sources[name]], len(labels))
    return bool(values) and len(values) > 1 and set(values) <= set(labels)


def _scale(companion: Companion, name: str) -> Scale | None:
    return next((scale for called, scale in companion.scales.items() if alike(called, name)), None)


def _varies(draft: Draft, name: str) -> bool:
    """Whether what the model gets is more than 0 and 1."""
    column = make(draft.frame[draft.sources[name]], draft.steps.get(name, ()))
    return not is_text(column) and not set(column.dropna().unique()) <= {0, 1}


def _append(draft: Draft, scales: Mapping[str, Scale]) -> None:
    for name, (center, factor) in scales.items():
        step = Step("scaled", {"center": center, "scale": factor})
        draft.steps[name] = (*draft.steps.get(name, ()), step)


def _plain(scales: Mapping[str, Scale]) -> dict[str, list[float]]:
    return {name: list(scale) for name, scale in scales.items()}
