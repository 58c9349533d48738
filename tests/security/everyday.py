"""Everyday pipelines of scikit-learn: the benign half of the corpus, and what the allow-list is generated from."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import loguniform, randint
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor, make_column_selector
from sklearn.decomposition import PCA, TruncatedSVD
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis, QuadraticDiscriminantAnalysis
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import (
    AdaBoostClassifier,
    BaggingClassifier,
    ExtraTreesRegressor,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
    StackingClassifier,
    VotingClassifier,
)
from sklearn.experimental import enable_iterative_imputer  # noqa: F401
from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer, TfidfVectorizer
from sklearn.feature_selection import RFE, SelectFromModel, SelectKBest, VarianceThreshold, f_classif
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, WhiteKernel
from sklearn.impute import IterativeImputer, KNNImputer, SimpleImputer
from sklearn.linear_model import (
    Lasso,
    LogisticRegression,
    LogisticRegressionCV,
    PoissonRegressor,
    Ridge,
    RidgeCV,
    SGDClassifier,
)
from sklearn.metrics import f1_score, make_scorer
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV, StratifiedKFold
from sklearn.multiclass import OneVsRestClassifier
from sklearn.naive_bayes import GaussianNB, MultinomialNB
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    KBinsDiscretizer,
    MaxAbsScaler,
    MinMaxScaler,
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
from sklearn.svm import SVC, SVR, LinearSVC
from sklearn.tree import DecisionTreeClassifier

ROWS = 120
NUMBERS = ["age", "income", "hours"]
WORDS = ["sex", "city"]


@dataclass(frozen=True)
class Tables:
    """What the pipelines are fitted on: `mixed` (ROWS, 5) with words and gaps, `plain` (ROWS, 3) numbers."""

    mixed: pd.DataFrame
    plain: pd.DataFrame
    texts: list[str]
    binary: pd.Series
    words: pd.Series
    number: pd.Series

    @property
    def categories(self) -> pd.DataFrame:
        return self.mixed.astype(dict.fromkeys(WORDS, "category"))


def tables(seed: int = 0) -> Tables:
    random = np.random.default_rng(seed)
    mixed = pd.DataFrame(
        {
            "age": random.integers(18, 90, ROWS).astype(float),
            "income": random.lognormal(10, 1, ROWS),
            "hours": random.normal(40, 5, ROWS),
            "sex": random.choice(["f", "m"], ROWS),
            "city": random.choice(["Köln", "Bonn", "Aachen"], ROWS),
        }
    )
    mixed.loc[::17, "income"] = np.nan
    binary = (mixed["age"] + random.normal(0, 10, ROWS) > 50).astype(int)
    texts = [f"good film {place}" if place % 2 else f"bad plot {place} again" for place in range(ROWS)]
    words = pd.Series(np.where(binary == 1, "yes", "no"))
    return Tables(mixed, mixed[NUMBERS].fillna(0.0), texts, binary, words, mixed["age"] * 2 + 1)


def prepared(model: Any, numbers: Any = None, words: Any = None) -> Pipeline:
    numbers = numbers or make_pipeline(SimpleImputer(), StandardScaler())
    words = words or OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    return make_pipeline(ColumnTransformer([("numbers", numbers, NUMBERS), ("words", words, WORDS)]), model)


# Each: (estimator, which table, which target).
Recipe = tuple[Any, str, str]
MIXED_BINARY: Mapping[str, Callable[[], Any]] = {
    "logistic": lambda: prepared(LogisticRegression()),
    "logistic_cv": lambda: prepared(LogisticRegressionCV(Cs=2, cv=2)),
    "forest": lambda: prepared(RandomForestClassifier(10, random_state=0, n_jobs=-1)),
    "forest_of_a_random_state": lambda: prepared(RandomForestClassifier(5, random_state=np.random.RandomState(3))),
    "boosting": lambda: prepared(GradientBoostingClassifier(n_estimators=5)),
    "svc": lambda: prepared(SVC()),
    "calibrated_svc": lambda: prepared(CalibratedClassifierCV(LinearSVC(), cv=2)),
    "calibrated_isotonic": lambda: prepared(CalibratedClassifierCV(GaussianNB(), method="isotonic", cv=2)),
    "network": lambda: prepared(MLPClassifier((5,), max_iter=5)),
    "network_stopping": lambda: prepared(MLPClassifier((5,), max_iter=5, early_stopping=True)),
    "sgd": lambda: prepared(SGDClassifier(loss="log_loss")),
    "stacking": lambda: StackingClassifier(
        [("a", prepared(LogisticRegression())), ("b", prepared(RandomForestClassifier(3)))], cv=2
    ),
    "voting": lambda: VotingClassifier([("a", prepared(LogisticRegression())), ("b", prepared(GaussianNB()))]),
    "bagging": lambda: prepared(BaggingClassifier(DecisionTreeClassifier(), 3)),
    "adaboost": lambda: prepared(AdaBoostClassifier(n_estimators=3)),
    "grid": lambda: GridSearchCV(
        prepared(LogisticRegression()), {"logisticregression__C": [0.1, 1.0]}, cv=StratifiedKFold(2)
    ),
    "grid_with_scorer": lambda: GridSearchCV(
        prepared(LogisticRegression()), {"logisticregression__C": [0.1, 1.0]}, cv=2, scoring=make_scorer(f1_score)
    ),
    "random_search": lambda: RandomizedSearchCV(
        prepared(RandomForestClassifier(3)),
        {"randomforestclassifier__max_depth": randint(2, 5), "randomforestclassifier__ccp_alpha": loguniform(1e-5, 1)},
        n_iter=2,
        cv=2,
    ),
    "ordinal": lambda: prepared(
        RandomForestClassifier(3), words=OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    ),
    "target_encoder": lambda: prepared(LogisticRegression(), words=TargetEncoder(cv=2)),
    "knn_imputer": lambda: prepared(LogisticRegression(), numbers=KNNImputer()),
    "iterative_imputer": lambda: prepared(LogisticRegression(), numbers=IterativeImputer(max_iter=2)),
    "quantiles": lambda: prepared(
        LogisticRegression(),
        numbers=make_pipeline(SimpleImputer(), PowerTransformer(), QuantileTransformer(n_quantiles=20)),
    ),
    "splines": lambda: prepared(
        LogisticRegression(),
        numbers=make_pipeline(SimpleImputer(), RobustScaler(), MinMaxScaler(), MaxAbsScaler(), SplineTransformer()),
    ),
    "logarithms": lambda: prepared(
        LogisticRegression(),
        numbers=make_pipeline(SimpleImputer(), FunctionTransformer(np.log1p, inverse_func=np.expm1)),
    ),
    "partial": lambda: prepared(
        LogisticRegression(),
        numbers=make_pipeline(SimpleImputer(), FunctionTransformer(functools.partial(np.clip, a_min=0, a_max=1e6))),
    ),
    "selector": lambda: make_pipeline(
        ColumnTransformer(
            [("numbers", SimpleImputer(), make_column_selector(dtype_include="number"))],
            verbose_feature_names_out=False,
        ).set_output(transform="pandas"),
        RandomForestClassifier(3),
    ),
    "remainder": lambda: make_pipeline(
        ColumnTransformer([("words", OrdinalEncoder(), WORDS)], remainder="passthrough"),
        HistGradientBoostingClassifier(max_iter=3),
    ),
}
PLAIN_BINARY: Mapping[str, Callable[[], Any]] = {
    "histogram": lambda: HistGradientBoostingClassifier(max_iter=5),
    "neighbours_kd": lambda: KNeighborsClassifier(algorithm="kd_tree"),
    "discriminant": lambda: LinearDiscriminantAnalysis(),
    "quadratic": lambda: QuadraticDiscriminantAnalysis(),
    "bins": lambda: make_pipeline(KBinsDiscretizer(3, encode="ordinal"), DecisionTreeClassifier()),
    "components": lambda: make_pipeline(SelectKBest(f_classif, k=2), PCA(2), LogisticRegression()),
    "elimination": lambda: make_pipeline(
        VarianceThreshold(),
        RFE(LogisticRegression(), n_features_to_select=2),
        SelectFromModel(DecisionTreeClassifier()),
        LogisticRegression(),
    ),
    "union": lambda: make_pipeline(
        StandardScaler(), FeatureUnion([("p", PCA(1)), ("s", TruncatedSVD(1))]), LogisticRegression()
    ),
    "dummy": lambda: DummyClassifier(),
    "one_against_rest": lambda: OneVsRestClassifier(LogisticRegression()),
}
PLAIN_NUMBER: Mapping[str, Callable[[], Any]] = {
    "neighbours_ball": lambda: KNeighborsRegressor(algorithm="ball_tree", p=3),
    "gaussian_process": lambda: GaussianProcessRegressor(RBF() + WhiteKernel()),
    "lasso": lambda: make_pipeline(PolynomialFeatures(2), StandardScaler(), Lasso()),
    "poisson": lambda: make_pipeline(StandardScaler(), PoissonRegressor()),
    "histogram_poisson": lambda: HistGradientBoostingRegressor(max_iter=5, loss="poisson", early_stopping=True),
    "ridge_cv": lambda: RidgeCV(),
}
MIXED_NUMBER: Mapping[str, Callable[[], Any]] = {
    "extra_trees": lambda: prepared(ExtraTreesRegressor(5)),
    "forest_regression": lambda: prepared(RandomForestRegressor(5)),
    "boosting_huber": lambda: prepared(GradientBoostingRegressor(n_estimators=5, loss="huber")),
    "svr": lambda: prepared(SVR()),
    "log_target": lambda: TransformedTargetRegressor(prepared(Ridge()), func=np.log1p, inverse_func=np.expm1),
}
TEXTS: Mapping[str, Callable[[], Any]] = {
    "tfidf": lambda: make_pipeline(TfidfVectorizer(), MultinomialNB()),
    "own_tokens": lambda: make_pipeline(
        CountVectorizer(tokenizer=re.compile(r"\w+").findall, preprocessor=str.lower, token_pattern=None),
        MultinomialNB(),
    ),
    "hashing": lambda: make_pipeline(HashingVectorizer(n_features=64), SGDClassifier()),
}


def recipes() -> dict[str, tuple[Callable[[], Any], str, str]]:
    """name -> (how to make it, the table's name, the target's name)."""
    groups = (
        (MIXED_BINARY, "mixed", "binary"),
        (PLAIN_BINARY, "plain", "binary"),
        (PLAIN_NUMBER, "plain", "number"),
        (MIXED_NUMBER, "mixed", "number"),
        (TEXTS, "texts", "binary"),
    )
    found = {name: (make, table, target) for group, table, target in groups for name, make in group.items()}
    found["words_as_classes"] = (lambda: prepared(RandomForestClassifier(5, random_state=0)), "mixed", "words")
    found["histogram_of_categories"] = (
        lambda: HistGradientBoostingClassifier(max_iter=5, categorical_features="from_dtype"),
        "categories",
        "binary",
    )
    return found
