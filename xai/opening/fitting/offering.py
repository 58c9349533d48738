"""Offers with their evidence: what makes the model predict at all, and what would make it predict better."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from xai.adjustment import Adjustment, Evidence
from xai.errors import DataError
from xai.opening.fitting import answers, scaling
from xai.opening.fitting.decisions import Decisions
from xai.opening.fitting.evidence import Measured, evidence, measure, r_squared
from xai.opening.fitting.fit import Fit
from xai.opening.fitting.wanted import Wanted
from xai.opening.targets import detect_target
from xai.quality.scores import SWAPPED, leading
from xai.results import Label, Quality, Task

_CLEARLY = 0.1  # accuracy or R² that an offer must add where the model predicts without it
_GOOD = 0.2  # R² it must reach
_SLIGHTLY = 0.02
_ALIKE = 0.001  # R² by which two functions must differ to be told apart
_HARDLY = 0.05  # accuracy above the trivial answer's
_WEAK_AUC = 0.65
_MOST_TRIED = 8
_ROUNDS = 4
_EXCLUSIVE = "array-"  # of these layouts only one can be right

Fitting = Callable[[Decisions], Fit]


@dataclass(frozen=True)
class Offering:
    """What is needed to try an offer: the model, and how its table is fitted under other decisions."""

    estimator: Any
    wanted: Wanted
    classes: tuple[Label, ...]
    target: str | None
    decisions: Decisions
    fit: Fitting

    def under(self, offers: Iterable[Adjustment]) -> Fit:
        """The table as it would be with these offers accepted."""
        return self.fit(self.decisions.and_accepting(offers))

    def measured(self, offers: Iterable[Adjustment]) -> Measured | None:
        """The model's score as it would be with them."""
        return self.score(self.under(offers))

    def score(self, fitted: Fit) -> Measured | None:
        return measure(fitted, self.estimator, self._outcome(fitted), self.classes)

    def _outcome(self, fitted: Fit) -> str | None:
        """The column of the outcome; it may have got its name only by an offer."""
        if self.target is None or self.target in fitted.frame or not fitted.columns:
            return self.target
        try:
            return detect_target(fitted.frame, fitted.columns, None, self._task(), self.classes).name
        except DataError:
            return None

    def _task(self) -> Task:
        return "regression" if not self.classes else "binary" if len(self.classes) == 2 else "multiclass"


def needed(offering: Offering, offers: Sequence[Adjustment]) -> tuple[Adjustment, ...]:
    """Offers without which the model cannot predict, with what it would be worth to take all of them.

    One may lead to others: a column that is found may hold words. Layouts of an array exclude each other: the best is
    kept where outcomes tell, all of them where none are known.
    """
    layouts = [offer for offer in offers if offer.code.startswith(_EXCLUSIVE)]
    chosen = [offer for offer in offers if offer not in layouts]
    if layouts:
        return (*_best_layout(offering, layouts, chosen), *chosen)
    fitted = offering.under(chosen)
    for _ in range(_ROUNDS):
        keys = {offer.key for offer in chosen}
        if not (more := [offer for offer in fitted.needed if offer.key not in keys]):
            break
        chosen += more
        fitted = offering.under(chosen)
    found = offering.score(fitted)
    if found is None and fitted.error is None and (gaps := fitted.gaps(offering.estimator)) not in (None, *chosen):
        found = offering.measured([*chosen, gaps])
        chosen += [gaps] if found else []
    chosen, found = _and_better(offering, fitted, chosen, found)
    return tuple(offer.measured(_with(evidence(None, found), chosen, offer)) for offer in chosen)


def _and_better(
    offering: Offering, fitted: Fit, chosen: list[Adjustment], found: Measured | None
) -> tuple[list[Adjustment], Measured | None]:
    """What clearly improves on the offers goes with them: the other direction of two codes, shares for per cents."""
    keys = {offer.key for offer in chosen}
    further = [offer for offer in fitted.offers if offer.key not in keys] + _flips(fitted)
    for offer in further[:_MOST_TRIED] if fitted.error is None else ():
        better = offering.measured([*chosen, offer])
        if better is not None and better.value >= (found.value if found else better.baseline) + _SLIGHTLY:
            chosen, found = [*chosen, offer], better
    return chosen, found


def _flips(fitted: Fit) -> list[Adjustment]:
    return [Adjustment("flip", column) for column in sorted(fitted.flippable)]


def _best_layout(offering: Offering, layouts: list[Adjustment], others: list[Adjustment]) -> tuple[Adjustment, ...]:
    tried = [layout.measured(evidence(None, offering.measured([layout, *others]))) for layout in layouts]
    known = [layout for layout in tried if layout.evidence is not None]
    return (max(known, key=lambda layout: layout.evidence.with_it),) if known else tuple(tried)


