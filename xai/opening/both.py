"""Model and table together: from two files (or a demo's name) to an Explainer and what was found out on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pandas as pd
import sklearn

from xai.environments.opening import File, Originals, Where, open_original, somewhere
from xai.environments.proof import proven
from xai.errors import DataError, MatchError, OpeningError, QuestionError
from xai.explainer import Explainer
from xai.inspection import Inspection
from xai.model import Model, classes_of, expected_columns, expected_count, task_of
from xai.opening import OpenedFile, demos, open_estimator, open_preprocessing, read_table, with_preprocessing
from xai.opening import inspection as found
from xai.opening.matching import Matched, match
from xai.opening.reading import read_model_file
from xai.opening.tables import Table
from xai.opening.targets import Target, align_target, detect_target
from xai.positive import positive_class
from xai.results import Label, Notice, Quality

_DEMO = "demo:"
_TRIED = 500


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
    environment : "own": run the model under the versions it was saved with; "here": never; default: where it helps.
    originals : starts (or has started) the program that runs it there; without it, models run here or not at all.
    prove : compare the model as it runs here with its own versions, on rows of the table.

    Raises OpeningError, DataError, MatchError, QuestionError ("unknown-demo", "unknown-class").
    """
    demo = demos.demo(model.removeprefix(_DEMO)) if isinstance(model, str) and model.startswith(_DEMO) else None
    source = Path(model) if isinstance(model, str) else model
    files = [(demo.model_path if demo else source, model_name)]
    files += [] if companion is None else [(companion, companion_name)]
    if prove and data is None and demo is None:
        raise QuestionError("no-table")
    with_table = partial(_with_table, demo, data, data_name, target, target_class, renames, seed)
    found = somewhere(
        lambda: with_table(_open_here(demo, files, object_key)),
        lambda: with_table(open_original(files, object_key, originals)),
        files,
        environment,
        originals,
    )
    if prove:
        inspection = proven(found.inspection, found.explainer, files, object_key, originals)
        return replace(found, inspection=inspection)
    return found


def _open_here(demo: demos.Demo | None, files: list[File], object_key: str | None) -> OpenedFile:
    """The model, behind its preprocessing where that came in a second file."""
    opened = _open_demo(demo) if demo else open_estimator(*files[0], object_key)
    return with_preprocessing(opened, open_preprocessing(*files[1])) if len(files) > 1 else opened


def _with_table(
    demo: demos.Demo | None,
    data: bytes | Path | None,
    data_name: str | None,
    target: str | None,
    target_class: Label | None,
    renames: Mapping[str, str] | None,
    seed: int,
    opened: OpenedFile,
) -> Opened:
    own_table = demo is not None and data is None
    if data is None and demo is None:
        return Opened(None, _without_table(opened))
    table = read_table(demo.data_path if own_table else data, data_name)
    asked = target if target is not None or not own_table else demo.target
    shown = target_class if target_class is not None or demo is None else demo.positive
    held_out_from = demo.held_out_from if own_table else None
    return _joined(opened, table, asked, shown, renames, seed, held_out_from)


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
    renames: Mapping[str, str] | None,
    seed: int,
    held_out_from: int | None,
) -> Opened:
    estimator = opened.estimator
    names, count = expected_columns(estimator), expected_count(estimator)
    classes = classes_of(estimator)
    task = task_of(estimator, classes)
    inputs = None if names is None else [*names, *(old for old, new in (renames or {}).items() if new in names)]
    target = detect_target(table.frame, inputs, asked, task, classes, count)
    matched = match(names, count, table.frame, renames, target.name)
    outcome, target_notices, trouble = _outcome(table.frame, target, classes)
    used = None if trouble else target.name
    frame = _with_rest(matched, outcome, used, table.frame, by_name=names is not None)
    model = Model(estimator, tuple(matched.frame.columns), origin=opened)
    _try(model, matched.frame)
    explainer = Explainer(model, frame, used, seed=seed, target_class=target_class, held_out_from=held_out_from)
    quality = explainer.quality() if used is not None else None
    notices = (*opened.warnings, *table.notices, *matched.notices, *target_notices)
    return Opened(explainer, _inspection(opened, table, matched, target, trouble, explainer, quality, notices))


