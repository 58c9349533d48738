"""Opening models: what a file says about itself, bundles, repairs that change no prediction."""

from __future__ import annotations

import io
import pickle
import warnings
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import pytest
import sklearn
from saving import dumped
from sklearn.compose import ColumnTransformer
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import GradientBoostingClassifier, HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from xai.errors import OpeningError
from xai.model import Model
from xai.opening import open_estimator, open_model, open_preprocessing, read_data, with_preprocessing
from xai.opening.reading import read_model_file

ZOO = Path(__file__).parents[2].parent / "shared" / "zoo"
OLD = Path(__file__).parent / "old_models"
VERSIONS = ("1.5.2", "1.6.1", "1.7.2", "1.8.0")
INPUTS = ["age", "income", "city", "member", "visits"]
in_zoo = pytest.mark.skipif(not ZOO.is_dir(), reason="the folder of real models is not here")


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    random = np.random.default_rng(3)
    return pd.DataFrame({"age": random.integers(18, 80, 60), "city": random.choice(["Köln", "Bonn"], 60)})


@pytest.fixture(scope="module")
def pipeline(frame: pd.DataFrame) -> Pipeline:
    columns = ColumnTransformer([("words", OneHotEncoder(), ["city"])], remainder="passthrough")
    forest = RandomForestClassifier(n_estimators=5, random_state=0)
    return make_pipeline(columns, forest).fit(frame, np.where(frame["age"] > 40, "yes", "no"))


# --- reading ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("packing", [None, "zlib", "gzip", "bz2", "xz", "lzma"])
def test_a_joblib_file_opens_in_every_compression(packing: str | None, frame: pd.DataFrame, pipeline: Pipeline) -> None:
    opened = open_estimator(dumped(pipeline, (packing, 3) if packing else 0), "m.joblib")
    assert (opened.facts.format, opened.facts.compression) == ("joblib", packing)
    assert np.array_equal(opened.estimator.predict_proba(frame), pipeline.predict_proba(frame))


@pytest.mark.parametrize("protocol", [0, 1, 2, 3, 4, 5])
def test_a_pickle_opens_in_every_protocol(protocol: int, frame: pd.DataFrame, pipeline: Pipeline) -> None:
    opened = open_estimator(pickle.dumps(pipeline, protocol=protocol))
    assert (opened.facts.format, opened.how) == ("pickle", "as is")
    assert np.array_equal(opened.estimator.predict_proba(frame), pipeline.predict_proba(frame))


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize(
    "model",
    [
        MLPClassifier((3,), max_iter=5, random_state=0),
        GradientBoostingClassifier(n_estimators=2),
        HistGradientBoostingClassifier(max_iter=2),
        RandomForestClassifier(n_estimators=2, random_state=0),
        LogisticRegression(),
    ],
    ids=lambda model: type(model).__name__,
)
def test_three_classes_of_the_version_of_here_open_as_they_are(model: object, frame: pd.DataFrame) -> None:
    """Three classes are one answer, and what this very version wrote needs no repair."""
    rows = frame[["age"]]
    model.fit(rows, np.array(["young", "middle", "old"])[np.digitize(frame["age"], [35, 60])])
    opened = open_estimator(dumped(model))
    assert (opened.how, opened.repairs) == ("as is", ())
    assert np.array_equal(Model(opened.estimator).answer(rows), model.predict(rows))


def test_arrays_keep_order_dtype_and_shape() -> None:
    held = LogisticRegression().fit([[0.0], [1.0]], [0, 1])
    held.extra = {
        "columns first": np.asfortranarray(np.arange(12.0).reshape(3, 4)),
        "other byte order": np.arange(5, dtype=">i4"),
        "empty": np.empty((0, 3), dtype="f4"),
        "objects": np.array(["a", None, 1.5], dtype=object),
        "records": np.array([(1, 2.5)], dtype=[("left", "i8"), ("right", "f8")]),
        "text": np.array(["größer", "x"]),
    }
    opened = open_estimator(dumped(held)).estimator.extra
    for name, array in held.extra.items():
        assert np.array_equal(opened[name], array), name
        assert opened[name].shape == array.shape
        assert opened[name].dtype.newbyteorder("=") == array.dtype.newbyteorder("=")
        assert opened[name].flags.writeable


