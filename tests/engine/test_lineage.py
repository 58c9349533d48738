"""Which original column an encoded column comes from: compared with what changes when a column is changed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from pipelines import NUMBERS, people, two_classes
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.compose import ColumnTransformer, make_column_transformer
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

from xai.lineage import Mixed, as_matrix, lineage
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
    found = lineage([transformer], tuple(frame.columns))
    assert found.separable
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
    found = lineage([transformer.fit(frame)], tuple(frame.columns))
    assert found.players.tolist() == [1, 3, 2, 2, 0]


def test_names_of_columns_and_categories_that_look_like_encoded_names():
    frame = pd.DataFrame(
        {"a": ["b_x", "c", "b_x"], "a_b": ["x", "c", "x"], "a_b_x": [1, 2, 3], "⟦0⟧": ["⟦1⟧", "0", "1"]}
    )
    transformer = make_column_transformer(
        (OneHotEncoder(), ["a", "a_b"]), ("passthrough", ["a_b_x"]), verbose_feature_names_out=True
    )
    assert lineage([transformer.fit(frame)], tuple(frame.columns)).players.tolist() == [0, 0, 1, 1, 2]


def test_a_constant_of_all_columns_belongs_to_none():
    frame = FRAME[["age"]].assign(height=1.0 * FRAME["age"] % 7)
    found = lineage([PolynomialFeatures(1).fit(frame)], ("age", "height"))
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
def test_steps_that_mix_columns_are_named(step: str):
    transformer = on_numbers(MIXING[step]).fit(FRAME)
    with pytest.raises(Mixed) as caught:
        lineage([transformer], tuple(FRAME.columns))
    assert caught.value.step == step


def test_products_of_columns_are_not_separable():
    found = lineage([on_numbers(PolynomialFeatures(2)).fit(FRAME)], tuple(FRAME.columns))
    assert not found.separable
    assert frozenset([0, 1]) in found.sources


class Centred(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):
    """Says that its outputs are its inputs, one by one, and subtracts the mean of the row all the same."""

    def fit(self, rows, target=None):
        self.n_features_in_ = rows.shape[1]
        self.feature_names_in_ = np.asarray(rows.columns, dtype=object)
        return self

    def transform(self, rows):
        return rows.to_numpy() - rows.to_numpy().mean(axis=1, keepdims=True)


def test_a_transformer_that_lies_about_its_columns_is_caught_by_trying():
    frame = FRAME[["age"]].assign(height=1.0 * FRAME["age"] % 7, size=1.0 * FRAME["age"] % 11)
    model = make_pipeline(Centred(), LinearRegression()).fit(frame, frame["height"])
    assert lineage(model[:-1], tuple(frame.columns)).separable
    prepared = Model(model).prepare(frame)
    assert (prepared.encoding, prepared.mixing) == (None, "differs")
