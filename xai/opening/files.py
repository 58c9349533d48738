"""One model file, or two, from bytes to a fitted estimator: read (execute nothing), audit, construct."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Literal

import pandas as pd
import sklearn
from sklearn.pipeline import Pipeline

from xai.inspection import Repair
from xai.model import Model
from xai.opening.auditing import audit
from xai.opening.choosing import choose, choose_preprocessing
from xai.opening.constructing import construct, run
from xai.opening.reading import FileFacts, load_bytes, read_model_file
from xai.opening.tables import read_table
from xai.results import Notice


@dataclass(frozen=True)
class OpenedFile:
    """A fitted estimator and how it came out of its file."""

    estimator: Any
    facts: FileFacts
    how: Literal["as is", "repaired", "own environment"]
    repairs: tuple[Repair, ...]
    warnings: tuple[Notice, ...]
    runs_with: Mapping[str, str] = field(default_factory=lambda: {"scikit-learn": sklearn.__version__})


def open_estimator(source: bytes | Path, name: str | None = None, object_key: str | None = None) -> OpenedFile:
    """Open a model file (joblib, pickle, skops) in this process: for files that are trusted.

    `object_key` names the model where the file holds a dictionary (or the position in a list).
    Raises OpeningError; see `reading`, `auditing`, `constructing` and `choosing` for the codes.
    """
    facts, thing, repairs, warnings = _object(source, name)
    estimator, picked = run(partial(choose, thing, object_key), facts)
    return OpenedFile(estimator, facts, "repaired" if repairs else "as is", repairs, (*picked, *warnings))


def open_preprocessing(source: bytes | Path, name: str | None = None) -> OpenedFile:
    """Open a fitted transformer that was saved apart from its model. Raises OpeningError, "not-preprocessing" too."""
    facts, thing, repairs, warnings = _object(source, name)
    how = "repaired" if repairs else "as is"
    return OpenedFile(run(partial(choose_preprocessing, thing), facts), facts, how, repairs, warnings)


def with_preprocessing(model: OpenedFile, companion: OpenedFile) -> OpenedFile:
    """Model and companion as one pipeline; both stay fitted as they are."""
    pipeline = Pipeline([("preprocessing", companion.estimator), ("model", model.estimator)])
    repairs = (*model.repairs, *companion.repairs)
    joined = Notice("joined-files", {"companion": companion.facts.name, "step": type(companion.estimator).__name__})
    how = "repaired" if repairs else "as is"
    return OpenedFile(pipeline, model.facts, how, repairs, (joined, *model.warnings, *companion.warnings))


def open_model(
    path: str | Path,
    object_key: str | None = None,
    columns: Sequence[str] | None = None,
    environment: Literal["own", "here"] | None = "here",
) -> Model:
    """A fitted model out of your own file, opened in this process.

    `columns` names the inputs of a model that was fitted on a plain array. `environment`: "own" runs it under the
    versions it was saved with, in an environment made for it with uv; None does so where it does not open here.
    Raises OpeningError, MatchError.
    """
    from xai.environments.here import originals
    from xai.environments.opening import open_original, somewhere

    files, programs = [(Path(path), None)], None if environment == "here" else originals()
    opened = somewhere(
        lambda: open_estimator(*files[0], object_key),
        lambda: open_original(files, object_key, programs),
        files,
        environment,
        programs,
    )
    return Model(opened.estimator, None if columns is None else tuple(columns), origin=opened)


def read_data(path: str | Path) -> pd.DataFrame:
    """A table out of a file: CSV, TSV, Parquet, Feather, Excel, JSON records or lines. Raises DataError."""
    return read_table(Path(path)).frame


def _object(source: bytes | Path, name: str | None) -> tuple[FileFacts, Any, tuple[Repair, ...], tuple[Notice, ...]]:
    data, name = load_bytes(source, name)
    facts, raw = read_model_file(data, name)
    audit(facts)
    thing, repairs, warnings = construct(facts, raw)
    trailing = (Notice("trailing-data", {"bytes": facts.trailing}),) if facts.trailing else ()
    return facts, thing, repairs, (*trailing, *warnings)
