"""What came of all models as a page for readers of the project."""

from __future__ import annotations

import platform
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from importlib.util import find_spec
from itertools import accumulate

from benchmarks.versions.comparing import EXACT, NOISE, SINGLE, Outcome, in_single_precision
from xai.inspection import Repair
from xai.sentences import checklist, errors
from xai.texts import Wording

WORDS = Wording("en")
SYMBOLS = {
    "as is": ("✓", "predicts what it did, as it is"),
    "repaired": ("r", "predicts what it did, after repairs"),
    "own environment": (
        "o",
        "predicts what it did, under its own version; here it would not",
    ),
    "refused": ("✗", "refused with a sentence"),
    "left out": ("·", "could not be fitted with that version: it has no such class, option or library"),
    "wrong": ("WRONG", "predicts something else"),
}
_LIBRARIES = ("scikit-learn", "numpy", "pandas", "xgboost", "lightgbm", "imbalanced-learn", "category-encoders")
_MODULES = {
    "scikit-learn": "sklearn",
    "imbalanced-learn": "imblearn",
    "category-encoders": "category_encoders",
}
_NAMED = 150  # characters of what a repair put right; the rest is counted

_INTRODUCTION = """# Models of earlier versions

{models} estimators and pipelines were fitted and saved with each of {versions} versions of scikit-learn ({first} to
{last}), each with the Python, NumPy and pandas of its time, as pickle or joblib files packed in several ways. Each
version wrote down what its models answer (`predict`, `predict_proba`, `decision_function`) for 100 complete rows, for
the same with gaps and with unseen categories, and what they refuse. Then each file was opened here as the app opens
it, and asked for the same.

Here: {here}.

{legend}

“What it did” means: the same label on every row, the same refusals, missing values in the same places, and numbers that
differ by no more than {noise} (relative, and absolute below 1), which is the rounding of other numerical libraries. The
largest difference is {largest}; {exactly} models differ by less than {exact}. XGBoost and LightGBM compute in
single precision: {allowed} is allowed there; the largest difference is {found}. Nothing else is tolerated: what would
predict another number here runs under its own version, or is refused.

This page is written by `python -m benchmarks.versions`, which makes the environments with
[uv](https://docs.astral.sh/uv/), fits, opens and compares."""


def page(outcomes: Sequence[Outcome]) -> str:
    """The whole page in Markdown."""
    parts = [_introduction(outcomes), _counts(outcomes), _grid(outcomes), _repairs(outcomes), _elsewhere(outcomes)]
    return "\n\n".join(filter(None, [*parts, _left_out(outcomes)])) + "\n"


def _introduction(outcomes: Sequence[Outcome]) -> str:
    saved = _versions(outcomes)
    double, single = ([each for each in outcomes if each.predicts and _single(each) == half] for half in (False, True))
    return _INTRODUCTION.format(
        models=len(_names(outcomes)),
        versions=len(saved),
        first=saved[0],
        last=saved[-1],
        here=f"Python {platform.python_version()}, " + ", ".join(f"{name} {version(name)}" for name in _installed()),
        legend="\n".join(f"- `{symbol}` {meaning}" for how, (symbol, meaning) in SYMBOLS.items() if how != "wrong"),
        noise=_power(NOISE),
        largest=_largest(double),
        exact=_power(EXACT),
        exactly=f"{sum(each.difference <= EXACT for each in double):,} of {len(double):,}",
        allowed=_power(SINGLE),
        found=_largest(single),
    )


def _installed() -> list[str]:
    return [name for name in _LIBRARIES if find_spec(_MODULES.get(name, name))]


def _largest(outcomes: Sequence[Outcome]) -> str:
    found = max((each.difference for each in outcomes), default=0.0)
    return f"{found:.1e}" if found else "none"


def _power(number: float) -> str:
    return f"{number:.0e}"