def test_reading_tells_version_class_and_columns_without_running_anything(pipeline: Pipeline) -> None:
    facts, _ = read_model_file(dumped(pipeline), "m.joblib")
    assert facts.saved_with == {"scikit-learn": sklearn.__version__}
    assert facts.top_class == "sklearn.pipeline.Pipeline"
    assert facts.columns == ("age", "city")
    assert "sklearn.ensemble._forest:RandomForestClassifier" in facts.globals
    assert len(facts.sha256) == 64


def test_reading_runs_nothing_of_the_file(tmp_path: Path) -> None:
    trace = tmp_path / "trace"

    class Trap:
        def __reduce__(self) -> tuple:
            return Path.write_text, (trace, "was here")

    stream = io.BytesIO()
    joblib.dump({"model": Trap(), "objects": np.array([Trap()], dtype=object)}, stream)
    facts, _ = read_model_file(stream.getvalue())
    assert not trace.exists()
    assert facts.keys == ("model", "objects")


def test_a_failing_joblib_file_is_never_read_as_a_plain_pickle() -> None:
    """The fallback would return an array from the middle of the file instead of an error."""
    held = LogisticRegression().fit([[0.0], [1.0]], ["a", "b"])
    held.words = np.array(["x", "y"], dtype=object)
    data = dumped(held).replace(b"LogisticRegression", b"LogisticRegressioN")
    with pytest.raises(OpeningError) as caught:
        open_estimator(data)
    assert caught.value.code == "forbidden-global"
    assert "LogisticRegressioN" in caught.value.facts["name"]


def test_opening_prints_and_warns_nothing(pipeline: Pipeline, capsys: pytest.CaptureFixture[str]) -> None:
    data = pickle.dumps(pipeline).replace(sklearn.__version__.encode(), b"1.8.0")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        opened = open_estimator(data)
    assert opened.facts.saved_with == {"scikit-learn": "1.8.0"}
    assert capsys.readouterr() == ("", "")


def test_something_after_the_model_is_said(pipeline: Pipeline) -> None:
    opened = open_estimator(pickle.dumps(pipeline) + pickle.dumps(["age", "city"]))
    assert [notice.code for notice in opened.warnings] == ["trailing-data"]


def test_a_skops_file_opens(frame: pd.DataFrame, pipeline: Pipeline) -> None:
    skops = pytest.importorskip("skops.io")
    opened = open_estimator(skops.dumps(pipeline), "m.skops")
    assert (opened.facts.format, opened.facts.top_class) == ("skops", "sklearn.pipeline.Pipeline")
    assert opened.facts.saved_with == {"scikit-learn": sklearn.__version__}
    assert np.array_equal(opened.estimator.predict_proba(frame), pipeline.predict_proba(frame))


# --- bundles ---------------------------------------------------------------------------------------------------------


def test_the_only_model_of_a_bundle_is_taken_and_said(pipeline: Pipeline) -> None:
    scaler = StandardScaler().fit([[1.0], [2.0]])
    opened = open_estimator(dumped({"model": pipeline, "columns": ["age"], "scaler": scaler}))
    assert isinstance(opened.estimator, Pipeline)
    assert [notice.code for notice in opened.warnings] == ["bundle-object", "bundle-leftover"]
    assert opened.warnings[0].facts["key"] == "model"
    assert opened.warnings[1].facts["keys"] == "scaler"
    assert (opened.key, opened.options) == ("model", ("model",))


