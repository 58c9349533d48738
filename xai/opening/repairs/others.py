"""Fitted attributes of single estimators that today are kept, and before were computed when they were asked for."""

from __future__ import annotations

from typing import Any

import numpy as np

from xai.opening.repairs.exactness import not_exact


def ridge_classes(model: Any) -> list[str]:
    """Up to 1.7: the classes of a ridge classifier came out of its label binarizer."""
    state = vars(model)
    if "classes_" in state or "_label_binarizer" not in state:
        return []
    model.classes_ = model._label_binarizer.classes_
    return [f"{type(model).__name__}.classes_"]


def polynomial_degrees(transformer: Any) -> list[str]:
    """Up to 0.24: the smallest degree was always 0."""
    state = vars(transformer)
    if "_max_degree" in state or "n_output_features_" not in state:
        return []
    transformer._min_degree, transformer._max_degree = 0, transformer.degree
    transformer._n_out_full = transformer.n_output_features_
    return ["PolynomialFeatures._max_degree"]


def kernel_width(transformer: Any) -> list[str]:
    """Up to 1.2: the width that is one over the number of columns unless it is given."""
    state = vars(transformer)
    if "gamma_" in state or "X_fit_" not in state:
        return []
    transformer.gamma_ = 1 / transformer.X_fit_.shape[1] if transformer.gamma is None else transformer.gamma
    return [f"{type(transformer).__name__}.gamma_"]


def selection_threshold(selector: Any) -> list[str]:
    """Up to 1.7 the threshold that was left open came from the penalty alone; here it is what it was then."""
    inner = vars(selector).get("estimator_", selector.estimator if selector.prefit else None)
    if inner is None or selector.threshold is not None:
        return []
    name = type(inner).__name__
    sparse = getattr(inner, "penalty", None) == "l1" or "Lasso" in name
    if "ElasticNet" in name:  # decided by today's rule, which is the one of 1.1
        return []
    selector.threshold = 1e-5 if sparse else "mean"
    return [f"{type(selector).__name__}.threshold"]


def word_weights(transformer: Any) -> list[str]:
    """Up to 1.4: the weights of words stood in a diagonal matrix; without their new name they would be left out."""
    state = vars(transformer)
    if "_idf_diag" not in state or "idf_" in state:
        return []
    transformer.idf_ = np.ravel(state.pop("_idf_diag").diagonal())
    return ["TfidfTransformer.idf_"]


def largest_value_norm(transformer: Any) -> list[str]:
    """0.22: divided by the largest value, not by the largest size. OpeningError "needs-own-version"."""
    if transformer.norm == "max":
        raise not_exact("Normalizer(norm='max')")
    return []


def partial_least_squares(model: Any) -> list[str]:
    """Up to 1.4: slopes of scaled columns; today they are those of the columns. Up to 1.2 they were not transposed."""
    state = vars(model)
    if "_x_std" not in state:
        return []
    slopes = state.pop("_coef_", None)
    slopes = slopes if slopes is not None else state["coef_"] if "_predict_1d" in state else state["coef_"].T
    model.coef_ = slopes / model._x_std
    model.intercept_ = model._y_mean
    model.__dict__.setdefault("_predict_1d", False)
    return [f"{type(model).__name__}.coef_"]


def target_scale(model: Any) -> list[str]:
    """0.22: a Gaussian process moved its target to zero, but did not scale it."""
    if "X_train_" not in vars(model) or "_y_train_std" in vars(model):
        return []
    model._y_train_std = 1.0
    return ["GaussianProcessRegressor._y_train_std"]


def isotonic_function(model: Any) -> list[str]:
    """Up to 0.23: the steps had another name, so reading them could not rebuild the function."""
    state = vars(model)
    if "X_thresholds_" not in state or "f_" in state:
        return []
    model._build_f(model.X_thresholds_, model.y_thresholds_)
    return ["IsotonicRegression.f_"]
