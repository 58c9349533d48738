"""Which original column an encoded column comes from: compared with what changes when a column is changed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from pipelines import NUMBERS, columns, people, two_classes
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin, clone
from sklearn.compose import ColumnTransformer, make_column_selector, make_column_transformer
from sklearn.decomposition import PCA, TruncatedSVD
from sklearn.experimental import enable_iterative_imputer  # noqa: F401
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.feature_selection import SelectFromModel, SelectKBest, VarianceThreshold
from sklearn.impute import IterativeImputer, KNNImputer, MissingIndicator, SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import (
    Binarizer,
    FunctionTransformer,
    KBinsDiscretizer,
    MinMaxScaler,
    Normalizer,
    OneHotEncoder,
    OrdinalEncoder,
    PolynomialFeatures,
    PowerTransformer,
    QuantileTransformer,
    RobustScaler,
    SplineTransformer,
    StandardScaler,
    TargetEncoder,
)

from xai.lineage import RowsTogether, as_matrix, lineage
from xai.model import Model

FRAME = people()
FILL = SimpleImputer()


def on_numbers(*steps: Any) -> ColumnTransformer:
    return make_column_transformer((make_pipeline(FILL, *steps), NUMBERS), ("passthrough", ["owner"]))


def on_words(step: Any) -> ColumnTransformer:
    return make_column_transformer((step, ["city", "job", "region"]), (FILL, ["income"]), sparse_threshold=0)


TRANSFORMERS = {
    "one-hot": on_words(OneHotEncoder()),
    "one-hot, first dropped": on_words(OneHotEncoder(drop="first")),
    "one-hot, one of two dropped": on_words(OneHotEncoder(drop="if_binary")),
    "one-hot, rare joined": on_words(OneHotEncoder(min_frequency=25, handle_unknown="infrequent_if_exist")),
    "one-hot, at most": on_words(OneHotEncoder(max_categories=2, handle_unknown="warn")),
    "ordinal": on_words(OrdinalEncoder(encoded_missing_value=-1)),
    "target encoder": on_words(TargetEncoder(random_state=0)),
    "bins": on_numbers(KBinsDiscretizer(4, encode="onehot-dense", quantile_method="averaged_inverted_cdf")),
    "bins as numbers": on_numbers(KBinsDiscretizer(4, encode="ordinal", quantile_method="averaged_inverted_cdf")),
    "splines": on_numbers(SplineTransformer(n_knots=4)),
    "powers of one column": make_column_transformer(
        (PolynomialFeatures(3), ["age"]), (make_pipeline(FILL, PolynomialFeatures(2)), ["income"])
    ),
    "missing indicators": make_column_transformer((SimpleImputer(add_indicator=True), NUMBERS)),
    "indicators only": make_column_transformer((MissingIndicator(features="all"), NUMBERS)),
    "ufunc": on_numbers(FunctionTransformer(np.log1p)),
    "no ufunc, but NumPy's": on_numbers(FunctionTransformer(np.clip, kw_args={"a_min": 30, "a_max": None})),
    "dense frames": clone(on_words(OneHotEncoder(sparse_output=False))).set_output(transform="pandas"),
    "several encoders of a column": make_column_transformer(
        (OneHotEncoder(), ["city"]), (OrdinalEncoder(encoded_missing_value=-1), ["city", "job"]), (FILL, ["income"])
    ),
    "masks and slices": ColumnTransformer(
        [("a", FILL, [True, True, *[False] * 4]), ("b", OneHotEncoder(sparse_output=False), slice(2, 4))]
    ),
    "a transformer of columns in another": make_column_transformer(
        (make_column_transformer((FILL, ["income"]), remainder="passthrough"), ["owner", "income", "age"]),
        (OneHotEncoder(sparse_output=False), make_column_selector(dtype_exclude="number")),
    ),
    "no function": on_numbers(FunctionTransformer()),
    "a function of one column": make_column_transformer(
        (FunctionTransformer(lambda x: np.hstack([x, x**2])), ["age"]), (FILL, ["income"])
    ),
    "scalers": on_numbers(
        StandardScaler(), MinMaxScaler(), RobustScaler(), QuantileTransformer(n_quantiles=20), Binarizer()
    ),
    "power transform": on_numbers(PowerTransformer()),
    "union": on_numbers(make_union(StandardScaler(), SplineTransformer(n_knots=3), "passthrough")),
    "selection": make_pipeline(on_words(OneHotEncoder()), SelectKBest(k=4)),
    "selection by a model": make_pipeline(on_words(OneHotEncoder()), SelectFromModel(LogisticRegression())),
    "selection by variance": make_pipeline(on_words(OneHotEncoder()), VarianceThreshold(0.1)),
    "words of one text": make_column_transformer((TfidfVectorizer(), "text"), ("passthrough", ["age"])),
    "remainder": make_column_transformer((OneHotEncoder(), ["city"]), ("drop", ["job", "region"]), remainder=FILL),
    "an imputer without values to impute from": make_column_transformer(
        (SimpleImputer(keep_empty_features=False), ["income", "empty"]), ("passthrough", ["age"])
    ),
    "one neighbour's column": make_column_transformer((KNNImputer(), ["income"]), ("passthrough", ["age"])),
}


def table() -> pd.DataFrame:
    text = FRAME["job"].fillna("nothing").astype(str) + " in " + FRAME["region"].astype(str)
    return FRAME.assign(text=text, empty=np.nan)


def what_changes(transformer: Any, frame: pd.DataFrame) -> list[set[int]]:
    """For every encoded column the original columns whose shuffling changes it."""
    before = as_matrix(transformer.transform(frame))
    found: list[set[int]] = [set() for _ in range(before.shape[1])]
    for position, name in enumerate(frame):
        order = np.random.default_rng(position).permutation(len(frame))
        after = as_matrix(transformer.transform(frame.assign(**{name: frame[name].array.take(order)})))
        for column in np.flatnonzero(~np.isclose(before, after, equal_nan=True).all(axis=0)):
            found[column].add(position)
    return found


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", TRANSFORMERS)
def test_sources_are_the_columns_that_change_it(name: str):
    frame = table() if name in ("words of one text", "an imputer without values to impute from") else FRAME
    transformer = TRANSFORMERS[name].fit(frame, two_classes(FRAME))
    found = lineage([transformer], tuple(frame.columns), frame)
    assert found.separable
    assert (found.mixings, found.mixed, found.reason) == ((), frozenset(), None)
    expected = what_changes(transformer, frame)
    assert len(found.sources) == len(expected)
    for source, changed in zip(found.sources, expected, strict=True):
        assert changed <= source, "a column depends on more than was said"
        assert changed == source or not changed  # constants may come from a column they never show


def test_players_of_a_typical_preprocessing():
    transformer = make_column_transformer(
        (StandardScaler(), ["b", "d"]), (OneHotEncoder(), ["c"]), remainder="passthrough", sparse_threshold=0
    )
    frame = pd.DataFrame({"a": [1, 2, 3], "b": [0.5, 1, 2], "c": ["x", "y", "x"], "d": [3, 1, 2]})
    found = lineage([transformer.fit(frame)], tuple(frame.columns), frame)
    assert found.players.tolist() == [1, 3, 2, 2, 0]


def test_names_of_columns_and_categories_that_look_like_encoded_names():
    frame = pd.DataFrame(
        {"a": ["b_x", "c", "b_x"], "a_b": ["x", "c", "x"], "a_b_x": [1, 2, 3], "⟦0⟧": ["⟦1⟧", "0", "1"]}
    )
    transformer = make_column_transformer(
        (OneHotEncoder(), ["a", "a_b"]), ("passthrough", ["a_b_x"]), verbose_feature_names_out=True
    )
    assert lineage([transformer.fit(frame)], tuple(frame.columns), frame).players.tolist() == [0, 0, 1, 1, 2]


def test_a_constant_of_all_columns_belongs_to_none():
    frame = FRAME[["age"]].assign(height=1.0 * FRAME["age"] % 7)
    found = lineage([PolynomialFeatures(1).fit(frame)], ("age", "height"), frame)
    assert found.separable
    assert found.players.tolist() == [-1, 0, 1]


MIXING = {
    "PCA": PCA(2),
    "TruncatedSVD": TruncatedSVD(2),
    "KNNImputer": KNNImputer(),
    "IterativeImputer": IterativeImputer(max_iter=2),
    "Normalizer": Normalizer(),
    "FunctionTransformer": FunctionTransformer(lambda x: x - x.mean(axis=1, keepdims=True)),
}


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("step", MIXING)
def test_steps_that_mix_columns_are_named_with_their_columns(step: str):
    """Two of six columns are mixed; the others keep their encoded columns to themselves."""
    transformer = on_numbers(MIXING[step]).fit(FRAME)
    found = lineage([transformer], tuple(FRAME.columns), FRAME)
    assert [(mixing.step, sorted(mixing.columns)) for mixing in found.mixings] == [(step, [0, 1])]
    assert (found.separable, found.reason, sorted(found.mixed)) == (False, step, [0, 1])
    assert found.joint.tolist() == [True, True, False]
    assert found.players.tolist() == [-1, -1, list(FRAME.columns).index("owner")]
    assert [None if (m := found.mixing_of(c)) is None else m.step for c in range(6)] == [step, step, *[None] * 4]


def test_products_of_columns_are_joint_and_their_powers_are_not():
    found = lineage([on_numbers(PolynomialFeatures(2)).fit(FRAME)], tuple(FRAME.columns), FRAME)
    assert not found.separable
    # 1, age, income, age², age income, income², owner
    assert found.joint.tolist() == [False, False, False, False, True, False, False]
    assert found.players.tolist() == [-1, 0, 1, 0, -1, 1, 4]
    assert (found.reason, found.mixings[0].step) == ("several-columns", "PolynomialFeatures")


def test_a_step_that_mixes_everything_before_it():
    words = on_words(OneHotEncoder(sparse_output=False))
    fitted = make_pipeline(words, PCA(3)).fit(FRAME)
    found = lineage([step for _, step in fitted.steps], tuple(FRAME.columns), FRAME)
    assert found.sources == (frozenset([1, 2, 3, 5]),) * 3
    assert found.reason == "PCA"


class Centred(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):
    """Says that its outputs are its inputs, one by one, and subtracts the mean of the row all the same."""

    def fit(self, rows, target=None):
        self.n_features_in_ = rows.shape[1]
        self.feature_names_in_ = np.asarray(getattr(rows, "columns", range(rows.shape[1])), dtype=object)
        return self

    def transform(self, rows):
        return np.asarray(rows) - np.asarray(rows).mean(axis=1, keepdims=True)


@pytest.mark.parametrize("deep", [False, True], ids=["alone", "within a pipeline of a part"])
def test_a_transformer_that_lies_about_its_columns_is_caught_by_trying(deep: bool):
    frame = FRAME[["age"]].assign(height=1.0 * FRAME["age"] % 7, size=1.0 * FRAME["age"] % 11, other=1.0)
    step = make_column_transformer(
        (make_pipeline(StandardScaler(), Centred(), MinMaxScaler()), ["age", "height"]), ("passthrough", ["size"])
    )
    model = make_pipeline(step if deep else Centred(), LinearRegression()).fit(frame, frame["height"])
    prepared = Model(model).prepare(frame)
    assert (prepared.encoding, prepared.mixing) == (None, "Centred")
    assert sorted(prepared.lineage.mixed) == ([0, 1] if deep else [0, 1, 2, 3])
    assert (prepared.partly is None) is not deep


def test_a_function_that_says_it_works_one_by_one_is_believed_until_it_is_refuted():
    frame = FRAME[["age"]].assign(height=1.0 * FRAME["age"] % 7)
    honest = FunctionTransformer(lambda x: x**2, feature_names_out="one-to-one")
    lying = FunctionTransformer(lambda x: x / x.sum(axis=1, keepdims=True), feature_names_out="one-to-one")
    silent = FunctionTransformer(lambda x: x**2)
    found = [lineage([each.fit(frame.to_numpy())], ("a", "b"), frame.to_numpy()) for each in (honest, lying, silent)]
    assert [each.separable for each in found] == [True, False, False]
    assert [each.reason for each in found] == [None, "FunctionTransformer", "FunctionTransformer"]


def test_rows_that_are_encoded_together_are_no_rows_of_their_own():
    frame = FRAME[["age"]].assign(height=1.0 * FRAME["age"] % 7)
    step = FunctionTransformer(lambda x: x - x.mean(axis=0), feature_names_out="one-to-one")
    with pytest.raises(RowsTogether):
        lineage([step.fit(frame)], ("age", "height"), frame)
    model = make_pipeline(step, LinearRegression()).fit(frame, frame["age"])
    assert Model(model).prepare(frame).mixing == "several-rows"


def test_steps_of_other_libraries_are_followed_by_trying():
    encoders = pytest.importorskip("category_encoders")
    words = ["city", "job"]
    for encoder in (encoders.BinaryEncoder(), encoders.OrdinalEncoder(), encoders.CountEncoder()):
        step = make_column_transformer((encoder, words), ("passthrough", ["age"])).fit(FRAME)
        found = lineage([step], tuple(FRAME.columns), FRAME)
        assert found.separable
        assert set(found.players.tolist()) - {-1} == {0, 2, 3}
    hashing = make_column_transformer((encoders.HashingEncoder(max_process=1), words)).fit(FRAME)
    assert lineage([hashing], tuple(FRAME.columns), FRAME).reason == "HashingEncoder"


def test_resampling_does_nothing_when_a_model_predicts():
    imblearn = pytest.importorskip("imblearn")
    from imblearn.over_sampling import RandomOverSampler

    model = imblearn.pipeline.make_pipeline(columns(), RandomOverSampler(random_state=0), LogisticRegression())
    prepared = Model(model.fit(FRAME, two_classes(FRAME))).prepare(FRAME)
    assert prepared.encoding is not None
    assert prepared.steps == ("ColumnTransformer", "LogisticRegression")