def _with(found: Evidence | None, others: Iterable[Adjustment], offer: Adjustment) -> Evidence | None:
    """The evidence of several offers, as it belongs to one of them."""
    keys = tuple(other.key for other in others if other is not offer)
    return None if found is None else replace(found, together=keys)


def helpful(offering: Offering, fitted: Fit, quality: Quality | None) -> tuple[Adjustment, ...]:
    """Offers for a model that predicts, each with its score and the one without it; for a poor one, what rescues it."""
    if not fitted.offers and not fitted.flippable and not _poor(quality):
        return ()
    now = offering.score(fitted)
    offers = [_tried(offering, offer, now) for offer in fitted.offers]
    if now is None:
        return tuple(offers)
    flips = [_tried(offering, flip, now) for flip in _flips(fitted)[:_MOST_TRIED]]
    offers += [flip for flip in flips if _gains(flip, _SLIGHTLY)]
    if not _poor(quality) or any(_gains(offer, _CLEARLY) for offer in offers):
        return tuple(offers)
    return (*offers, *_rescues(offering, fitted, now, quality))


def good(quality: Quality | None) -> bool:
    """Whether outcomes are known and the model is clearly better than the trivial answer."""
    return quality is not None and not _poor(quality)


def _poor(quality: Quality | None) -> bool:
    """No better than the trivial answer, or hardly: such a model was trained on something else than the table shows."""
    if quality is None:
        return False
    name = leading(quality.task)
    least = _GOOD if quality.task == "regression" else quality.baseline.get(name, 0.0) + _HARDLY
    weak_order = quality.task == "binary" and quality.metrics.get("auc", 1.0) < _WEAK_AUC
    return weak_order or quality.metrics.get(name, 1.0) < least


def _tried(offering: Offering, offer: Adjustment, now: Measured | None) -> Adjustment:
    return offer.measured(evidence(now, offering.measured([offer])))


def _gains(offer: Adjustment, least: float) -> bool:
    found = offer.evidence
    return found is not None and found.with_it >= (found.without or 0.0) + least and found.with_it > found.baseline


def _rescues(offering: Offering, fitted: Fit, now: Measured, quality: Quality) -> tuple[Adjustment, ...]:
    if quality.metrics.get("auc", 1.0) < SWAPPED and len(offering.classes) == 2:
        swap = _tried(offering, Adjustment("swap"), now)
        if _gains(swap, _SLIGHTLY):
            return (swap,)
    functions = _functions(now)
    best = max(functions.values(), default=-np.inf)
    if best >= max(_GOOD, now.value + _CLEARLY):
        alike = [code for code, value in functions.items() if value >= best - _ALIKE]  # outcomes do not tell which
        return tuple(_tried(offering, Adjustment(code), now) for code in alike)
    return _scaled(offering, fitted, now)


def _functions(found: Measured) -> dict[str, float]:
    """What may undo what training did to the outcome -> R² with it. Nothing for classes."""
    scores: dict[str, float] = {}
    for code, (_, back) in answers.FUNCTIONS.items() if found.score == "r2" else ():
        with np.errstate(over="ignore", invalid="ignore"):
            said = back(found.answers)
        if np.isfinite(said).all():
            scores[code] = r_squared(found.actual, said)
    return scores


def _best_function(found: Measured) -> tuple[str | None, float]:
    """The best of them, and R² with it."""
    scores = _functions(found)
    best = max(scores, key=scores.__getitem__, default=None)
    return (None, -np.inf) if best is None else (best, scores[best])


def _scaled(offering: Offering, fitted: Fit, now: Measured) -> tuple[Adjustment, ...]:
    """The table's own means and spreads in place of a lost scaler; perhaps with a function of the answers as well."""
    if offering.wanted.scales or any(done.code in scaling.CODES for done in fitted.adjustments):
        return ()
    tried: dict[str, Measured] = {}
    for code in scaling.CODES:
        if (found := offering.measured([Adjustment(code)])) is not None:
            tried[code] = found
    if not tried:
        return ()
    bare = max(tried, key=lambda code: tried[code].value)
    bent = max(tried, key=lambda code: _best_function(tried[code])[1])
    function, reached = _best_function(tried[bent])
    offers, value = [Adjustment(bare)], tried[bare].value
    if function is not None and reached > value + _CLEARLY:
        offers, value = [Adjustment(bent), Adjustment(function)], reached
    if value < max(now.baseline, now.value) + _CLEARLY:
        return ()
    together = evidence(now, offering.measured(offers))
    return tuple(offer.measured(_with(together, offers, offer)) for offer in offers)
