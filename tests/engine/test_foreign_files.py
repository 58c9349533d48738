"""Files that people take for a model: each is named for what it is, in both languages, with what to do about it."""

from __future__ import annotations

import gzip
import io
import json
import pickle
import struct
import tarfile
import zipfile
from collections.abc import Callable

import cloudpickle
import numpy as np
import pandas as pd
import pytest
import xgboost
from saving import dumped
from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import IsolationForest, RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.multioutput import MultiOutputRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, LabelEncoder, StandardScaler
from test_opening_bad_files import assert_has_words, pickled_from, refused

from xai.errors import DataError, KlartextError
from xai.model import Model
from xai.opening import open_estimator, read_table
from xai.sentences import errors
from xai.texts import LANGUAGES, Wording

X = np.random.default_rng(0).random((40, 3))
Y = (X[:, 0] > 0.5).astype(int)


def in_zip(*names: str, content: bytes = b"x") -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name in names:
            archive.writestr(name, content)
    return stream.getvalue()


def in_tar(*names: str, mode: str = "w") -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode=mode) as archive:
        for name in names:
            archive.addfile(tarfile.TarInfo(name))
    return stream.getvalue()


def in_excel() -> bytes:
    stream = io.BytesIO()
    pd.DataFrame({"a": [1]}).to_excel(stream, index=False)
    return stream.getvalue()


def in_parquet() -> bytes:
    return pd.DataFrame({"a": [1]}).to_parquet()


def by_value() -> bytes:
    """A pipeline with a function of this module, as cloudpickle saves those of a notebook."""
    here = __import__(__name__)
    cloudpickle.register_pickle_by_value(here)
    try:
        return cloudpickle.dumps(make_pipeline(FunctionTransformer(twice), LogisticRegression()).fit(X, Y))
    finally:
        cloudpickle.unregister_pickle_by_value(here)


def twice(values: np.ndarray) -> np.ndarray:
    return values * 2


class Cleaner(StandardScaler):
    """A class of a notebook."""


def class_by_value() -> bytes:
    here = __import__(__name__)
    cloudpickle.register_pickle_by_value(here)
    try:
        return cloudpickle.dumps(make_pipeline(Cleaner(), LogisticRegression()).fit(X, Y))
    finally:
        cloudpickle.unregister_pickle_by_value(here)


def printed_trees() -> bytes:
    trees = xgboost.XGBClassifier(n_estimators=2, n_jobs=1).fit(X, Y).get_booster().get_dump(dump_format="json")
    return f"[{','.join(trees)}]".encode()


NOTEBOOK = json.dumps({"cells": [{"cell_type": "code", "source": []}], "metadata": {}, "nbformat": 4}).encode()
DESCRIPTION = b"artifact_path: model\nflavors:\n  sklearn:\n    pickled_model: model.pkl\n    sklearn_version: 1.5.2\n"
S3_ERROR = b'<?xml version="1.0"?>\n<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>'
BLOSC = bytes([2, 1, 0x21, 8]) + struct.pack("<III", 1000, 1000, 64) + bytes(48)

