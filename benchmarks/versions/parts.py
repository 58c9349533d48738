"""Preprocessing of everyday kinds, as earlier versions of scikit-learn could build it (Python 3.8)."""

from __future__ import annotations

import inspect

import numpy as np
from sklearn.compose import ColumnTransformer, make_column_selector
from sklearn.decomposition import PCA
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import KNNImputer, SimpleImputer
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    KBinsDiscretizer,
    MinMaxScaler,
    OneHotEncoder,
    OrdinalEncoder,
    PolynomialFeatures,
    PowerTransformer,
    QuantileTransformer,
    RobustScaler,
    StandardScaler,
)

WORDS = ["city", "plan"]
AMOUNTS = ["age", "income"]


def accepted(kind, **options):
    """An estimator with those of the options that its version knows."""
    known = inspect.signature(kind.__init__).parameters
    return kind(**{name: value for name, value in options.items() if name in known})


def dense_one_hot(**options):
    known = inspect.signature(OneHotEncoder.__init__).parameters
    return OneHotEncoder(**{"sparse_output" if "sparse_output" in known else "sparse": False}, **options)


def numbers():
    return make_pipeline(SimpleImputer(strategy="median"), StandardScaler())


def filled():
    return make_pipeline(SimpleImputer(), StandardScaler())


def quantiles():
    return make_pipeline(SimpleImputer(), QuantileTransformer(n_quantiles=20, random_state=0))


def words():
    return make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore"))


def codes():
    """Codes for words; unknown ones get -1 where the version can do that (from 0.24)."""
    encoder = accepted(OrdinalEncoder, handle_unknown="use_encoded_value", unknown_value=-1)
    return make_pipeline(SimpleImputer(strategy="constant", fill_value="?"), encoder)


def by_selector():
    return ColumnTransformer(
        [
            ("numbers", numbers(), make_column_selector(dtype_include=np.number)),
            ("words", words(), make_column_selector(dtype_include=object)),
        ]
    )


def with_remainder():
    return ColumnTransformer([("words", words(), WORDS), ("amounts", filled(), AMOUNTS)], remainder="passthrough")


def coded():
    means = SimpleImputer(strategy="mean", add_indicator=True)
    return ColumnTransformer([("words", codes(), WORDS), ("amounts", means, AMOUNTS), ("rest", "passthrough", [2, 3])])


def coded_with_gaps():
    """Codes for the words; the other columns as they are, with what is missing in them."""
    return ColumnTransformer([("words", codes(), WORDS)], remainder="passthrough")


def dropped():
    first = make_pipeline(SimpleImputer(strategy="constant", fill_value="?"), dense_one_hot(drop="first"))
    neighbours = make_pipeline(RobustScaler(), KNNImputer(n_neighbors=3))
    return ColumnTransformer([("plan", first, ["plan"]), ("amounts", neighbours, AMOUNTS), ("city", "drop", ["city"])])


def binned():
    edges = accepted(KBinsDiscretizer, n_bins=4, encode="onehot-dense", strategy="uniform")
    powers = make_pipeline(SimpleImputer(), PowerTransformer(), PolynomialFeatures(2, include_bias=False))
    bins = make_pipeline(SimpleImputer(), edges)
    return ColumnTransformer(
        [("bins", bins, ["age"]), ("powers", powers, ["income", "visits"]), ("words", words(), WORDS)]
    )


def whole_bins():
    return accepted(KBinsDiscretizer, n_bins=5, encode="ordinal", strategy="quantile")


def reduced():
    few = make_pipeline(numbers(), PCA(n_components=2, random_state=0))
    logs = make_pipeline(SimpleImputer(), FunctionTransformer(np.log1p), MinMaxScaler())
    both = FeatureUnion([("few", few), ("logs", logs)])
    return ColumnTransformer([("both", both, ["age", "income", "visits"]), ("words", words(), WORDS)])


def whole():
    """Whole numbers and codes only: many rows are equally far from each other."""
    exact = make_pipeline(SimpleImputer(strategy="most_frequent"), dense_one_hot(handle_unknown="ignore"))
    return ColumnTransformer([("words", exact, WORDS), ("visits", "passthrough", ["visits"])])


def sparse_rows():
    visits = StandardScaler()
    return ColumnTransformer([("words", words(), WORDS), ("visits", visits, ["visits"])], sparse_threshold=1.0)


def text():
    cities = make_pipeline(SimpleImputer(strategy="constant", fill_value="nowhere"), FunctionTransformer(np.ravel))
    letters = TfidfVectorizer(analyzer="char", ngram_range=(1, 2))
    return ColumnTransformer(
        [
            ("plan", TfidfVectorizer(), "plan"),
            ("city", make_pipeline(cities, letters), ["city"]),
            ("income", numbers(), ["income"]),
        ]
    )


def rare():
    """Rare categories together: from 1.1."""
    few = OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=40)
    encoded = make_pipeline(SimpleImputer(strategy="most_frequent"), few)
    return ColumnTransformer([("words", encoded, WORDS), ("amounts", numbers(), AMOUNTS)])


def target_means():
    from sklearn.preprocessing import TargetEncoder  # from 1.3

    encoded = make_pipeline(SimpleImputer(strategy="most_frequent"), TargetEncoder(random_state=0))
    return ColumnTransformer([("words", encoded, WORDS), ("amounts", numbers(), AMOUNTS)])


def splines():
    from sklearn.preprocessing import SplineTransformer  # from 1.0

    curve = make_pipeline(SimpleImputer(), SplineTransformer(n_knots=4, degree=3))
    return ColumnTransformer([("curve", curve, AMOUNTS), ("words", words(), WORDS)])


def iterated():
    from sklearn.experimental import enable_iterative_imputer  # noqa: F401
    from sklearn.impute import IterativeImputer

    estimates = IterativeImputer(max_iter=3, random_state=0, add_indicator=True)
    return ColumnTransformer([("amounts", estimates, [*AMOUNTS, "visits"])], remainder="drop")
