"""What drives the model? In words: the columns that count most, those that hardly count, and where methods differ."""

from __future__ import annotations

from xai.results import Importance
from xai.sentences import phrases
from xai.texts import Wording
from xai.texts.numbers import digits_for

HARDLY = 0.05  # of the largest: below this a column hardly counts
TOP = 3  # columns compared between two methods
_IN_POINTS = ("probability", "accuracy", "balanced_accuracy")


def answer(importance: Importance, wording: Wording) -> str:
    """The column that counts most and by how much, the next two, and how many hardly count."""
    order = [i for i in importance.order() if importance.importance[i] > 0]
    if not order:
        return wording.say("sentences.importance.nothing")
    first = wording.column(importance.columns[order[0]])
    facts = {"first": first, "size": _size(importance, order[0], wording, alone=True)}
    if importance.method == "permutation":
        facts["score"] = wording.say(f"sentences.scores.{importance.unit}")
    parts = [wording.say(f"sentences.importance.{importance.method}", **facts)]
    parts += _following(importance, order, wording)
    return " ".join(parts)


def _following(importance: Importance, order: list[int], wording: Wording) -> list[str]:
    least = HARDLY * importance.importance[order[0]]
    then = [i for i in order[1:3] if importance.importance[i] >= least]
    facts = {}
    for word, i in zip(("second", "third"), then, strict=False):
        facts |= {
            word: wording.column(importance.columns[i]),
            f"{word}_size": _size(importance, i, wording, alone=False),
        }
    parts = [wording.say(f"sentences.importance.then_{('one', 'two')[len(then) - 1]}", **facts)] if then else []
    total = len(importance.columns)
    hardly = int((importance.importance < least).sum())
    if hardly == 1:
        parts.append(wording.say("sentences.importance.hardly_one"))
    elif hardly:
        parts.append(wording.say("sentences.importance.hardly", n=hardly, total=total))
    return parts


def _size(importance: Importance, i: int, wording: Wording, alone: bool) -> str:
    """The importance of a column, a loss with its minus; the word "points" only where it stands for itself."""
    loss = importance.method == "permutation"
    x = float(importance.importance[i]) * (-1 if loss else 1)
    if importance.unit == "share":
        return wording.percent(x)
    if importance.unit in _IN_POINTS:
        digits = 0 if importance.importance.max() >= 0.02 else 1
        return phrases.size(wording, x, "probability", digits, sign=loss) if alone else wording.number(100 * x, digits)
    if importance.unit in ("r2", "auc", "f1"):
        return wording.number(x, 2)
    return wording.number(x, digits_for(float(importance.importance.max())))


def agreement(first: Importance, second: Importance, wording: Wording) -> str:
    """Whether two methods put the same columns on top; if not, what each of them measures."""
    tops = [_top(importance) for importance in (first, second)]
    count = min(map(len, tops))
    if not count:
        return ""
    tops = [top[:count] for top in tops]
    names = {
        "first": wording.say(f"sentences.importance.method_{first.method}"),
        "second": wording.say(f"sentences.importance.method_{second.method}"),
    }
    if set(tops[0]) == set(tops[1]):
        key = "agree_one" if count == 1 else "agree"
        return wording.say(f"sentences.importance.{key}", columns=phrases.columns(wording, tops[0]), **names)
    pair = sorted((first.method, second.method), key=("shap", "permutation", "native").index)
    return wording.say(
        "sentences.importance.disagree",
        first_columns=phrases.columns(wording, tops[0]),
        second_columns=phrases.columns(wording, tops[1]),
        reason=wording.say(f"sentences.importance.reason_{pair[0]}_{pair[1]}"),
        **names,
    )


def _top(importance: Importance) -> list[str]:
    """The columns that count most: at most three, and none that hardly counts."""
    order = importance.order()
    least = HARDLY * importance.importance[order[0]]
    return [importance.columns[i] for i in order[:TOP] if importance.importance[i] > max(least, 0)]


def sample(importance: Importance, wording: Wording) -> str:
    """The rows this was computed on, and the seed they were drawn with."""
    if importance.method == "native":
        return wording.say("sentences.importance.sample_native")
    return phrases.sample(wording, importance.rows_used, importance.rows_total, importance.seed)
