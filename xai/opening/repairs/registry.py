"""All repairs, in the order in which they are done: code, function, classes, and the versions that need it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from xai.opening.repairs import (
    boosting,
    columns,
    counts,
    encoders,
    imputers,
    libraries,
    losses,
    others,
    parameters,
    renamed,
    searches,
    trees,
    vectors,
)
from xai.opening.repairs.formulas import adaboost, bins, centroids, logistic, neighbours, rest
from xai.opening.repairs.formulas import boosting as boosting_formulas
from xai.opening.repairs.notes import Notes
from xai.opening.scanning import version_key
from xai.opening.walking import walk

FIRST_WITH_NUMPY_2 = (1, 5)
_ANY = ("BaseEstimator",)


@dataclass(frozen=True)
class Rule:
    """One repair. `function` puts a part right in place and says what it did; nothing where nothing was needed."""

    code: str  # of its sentence in the catalogues: repairs.<code>
    function: Callable[[Any], Sequence[str]]
    kinds: tuple[str, ...]  # classes of scikit-learn, those derived from them included; others as "library.Class"
    before: tuple[int, int] | None = None  # the first version that needs it no longer; None: told by the part itself
    since: tuple[int, int] = (0, 22)
    numpy: int | None = None  # only where this NumPy wrote the file

    def concerns(self, part: Any, version: str, numpy: int | None) -> bool:
        """Whether a part that this scikit-learn and this NumPy wrote may need it."""
        if kinds_of(type(part)).isdisjoint(self.kinds):
            return False
        if self.before is None:
            return True
        written = version_key(version)[:2]
        if not self.since <= written < self.before:
            return False
        return self.numpy in (None, numpy or (1 if written < FIRST_WITH_NUMPY_2 else 2))


# Attributes only: done before the audit, which then finds every part in today's layout.
STRUCTURE = (
    Rule("renamed-parameters", renamed.parameters, _ANY, before=(1, 9)),
    Rule("former-defaults", parameters.former_defaults, _ANY, before=(1, 9)),
    Rule("new-parameters", parameters.new_parameters, _ANY, before=(1, 9)),
    Rule("renamed-attributes", renamed.attributes, tuple(renamed.ATTRIBUTES), before=(1, 9)),
    Rule("column-counts", counts.columns, _ANY, before=(1, 5)),
    Rule("remainder-columns", columns.remainder_as_list, ("ColumnTransformer",), since=(1, 5), before=(1, 8)),
    Rule("column-names", columns.names_and_positions, ("ColumnTransformer",), before=(1, 0)),
    Rule("passthrough", columns.passthrough, ("ColumnTransformer",), before=(1, 4)),
    Rule("imputer-types", imputers.types, ("SimpleImputer",), before=(1, 8)),
    Rule("imputer-state", imputers.indicator, ("_BaseImputer",), before=(0, 24)),
    Rule("imputer-state", imputers.lone_indicator, ("MissingIndicator",), before=(0, 24)),
    Rule("imputer-state", imputers.valid_columns, ("KNNImputer",), before=(1, 1)),
    Rule("imputer-state", imputers.empty_columns, ("IterativeImputer",), before=(1, 6)),
    Rule("imputer-state", imputers.bounds, ("IterativeImputer",), before=(0, 23)),
    Rule("encoder-state", encoders.one_hot, ("OneHotEncoder",), before=(1, 2)),
    Rule("encoder-state", encoders.ordinal, ("OrdinalEncoder",), before=(1, 3)),
    Rule("loss", losses.boosting, ("BaseGradientBoosting",), before=(1, 9)),
    Rule("loss", losses.histogram_boosting, ("BaseHistGradientBoosting",), before=(1, 9)),
    Rule("loss", losses.linear, ("_GeneralizedLinearRegressor",), before=(1, 9)),
    Rule("loss", losses.stochastic_gradient, ("BaseSGD",), before=(1, 6)),
    Rule("boosting-state", boosting.state, ("BaseHistGradientBoosting",), before=(1, 4)),
    Rule("boosting-state", boosting.check_of_numbers, ("FunctionTransformer",), since=(1, 4), before=(1, 6)),
    Rule("boosting-state", boosting.bins, ("_BinMapper",), before=(0, 24)),
    Rule("boosting-state", boosting.bitsets, ("TreePredictor",), before=(0, 24)),
    Rule("vectors-state", vectors.state, ("BaseLibSVM",), before=(1, 9)),
    Rule("scorer", searches.scorer, ("BaseSearchCV",), before=(1, 4)),
    Rule("fitted-state", others.ridge_classes, ("_RidgeClassifierMixin",), before=(1, 8)),
    Rule("fitted-state", others.polynomial_degrees, ("PolynomialFeatures",), before=(1, 0)),
    Rule("fitted-state", others.kernel_width, ("KernelPCA",), before=(1, 3)),
    Rule("fitted-state", others.word_weights, ("TfidfTransformer",), before=(1, 5)),
    Rule("fitted-state", others.largest_value_norm, ("Normalizer",), before=(0, 23)),
    Rule("fitted-state", others.target_scale, ("GaussianProcessRegressor",), before=(0, 23)),
    Rule("fitted-state", others.isotonic_function, ("IsotonicRegression",), before=(0, 24)),
)
LIBRARIES = (
    Rule("libraries", libraries.lightgbm, ("lightgbm.LGBMModel",)),
    Rule("libraries", libraries.xgboost, ("xgboost.XGBModel",)),
    Rule("new-parameters", parameters.new_parameters, ("category_encoders.BaseEncoder",)),
    Rule("libraries", libraries.category_encoders, ("category_encoders.BaseEncoder",)),
)
# Numbers: done after the audit, because compiled parts are asked, and methods are given to single objects.
NUMBERS = (
    Rule("class-shares", trees.class_shares, ("DecisionTreeClassifier",), before=(1, 4)),
    Rule("refuses-missing", trees.refuse_missing, ("DecisionTreeClassifier", "DecisionTreeRegressor"), before=(1, 3)),
    Rule("refuses-missing", trees.refuse_missing, ("ExtraTreeClassifier", "ExtraTreeRegressor"), before=(1, 6)),
    Rule("refuses-missing", trees.forest_refuses_missing, ("BaseForest",), before=(1, 4)),
    Rule(
        "refuses-missing", trees.forest_refuses_missing, ("ExtraTreesClassifier", "ExtraTreesRegressor"), before=(1, 6)
    ),
    Rule("refuses-missing", trees.criterion_refuses_missing, ("BaseDecisionTree",), before=(1, 9)),
    Rule("refuses-missing", encoders.refuse_missing, ("OneHotEncoder",), before=(0, 24)),
    Rule("refuses-missing", encoders.refuse_missing, ("OrdinalEncoder",), before=(1, 0)),
    Rule("adaboost-formula", adaboost.by_probability, ("AdaBoostClassifier",), before=(1, 6)),
    Rule("adaboost-formula", adaboost.by_votes, ("AdaBoostClassifier",), before=(1, 3)),
    Rule("logistic-formula", logistic.probabilities_before_1_6, ("LogisticRegression",), before=(1, 6)),
    Rule("logistic-formula", logistic.probabilities, ("LogisticRegression",), since=(1, 6), before=(1, 8)),
    Rule("boosting-start", boosting_formulas.start, ("BaseGradientBoosting",), before=(1, 4)),
    Rule("boosting-ties", boosting_formulas.answers, ("BaseHistGradientBoosting",), before=(1, 5)),
    Rule("rest-ties", rest.ties_before_1_7, ("OneVsRestClassifier",), before=(1, 7)),
    Rule("rest-ties", rest.ties, ("OneVsRestClassifier",), since=(1, 7), before=(1, 8)),
    Rule("bin-edges", bins.edges, ("KBinsDiscretizer",), before=(1, 1)),
    Rule("neighbour-order", neighbours.products, ("KNeighborsMixin",), before=(0, 24)),
    Rule("neighbour-order", neighbours.distances, ("KNeighborsMixin",), before=(1, 1)),
    Rule("neighbour-order", neighbours.distances_of_1_1, ("KNeighborsMixin",), since=(1, 1), before=(1, 2)),
    Rule("neighbour-order", neighbours.heap_of_sparse, ("KNeighborsMixin",), since=(1, 2), before=(1, 4)),
    Rule("neighbour-order", neighbours.order, ("KNeighborsMixin",), numpy=1, since=(1, 1), before=(1, 9)),
    Rule("neighbour-order", neighbours.donors, ("KNNImputer",), before=(1, 6)),
    Rule("neighbour-order", neighbours.donors_order, ("KNNImputer",), numpy=1, before=(1, 9)),
    Rule("selection-threshold", others.selection_threshold, ("SelectFromModel",), before=(1, 8)),
    Rule("scaled-slopes", others.partial_least_squares, ("_PLS",), before=(1, 5)),
    Rule("without-scores", centroids.without_scores, ("NearestCentroid",), before=(1, 6)),
    Rule("column-places", columns.output_positions, ("ColumnTransformer",), before=(1, 0)),
)


def repair(thing: Any, rules: Sequence[Rule], notes: Notes, saved: str) -> None:
    """Put right every part inside `thing`, in place. `saved` stands for parts that do not say who wrote them."""
    parts = list(walk(thing))
    for rule in rules:
        for part in parts:
            if rule.concerns(part, notes.version_of(part) or saved, notes.numpy) and (done := rule.function(part)):
                notes.note(rule.code, done)


@cache
def kinds_of(kind: type) -> frozenset[str]:
    """The names of a class and of those it is derived from."""
    return frozenset(
        base.__name__ if root == "sklearn" else f"{root}.{base.__name__}"
        for base in kind.__mro__
        for root in [base.__module__.split(".")[0]]
    )