def test_several_models_must_be_chosen_by_key(pipeline: Pipeline) -> None:
    bundle = dumped({"first": pipeline, "second": DummyClassifier().fit([[0]], ["no"])})
    with pytest.raises(OpeningError) as caught:
        open_estimator(bundle)
    assert (caught.value.code, caught.value.facts["keys"]) == ("several-models", "first, second")
    assert open_estimator(bundle, object_key="second").warnings[0].facts["key"] == "second"
    with pytest.raises(OpeningError) as caught:
        open_estimator(bundle, object_key="third")
    assert caught.value.code == "unknown-object"


def test_a_list_is_chosen_from_by_position(pipeline: Pipeline) -> None:
    assert isinstance(open_estimator(dumped([pipeline, 0.93])).estimator, Pipeline)
    other = DummyClassifier().fit([[0]], ["no"])
    assert isinstance(open_estimator(dumped((1, other, pipeline)), object_key="2").estimator, Pipeline)


def test_a_model_and_its_companion_predict_as_one(frame: pd.DataFrame) -> None:
    scaler = StandardScaler().fit(frame[["age"]])
    model = LogisticRegression().fit(scaler.transform(frame[["age"]]), frame["age"] > 40)
    joined = with_preprocessing(open_estimator(dumped(model)), open_preprocessing(dumped(scaler), "scaler.joblib"))
    expected = model.predict_proba(scaler.transform(frame[["age"]]))
    assert np.array_equal(joined.estimator.predict_proba(frame[["age"]]), expected)
    assert joined.warnings[0].facts == {"companion": "scaler.joblib", "step": "StandardScaler"}
    with pytest.raises(OpeningError, match="not-preprocessing"):
        open_preprocessing(dumped(model))


# --- real files ------------------------------------------------------------------------------------------------------


@in_zoo
def test_the_diamonds_pipeline_predicts_what_it_did_in_1_6_1() -> None:
    """Reference: the same file and rows under Python 3.12 with scikit-learn 1.6.1, all 53,940 predictions."""
    folder = ZOO / "ralf_diamonds"
    opened = open_estimator(folder / "diamonds_pipeline.joblib")
    assert opened.facts.saved_with == {"scikit-learn": "1.6.1"}
    assert opened.how == "repaired"
    table = read_data(folder / "diamonds.csv")
    predicted = opened.estimator.predict(table[list(opened.facts.columns)])
    assert len(predicted) == 53_940
    assert predicted.sum() == pytest.approx(212334984.88156235, rel=1e-12)
    assert predicted[:5].tolist() == [703.2448118969348] * 5
    assert predicted[-1] == 2424.899423790286
    assert (predicted.min(), predicted.max()) == (703.2448118969348, 15191.603899347594)


@in_zoo
def test_the_diabetes_pipeline_opens() -> None:
    pytest.importorskip("xgboost")
    opened = open_estimator(ZOO / "diabetes_dmdals" / "pipeline.pkl")
    assert opened.facts.saved_with == {"scikit-learn": "1.5.2", "xgboost": "2.1.3"}
    assert len(opened.facts.columns) == 7


@in_zoo
@pytest.mark.parametrize("path", sorted(ZOO.glob("*/*")) if ZOO.is_dir() else [], ids=lambda path: path.name)
def test_every_real_file_opens_or_says_why_not(path: Path) -> None:
    try:
        said = "opened" if hasattr(open_estimator(path).estimator, "predict") else "no model"
    except OpeningError as error:
        said = error.code
    assert said in ("opened", "table-as-model", "only-preprocessing")


def test_the_library_opens_a_path(tmp_path: Path, frame: pd.DataFrame, pipeline: Pipeline) -> None:
    (tmp_path / "m.joblib").write_bytes(dumped(pipeline))
    model = open_model(tmp_path / "m.joblib")
    assert (model.columns, model.task, model.classes) == (("age", "city"), "binary", ("no", "yes"))
