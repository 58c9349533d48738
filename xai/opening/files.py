"""One model file, or two, from bytes to a fitted estimator: read (execute nothing), audit, construct."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, Literal

import pandas as pd
import sklearn
from sklearn.pipeline import Pipeline

from xai.contents import told
from xai.errors import OpeningError
from xai.inspection import Repair
from xai.model import Model, classes_of
from xai.opening.auditing import audit
from xai.opening.choosing import choose, choose_preprocessing
from xai.opening.companions import Companion, for_columns, stands_in_front
from xai.opening.constructing import construct, run
from xai.opening.reading import FileFacts, load_bytes, read_model_file
from xai.opening.tables import read_table
from xai.results import Label, Notice


@dataclass(frozen=True)
class OpenedFile:
    """A fitted estimator and how it came out of its file."""

    estimator: Any
    facts: FileFacts
    how: Literal["as is", "repaired", "own environment"]
    repairs: tuple[Repair, ...]
    warnings: tuple[Notice, ...]
    key: str | None = None  # which object of a bundle was taken: "model", "scaler+model"
    options: tuple[str, ...] = ()  # what can be taken instead
    columns: tuple[str, ...] | None = None  # names of the inputs that only the bundle knows
    target: str | None = None  # the outcome's column, as the bundle names it
    classes: tuple[Label, ...] = ()  # the bundle's names for a model that counts its classes
    companion: Companion | None = None  # a scaler or encoder from another file, for single columns
    runs_with: Mapping[str, str] = field(default_factory=lambda: {"scikit-learn": sklearn.__version__})


def open_estimator(
    source: bytes | Path, name: str | None = None, object_key: str | None = None, beside: bool = True
) -> OpenedFile:
    """Open a model file (joblib, pickle, skops, or a format of XGBoost, LightGBM, CatBoost) in this process.

    `object_key` names the model where the file holds several objects: a key, a position, or a path ("models.best");
    "scaler+model" puts one in front of the other. `beside`: what clearly belongs in front of the model goes there.
    Raises OpeningError; see `reading`, `auditing`, `constructing` and `choosing` for the codes. Whatever the file said
    about itself before is among its facts.
    """
    facts, thing, repairs, warnings = _object(source, name)
    with _telling(facts):
        chosen = run(partial(choose, thing, object_key, beside), facts)
    return OpenedFile(
        chosen.estimator,
        facts,
        "repaired" if repairs else "as is",
        repairs,
        (*chosen.notices, *warnings),
        chosen.key,
        chosen.options,
        chosen.columns,
        chosen.target,
        chosen.classes or _written_classes(facts, chosen.estimator),
    )


def _written_classes(facts: FileFacts, estimator: Any) -> tuple[Label, ...]:
    """XGBoost counts its classes; old files of it hold their names all the same."""
    own = classes_of(estimator) if facts.format in ("xgboost json", "xgboost ubj") else ()
    return facts.classes if own and len(facts.classes) == len(own) and facts.classes != own else ()


def open_preprocessing(source: bytes | Path, name: str | None = None) -> OpenedFile:
    """Open a fitted transformer that was saved apart from its model. Raises OpeningError, "not-preprocessing" too."""
    facts, thing, repairs, warnings = _object(source, name)
    how = "repaired" if repairs else "as is"
    with _telling(facts):
        return OpenedFile(run(partial(choose_preprocessing, thing), facts), facts, how, repairs, warnings)


def with_preprocessing(model: OpenedFile, companion: OpenedFile) -> OpenedFile:
    """Model and companion as one pipeline, both fitted as they are; or the companion beside, for single columns.

    Raises MatchError "companion-width" where it cannot belong to this model.
    """
    if not run(partial(stands_in_front, model.estimator, companion.estimator), companion.facts):
        warnings = (*model.warnings, *companion.warnings)
        return replace(model, warnings=warnings, companion=for_columns(companion.estimator))
    pipeline = Pipeline([("preprocessing", companion.estimator), ("model", model.estimator)])
    repairs = (*model.repairs, *companion.repairs)
    joined = Notice("joined-files", {"companion": companion.facts.name, "step": type(companion.estimator).__name__})
    how = "repaired" if repairs else "as is"
    warnings = (joined, *model.warnings, *companion.warnings)
    return replace(model, estimator=pipeline, how=how, repairs=repairs, warnings=warnings, columns=None)


def opened_here(files: Sequence[tuple[bytes | Path, str | None]], object_key: str | None = None) -> OpenedFile:
    """The model of the first file, behind the preprocessing of the second. Raises OpeningError, MatchError."""
    opened = open_estimator(*files[0], object_key, beside=len(files) == 1)
    return opened if len(files) == 1 else with_preprocessing(opened, open_preprocessing(*files[1]))


def open_model(
    path: str | Path,
    object_key: str | None = None,
    columns: Sequence[str] | None = None,
    companion: str | Path | None = None,
    environment: Literal["own", "here"] | None = "here",
) -> Model:
    """A fitted model out of your own file, opened in this process.

    `columns` names the inputs of a model that was fitted on a plain array; `companion` is a file with the preprocessing
    that belongs in front of it. `environment`: "own" runs it under the versions it was saved with, in an environment
    made for it with uv; None does so where it does not open here. Raises OpeningError, MatchError.
    """
    from xai.environments.here import originals
    from xai.environments.opening import open_original, somewhere

    files: list[tuple[bytes | Path, str | None]] = [(Path(path), None)]
    files += [] if companion is None else [(Path(companion), None)]
    programs = None if environment == "here" else originals()
    opened = somewhere(
        lambda: opened_here(files, object_key),
        lambda: open_original(files, object_key, programs),
        files,
        environment,
        programs,
    )
    names = opened.columns if columns is None else tuple(columns)
    return Model(opened.estimator, names, origin=opened, classes=opened.classes)


def read_data(path: str | Path, as_text: Collection[str] = ()) -> pd.DataFrame:
    """A table out of a file: CSV, TSV, Parquet, Feather, Excel, JSON records or lines. Raises DataError.

    Text in which every value is a number becomes numbers, but not in the columns `as_text`.
    """
    table = read_table(Path(path))
    texts = {reading.column: reading.text for reading in table.readings if reading.column in as_text}
    return table.frame.assign(**texts)


def _object(source: bytes | Path, name: str | None) -> tuple[FileFacts, Any, tuple[Repair, ...], tuple[Notice, ...]]:
    data, name = load_bytes(source, name)
    facts, raw = read_model_file(data, name)
    with _telling(facts):
        audit(facts)
        thing, repairs, warnings = construct(facts, raw)
    trailing = (Notice("trailing-data", {"bytes": facts.trailing}),) if facts.trailing else ()
    return facts, thing, repairs, (*trailing, *warnings)


@contextmanager
def _telling(facts: FileFacts) -> Iterator[None]:
    """An error that comes after reading also tells what was read."""
    try:
        yield
    except OpeningError as error:
        raise OpeningError(error.code, **{**told(facts), **error.facts}) from error
