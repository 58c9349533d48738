"""Model and table together: from two files (or a demo's name) to an Explainer and what was found out on the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pandas as pd
import sklearn

from xai.environments.opening import Originals, Where, open_original, somewhere
from xai.environments.proof import proven
from xai.errors import QuestionError
from xai.explainer import Explainer
from xai.inspection import Inspection
from xai.model import Model, Said, expected_columns
from xai.opening import OpenedFile, demos, read_table
from xai.opening import inspection as found
from xai.opening.companions import Beside
from xai.opening.files import opened_here
from xai.opening.fitting.decisions import Decisions
from xai.opening.fitting.joining import Joined, join
from xai.opening.fitting.learned import check_values
from xai.opening.fitting.offering import good
from xai.opening.fitting.plausible import MOST_ROWS, check_answers
from xai.opening.fitting.wanted import wanted
from xai.opening.reading import read_model_file
from xai.opening.tables import Table
from xai.positive import positive_class
from xai.results import Label, Notice, Quality

_DEMO = "demo:"


@dataclass(frozen=True)
class Opened:
    """Ready to be asked."""

    explainer: Explainer | None  # None where no table was given
    inspection: Inspection


def open_both(
    model: bytes | Path | str,
    data: bytes | Path | None = None,
    *,
    model_name: str | None = None,
    data_name: str | None = None,
    target: str | None = None,
    target_class: Label | None = None,
    object_key: str | None = None,
    companion: bytes | Path | None = None,
    companion_name: str | None = None,
    renames: Mapping[str, str] | None = None,
    accept: Sequence[str] | None = None,
    undo: Sequence[str] | None = None,
    seed: int = 0,
    environment: Where | None = None,
    originals: Originals | None = None,
    prove: bool = False,
) -> Opened:
    """Open a model and its table in this process, and fit them together.

    Parameters
    ----------
    model : bytes or path of a file, or "demo:NAME" (then `data` may stay away: a demo brings its own).
    target : the outcome's column; detected where it is None, left out where it is "".
    target_class : the class to look at; default: the positive one.
    object_key : which model of a file with several.
    companion : a fitted preprocessing that was saved apart from the model.
    renames : column of the table -> column of the model.
    accept, undo : adjustments (see `xai.opening.fitting`) by key, "one-hot=city", or by code for all columns.
    environment : "own": run the model under the versions it was saved with; "here": never; default: where it helps.
    originals : starts (or has started) the program that runs it there; without it, models run here or not at all.
    prove : compare the model as it runs here with its own versions, on rows of the table.

    Raises OpeningError, DataError, MatchError (perhaps with `offers`), QuestionError ("unknown-demo", "unknown-class").
    """
    demo = demos.demo(model.removeprefix(_DEMO)) if isinstance(model, str) and model.startswith(_DEMO) else None
    source = Path(model) if isinstance(model, str) else model
    files = [(demo.model_path if demo else source, model_name)]
    files += [] if companion is None else [(companion, companion_name)]
    if prove and data is None and demo is None:
        raise QuestionError("no-table")
    decisions = Decisions.of(accept, undo, renames)
    with_table = partial(_with_table, demo, data, data_name, target, target_class, decisions, seed)
    found = somewhere(
        lambda: with_table(_open_demo(demo) if demo else opened_here(files, object_key)),
        lambda: with_table(open_original(files, object_key, originals)),
        files,
        environment,
        originals,
    )
    if prove:
        inspection = proven(found.inspection, found.explainer, files, originals)
        return replace(found, inspection=inspection)
    return found


def _with_table(
    demo: demos.Demo | None,
    data: bytes | Path | None,
    data_name: str | None,
    target: str | None,
    target_class: Label | None,
    decisions: Decisions,
    seed: int,
    opened: OpenedFile,
) -> Opened:
    own_table = demo is not None and data is None
    if data is None and demo is None:
        return Opened(None, _without_table(opened))
    narrow = wanted(opened.estimator, opened.columns).single
    table = read_table(demo.data_path if own_table else data, data_name, narrow)
    asked = target if target is not None or not own_table else demo.target
    shown = target_class if target_class is not None or demo is None else demo.positive
    held_out_from = demo.held_out_from if own_table else None
    return _joined(opened, table, asked, shown, decisions, seed, held_out_from)


def _open_demo(demo: demos.Demo) -> OpenedFile:
    """Its file is known by its checksum, so it is opened as it is."""
    estimator = demos.load_model(demo)
    facts, _ = read_model_file(demo.model_path.read_bytes(), demo.model_path.name)
    return OpenedFile(estimator, facts, "as is", (), ())


def _joined(
    opened: OpenedFile,
    table: Table,
    asked: str | None,
    target_class: Label | None,
    decisions: Decisions,
    seed: int,
    held_out_from: int | None,
) -> Opened:
    beside = Beside(opened.columns, opened.classes, opened.target, opened.companion)
    joined = join(opened.estimator, table, asked, decisions, opened, beside)
    used = None if joined.trouble else joined.target.name
    frame = _with_rest(joined, used)
    explainer = Explainer(joined.model, frame, used, seed=seed, target_class=target_class, held_out_from=held_out_from)
    said = joined.model.says(frame) if used is not None and len(frame) <= MOST_ROWS else None
    quality = explainer.quality(said) if used is not None else None
    notices = (*opened.warnings, *table.notices, *joined.notices)
    return Opened(explainer, _inspection(opened, table, joined, explainer, quality, said, notices))


def _with_rest(joined: Joined, target: str | None) -> pd.DataFrame:
    """The model's columns, the outcome in the model's labels, and, where names tell them apart, all other columns."""
    parts = [joined.fitted.inputs]
    if target is not None and joined.outcome is not None:
        parts.append(joined.outcome.rename(target).to_frame())
    if joined.fitted.framed:
        parts.append(joined.fitted.frame[[name for name in joined.fitted.ignored if name != target]])
    return pd.concat(parts, axis="columns")


def _inspection(
    opened: OpenedFile,
    table: Table,
    joined: Joined,
    explainer: Explainer,
    quality: Quality | None,
    said: Said | None,
    notices: tuple[Notice, ...],
) -> Inspection:
    model, columns, fitted, target = explainer.model, explainer.data.columns, joined.fitted, joined.target
    ignored = tuple(name for name in fitted.ignored if name != target.name)
    offers = joined.offers(quality)
    checks = (
        *found.check_file(opened, sklearn.__version__),
        found.check_table(table),
        *found.check_columns(fitted, columns, ignored),
        found.check_target(target, joined.trouble),
        *found.check_task(model.task, model.classes, explainer.target_class),
        *check_answers(model, fitted.inputs, joined.outcome, quality, said),
        *(() if good(quality) else check_values(model, fitted.inputs)),
        *found.check_quality(quality, offers, target.guessed),
    )
    return replace(
        _without_table(opened),
        steps=model.steps,
        task=model.task,
        classes=model.classes,
        target_class=explainer.target_class,
        columns=columns,
        column_names=model.columns,
        target=None if joined.trouble else target.name,
        target_candidates=target.candidates,
        ignored=ignored,
        rows=len(explainer.data.frame),
        quality=quality,
        checks=checks,
        adjustments=fitted.adjustments,
        offers=offers,
        recipe=replace(fitted.recipe, preprocessing=any(said.code == "joined-files" for said in opened.warnings)),
        warnings=(*notices, *(quality.warnings if quality else ())),
    )


def _without_table(opened: OpenedFile) -> Inspection:
    """What the file alone tells."""
    estimator = opened.estimator
    names = expected_columns(estimator) or opened.columns or ()
    model = Model(estimator, names or ("",), origin=opened, classes=opened.classes)
    positive = positive_class(model.classes) if model.task == "binary" else None
    return Inspection(
        name=opened.facts.name,
        format=opened.facts.format,
        saved_with=opened.facts.saved_with,
        runs_with=opened.runs_with,
        how=opened.how,
        repairs=opened.repairs,
        steps=model.steps,
        task=model.task,
        classes=model.classes,
        target_class=positive,
        columns=(),
        column_names=names,
        target=None,
        target_candidates=(),
        ignored=(),
        rows=None,
        quality=None,
        checks=(
            *found.check_file(opened, sklearn.__version__),
            *found.check_task(model.task, model.classes, positive),
        ),
        warnings=opened.warnings,
        outline=str(opened.facts.structure or ""),
        object_key=opened.key,
        objects=opened.options,
    )
