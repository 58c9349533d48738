"""Models of everyday kinds, as earlier versions of scikit-learn could build them; run by those versions (Python 3.8).

What a version does not have yet raises an error while it is built, and is left out there.
"""

from __future__ import annotations

import contextlib
import inspect
from collections import namedtuple

import library_recipes
import numpy as np
import parts
import sklearn.ensemble
import sklearn.linear_model
from parts import AMOUNTS, accepted
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import TransformedTargetRegressor
from sklearn.cross_decomposition import PLSRegression
from sklearn.decomposition import KernelPCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis, QuadraticDiscriminantAnalysis
from sklearn.ensemble import (
    AdaBoostClassifier,
    AdaBoostRegressor,
    BaggingClassifier,
    BaggingRegressor,
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
    StackingClassifier,
    StackingRegressor,
    VotingClassifier,
    VotingRegressor,
)
from sklearn.feature_selection import RFE, SelectFromModel, SelectKBest, VarianceThreshold, f_classif
from sklearn.gaussian_process import GaussianProcessClassifier, GaussianProcessRegressor
from sklearn.linear_model import (
    ElasticNet,
    Lasso,
    LinearRegression,
    LogisticRegression,
    LogisticRegressionCV,
    Ridge,
    RidgeClassifier,
    SGDClassifier,
    SGDRegressor,
)
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV
from sklearn.multiclass import OneVsOneClassifier, OneVsRestClassifier
from sklearn.naive_bayes import GaussianNB, MultinomialNB
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor, NearestCentroid
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import MinMaxScaler
from sklearn.svm import SVC, SVR, LinearSVC
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

Recipe = namedtuple("Recipe", "make target columns")

ALL = ["age", "income", "visits", "height", "city", "plan"]
COUNTED = [*AMOUNTS, "visits"]
COMPLETE = ["visits", "height", "weight"]  # nothing is missing in them
FEW = {"n_estimators": 8, "max_depth": 4, "random_state": 0}


def recipes():
    """name -> Recipe"""
    families = (trees, boosting, adaboost, together, neighbours, vectors_and_networks, logistic, linear, others)
    found = {}
    for family in families:
        found.update(family())
    for name, (make, target) in library_recipes.makers(parts).items():
        found[name] = Recipe(make, target, ALL)
    return found


def behind(columns, target, kind, names=ALL, **options):
    """A model behind a preprocessing."""
    return Recipe(lambda: make_pipeline(columns(), kind(**options)), target, names)


def alone(target, kind, **options):
    """A model without preprocessing."""
    return Recipe(lambda: kind(**options), target, COMPLETE)


def trees():
    few, balanced = {"max_depth": 4, "random_state": 0}, {"class_weight": "balanced", "max_depth": 5, "random_state": 0}
    return {
        "tree": behind(parts.by_selector, "buys", DecisionTreeClassifier, **few),
        "tree, 3 classes, balanced": behind(parts.coded, "level", DecisionTreeClassifier, **balanced),
        "tree, regression, alone": alone("spent", DecisionTreeRegressor, **few),
        "random forest": behind(parts.with_remainder, "buys", RandomForestClassifier, **FEW),
        "random forest, 3 classes": behind(parts.by_selector, "level", RandomForestClassifier, **FEW),
        "random forest, alone, 0 and 1": alone("flag", RandomForestClassifier, **FEW),
        "random forest, regression": behind(parts.coded, "spent", RandomForestRegressor, **FEW),
        "extra trees, 3 classes": behind(parts.binned, "level", ExtraTreesClassifier, **FEW),
        "extra trees, regression": behind(parts.by_selector, "spent", ExtraTreesRegressor, **FEW),
    }


def histogram(kind):
    def make(**options):
        with contextlib.suppress(ImportError):
            from sklearn.experimental import enable_hist_gradient_boosting  # noqa: F401 - before 1.0
        return getattr(sklearn.ensemble, kind)(max_iter=12, max_depth=4, random_state=0, **options)

    return make


def boosting():
    classes, amounts = histogram("HistGradientBoostingClassifier"), histogram("HistGradientBoostingRegressor")
    words = [True, True] + 4 * [False]
    gaps = parts.coded_with_gaps
    return {
        "gradient boosting": behind(parts.by_selector, "buys", GradientBoostingClassifier, **FEW),
        "gradient boosting, 3 classes": behind(parts.with_remainder, "level", GradientBoostingClassifier, **FEW),
        "gradient boosting, exponential": behind(
            parts.by_selector, "buys", GradientBoostingClassifier, loss="exponential", **FEW
        ),
        "gradient boosting, regression": behind(parts.reduced, "spent", GradientBoostingRegressor, **FEW),
        "gradient boosting, Huber": behind(parts.by_selector, "spent", GradientBoostingRegressor, loss="huber", **FEW),
        "histogram boosting": behind(gaps, "buys", classes),
        "histogram boosting, categories": behind(gaps, "level", classes, categorical_features=words),
        "histogram boosting, regression": behind(gaps, "spent", amounts, early_stopping=True),
        "histogram boosting, Poisson": behind(gaps, "spent", amounts, loss="poisson"),
    }