def _counts(outcomes: Sequence[Outcome]) -> str:
    counted = {saved: Counter(each.how for each in outcomes if each.version == saved) for saved in _versions(outcomes)}
    hows = [how for how in SYMBOLS if any(counts[how] for counts in counted.values())]
    lines = [[SYMBOLS[how][1], *(str(counts[how]) for counts in counted.values())] for how in hows]
    return "## In numbers\n\n" + _table(["", *counted], lines)


def _grid(outcomes: Sequence[Outcome]) -> str:
    found = {(each.model, each.version): SYMBOLS[each.how][0] for each in outcomes}
    saved = _versions(outcomes)
    lines = [[name, *(found.get((name, each), "") for each in saved)] for name in _names(outcomes)]
    return "## Model by model\n\n" + _table(["saved with scikit-learn", *saved], lines)


def _repairs(outcomes: Sequence[Outcome]) -> str:
    """Each kind of repair once, with everything it put right anywhere."""
    what: dict[str, set[str]] = defaultdict(set)
    where: dict[str, list[Outcome]] = defaultdict(list)
    count: Counter[str] = Counter()
    for each in outcomes:
        for done in each.repairs:
            what[done.code].update(done.facts["what"].split(", "))
            count[done.code] += done.facts["count"]
            where[done.code].append(each)
    lines = []
    for code in sorted(where, key=lambda code: -len(where[code])):
        said = checklist.repair(Repair(code, {"count": count[code], "what": _some(sorted(what[code]))}), WORDS)
        saved = _versions(where[code])
        lines.append([said, saved[0] if len(saved) == 1 else f"{saved[0]} to {saved[-1]}", str(len(where[code]))])
    return "## What was repaired\n\n" + _table(["repair", "saved with", "models"], lines)


def _some(names: Sequence[str]) -> str:
    """The first of them, and how many there are more."""
    lengths = accumulate(len(name) + 2 for name in names)
    shown = max(1, sum(length <= _NAMED for length in lengths))
    return ", ".join(names[:shown]) + (f" and {len(names) - shown} more" if shown < len(names) else "")


def _elsewhere(outcomes: Sequence[Outcome]) -> str:
    """The sentences of everything that is not opened under today's versions."""
    said: dict[tuple[str, str, str], list[Outcome]] = defaultdict(list)
    for each in outcomes:
        if each.error is not None:
            what = {name: str(fact) for name, fact in each.error.facts.items() if name in ("what", "name")}
            said[(SYMBOLS[each.how][0], each.error.code, str(what))].append(each)
    lines = []
    for (symbol, _, _), found in said.items():
        models = "; ".join(_names(found))
        lines.append([f"`{symbol}`", errors.message(found[-1].error, WORDS), models, ", ".join(_versions(found))])
    if not lines:
        return ""
    return "## What is not opened under today’s versions\n\n" + _table(["", "sentence", "models", "saved with"], lines)


def _left_out(outcomes: Sequence[Outcome]) -> str:
    out = [each for each in outcomes if each.how == "left out"]
    lines = []
    for name in _names(out):
        found = [each for each in out if each.model == name]
        words = found[-1].said.split(" (")[0].replace("|", "¦").replace("`", "'")
        lines.append([name, ", ".join(_versions(found)), f"`{words}`"])
    if not lines:
        return ""
    return "## What those versions could not build\n\n" + _table(["model", "versions", "their words"], lines)


def _names(outcomes: Iterable[Outcome]) -> list[str]:
    return list(dict.fromkeys(each.model for each in outcomes))


def _versions(outcomes: Iterable[Outcome]) -> list[str]:
    return sorted({each.version for each in outcomes}, key=lambda text: [int(part) for part in text.split(".")[:3]])


def _single(outcome: Outcome) -> bool:
    return in_single_precision(outcome.model)


def _table(head: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    return "\n".join("| " + " | ".join(line) + " |" for line in (head, ["-"] * len(head), *lines))
