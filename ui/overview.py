"""What the start page says beside its figures, for whoever draws it: the page itself, or its preview."""

from __future__ import annotations

from collections.abc import Iterable

from ui.description import Description
from ui.sources import Source
from xai.results import Importance, Quality
from xai.sentences import importance as importance_words
from xai.sentences import overview, phrases
from xai.texts import Wording

WIDE = 640  # pixels of the wide column, in a window 1280 wide
TOP = 6  # columns in the figure of what drives the model
_ROOM = 40  # characters of model and cases beside which a description still fits


def model_name(source: Source, wording: Wording) -> str:
    """ "Titanic · Random Forest", or the name of the file."""
    if "demo" in source:
        name = source["demo"]
        return f"{wording.say(f'demos.{name}.title')} · {wording.say(f'demos.{name}.model')}"
    return wording.raw(source["names"][0])


def are_long(model: str, cases: Iterable[str]) -> bool:
    """Whether these names leave no room for the case beside them. The same for all cases, so that nothing jumps."""
    return len(model) + sum(map(len, cases)) > _ROOM


def kind(source: Source, known: Description, wording: Wording) -> str:
    """What kind of model it is, plain: "Random Forest", or the class of the last step."""
    return wording.say(f"demos.{source['demo']}.model") if "demo" in source else known.steps[-1]


def counted(found: Importance, wording: Wording) -> str:
    """In which unit columns count, and over which rows."""
    shown = phrases.quantity(wording, found.unit, found.target_class)
    return f"{wording.say(f'start.drivers_{found.unit}', quantity=shown)} {importance_words.sample(found, wording)}"


def too_few(measured: Quality, wording: Wording) -> str:
    """Why nothing is said about quality."""
    return wording.say("checklist.quality-few", rows=wording.number(measured.rows, 0))


def scores(measured: Quality, known: Description, wording: Wording) -> str:
    """What the figure shows, how many of the positive class are found, the AUC; and on which rows."""
    return " ".join([*_scores(measured, known, wording), overview.rows_note(measured, wording)])


def _scores(measured: Quality, known: Description, wording: Wording) -> list[str]:
    if measured.task == "regression":
        mae = measured.metrics["mae"]
        return [wording.say("start.card.measure_regression", mae=wording.amount(mae, "target"))]
    parts = [wording.say("start.card.measure_classes")]
    if measured.task == "binary" and measured.confusion is not None:
        shown = known.target_class
        k = measured.classes.index(shown)
        found, total = int(measured.confusion[k, k]), int(measured.confusion[k].sum())
        counts = {"found": wording.number(found, 0), "total": wording.number(total, 0)}
        parts.append(wording.say("start.card.found", label=phrases.quoted(wording, shown), **counts))
    if "auc" in measured.metrics:
        parts.append(wording.say("start.card.auc", auc=wording.number(measured.metrics["auc"], 2)))
    return parts
