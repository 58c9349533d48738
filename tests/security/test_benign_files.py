"""Every everyday pipeline opens, in all protocols and compressions, and predicts what it did before it was saved."""

from __future__ import annotations

import functools
import importlib.util
import io
import pickle
import warnings
from typing import Any

import everyday
import everyday_of_libraries
import joblib
import numpy as np
import pytest
import recording
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from xai.opening import open_estimator

RECIPES = {**everyday.recipes(), **everyday_of_libraries.recipes()}
PROTOCOLS = (2, 4, 5)
PACKINGS: dict[str, Any] = {
    "plain": 0,
    "zlib": 3,
    "gzip": ("gzip", 3),
    "bz2": ("bz2", 3),
    "xz": ("xz", 1),
    "lzma": ("lzma", 1),
}
if importlib.util.find_spec("lz4") is not None:
    PACKINGS["lz4"] = "lz4"
pytestmark = pytest.mark.filterwarnings("ignore")


@functools.cache
def fitted(name: str) -> tuple[Any, Any, np.ndarray]:
    """The model, its table, and what it predicts."""
    make, table, target = RECIPES[name]
    data = everyday.tables()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = make().fit(getattr(data, table), getattr(data, target))
        rows = getattr(data, table)[:40]
        return model, rows, answers(model, rows)


def answers(model: Any, rows: Any) -> np.ndarray:
    return np.asarray(model.predict_proba(rows) if hasattr(model, "predict_proba") else model.predict(rows))


def files(model: Any) -> dict[str, bytes]:
    found = {f"protocol {protocol}": pickle.dumps(model, protocol=protocol) for protocol in PROTOCOLS}
    for name, packing in PACKINGS.items():
        stream = io.BytesIO()
        joblib.dump(model, stream, compress=packing)
        found[name] = stream.getvalue()
    return found


def test_there_are_many() -> None:
    assert len(RECIPES) >= 30


@pytest.mark.parametrize("name", RECIPES)
def test_a_pipeline_opens_in_every_format_and_predicts_as_before(name: str) -> None:
    model, rows, expected = fitted(name)
    for kind, data in files(model).items():
        opened = open_estimator(data, "model.joblib")
        assert opened.how == "as is", kind
        assert np.array_equal(answers(opened.estimator, rows), expected), kind


@pytest.mark.parametrize("name", ["forest", "histogram", "neighbours_kd", "splines", "words_as_classes", "logarithms"])
def test_a_skops_file_opens_and_predicts_as_before(name: str) -> None:
    skops = pytest.importorskip("skops.io")
    model, rows, expected = fitted(name)
    opened = open_estimator(skops.dumps(model), "model.skops")
    assert np.array_equal(answers(opened.estimator, rows), expected)


def test_every_estimator_of_scikit_learn_opens() -> None:
    """As it is fitted here, and with what bundles carry along: tables, dates, random numbers."""
    names = set()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for thing in recording.everything():
            stream = io.BytesIO()
            try:
                joblib.dump({"thing": thing, "model": fitted("logistic")[0]}, stream)
            except (pickle.PicklingError, TypeError, AttributeError):  # the library itself cannot save it
                continue
            open_estimator(stream.getvalue(), object_key="model")
            names.add(type(thing).__name__)
    assert len(names) > 170


def test_an_opened_model_runs_in_one_thread_and_keeps_no_cache(tmp_path: Any) -> None:
    data = everyday.tables()
    forest = RandomForestClassifier(3, n_jobs=5000)
    model = make_pipeline(StandardScaler(), forest, memory=str(tmp_path)).fit(data.plain, data.binary)
    opened = open_estimator(pickle.dumps(model))
    assert opened.estimator[-1].n_jobs == 1
    assert opened.estimator.memory is None
    assert [notice.code for notice in opened.warnings] == ["cache-switched-off"]
    assert np.array_equal(opened.estimator.predict(data.plain), model.predict(data.plain))


def test_distributions_of_a_search_work_after_opening() -> None:
    model, _, _ = fitted("random_search")
    opened = open_estimator(pickle.dumps(model)).estimator
    before, after = (search.param_distributions["randomforestclassifier__ccp_alpha"] for search in (model, opened))
    assert after.ppf(0.3) == before.ppf(0.3)
