"""What a file says about itself before it is opened: steps, columns, classes, versions, objects. Nothing is executed.

The reference is the object that was saved.
"""

from __future__ import annotations

import pickle
from typing import Any

import lightgbm
import numpy as np
import pandas as pd
import pytest
import sklearn
import xgboost
from saving import dumped
from sklearn.cluster import KMeans
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor, make_column_transformer
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor, StackingClassifier, VotingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.preprocessing import LabelEncoder, OneHotEncoder, StandardScaler
from sklearn.utils import Bunch

from xai.contents import FileFacts, Outline
from xai.opening.reading import read_model_file
from xai.sentences import contents
from xai.texts import LANGUAGES, Wording

RANDOM = np.random.default_rng(1)
FRAME = pd.DataFrame(
    {"age": RANDOM.integers(18, 80, 60), "income": RANDOM.random(60), "city": RANDOM.choice(["Köln", "Bonn"], 60)}
)
TARGET = np.where(FRAME["age"] > 40, "ja", "nein")
NUMBERS = FRAME[["age", "income"]]


def facts_of(data: bytes) -> FileFacts:
    return read_model_file(data, "model.joblib")[0]


def prepared(model: Any) -> Pipeline:
    numbers = make_pipeline(SimpleImputer(), StandardScaler())
    parts = ColumnTransformer([("n", numbers, ["age"]), ("w", OneHotEncoder(), ["city"])], remainder="passthrough")
    return make_pipeline(parts, model)


PREPARED = "Pipeline → ColumnTransformer(SimpleImputer → StandardScaler, OneHotEncoder)"
OUTLINES = {
    PREPARED + " → RandomForestClassifier": prepared(RandomForestClassifier(2)),
    PREPARED + " → GridSearchCV(LogisticRegression)": prepared(GridSearchCV(LogisticRegression(), {"C": [1]}, cv=2)),
    f"GridSearchCV({PREPARED.removeprefix('Pipeline → ')} → LogisticRegression)": GridSearchCV(
        prepared(LogisticRegression()), {"logisticregression__C": [1]}, cv=2
    ),
    PREPARED + " → StackingClassifier(LogisticRegression, RandomForestClassifier, LogisticRegression)": prepared(
        StackingClassifier([("a", LogisticRegression()), ("b", RandomForestClassifier(2))], cv=2)
    ),
    PREPARED + " → VotingClassifier(LogisticRegression, StandardScaler → LogisticRegression)": prepared(
        VotingClassifier([("a", LogisticRegression()), ("b", make_pipeline(StandardScaler(), LogisticRegression()))])
    ),
    PREPARED + " → StandardScaler → LogisticRegression": prepared(
        make_pipeline(StandardScaler(), LogisticRegression())
    ),
}


@pytest.mark.parametrize("outline", OUTLINES)
@pytest.mark.parametrize("how", ["joblib", "compressed", "protocol 0", "protocol 2", "protocol 5", "skops"])
def test_steps_columns_and_classes_are_read_in_every_format(outline: str, how: str) -> None:
    model = OUTLINES[outline].fit(FRAME, TARGET)
    if how == "skops":
        data = pytest.importorskip("skops.io").dumps(model)
    elif how.startswith("protocol"):
        data = pickle.dumps(model, protocol=int(how[-1]))
    else:
        data = dumped(model, 3 if how == "compressed" else 0)
    facts = facts_of(data)
    assert str(facts.structure) == outline
    assert facts.columns == tuple(FRAME.columns)
    assert facts.classes == ("ja", "nein")
    assert facts.saved_with == {"scikit-learn": sklearn.__version__}


@pytest.mark.parametrize(
    ("target", "classes"),
    [
        (np.where(TARGET == "ja", 1, 0), (0, 1)),
        (TARGET == "ja", (False, True)),
        (np.where(TARGET == "ja", 2.5, -1.0), None),  # a regression: no classes
        (pd.Series(TARGET, dtype=object), ("ja", "nein")),
        (pd.Series(TARGET), ("ja", "nein")),  # text of pandas
        (np.array(["ä" * 30 if t == "ja" else "b" for t in TARGET]), ("b", "ä" * 30)),
    ],
)
def test_classes_are_read_whatever_their_type(target: Any, classes: tuple | None) -> None:
    model = (LinearRegression() if classes is None else LogisticRegression()).fit(NUMBERS, target)
    for data in (dumped(model), pickle.dumps(model), pickle.dumps(model, protocol=2)):
        facts = facts_of(data)
        assert facts.classes == (classes or ())
        assert [type(label) for label in facts.classes] == [type(label) for label in classes or ()]


