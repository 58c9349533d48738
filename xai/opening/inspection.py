"""What opening found out: one line per thing that was checked, and the answer of `inspect`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from xai.data import Column
from xai.inspection import Check
from xai.opening.files import OpenedFile
from xai.opening.matching import Matched
from xai.opening.scanning import version_key
from xai.opening.tables import Table
from xai.opening.targets import Target
from xai.results import Label, Notice, Quality, Task

_FEWEST = 10  # fewer rows say nothing about a model
_NAMED = 5  # so many columns are named in a sentence; the rest is counted


# --- the checks ------------------------------------------------------------------------------------------------------


def check_file(opened: OpenedFile, runs: str) -> list[Check]:
    """That it was read, and what its age means."""
    facts = opened.facts
    read = Check("read", "good", {"format": facts.format, "what": facts.top_class.rsplit(".", 1)[-1]})
    saved = facts.saved_with.get("scikit-learn")
    if saved is None:
        return [read, Check("version-unknown", "good")]
    said = {"saved": saved, "runs": runs}
    if opened.how == "repaired":
        what = _some([str(repair.facts["what"]) for repair in opened.repairs])
        return [read, Check("version-repaired", "care", {**said, "what": what})]
    if version_key(saved)[:2] == version_key(runs)[:2]:
        return [read, Check("version-same", "good", said)]
    return [read, Check("version-differs", "care", said)]


def check_task(task: Task, classes: Sequence[Label], target_class: Label | None) -> list[Check]:
    """What kind of answer the model gives, and which class is looked at."""
    if task == "regression":
        return [Check("task-regression", "good")]
    shown = ", ".join(map(str, classes[:_NAMED])) + (", …" if len(classes) > _NAMED else "")
    checks = [Check(f"task-{task}", "good", {"classes": shown, "count": len(classes)})]
    return [*checks, Check("positive", "good", {"label": target_class})] if task == "binary" else checks


def check_columns(matched: Matched, columns: Sequence[Column]) -> list[Check]:
    """That all are there, under which names, which are left over, and where values are missing."""
    count = len(columns)
    by_position = any(notice.code == "by-position" for notice in matched.notices)
    if by_position:
        checks = [Check("columns-by-position", "care", {"count": count})]
    elif matched.renamed:
        pairs = ", ".join(f"{old} → {new}" for old, new in matched.renamed.items())
        checks = [Check("columns-renamed", "care", {"count": count, "pairs": pairs})]
    else:
        checks = [Check("columns-found", "good", {"count": count})]
    if matched.ignored:
        checks.append(Check("left-over", "good", {"count": len(matched.ignored), "names": _some(matched.ignored)}))
    missing = [column.name for column in columns if column.missing]
    if not missing:
        return [*checks, Check("missing-none", "good")]
    cells = sum(column.missing for column in columns)
    return [*checks, Check("missing-some", "good", {"cells": cells, "count": len(missing), "names": _some(missing)})]


def check_target(target: Target, trouble: Notice | None) -> Check:
    """Which column holds the outcome, and how sure that is."""
    if trouble is not None:
        return Check(trouble.code, "care", trouble.facts)
    if target.name is None:
        return Check("target-none", "missing", {"candidates": _some(target.candidates)})
    verdict: Literal["good", "care"] = "care" if target.reason == "last" else "good"
    return Check(f"target-{target.reason}", verdict, {"target": target.name, "candidates": _some(target.candidates)})


def check_quality(quality: Quality | None) -> list[Check]:
    """Whether the model is any good on these rows. Without an outcome nothing is known."""
    if quality is None:
        return [Check("quality-unknown", "missing")]
    score = "r2" if quality.task == "regression" else "accuracy"
    mine, trivial = quality.metrics.get(score), quality.baseline.get(score)
    held_out = Check("held-out-known", "good") if quality.held_out else Check("held-out-unknown", "care")
    if mine is None or trivial is None:
        return [Check("quality-unknown", "missing"), held_out]
    if quality.rows < _FEWEST:
        return [Check("quality-few", "care", {"rows": quality.rows}), held_out]
    said = {"score": score, "model": mine, "baseline": trivial, "rows": quality.rows}
    if quality.metrics.get("auc", 1.0) < 0.3 and quality.task == "binary":
        return [Check("quality-swapped", "care", {**said, "auc": quality.metrics["auc"]}), held_out]
    if mine <= trivial:
        return [Check("quality-worse", "care", said), held_out]
    return [Check("quality-good", "good", said), held_out]


def check_table(table: Table) -> Check:
    """How the table was read; with something assumed it is worth a look."""
    said = {"format": table.format, "rows": len(table.frame), "count": table.frame.shape[1]}
    return Check("table-assumed", "care", said) if table.notices else Check("table", "good", said)


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:_NAMED]) + (", …" if len(names) > _NAMED else "") or "–"
