"""Files that are no usable model: each ends in a typed error with its facts, and both languages have the sentence."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import pickle
import re
import sys
import types
import zlib
from collections.abc import Callable

import joblib
import numpy as np
import pandas as pd
import pytest
import sklearn
import xgboost
from saving import dumped, saved_with
from sklearn.cluster import KMeans
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.tree import DecisionTreeClassifier

from xai.errors import KlartextError, OpeningError
from xai.opening import open_estimator
from xai.opening.containers import MEGABYTE, unpack
from xai.sentences import errors
from xai.texts import LANGUAGES, Wording, catalogue

X = np.random.default_rng(0).random((30, 3))
Y = (X[:, 0] > 0.5).astype(int)


def refused(data: bytes, **options: object) -> OpeningError:
    """The error of opening these bytes; it must have words in every language."""
    with pytest.raises(OpeningError) as caught:
        open_estimator(data, "model.joblib", **options)
    assert_has_words(caught.value)
    return caught.value


def assert_has_words(error: KlartextError) -> None:
    for language in LANGUAGES:
        assert f"errors.{error.code}.message" in catalogue(language)
        wording = Wording(language)
        for text in (errors.message(error, wording), errors.remedy(error, wording)):
            assert "{" not in text
            assert len(text) > 10


def pickled_from(module_name: str, make: Callable[[], object]) -> bytes:
    """A pickle that names a class of a module which is gone when it is opened."""
    module = types.ModuleType(module_name)

    class Cleaner:
        def __init__(self) -> None:
            self.state = make()

    Cleaner.__module__, Cleaner.__qualname__ = module_name, "Cleaner"
    module.Cleaner = Cleaner
    sys.modules[module_name] = module
    try:
        return pickle.dumps(Cleaner())
    finally:
        del sys.modules[module_name]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty-file"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n", "git-lfs-pointer"),
        (b"<!DOCTYPE html>\n<html><head><title>404</title></head></html>", "html-page"),
        (b"  \n<html lang='de'>", "html-page"),
    ],
)
def test_a_file_that_only_stands_for_a_model_is_named(data: bytes, code: str) -> None:
    assert refused(data).code == code


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"%PDF-1.7 ...", "PDF"),
        (b"\x89PNG\r\n\x1a\n0000", "PNG"),
        (pickle.dumps("a string"), "Python str"),
        (pickle.dumps(np.zeros(3)), "numpy.ndarray"),
        (dumped(np.zeros(300)), "numpy.ndarray"),
        (pickle.dumps({"accuracy": 0.9}), "Python (accuracy)"),
        (pickle.dumps(LogisticRegression), "Python type"),
    ],
)
def test_what_is_no_model_is_said_to_be_what_it_is(data: bytes, found: str) -> None:
    error = refused(data)
    assert error.code == "not-a-model"
    assert error.facts["found"] == found


def test_a_pickled_table_is_no_model() -> None:
    error = refused(pickle.dumps(pd.DataFrame({"a": [1, 2]})))
    assert (error.code, error.facts["found"]) == ("not-a-model", "pandas.DataFrame")


@pytest.mark.parametrize("compress", [0, 3])
@pytest.mark.parametrize("share", [0.2, 0.6, 0.98])
def test_a_file_cut_off_anywhere_is_called_truncated(compress: int, share: float) -> None:
    whole = dumped(make_pipeline(StandardScaler(), LogisticRegression()).fit(X, Y), compress)
    error = refused(whole[: int(len(whole) * share)])
    assert error.code == "truncated-file"
    assert "B" in error.facts["size"]


def test_a_dump_that_failed_at_a_lambda_is_called_truncated() -> None:
    stream = io.BytesIO()
    pipeline = make_pipeline(FunctionTransformer(lambda x: x), LogisticRegression()).fit(X, Y)
    with pytest.raises((pickle.PicklingError, AttributeError)):
        joblib.dump(pipeline, stream)
    assert refused(stream.getvalue()).code == "truncated-file"


def test_every_cut_and_every_flipped_byte_ends_in_a_typed_error_or_opens() -> None:
    whole = bytearray(dumped(make_pipeline(StandardScaler(), LogisticRegression()).fit(X, Y)))
    for place in range(0, len(whole), 37):
        damaged = bytes(whole[:place]) + bytes([whole[place] ^ 0x55]) + bytes(whole[place + 1 :])
        for data in (bytes(whole[:place]), damaged):
            try:
                open_estimator(data)
            except OpeningError as error:
                assert_has_words(error)


def test_a_package_that_is_not_installed_is_named() -> None:
    data = pickle.dumps(StandardScaler().fit(X)).replace(b"sklearn.preprocessing._data", b"imblearn.over_sampling.base")
    error = refused(data)
    assert error.code == "missing-package"
    assert error.facts["package"] == "imbalanced-learn"


def test_own_code_is_named_with_class_and_module() -> None:
    error = refused(pickled_from("my_project_features", dict))
    assert error.code == "custom-code"
    assert (error.facts["name"], error.facts["module"]) == ("Cleaner", "my_project_features")


def test_a_function_of_a_notebook_is_own_code() -> None:
    scaler = FunctionTransformer(np.log1p).fit(X)
    data = pickle.dumps(scaler, protocol=2)
    assert b"cnumpy\nlog1p\n" in data
    error = refused(data.replace(b"cnumpy\nlog1p\n", b"c__main__\nclean_up\n"))
    assert error.code == "custom-code"
    assert (error.facts["name"], error.facts["module"]) == ("clean_up", "__main__")


@pytest.mark.parametrize("command", [b"cos\nsystem\n", b"cbuiltins\neval\n", b"csubprocess\nPopen\n"])
def test_functions_that_no_model_needs_are_not_looked_up(command: bytes) -> None:
    assert refused(b"\x80\x02" + command + b"X\x01\x00\x00\x00a\x85R.").code == "forbidden-global"


def test_a_neural_network_is_named_as_such() -> None:
    error = refused(pickled_from("keras", dict))
    assert (error.code, error.facts["library"]) == ("other-library", "keras")


@pytest.mark.parametrize("version", ["0.9.2", "0.8.1"])
def test_versions_before_the_oldest_that_was_tried_are_refused_with_the_remedy(version: str) -> None:
    error = refused(saved_with(LogisticRegression().fit(X, Y), version))
    assert (error.code, error.facts["saved"], error.facts["runs"]) == (
        "needs-own-version",
        version,
        sklearn.__version__,
    )
    assert error.facts["what"] == "LogisticRegression"
    for language in LANGUAGES:
        assert f'pip install "scikit-learn=={version}"' in errors.remedy(error, Wording(language))


def test_a_file_of_the_time_when_joblib_lived_inside_scikit_learn_is_read_as_old_not_as_damaged() -> None:
    """Up to 0.20 arrays were written by `sklearn.externals.joblib`."""
    held = LogisticRegression().fit(X, Y)
    data = dumped(held).replace(sklearn.__version__.encode(), b"0.9.2")
    name = b"joblib.numpy_pickle"
    former = b"sklearn.externals." + name
    # pickle writes the length of a short text in one byte before it
    data = data.replace(bytes([len(name)]) + name, bytes([len(former)]) + former)
    data = re.sub(rb"\x95.{8}", b"", data, flags=re.DOTALL)  # frames would have other lengths
    assert refused(data).code == "needs-own-version"


def test_what_an_old_file_cannot_restore_here_needs_its_own_version() -> None:
    tree = DecisionTreeClassifier(max_depth=2).fit(X, Y)
    kind, arguments, state = tree.tree_.__reduce__()
    odd = np.zeros(len(state["nodes"]), dtype=[("left_child", "i8"), ("what", "f8")])

    class Changed:
        def __reduce__(self) -> tuple:
            return kind, arguments, {**state, "nodes": odd}

    vars(tree)["tree_"] = Changed()
    error = refused(saved_with(tree, "1.2.2"))
    assert (error.code, error.facts["saved"], error.facts["what"]) == (
        "needs-own-version",
        "1.2.2",
        "DecisionTreeClassifier",
    )
    assert "incompatible dtype" in error.facts["said"]


def test_an_old_booster_inside_a_pipeline_is_what_needs_its_own_version() -> None:
    """XGBoost up to 1.5 wrote its memory in a form of its own, which does not begin with a bracket."""
    pipeline = make_pipeline(StandardScaler(), xgboost.XGBClassifier(n_estimators=2).fit(X, Y))
    data = saved_with(pipeline, "1.0.2")
    memory = b"{L\x00\x00\x00\x00\x00\x00\x00\x06Config"
    assert data.count(memory) == 1
    error = refused(data.replace(memory, b"C" + memory[1:]))
    assert (error.code, error.facts["what"]) == ("needs-own-version", "XGBClassifier")


def test_a_newer_version_that_cannot_be_read_says_so() -> None:
    data = saved_with(LogisticRegression().fit(X, Y), "9.9.9").replace(b"LogisticRegression", b"LogisticRegressioN")
    error = refused(data)
    assert (error.code, error.facts["saved"]) == ("version-too-new", "9.9.9")


def test_a_transformer_alone_is_only_preprocessing() -> None:
    assert refused(dumped(StandardScaler().fit(X))).facts["found"] == "StandardScaler"
    pipeline = make_pipeline(StandardScaler(), FunctionTransformer()).fit(X)
    assert refused(dumped(pipeline)).code == "only-preprocessing"
    assert refused(dumped({"scaler": StandardScaler().fit(X)})).code == "only-preprocessing"


@pytest.mark.parametrize("model", [LogisticRegression(), make_pipeline(StandardScaler(), LinearRegression())])
def test_a_model_that_was_never_fitted_is_refused(model: object) -> None:
    assert refused(dumped(model)).code == "no-fitted-model"


def test_a_model_without_target_is_refused() -> None:
    error = refused(dumped(KMeans(2, n_init=1).fit(X)))
    assert (error.code, error.facts["model"]) == ("not-supervised", "KMeans")


@pytest.mark.parametrize("kind", ["gzip", "zlib", "bz2", "xz", "lzma"])
def test_a_bomb_is_stopped_while_it_unpacks(kind: str) -> None:
    pack = {"gzip": gzip.compress, "zlib": zlib.compress, "bz2": bz2.compress, "xz": lzma.compress}
    zeros = bytes(64 * MEGABYTE)
    data = pack[kind](zeros) if kind in pack else lzma.compress(zeros, format=lzma.FORMAT_ALONE)
    with pytest.raises(OpeningError) as caught:
        unpack(data, kind, limit=8 * MEGABYTE)
    assert (caught.value.code, caught.value.facts["limit"]) == ("unpacks-too-large", "8 MB")
    assert_has_words(caught.value)


def test_an_array_that_claims_more_than_the_file_holds_is_not_reserved() -> None:
    data = dumped(make_pipeline(StandardScaler(), LogisticRegression()).fit(X, Y))
    # the shape (3,) of the first array, as pickle writes it, becomes (2_000_000_000,)
    assert b"K\x03\x85" in data
    huge = data.replace(b"K\x03\x85", b"J\x00\x94\x35\x77\x85", 1)
    assert refused(huge).code in ("truncated-file", "damaged-file")


def test_a_file_that_is_not_there_is_named() -> None:
    from pathlib import Path

    with pytest.raises(OpeningError) as caught:
        open_estimator(Path("nowhere.joblib"))
    assert (caught.value.code, caught.value.facts["file"]) == ("no-such-file", "nowhere.joblib")