def test_a_model_without_names_tells_how_many_columns_it_wants() -> None:
    facts = facts_of(dumped(RandomForestRegressor(2).fit(NUMBERS.to_numpy(), FRAME["age"])))
    assert (facts.columns, facts.column_count, facts.classes) == (None, 2, ())
    searched = GridSearchCV(LogisticRegression(), {"C": [1]}, cv=2).fit(NUMBERS.to_numpy(), TARGET)
    assert facts_of(dumped(searched)).column_count == 2


@pytest.mark.parametrize("kind", [object, "str"])
def test_columns_of_a_column_transformer_before_1_0_are_read_off_its_own_index(kind: Any) -> None:
    parts = make_column_transformer((OneHotEncoder(), ["city"]), remainder="passthrough").fit(FRAME)
    del parts.feature_names_in_
    parts._df_columns = pd.Index(FRAME.columns, dtype=kind)
    model = make_pipeline(parts, LogisticRegression())
    for data in (dumped(model), pickle.dumps(model)):
        assert facts_of(data).columns == tuple(FRAME.columns)


def test_columns_are_read_off_the_lists_of_a_column_transformer_that_drops_the_rest() -> None:
    parts = ColumnTransformer([("w", OneHotEncoder(), ["city"]), ("n", StandardScaler(), ["age", "income"])])
    fitted = parts.fit(FRAME)
    del fitted.feature_names_in_
    assert facts_of(dumped(make_pipeline(fitted, LogisticRegression()))).columns == ("city", "age", "income")


def test_versions_and_names_inside_the_blocks_of_boosting_libraries_are_read() -> None:
    for model, library, version in (
        (xgboost.XGBClassifier(n_estimators=2, n_jobs=1), "xgboost", xgboost.__version__),
        (lightgbm.LGBMClassifier(n_estimators=2, verbose=-1, n_jobs=1), "lightgbm", ">=4"),
    ):
        fitted = model.fit(NUMBERS, TARGET == "ja")
        for data in (dumped(make_pipeline("passthrough", fitted)), pickle.dumps(fitted)):
            facts = facts_of(data)
            assert facts.saved_with[library] == version
            assert (facts.columns, facts.column_count) == (("age", "income"), 2)
            assert tuple(map(int, facts.classes)) == (0, 1)


def test_catboost_tells_its_version_columns_and_classes() -> None:
    catboost = pytest.importorskip("catboost")
    model = catboost.CatBoostClassifier(iterations=2, verbose=0, allow_writing_files=False, thread_count=1)
    facts = facts_of(dumped({"model": model.fit(NUMBERS, TARGET)}))
    assert facts.saved_with == {"catboost": catboost.__version__}
    assert (facts.columns, facts.classes) == (("age", "income"), ("ja", "nein"))


def test_the_way_of_writing_tells_the_age_of_the_other_libraries() -> None:
    model = LogisticRegression().fit(NUMBERS, TARGET)
    assert facts_of(dumped(model)).eras == {"joblib": ">=1.2", "python": ">=3.4", "numpy": ">=2"}
    assert facts_of(pickle.dumps(model)).eras["numpy"] == ">=2"
    old = pickle.dumps(model, protocol=2).replace(b"numpy._core.multiarray", b"numpy.core.multiarray")
    assert facts_of(old).eras == {"numpy": "<2"}


BUNDLE = {
    "model": RandomForestClassifier(2).fit(NUMBERS.to_numpy(), TARGET),
    "scaler": StandardScaler().fit(NUMBERS),
    "encoders": {"city": LabelEncoder().fit(FRAME["city"])},
    "features": ["age", "income"],
    "target": "married",
    "metrics": {"accuracy": 0.9, "folds": [1, 2]},
    "groups": KMeans(2, n_init=1).fit(NUMBERS),
    "threshold": np.float64(0.4),
}
ENTRIES = {
    "model": ("model", "RandomForestClassifier"),
    "scaler": ("preprocessing", "StandardScaler"),
    "encoders.city": ("encoder", "LabelEncoder"),
    "features": ("names", "age, income"),
    "target": ("text", "married"),
    "metrics": ("other", "None"),
    "groups": ("unsupervised", "KMeans"),
    "threshold": ("number", "0.4"),
}


