"""What opening found out: one line per thing that was checked, and the answer of `inspect`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.metadata import version as distribution_version
from typing import Any, Literal

from xai.adjustment import Adjustment
from xai.data import Column
from xai.encoding import split
from xai.inspection import Check
from xai.labels import label_text
from xai.opening.files import OpenedFile
from xai.opening.fitting.fit import Fit
from xai.opening.guards.names import importable
from xai.opening.scanning import version_key
from xai.opening.tables import Table
from xai.opening.targets import Target, counts_rows
from xai.quality.scores import SWAPPED
from xai.results import Label, Notice, Quality, Task

_FEWEST = 10  # fewer rows say nothing about a model
_NAMED = 5  # so many columns are named in a sentence; the rest is counted
_REPAIRS_NAMED = 3  # all stand in the list beside it


# --- the checks ------------------------------------------------------------------------------------------------------


def check_file(opened: OpenedFile, runs: str) -> list[Check]:
    """That it was read, and what its age means."""
    facts = opened.facts
    transformers, final, _ = split(opened.estimator)
    steps = " → ".join(type(step).__name__ for step in (*transformers, final))
    what = steps if facts.structure is None or opened.key else str(facts.structure)
    read = Check("read", "good", {"format": facts.format, "what": what})
    saved = facts.saved_with.get("scikit-learn")
    if saved is None:
        return [read, _other_library(facts.saved_with) or Check("version-unknown", "good")]
    if opened.how == "own environment":
        there = {"saved": opened.runs_with["scikit-learn"], "runs": runs, "python": opened.runs_with["python"]}
        return [read, Check("version-own", "good", there)]
    said = {"saved": saved, "runs": runs}
    if opened.how == "repaired":
        done = [what for repair in opened.repairs for what in str(repair.facts["what"]).split(", ")]
        named = {"count": len(done), "what": ", ".join(done[:_REPAIRS_NAMED])}
        return [read, Check("version-repaired", "care", {**said, **named})]
    if version_key(saved)[:2] == version_key(runs)[:2]:
        return [read, Check("version-same", "good", said)]
    return [read, Check("version-differs", "care", said)]


def _other_library(saved: Mapping[str, str]) -> Check | None:
    """The version of a boosting library, where the file states that and no scikit-learn."""
    for library, version in saved.items():
        if importable(library):
            runs = f"{library} {distribution_version(library)}"
            return Check("version-library", "good", {"saved": f"{library} {version}", "runs": runs})
    return None


def check_task(task: Task, classes: Sequence[Label], target_class: Label | None) -> list[Check]:
    """What kind of answer the model gives, and which class is looked at."""
    if task == "regression":
        return [Check("task-regression", "good")]
    shown = ", ".join(map(str, classes[:_NAMED])) + (", …" if len(classes) > _NAMED else "")
    checks = [Check(f"task-{task}", "good", {"classes": shown, "count": len(classes)})]
    return [*checks, Check("positive", "good", {"label": target_class})] if task == "binary" else checks


def check_columns(fitted: Fit, columns: Sequence[Column], ignored: Sequence[str]) -> list[Check]:
    """That all are there, which are left over, and where values are missing or unknown to the model."""
    count = len(columns)
    renamed = any(one.name != one.column for one in fitted.made)
    code = "columns-found" if fitted.named and not renamed else "columns-made" if fitted.made else "columns-by-position"
    checks = [Check(code, "care" if code == "columns-by-position" else "good", {"count": count})]
    if ignored:
        counting = [name for name in ignored if counts_rows(name, fitted.frame[name])]
        said = {"count": len(ignored), "names": _some(ignored)}
        more = {**said, "counting": _some(counting)}
        checks.append(Check("left-over-counting", "good", more) if counting else Check("left-over", "good", said))
    checks += [_unknown(column, counts) for column, counts in fitted.unknown.items() if column in fitted.columns]
    missing = [column.name for column in columns if column.missing]
    if not missing:
        return [*checks, Check("missing-none", "good")]
    cells = sum(column.missing for column in columns)
    return [*checks, Check("missing-some", "good", {"cells": cells, "count": len(missing), "names": _some(missing)})]


def _unknown(column: str, counts: Mapping[Any, int]) -> Check:
    """Categories the model has never seen: it takes the rows, but knows nothing about that value."""
    values = _some([f"{label_text(value)} ({rows})" for value, rows in counts.items()])
    rows = sum(counts.values())
    return Check("categories-unknown", "care", {"column": column, "values": values, "rows": rows})


def check_target(target: Target, trouble: Notice | None) -> Check:
    """Which column holds the outcome, and how sure that is."""
    if trouble is not None:
        return Check(trouble.code, "care", trouble.facts)
    if target.name is None:
        return Check("target-none", "missing", {"candidates": _some(target.candidates)})
    verdict: Literal["good", "care"] = "care" if target.guessed else "good"
    return Check(f"target-{target.reason}", verdict, {"target": target.name, "candidates": _some(target.others)})


def check_quality(quality: Quality | None, offers: Sequence[Adjustment] = (), guessed: bool = False) -> list[Check]:
    """Whether the model is any good on these rows; nothing is known without an outcome. `guessed`: which one it is."""
    if quality is None:
        return [Check("quality-unknown", "missing")]
    score = "r2" if quality.task == "regression" else "accuracy"
    mine, trivial = quality.metrics.get(score), quality.baseline.get(score)
    held_out = Check("held-out-known", "good") if quality.held_out else Check("held-out-unknown", "care")
    if quality.rows < _FEWEST:
        return [Check("quality-few", "care", {"rows": quality.rows}), held_out]
    if mine is None or trivial is None:
        return [Check("quality-unknown", "missing"), held_out]
    said = {"score": score, "model": mine, "baseline": trivial, "rows": quality.rows}
    if quality.metrics.get("auc", 1.0) < SWAPPED and quality.task == "binary":
        return [Check("quality-swapped", "care", {**said, "auc": quality.metrics["auc"]}), held_out]
    if mine <= trivial:
        explained = any(offer.evidence is not None and offer.evidence.convinces for offer in offers)
        reason = "explained" if explained else "guessed" if guessed else score
        code = f"quality-worse-{reason}"
        return [Check(code, "care", said), held_out]
    return [Check("quality-good", "good", said), held_out]


def check_table(table: Table) -> Check:
    """How the table was read; with something assumed it is worth a look."""
    said = {"format": table.format, "rows": len(table.frame), "count": table.frame.shape[1]}
    return Check("table-assumed", "care", said) if table.notices else Check("table", "good", said)


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:_NAMED]) + (", …" if len(names) > _NAMED else "") or "–"
