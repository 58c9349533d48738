"""Predict some rows before anything else is asked, and say in the reader's terms why that fails."""

from __future__ import annotations

import pandas as pd
import sklearn

from xai.errors import MatchError, OpeningError, QuestionError
from xai.labels import label_text
from xai.model import Model
from xai.opening.fitting import gaps
from xai.opening.fitting.draft import is_text, named
from xai.opening.fitting.fit import Fit

_TRIED = 500
_OTHER_TYPES = "isnan"  # what encoders of words say of numbers


def try_out(model: Model, fitted: Fit) -> None:
    """Predict some rows, those with missing values among them.

    What stops here is usually preprocessing that was done outside the file. Raises MatchError "prediction-failed",
    "missing-not-supported", "unknown-categories" (column, values, rows), and OpeningError "needs-own-version" where a
    part is called that only another version of a library has.
    """
    frame = fitted.inputs
    step = max(1, len(frame) // _TRIED)
    unusual = frame[_with_unknown(fitted)].head(_TRIED)
    rows = pd.concat([frame.iloc[::step].head(_TRIED), frame[frame.isna().any(axis=1)].head(_TRIED), unusual])
    try:
        model.answer(rows)
        model.predict(rows)
        model.tried = True
    except QuestionError as error:
        if error.code != "model-refused":
            raise
        said = str(error.facts["reason"])
        if saved := _other_version(model, error.__cause__):
            raise OpeningError("needs-own-version", saved=saved, runs=sklearn.__version__, what=said) from error
        raise _why(said, fitted, model) from error


def _other_version(model: Model, cause: BaseException | None) -> str | None:
    """With which other version the model was saved, if something of the library's own is missing here."""
    if model.origin is None or model.origin.how == "own environment":
        return None
    saved = model.origin.facts.versions[-1:]
    return saved[0] if saved and saved[0] != sklearn.__version__ and _of_versions(cause) else None


def _of_versions(cause: BaseException | None) -> bool:
    """Whether what is missing is a module, or an attribute of the library's own objects, not of a cell."""
    if not isinstance(cause, AttributeError):
        return isinstance(cause, ImportError)
    passed_on = cause.name == "transform"  # before 1.4, "passthrough" stood where a transformer stands now
    return passed_on or type(cause.obj).__module__ not in ("builtins", "datetime", "decimal")


def _why(said: str, fitted: Fit, model: Model) -> MatchError:
    frame = fitted.inputs
    empty = frame.isna().any(axis=None)
    unknown = "unknown categories" in said or _OTHER_TYPES in said
    if empty and ("contains NaN" in said or (unknown and not fitted.unknown)):
        return MatchError("missing-not-supported", columns=named(gaps.refusing(model, frame)))
    if unknown and fitted.unknown:
        column, counts = next(iter(fitted.unknown.items()))
        values = ", ".join(map(label_text, list(counts)[:10]))
        return MatchError("unknown-categories", column=column, values=values, rows=sum(counts.values()))
    words = [str(name) for name in frame.columns if is_text(frame[name])]
    return MatchError("prediction-failed", said=said, columns=named(words))


def _with_unknown(fitted: Fit) -> pd.Series:
    """(n,) rows with a category that the model does not know."""
    frame = fitted.inputs
    found = pd.Series(False, index=frame.index)
    for column, counts in fitted.unknown.items():
        if column in frame:
            found |= frame[column].map(label_text).isin([label_text(value) for value in counts])
    return found