@pytest.mark.parametrize("make", [dict, Bunch])
@pytest.mark.parametrize("how", ["joblib", "pickle", "skops"])
def test_a_bundle_is_listed_with_what_each_object_is_good_for(make: Any, how: str) -> None:
    bundle = make(**BUNDLE)
    if how == "skops":
        skops = pytest.importorskip("skops.io")
        data = skops.dumps({key: part for key, part in bundle.items() if key != "threshold"})
    else:
        data = dumped(bundle) if how == "joblib" else pickle.dumps(bundle)
    facts = facts_of(data)
    found = {entry.path: (entry.role, entry.what) for entry in facts.entries}
    wanted = {path: entry for path, entry in ENTRIES.items() if how != "skops" or path != "threshold"}
    assert {path: found[path][0] for path in wanted} == {path: role for path, (role, _) in wanted.items()}
    assert all(found[path] == entry for path, entry in wanted.items() if path != "metrics")
    assert (facts.columns, facts.target) == (("age", "income"), "married")
    assert str(facts.structure) == "RandomForestClassifier"


@pytest.mark.parametrize("names", [list, tuple, np.array, pd.Index, lambda n: np.array(n, dtype=object)])
def test_a_list_of_names_is_read_however_it_was_kept(names: Any) -> None:
    bundle = {"model": LogisticRegression().fit(NUMBERS.to_numpy(), TARGET), "cols": names(["age", "income"])}
    for data in (dumped(bundle), pickle.dumps(bundle), pickle.dumps(bundle, protocol=2)):
        assert facts_of(data).columns == ("age", "income")


def test_reading_ends_for_a_file_that_holds_itself() -> None:
    listed: list[Any] = [LogisticRegression()]
    listed += [listed] * 50
    own = LogisticRegression()
    own.estimator = own
    pipeline = Pipeline([(f"s{k}", "passthrough") for k in range(40)])
    pipeline.steps = [(f"s{k}", pipeline) for k in range(40)]
    for thing in (listed, {"a": listed, "m": own}, own, pipeline):
        assert facts_of(pickle.dumps(thing)).size > 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_line_says_steps_and_version(language: str) -> None:
    wording = Wording(language)
    facts = facts_of(dumped(prepared(RandomForestClassifier(2)).fit(FRAME, TARGET)))
    line = contents.line(facts, wording)
    assert line.startswith(PREPARED + " → RandomForestClassifier, ")
    assert line.endswith(f"scikit-learn {sklearn.__version__}")
    details = "\n".join(contents.details(facts, wording))
    assert all(said in details for said in ("joblib", "age, income, city", "ja, nein"))
    several = facts_of(pickle.dumps({"a": LogisticRegression().fit(NUMBERS, TARGET), "b": LinearRegression()}))
    assert "a (LogisticRegression), b (LinearRegression)" in contents.line(several, wording)


def test_text_of_a_file_is_escaped_on_the_page() -> None:
    facts = facts_of(pickle.dumps({"[x](http://evil)": LogisticRegression().fit(NUMBERS, TARGET), "*b*": 1}))
    line = "\n".join(contents.details(facts, Wording("en", medium="markdown")))
    assert "[x](" not in line
    assert "\\*b\\*" in line


def test_steps_are_written_like_the_people_who_made_them_would() -> None:
    inner = Outline("Pipeline", (Outline("SimpleImputer"), Outline("StandardScaler")), sequence=True)
    union = Outline("FeatureUnion", (Outline("PCA"), inner))
    assert str(Outline("Pipeline", (union, Outline("Ridge")), sequence=True)) == (
        "Pipeline → FeatureUnion(PCA, SimpleImputer → StandardScaler) → Ridge"
    )
    assert str(Outline("VotingClassifier", tuple(Outline(f"M{k}") for k in range(9)))).endswith("M5, …)")
    fitted = make_pipeline(FeatureUnion([("a", StandardScaler())]), LinearRegression()).fit(NUMBERS, FRAME["age"])
    assert str(facts_of(pickle.dumps(fitted)).structure) == "Pipeline → FeatureUnion(StandardScaler) → LinearRegression"
    target = TransformedTargetRegressor(LinearRegression(), func=np.log1p, inverse_func=np.expm1)
    assert str(facts_of(pickle.dumps(target.fit(NUMBERS, FRAME["age"]))).structure) == (
        "TransformedTargetRegressor(LinearRegression)"
    )


def test_scores_beside_a_model_are_written_as_the_reader_writes_numbers() -> None:
    bundle = {"model": LogisticRegression().fit([[0.0], [1.0]], [0, 1]), "auc": 0.9, "threshold": 0.25, "final": True}
    facts = facts_of(dumped({**bundle, "other": bundle["model"]}))
    assert "AUC (0,9), threshold (0,25), final (True)" in contents.line(facts, Wording("de"))
    assert "AUC (0.9), threshold (0.25), final (True)" in contents.line(facts, Wording("en"))