def based(kind, estimator):
    """An ensemble of estimators of one kind: the parameter changed its name in 1.2."""
    known = inspect.signature(kind.__init__).parameters
    name = "estimator" if "estimator" in known else "base_estimator"
    return lambda **options: kind(**{name: estimator}, **options)


def stump():
    return DecisionTreeClassifier(max_depth=2, random_state=0)


def adaboost():
    few, stumps = {"n_estimators": 8, "random_state": 0}, based(AdaBoostClassifier, stump())
    return {
        "AdaBoost": behind(parts.by_selector, "buys", AdaBoostClassifier, **few),
        "AdaBoost, 3 classes": behind(parts.with_remainder, "level", stumps, **few),
        "AdaBoost, SAMME": behind(
            parts.by_selector, "level", lambda: accepted(AdaBoostClassifier, algorithm="SAMME", **few)
        ),
        "AdaBoost, regression": behind(parts.by_selector, "spent", AdaBoostRegressor, **few),
    }


def together():
    line, some = LogisticRegression(), {"n_estimators": 6, "random_state": 0}
    classes = {"estimators": [("line", line), ("tree", stump())]}
    amounts = {"estimators": [("line", Ridge()), ("tree", DecisionTreeRegressor(max_depth=3, random_state=0))]}
    lines = based(BaggingClassifier, line)
    selected = parts.by_selector
    return {
        "bagging": behind(selected, "level", BaggingClassifier, **some),
        "bagging of lines, some columns": behind(selected, "buys", lines, max_features=0.5, **some),
        "bagging, regression": behind(parts.dropped, "spent", BaggingRegressor, **some),
        "voting": behind(selected, "level", VotingClassifier, voting="soft", **classes),
        "voting by majority": behind(selected, "buys", VotingClassifier, weights=[2, 1], **classes),
        "voting, regression": behind(selected, "spent", VotingRegressor, **amounts),
        "stacking": behind(selected, "buys", StackingClassifier, cv=3, **classes),
        "stacking, 3 classes, passed on": behind(
            parts.coded, "level", StackingClassifier, cv=3, passthrough=True, **classes
        ),
        "stacking, regression": behind(selected, "spent", StackingRegressor, cv=3, **amounts),
        "calibrated": behind(selected, "buys", lambda: CalibratedClassifierCV(stump(), cv=3)),
        "calibrated, isotonic, 3 classes": behind(
            selected, "level", lambda: CalibratedClassifierCV(LinearSVC(random_state=0), cv=3, method="isotonic")
        ),
        "one against the rest": behind(selected, "level", lambda: OneVsRestClassifier(SGDClassifier(random_state=0))),
        "one against the rest, trees": behind(
            selected, "level", lambda: OneVsRestClassifier(DecisionTreeClassifier(max_depth=6, random_state=0))
        ),
        "one against one": behind(selected, "level", lambda: OneVsOneClassifier(LinearSVC(random_state=0))),
    }


def neighbours():
    by_distance = {"algorithm": "brute", "weights": "distance"}
    manhattan = {"algorithm": "ball_tree", "metric": "manhattan"}
    return {
        "neighbours, KD tree": behind(
            parts.by_selector, "level", KNeighborsClassifier, algorithm="kd_tree", weights="distance"
        ),
        "neighbours, ball tree": behind(parts.dropped, "buys", KNeighborsClassifier, **manhattan),
        "neighbours, brute force": behind(parts.by_selector, "spent", KNeighborsRegressor, algorithm="brute"),
        "neighbours, brute force, many ties": behind(parts.whole, "level", KNeighborsClassifier, **by_distance),
        "neighbours, sparse rows": behind(parts.sparse_rows, "spent", KNeighborsRegressor),
        "neighbours, alone": alone("flag", KNeighborsClassifier),
        "nearest centroid": behind(parts.by_selector, "level", NearestCentroid),
    }


def vectors_and_networks():
    few = {"hidden_layer_sizes": (6,), "max_iter": 40, "random_state": 0}
    return {
        "support vectors": behind(parts.by_selector, "buys", SVC, probability=True, random_state=0),
        "support vectors, 3 classes": behind(parts.by_selector, "level", SVC, kernel="poly", gamma="auto"),
        "support vectors, regression": behind(parts.by_selector, "spent", SVR, C=20.0),
        "network": behind(parts.by_selector, "level", MLPClassifier, **few),
        "network, regression": behind(
            parts.by_selector, "spent", MLPRegressor, activation="tanh", solver="lbfgs", **few
        ),
    }