def _outcome(
    frame: pd.DataFrame, target: Target, classes: tuple[Label, ...]
) -> tuple[pd.Series | None, tuple[Notice, ...], Notice | None]:
    """The outcome in the model's labels; where it does not fit, a notice says so: explanations need none."""
    if target.name is None:
        return None, (), None
    try:
        aligned = align_target(frame[target.name], classes)
    except DataError as error:
        trouble = Notice(error.code, dict(error.facts))
        return None, (trouble,), trouble
    return aligned.series, aligned.notices, None


def _with_rest(
    matched: Matched, outcome: pd.Series | None, target: str | None, table: pd.DataFrame, by_name: bool
) -> pd.DataFrame:
    """The model's columns, the outcome in the model's labels, and, where names tell them apart, all other columns."""
    parts = [matched.frame]
    if target is not None and outcome is not None:
        parts.append(outcome.rename(target).to_frame())
    if by_name:
        parts.append(table[[name for name in matched.ignored if name != target and name in table.columns]])
    return pd.concat(parts, axis="columns")


def _try(model: Model, frame: pd.DataFrame) -> None:
    """Predict some rows, those with missing values among them, before anything else is asked.

    What stops here is usually preprocessing that was done outside the file, or a part that only another version has.
    Raises MatchError "prediction-failed", "missing-not-supported", OpeningError "needs-own-version".
    """
    step = max(1, len(frame) // _TRIED)
    rows = pd.concat([frame.iloc[::step].head(_TRIED), frame[frame.isna().any(axis=1)].head(_TRIED)])
    try:
        model.answer(rows)
        model.predict(rows)
    except QuestionError as error:
        if error.code != "model-refused":
            raise
        said = str(error.facts["reason"])
        saved = model.origin.facts.versions[-1:] if model.origin.how != "own environment" else ()
        if saved and saved[0] != sklearn.__version__ and _of_versions(error.__cause__):
            raise OpeningError("needs-own-version", saved=saved[0], runs=sklearn.__version__, what=said) from error
        if "contains NaN" in said:
            empty = ", ".join(str(name) for name in frame.columns if frame[name].isna().any())
            raise MatchError("missing-not-supported", columns=empty) from error
        words = [str(name) for name in frame.columns if not pd.api.types.is_numeric_dtype(frame[name])]
        raise MatchError("prediction-failed", said=said, columns=", ".join(words) or "–") from error


def _of_versions(cause: BaseException | None) -> bool:
    """Whether something of the library's own is missing: a module, an attribute of its objects, not of a cell."""
    if not isinstance(cause, AttributeError):
        return isinstance(cause, ImportError)
    passed_on = cause.name == "transform"  # before 1.4, "passthrough" stood where a transformer stands now
    return passed_on or type(cause.obj).__module__ not in ("builtins", "datetime", "decimal")


def _inspection(
    opened: OpenedFile,
    table: Table,
    matched: Matched,
    target: Target,
    trouble: Notice | None,
    explainer: Explainer,
    quality: Quality | None,
    notices: tuple[Notice, ...],
) -> Inspection:
    model, columns = explainer.model, explainer.data.columns
    ignored = tuple(name for name in matched.ignored if name != target.name)
    checks = (
        *found.check_file(opened, sklearn.__version__),
        found.check_table(table),
        *found.check_columns(replace(matched, ignored=ignored), columns),
        found.check_target(target, trouble),
        *found.check_task(model.task, model.classes, explainer.target_class),
        *found.check_quality(quality),
    )
    seen = _without_table(opened)
    return replace(
        seen,
        steps=model.steps,
        task=model.task,
        classes=model.classes,
        target_class=explainer.target_class,
        columns=columns,
        column_names=model.columns,
        target=None if trouble else target.name,
        target_candidates=target.candidates,
        ignored=ignored,
        rows=len(table.frame),
        quality=quality,
        checks=checks,
        warnings=(*notices, *(quality.warnings if quality else ())),
    )


def _without_table(opened: OpenedFile) -> Inspection:
    """What the file alone tells."""
    estimator = opened.estimator
    names = expected_columns(estimator) or ()
    model = Model(estimator, names or ("",), origin=opened)
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
    )
