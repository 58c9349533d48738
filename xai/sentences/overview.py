"""Is the model any good, and what drives it? The two sentences a reader meets first."""

from __future__ import annotations

from xai.results import Importance, Quality
from xai.sentences import phrases
from xai.texts import Wording
from xai.texts.numbers import digits_for


def answer(quality: Quality | None, importance: Importance | None, wording: Wording) -> str:
    """How often the model is right (or how far off it is) beside the trivial answer, and which columns count most.

    Without known outcomes there is no quality, without an answer to the second question no importance.
    """
    if quality is None or not quality.judges:
        return "" if importance is None else _counts(importance, wording)
    good = _error(quality, wording) if quality.task == "regression" else _accuracy(quality, wording)
    return good if importance is None else f"{good} {_counts(importance, wording)}"


def rows_note(quality: Quality, wording: Wording) -> str:
    """On how many rows this was measured, and whether the model learned from them."""
    known = {True: "unseen", False: "seen", None: "unknown"}[quality.held_out]
    return wording.say(f"sentences.overview.rows_{known}", rows=wording.number(quality.rows, 0))


def _accuracy(quality: Quality, wording: Wording) -> str:
    model, trivial = quality.metrics["accuracy"], quality.baseline["accuracy"]
    right, always = of_hundred(model, wording), of_hundred(trivial, wording)
    facts = {
        "right": right,
        "rows": phrases.rows_after_of(wording),
        "answer": phrases.quoted(wording, quality.baseline_answer),
    }
    if right == always:
        return wording.say("sentences.overview.accuracy_equal", **facts)
    key = "accuracy" if model > trivial else "accuracy_below"
    return wording.say(f"sentences.overview.{key}", baseline=always, **facts)


def of_hundred(share: float, wording: Wording) -> str:
    """A whole number of 100; never "100" or "0" for what is not quite that."""
    rounded = round(100 * share)
    if rounded == 100 and share < 1:
        return wording.say("sentences.overview.almost_all")
    if rounded == 0 and share > 0:
        return wording.say("sentences.overview.almost_none")
    return wording.number(rounded, 0)


def _error(quality: Quality, wording: Wording) -> str:
    model, trivial = quality.metrics["mae"], quality.baseline["mae"]
    digits = digits_for(max(model, trivial))
    return wording.say(
        f"sentences.overview.error{'' if model <= trivial else '_below'}",
        error=wording.number(model, digits),
        r2=wording.number(quality.metrics["r2"], 2),
        baseline=wording.number(trivial, digits),
    )


def _counts(importance: Importance, wording: Wording) -> str:
    """The first two columns; side by side where their intervals overlap."""
    order = importance.order()
    sizes = importance.importance[order]
    if not len(order) or sizes[0] <= 0:
        return wording.say("sentences.overview.counts_none")
    first = wording.column(importance.columns[order[0]])
    if len(order) < 2 or sizes[1] <= 0.02 * sizes[0]:
        return wording.say("sentences.overview.counts_one", first=first)
    second = wording.column(importance.columns[order[1]])
    apart = importance.low[order[0]] > importance.high[order[1]] or sizes[1] < 0.8 * sizes[0]
    return wording.say(f"sentences.overview.counts_{'two' if apart else 'both'}", first=first, second=second)