def logistic():
    def regression(**options):
        return lambda: accepted(LogisticRegression, max_iter=200, **options)

    selected = parts.by_selector
    return {
        "logistic regression": behind(parts.binned, "buys", regression()),
        "logistic regression, 3 classes": behind(parts.with_remainder, "level", regression()),
        "logistic regression, one by one": behind(selected, "level", regression(multi_class="ovr")),
        "logistic regression, all at once": behind(selected, "buys", regression(multi_class="multinomial")),
        "logistic regression, chosen C": behind(selected, "level", LogisticRegressionCV, Cs=3, cv=3),
        "ridge classifier": behind(selected, "level", RidgeClassifier),
        "stochastic gradient": behind(selected, "level", SGDClassifier, loss="modified_huber", random_state=0),
        "stochastic gradient, log loss": behind(selected, "buys", SGDClassifier, loss=log_loss(), random_state=0),
        "rare categories": behind(parts.rare, "buys", regression()),
        "target encoder": behind(parts.target_means, "buys", regression()),
        "words of a text": behind(parts.text, "level", regression(), names=["plan", "city", "income"]),
    }


def log_loss():
    """It was called "log" until 1.1, and its new name is known since 1.1."""
    return "log_loss" if tuple(map(int, sklearn.__version__.split(".")[:2])) >= (1, 1) else "log"


def linear():
    def newer(kind, **options):
        return lambda: getattr(sklearn.linear_model, kind)(**options)  # some from 0.23

    return {
        "linear regression": behind(parts.with_remainder, "spent", LinearRegression),
        "ridge": behind(parts.reduced, "spent", Ridge),
        "lasso": behind(parts.binned, "spent", Lasso, alpha=0.1),
        "elastic net, estimated gaps": behind(parts.iterated, "spent", ElasticNet, alpha=0.1),
        "stochastic gradient, regression": behind(parts.by_selector, "spent", SGDRegressor, random_state=0),
        "Poisson regression": behind(parts.by_selector, "spent", newer("PoissonRegressor")),
        "Tweedie regression": behind(parts.by_selector, "spent", newer("TweedieRegressor", power=1.5)),
        "splines": behind(parts.splines, "spent", Ridge),
        "bins of whole numbers": behind(parts.whole_bins, "spent", Ridge, names=COMPLETE),
        "partial least squares": behind(parts.numbers, "spent", PLSRegression, names=COUNTED),
        "kernel components": Recipe(
            lambda: make_pipeline(parts.numbers(), KernelPCA(3, kernel="rbf"), Ridge()), "spent", COUNTED
        ),
        "logarithm of the target": Recipe(logarithms, "spent", ALL),
        "pipeline in a pipeline": Recipe(nested, "spent", ALL),
    }


def logarithms():
    return TransformedTargetRegressor(make_pipeline(parts.by_selector(), Ridge()), func=np.log1p, inverse_func=np.expm1)


def nested():
    inner = Pipeline([("forest", RandomForestRegressor(**FEW))])
    return Pipeline([("columns", parts.with_remainder()), ("model", inner)])


def others():
    noisy = {"alpha": 0.1, "normalize_y": True, "random_state": 0}
    return {
        "naive Bayes": behind(parts.filled, "level", GaussianNB, names=COUNTED),
        "naive Bayes of counts": behind(MinMaxScaler, "buys", MultinomialNB, names=COMPLETE),
        "linear discriminants": behind(parts.quantiles, "level", LinearDiscriminantAnalysis, names=COUNTED),
        "quadratic discriminants": behind(parts.numbers, "buys", QuadraticDiscriminantAnalysis, names=COUNTED),
        "Gaussian process": behind(parts.numbers, "buys", GaussianProcessClassifier, names=COUNTED, random_state=0),
        "Gaussian process, regression": behind(
            parts.numbers, "spent", GaussianProcessRegressor, names=COUNTED, **noisy
        ),
        "chosen columns": Recipe(chosen, "buys", ALL),
        "columns chosen by models": Recipe(chosen_by_models, "buys", ALL),
        "grid search": Recipe(searched, "buys", ALL),
        "random search, scored": Recipe(scored, "buys", ALL),
    }


def chosen():
    best = SelectKBest(f_classif, k=5)
    return make_pipeline(parts.by_selector(), VarianceThreshold(), best, LogisticRegression())


def chosen_by_models():
    some, two = SelectFromModel(LogisticRegression()), RFE(LogisticRegression(), n_features_to_select=2)
    return make_pipeline(parts.by_selector(), some, two, stump())


def searched():
    tried = {"model__C": [0.1, 1.0], "columns__amounts__simpleimputer__strategy": ["mean", "median"]}
    return GridSearchCV(Pipeline([("columns", parts.with_remainder()), ("model", LogisticRegression())]), tried, cv=3)


def scored():
    model = make_pipeline(parts.by_selector(), DecisionTreeClassifier(random_state=0))
    tried = {"decisiontreeclassifier__max_depth": [1, 2, 3]}
    return RandomizedSearchCV(model, tried, n_iter=2, cv=3, random_state=0, scoring="roc_auc")
