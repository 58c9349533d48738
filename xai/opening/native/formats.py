"""Which of the libraries' own formats a file is in, what it says about itself, and the estimator it holds."""

from __future__ import annotations

from typing import Any

from xai.contents import Format, Outline
from xai.errors import OpeningError
from xai.opening.containers import size_text
from xai.opening.native import catboost_files, lightgbm_files, xgboost_files
from xai.opening.native.documents import read_json
from xai.opening.native.glance import Glance
from xai.opening.scanning import Scan
from xai.results import Notice

_HEAD = 1 << 16
# The estimators that are made, by whether they know classes.
_CLASSES = {
    "xgboost": ("xgboost.sklearn.XGBRegressor", "xgboost.sklearn.XGBClassifier"),
    "lightgbm": ("lightgbm.sklearn.LGBMRegressor", "lightgbm.sklearn.LGBMClassifier"),
    "catboost": ("catboost.core.CatBoostRegressor", "catboost.core.CatBoostClassifier"),
}


def format_of(raw: bytes) -> Format | None:
    """The format, by the content; None for every other file."""
    if raw.startswith(catboost_files.MAGIC):
        return "catboost cbm"
    if lightgbm_files.is_model(raw[:40]):
        return "lightgbm text"
    if xgboost_files.is_ubjson(raw) and b"learner" in raw[:_HEAD]:
        return "xgboost ubj"
    if raw.lstrip()[:1] != b"{":
        return None
    if b'"learner"' in raw[:_HEAD] and b'"gradient_booster"' in raw:
        return "xgboost json"
    return "catboost json" if catboost_files.is_json(raw) else None


def look(form: Format, raw: bytes) -> Scan:
    """What the file says about itself. Raises OpeningError "truncated-file", "damaged-file", "too-deep"."""
    try:
        found = _glance(form, raw)
    # the content decides which types stand where
    except (AttributeError, TypeError, ValueError, KeyError) as damage:
        raise OpeningError("damaged-file", size=size_text(len(raw))) from damage
    library = form.split()[0]
    kind = _CLASSES[library][bool(found.classes)]
    return Scan(
        top_class=kind,
        globals=(),
        versions=(),
        columns=found.columns,
        keys=(),
        trailing=0,
        structure=Outline(kind.rsplit(".", 1)[-1]),
        classes=found.classes,
        column_count=found.count,
        libraries=found.versions,
        holds_model=True,
    )


def _glance(form: Format, raw: bytes) -> Glance:
    if form == "catboost cbm":
        return catboost_files.glance(raw)
    if form == "lightgbm text":
        return lightgbm_files.glance(raw.decode("utf-8", "replace").replace("\r\n", "\n"))
    if form == "catboost json":
        model = read_json(raw)
        return catboost_files.about_json(model if isinstance(model, dict) else {})
    model = xgboost_files.document(raw)
    return xgboost_files.about(model if isinstance(model, dict) else {})


def construct(form: Format, raw: bytes) -> tuple[Any, tuple[Notice, ...]]:
    """The estimator around the model, once its structure was looked at. Raises OpeningError."""
    if form in ("xgboost json", "xgboost ubj"):
        return xgboost_files.construct(raw)
    if form == "lightgbm text":
        return lightgbm_files.construct(raw)
    if form == "catboost cbm":
        return catboost_files.construct(raw)
    if form == "catboost json":
        return catboost_files.construct_json(raw)
    raise OpeningError("not-a-model", found=form)