# what it is -> its bytes, the code, and facts that the sentences must name
FOREIGN: dict[str, tuple[Callable[[], bytes], str, dict[str, str]]] = {
    "nothing": (lambda: b"", "empty-file", {}),
    "pointer": (lambda: b"version https://git-lfs.github.com/spec/v1\nsize 12345\n", "git-lfs-pointer", {}),
    "web page": (lambda: b"\n<!DOCTYPE html><html><title>404</title></html>", "html-page", {}),
    "xhtml page": (lambda: b'<?xml version="1.0"?><!DOCTYPE html><html xmlns="x"></html>', "html-page", {}),
    "placeholder": (lambda: b"model goes here\n", "placeholder-text", {"said": "model goes here"}),
    "not found": (lambda: b"404: Not Found", "error-body", {"said": "404: Not Found"}),
    "error as json": (lambda: b'{"error":"Repository not found"}', "error-body", {"said": "Repository not found"}),
    "message as json": (lambda: b'{"message": "Bad credentials", "status": "401"}', "error-body", {}),
    "error as xml": (lambda: S3_ERROR, "error-body", {"said": "AccessDenied"}),
    "notebook": (lambda: NOTEBOOK, "notebook", {}),
    "program": (lambda: b"import pandas as pd\nfrom sklearn.svm import SVC\n\nmodel = SVC()\n", "source-code", {}),
    "csv": (lambda: b"age,income\n1,2\n3,4\n", "table-as-model", {"found": "CSV"}),
    "semicolons": (lambda: "größe;ort\n1,5;Köln\n".encode("cp1252"), "table-as-model", {"found": "CSV"}),
    "records": (lambda: b'[{"age": 1}, {"age": 2}]', "table-as-model", {"found": "JSON"}),
    "parquet": (in_parquet, "table-as-model", {"found": "Parquet"}),
    "excel": (in_excel, "table-as-model", {"found": "Excel"}),
    "zip with one model": (
        lambda: in_zip("out/README.md", "out/model.pkl", "__MACOSX/out/._model.pkl"),
        "archive-with-model",
        {"kind": "ZIP", "member": "out/model.pkl"},
    ),
    "zip with two models": (lambda: in_zip("a.pkl", "b.joblib"), "archive", {"found": "a.pkl, b.joblib"}),
    "zip with pictures": (lambda: in_zip("1.png", "2.png"), "archive", {"found": "1.png, 2.png"}),
    "tar with one model": (lambda: in_tar("m/model.joblib", "m/log.txt"), "archive-with-model", {"kind": "tar"}),
    "tar.gz": (lambda: in_tar("m/model.joblib", mode="w:gz"), "archive-with-model", {"member": "m/model.joblib"}),
    "tar with nothing": (lambda: in_tar("readme"), "archive", {"found": "readme"}),
    "rar": (lambda: b"Rar!\x1a\x07\x01\x00" + bytes(60), "archive", {"kind": "RAR"}),
    "7z": (lambda: b"7z\xbc\xaf\x27\x1c" + bytes(60), "archive", {"kind": "7-Zip"}),
    "mlflow folder": (
        lambda: in_zip("m/MLmodel", "m/conda.yaml", "m/model.pkl"),
        "mlflow-folder",
        {"member": "m/model.pkl"},
    ),
    "mlflow description": (lambda: DESCRIPTION, "mlflow-description", {"member": "model.pkl"}),
    "pytorch": (lambda: in_zip("net/data.pkl", "net/version"), "neural-network", {"format": "PyTorch"}),
    "old pytorch": (
        lambda: pickle.dumps(0x1950A86A20F9469CFC6C, protocol=2) + pickle.dumps(1001, protocol=2),
        "neural-network",
        {"format": "PyTorch"},
    ),
    "keras": (
        lambda: in_zip("config.json", "metadata.json", "model.weights.h5"),
        "neural-network",
        {"format": "Keras"},
    ),
    "keras h5": (
        lambda: b"\x89HDF\r\n\x1a\n" + bytes(60) + b"keras_version\x00model_weights",
        "neural-network",
        {"format": "Keras"},
    ),
    "saved model": (
        lambda: b"\x08\x01\x12\xf4\x01\n\x05serve" + bytes(30) + b"tensorflow",
        "neural-network",
        {"format": "TensorFlow"},
    ),
    "saved model folder": (
        lambda: in_zip("net/saved_model.pb", "net/variables/variables.index"),
        "neural-network",
        {"format": "TensorFlow"},
    ),
    "tflite": (lambda: b"\x1c\x00\x00\x00TFL3" + bytes(40), "neural-network", {"format": "TensorFlow Lite"}),
    "safetensors": (
        lambda: struct.pack("<Q", 20) + b'{"w":{"dtype":"F32"}}' + bytes(40),
        "neural-network",
        {"format": "safetensors"},
    ),
    "onnx": (lambda: b"\x08\x09\x12\x08skl2onnx" + bytes(20) + b"ai.onnx.ml", "exported-model", {"format": "ONNX"}),
    "pmml": (
        lambda: b'<?xml version="1.0"?>\n<PMML xmlns="http://www.dmg.org/PMML-4_4"/>',
        "exported-model",
        {"format": "PMML"},
    ),
    "rds": (
        lambda: gzip.compress(b"X\n\x00\x00\x00\x03\x00\x04\x02\x01"),
        "exported-model",
        {"format": "R (rds, RData)"},
    ),
    "rdata": (lambda: b"RDX3\nX\n\x00\x00\x00\x03", "exported-model", {"format": "R (rds, RData)"}),
    "mojo": (lambda: in_zip("model.ini", "domains/d.txt"), "exported-model", {"format": "H2O MOJO"}),
    "trees as json": (printed_trees, "model-dump", {"library": "XGBoost"}),
    "trees as text": (lambda: b"booster[0]:\n0:[f0<0.5] yes=1,no=2\n\t1:leaf=0.1\n", "model-dump", {}),
    "dump of lightgbm": (lambda: b'{"name": "tree", "feature_names": ["a"], "tree_info": []}', "model-dump", {}),
    "old xgboost": (lambda: b"binf\x00\x00\x00?\x04\x00\x00\x00" + bytes(60), "xgboost-binary", {}),
    "old joblib": (lambda: b"ZF0x0000000000000010" + bytes(30), "joblib-too-old", {}),
    "blosc": (lambda: BLOSC, "unknown-packing", {"kind": "Blosc"}),
    "pdf": (lambda: b"%PDF-1.7", "not-a-model", {"found": "PDF"}),
    "settings": (lambda: b'{"learning_rate": 0.1}', "not-a-model", {"found": "JSON"}),
    # pickles that hold something else
    "text": (lambda: pickle.dumps("0.93"), "not-a-model", {"found": "Python str"}),
    "number": (lambda: dumped(0.93), "not-a-model", {"found": "Python float"}),
    "array": (lambda: dumped(X), "not-a-model", {"found": "numpy.ndarray"}),
    "frame": (lambda: pickle.dumps(pd.DataFrame(X)), "not-a-model", {"found": "pandas.DataFrame"}),
    "predictions": (lambda: pickle.dumps({"y": [1, 2], "score": 0.5}), "not-a-model", {}),
    "transformer": (
        lambda: dumped(StandardScaler().fit(X)),
        "only-preprocessing",
        {"found": "StandardScaler"},
    ),
    "label encoder": (
        lambda: dumped(LabelEncoder().fit(["a"])),
        "only-preprocessing",
        {"found": "LabelEncoder"},
    ),
    "outliers": (
        lambda: dumped(IsolationForest(n_estimators=2).fit(X)),
        "not-supervised",
        {"model": "IsolationForest"},
    ),
    "unfitted": (lambda: dumped(RandomForestClassifier()), "no-fitted-model", {"model": "RandomForestClassifier"}),
    "several outputs": (
        lambda: dumped(RandomForestClassifier(2).fit(X, np.column_stack([Y, Y]))),
        "several-outputs",
        {"outputs": "2"},
    ),
    # code that is not there, or should not be
    "own class": (lambda: pickled_from("my_features", dict), "custom-code", {"module": "my_features"}),
    "notebook class": (
        lambda: pickled_from("my_features", dict).replace(b"my_features", b"__main__.xx"),
        "custom-code",
        {"name": "Cleaner"},
    ),
    "function by value": (by_value, "code-inside", {"library": "cloudpickle"}),
    "class by value": (class_by_value, "code-inside", {"name": "Cleaner"}),
    "arrays by dill": (
        lambda: pickle.dumps(StandardScaler().fit(X), 2).replace(
            b"numpy._core.multiarray\n_reconstruct", b"dill._dill\n_create_array"
        ),
        "saved-by-dill",
        {},
    ),
    "by dill": (lambda: b"\x80\x04cdill._dill\n_create_type\nN.", "code-inside", {"library": "dill"}),
    "keras in a pickle": (lambda: pickled_from("keras", dict), "other-library", {"library": "keras"}),
    "torch in a pickle": (lambda: pickled_from("torch", dict), "other-library", {"library": "torch"}),
    "missing library": (
        lambda: pickled_from("imblearn", dict),
        "missing-package",
        {"package": "imbalanced-learn"},
    ),
    "library that is not opened": (lambda: pickled_from("statsmodels", dict), "unlisted-library", {}),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_it_is_named_for_what_it_is_with_a_remedy(name: str) -> None:
    make, code, facts = FOREIGN[name]
    if name == "missing library":
        pytest.importorskip("imblearn") if _has("imblearn") else None
        code = "forbidden-global" if _has("imblearn") else code
        facts = {} if _has("imblearn") else facts
    error = refused(make())
    assert error.code == code
    assert {key: str(error.facts[key]) for key in facts} == facts
    for language in LANGUAGES:
        wording = Wording(language)
        said = errors.message(error, wording) + errors.remedy(error, wording)
        assert all(fact in said for fact in facts.values()), said


def _has(module: str) -> bool:
    import importlib.util

    return importlib.util.find_spec(module) is not None


def test_a_multiple_output_regression_is_refused_once_it_is_asked() -> None:
    model = MultiOutputRegressor(LinearRegression()).fit(X, np.column_stack([Y, Y]))
    opened = Model(open_estimator(dumped(model)).estimator, ("a", "b", "c"))
    with pytest.raises(KlartextError, match="several-outputs"):
        opened.answer(pd.DataFrame(X, columns=list("abc")))


@pytest.mark.parametrize(
    ("make", "found"),
    [
        (lambda: dumped(make_pipeline(StandardScaler(), LogisticRegression()).fit(X, Y)), "Pipeline"),
        (lambda: gzip.compress(pickle.dumps({"model": LogisticRegression().fit(X, Y)})), "dict"),
        (lambda: bytes(xgboost.XGBClassifier(n_estimators=1).fit(X, Y).get_booster().save_raw("json")), "xgboost json"),
        (lambda: b"CBM1" + bytes(60), "catboost cbm"),
        (lambda: in_zip("schema.json"), "skops"),
    ],
)
def test_a_model_in_the_place_of_the_table_is_named_as_such(make: Callable[[], bytes], found: str) -> None:
    with pytest.raises(DataError) as caught:
        read_table(make(), "data.bin")
    assert (caught.value.code, caught.value.facts["found"]) == ("model-as-table", found)
    assert_has_words(caught.value)


def test_a_pickled_table_in_the_place_of_the_table_is_still_called_pickled() -> None:
    with pytest.raises(DataError, match="pickled-table"):
        read_table(pickle.dumps(pd.DataFrame(X)), "data.pkl")


def test_what_cloudpickle_saves_by_name_opens_like_any_pickle() -> None:
    model = make_pipeline(FunctionTransformer(np.log1p), LogisticRegression()).fit(X, Y)
    opened = open_estimator(cloudpickle.dumps(model), "model.cloudpickle")
    assert np.array_equal(opened.estimator.predict_proba(X), model.predict_proba(X))
    target = TransformedTargetRegressor(LinearRegression(), func=np.log1p, inverse_func=np.expm1).fit(X, X[:, 0] + 1)
    assert np.array_equal(open_estimator(cloudpickle.dumps(target)).estimator.predict(X), target.predict(X))


@pytest.mark.parametrize("kind", ["lz4", "zstd"])
def test_two_more_compressions_open_without_a_package_of_their_own(kind: str) -> None:
    import pyarrow as pa

    model = LogisticRegression().fit(X, Y)
    whole = pa.Codec(kind).compress(dumped(model), asbytes=True)
    opened = open_estimator(whole)
    assert opened.facts.compression == kind
    assert np.array_equal(opened.estimator.coef_, model.coef_)
    assert refused(whole[: len(whole) // 2]).code == "truncated-file"


def test_a_refused_file_still_tells_what_it_says_about_itself() -> None:
    pipeline = make_pipeline(StandardScaler(), LogisticRegression()).fit(pd.DataFrame(X, columns=list("abc")), Y)
    data = pickle.dumps(pipeline).replace(b"LogisticRegression", b"LogisticRegressioN")
    facts = refused(data).facts
    assert facts["file_steps"] == "Pipeline → StandardScaler → LogisticRegressioN"
    assert facts["file_saved_with"].startswith("scikit-learn ")
    assert facts["file_columns"] == ["a", "b", "c"]
    assert facts["file_classes"] == [0, 1]
