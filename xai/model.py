"""Model: what the engine may ask of a fitted estimator, whatever kind it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from sklearn.utils import get_tags

from xai.asking import ask
from xai.encoding import Encoding, as_rows, separation, split
from xai.errors import MatchError, OpeningError, QuestionError
from xai.inputs import Inputs
from xai.labels import find_label, spellings
from xai.lineage import Lineage
from xai.results import Label, Task, Unit, plain_scalar

BLOCK = 50_000  # rows that are transformed and predicted at once, at most

# XGBoost, LightGBM and CatBoost by an attribute of theirs, with their option for log-odds
_RAW = {
    "get_booster": {"output_margin": True},
    "booster_": {"raw_score": True},
    "tree_count_": {"prediction_type": "RawFormulaVal"},
}
_NAMED_IN = ("feature_names_in_", "feature_names_", "feature_name_")


class Said(NamedTuple):
    """What a model says about n rows: its `answer` and what it would `predict`."""

    answers: np.ndarray
    outputs: np.ndarray


class Model:
    """A fitted classifier or regressor on named original columns.

    Parameters
    ----------
    estimator : a fitted scikit-learn compatible estimator; it is never changed.
    columns : the original columns in order; default: the names it was fitted with.
    classes : names for the classes of a model that only counts them, or whose names are swapped, in its order.

    Raises
    ------
    OpeningError : "not-a-model", "only-preprocessing", "no-fitted-model", "several-outputs", "not-supervised".
    QuestionError : "class-names" where there are more or fewer names than classes.
    MatchError : "no-column-names" where neither the model nor the caller names the columns.
    QuestionError : "model-refused", from every method that is given rows which the model cannot take.
    """

    def __init__(
        self,
        estimator: Any,
        columns: tuple[str, ...] | None = None,
        origin: Any = None,
        classes: tuple[Label, ...] = (),
    ) -> None:
        self.estimator = estimator
        self.origin = origin  # what opening the file told about it, where it came from a file
        self._own_classes = classes_of(estimator)
        self.classes: tuple[Label, ...] = classes or self._own_classes
        if len(self.classes) != len(self._own_classes):
            named = ", ".join(map(str, self.classes))
            raise QuestionError("class-names", named=named, known=", ".join(map(str, self._own_classes)) or "–")
        self.task: Task = task_of(estimator, self.classes)
        expected = expected_columns(estimator)
        # an array only for those that saw one; what says nothing about its columns gets them with their names
        self.named = expected is not None or expected_count(estimator) is None or _makes_its_columns(estimator)
        found = columns or expected
        if found is None:
            raise MatchError("no-column-names", count=expected_count(estimator) or "–")
        self.columns: tuple[str, ...] = tuple(map(str, found))
        self.tried = False  # whether some rows of the table have been answered already
        self.encoding: Encoding | None = None
        self.partly: Encoding | None = None  # where some columns are encoded together
        self.lineage: Lineage | None = None
        self.mixing: str | None = None  # why there is no encoding

    @property
    def unit(self) -> Unit:
        """The unit of `predict`."""
        if self.task == "regression":
            return "target"
        return "probability" if hasattr(self.estimator, "predict_proba") else "score"

    @property
    def steps(self) -> tuple[str, ...]:
        """Class names of the steps, the final estimator last; without what stands in front to make its columns."""
        told = getattr(self.estimator, "step_names", None)  # a model in another process has them there
        if told is not None:
            return told
        transformers, final, _ = split(self.estimator)
        return tuple(type(step).__name__ for step in (*transformers, final) if not isinstance(step, Inputs))

    @property
    def final(self) -> Any:
        """The estimator at the end of all pipelines and searches."""
        return split(self.estimator)[1]

    @property
    def mixed(self) -> tuple[str, ...]:
        """The original columns that the preprocessing mixes with others, where it was followed."""
        return () if self.lineage is None else tuple(self.columns[place] for place in sorted(self.lineage.mixed))

    def predict(self, frame: pd.DataFrame) -> np.ndarray:
        """(n, K) probabilities or scores per class, or (n, 1) numbers for regression."""
        return self._in_blocks(lambda rows: outputs_of(self.estimator, rows), frame)

    def answer(self, frame: pd.DataFrame) -> np.ndarray:
        """(n,) the model's own prediction: class labels (Python objects) or numbers."""
        return self._in_blocks(lambda rows: self._labels(ask(self.estimator, self.estimator.predict, rows)), frame)

    def says(self, frame: pd.DataFrame) -> Said:
        """Both; a regression is asked once."""
        answers = self.answer(frame)
        return Said(answers, answers[:, None] if self.task == "regression" else self.predict(frame))

    def answer_encoded(self, matrix: np.ndarray) -> np.ndarray:
        """The same for rows that the encoding has transformed."""
        return self._labels(self.encoding.answer(matrix))

    def margin(self, frame: pd.DataFrame) -> np.ndarray:
        """(n, K) decision function (log-odds for boosting and logistic regression). QuestionError("no-margin") else."""
        return self._in_blocks(lambda rows: margin_of(self.estimator, rows), frame)

    def class_index(self, label: Any) -> int:
        """Position of a class; text such as "1" finds the class 1. QuestionError("unknown-class")."""
        if self.task == "regression":
            raise QuestionError("no-classes")
        for position, known in enumerate(self.classes):
            if known == label and isinstance(known, bool) == isinstance(label, bool):
                return position
        found = find_label(label, spellings(self.classes))
        if found is not None:
            return self.classes.index(found)
        raise QuestionError("unknown-class", asked=str(label), known=", ".join(map(str, self.classes)))

    def prepare(self, sample: pd.DataFrame) -> Model:
        """Take preprocessing and estimator apart, tried on `sample`; called once, before the model is shared.

        Raises OpeningError("several-outputs"), ("no-fitted-model"), QuestionError("model-refused").
        """
        if not self.tried:
            self.answer(sample)
        rows = self.inputs(sample)
        found = separation(self.estimator, self.columns, rows, outputs_of, margin_of, self.named)
        self.encoding, self.partly = found.encoding, found.partly
        self.lineage, self.mixing = found.lineage, found.reason
        return self

    def inputs(self, frame: pd.DataFrame) -> pd.DataFrame:
        """(n, C) the model's columns in its order; the frame itself where that is what it has."""
        return frame if tuple(frame.columns.tolist()) == self.columns else frame[list(self.columns)]

    def _in_blocks(self, asked: Callable[[Any], np.ndarray], frame: pd.DataFrame) -> np.ndarray:
        """What the estimator says about the rows. A long table is never transformed as a whole: that takes memory."""
        frame = self.inputs(frame)
        starts = range(0, max(len(frame), 1), BLOCK)
        found = [asked(as_rows(frame.iloc[start : start + BLOCK], self.named)) for start in starts]
        return found[0] if len(found) == 1 else np.concatenate(found)

    def _labels(self, predicted: Any) -> np.ndarray:
        """(n,) what `predict` returned, as the classes themselves or as numbers."""
        answers = single_output(predicted)
        if self.task == "regression":
            return answers.astype(float)
        known = {str(plain_scalar(own)): label for own, label in zip(self._own_classes, self.classes, strict=True)}
        codes, distinct = pd.factorize(answers, use_na_sentinel=False)
        # CatBoost may answer "True" for True, XGBoost 0.0 for 0: the class itself is returned
        labels = [known.get(str(plain_scalar(a)), plain_scalar(a)) for a in distinct]
        return np.array([*labels, None], dtype=object)[codes]


def outputs_of(estimator: Any, rows: Any) -> np.ndarray:
    """(n, K) probabilities; scores where there are none; (n, 1) predictions for regression."""
    if hasattr(estimator, "predict_proba"):
        return np.asarray(ask(estimator, estimator.predict_proba, rows), dtype=np.float64)
    classes = classes_of(estimator)
    if not classes:
        return single_output(ask(estimator, estimator.predict, rows)).astype(np.float64)[:, None]
    if has_margin(estimator, classes):
        return margin_of(estimator, rows)
    # a vote without scores: 1 for the class that is answered, 0 for the others
    answers = single_output(ask(estimator, estimator.predict, rows)).tolist()
    return np.array([[answer == label for label in classes] for answer in answers], dtype=np.float64)


def single_output(predicted: Any) -> np.ndarray:
    """(n,) predictions. OpeningError("several-outputs") where there are several for each row."""
    predicted = np.asarray(predicted)
    if predicted.ndim > 1 and predicted.shape[1] > 1:
        raise OpeningError("several-outputs", outputs=predicted.shape[1])
    return predicted.reshape(len(predicted))


def has_margin(estimator: Any, classes: tuple[Label, ...]) -> bool:
    """Whether there is one score for each class; a support vector machine may have one for each pair of classes."""
    by_pairs = getattr(split(estimator)[1], "decision_function_shape", None) == "ovo" and len(classes) > 2
    return not by_pairs and (hasattr(estimator, "decision_function") or _raw_options(estimator) is not None)


def margin_of(estimator: Any, rows: Any) -> np.ndarray:
    """(n, K) decision function; two columns (-m, m) for binary classifiers. QuestionError("no-margin")."""
    if not has_margin(estimator, classes_of(estimator)):
        raise QuestionError("no-margin", model=type(split(estimator)[1]).__name__)
    if hasattr(estimator, "decision_function"):
        margin = ask(estimator, estimator.decision_function, rows)
    else:  # pipelines and searches do not pass such options on
        transformers, final, _ = split(estimator)
        for transformer in transformers:
            rows = ask(transformer, transformer.transform, rows)
        margin = ask(final, final.predict, rows, **_raw_options(final))
    margin = np.asarray(margin, dtype=np.float64)
    return np.column_stack([-margin, margin]) if margin.ndim == 1 else margin


def _raw_options(estimator: Any) -> dict[str, Any] | None:
    """How a boosting library is asked for its log-odds; None for other estimators."""
    final = split(estimator)[1]
    return next((options for name, options in _RAW.items() if hasattr(final, name)), None)


def task_of(estimator: Any, classes: tuple[Label, ...]) -> Task:
    """Binary, multiclass or regression. OpeningError where it is none of these."""
    if not hasattr(estimator, "predict"):
        code = "only-preprocessing" if hasattr(estimator, "transform") else "not-a-model"
        raise OpeningError(code, found=type(estimator).__name__)
    final = split(estimator)[1]
    if kind_of(final) in ("clusterer", "outlier_detector", "density_estimator"):
        raise OpeningError("not-supervised", model=type(final).__name__)
    if classes:
        return "binary" if len(classes) == 2 else "multiclass"
    if kind_of(estimator) == "classifier" or hasattr(estimator, "predict_proba"):
        raise OpeningError("no-fitted-model", model=type(final).__name__)
    if kind_of(estimator) != "regressor" and hasattr(final, "transform") and not hasattr(final, "coef_"):
        raise OpeningError("not-supervised", model=type(final).__name__)
    return "regression"


def kind_of(estimator: Any) -> str | None:
    """What an estimator says it is: "classifier", "regressor", "clusterer", …; None where it says nothing."""
    try:
        return get_tags(estimator).estimator_type
    except (AttributeError, TypeError):  # a class of somebody's own needs no tags
        return getattr(estimator, "_estimator_type", None)


def classes_of(estimator: Any) -> tuple[Label, ...]:
    """The classes as Python values, in the order of the probabilities; () for regression."""
    # regressors from XGBoost and CatBoost answer `classes_` with nothing or an error
    if kind_of(estimator) == "regressor":
        return ()
    try:
        classes = getattr(estimator, "classes_", None)
    except (AttributeError, ValueError, TypeError):
        return ()
    if classes is None or len(classes) == 0:
        return ()
    if isinstance(classes, list) and any(isinstance(each, np.ndarray) for each in classes):
        raise OpeningError("several-outputs", outputs=len(classes))
    return tuple(plain_scalar(label) for label in classes)


def expected_columns(estimator: Any) -> tuple[str, ...] | None:
    """The column names a model was fitted with; None where it saw a plain array."""
    transformers, final, _ = split(estimator)
    for step in (estimator, *transformers[:1], *(() if transformers else (final,))):
        for attribute in _NAMED_IN:
            try:
                names = getattr(step, attribute, None)
            except (AttributeError, ValueError):
                continue
            if names is not None and len(names) and not _made_up(names):
                return tuple(map(str, names))
    return None


def _makes_its_columns(estimator: Any) -> bool:
    """Whether a step in front takes the table by its names, whatever they are."""
    return isinstance(next(iter(split(estimator)[0]), None), Inputs)


def expected_count(estimator: Any) -> int | None:
    """How many columns a model was fitted with, where it says so."""
    transformers, final, _ = split(estimator)
    for step in (estimator, *(transformers[:1] or (final,))):
        # CatBoost forgets the number, but not the names it made up
        count = getattr(step, "n_features_in_", None) or len(getattr(step, "feature_names_", None) or ())
        if count:
            return int(count)
    return None


def _made_up(names: Any) -> bool:
    """LightGBM and CatBoost name the columns of an array themselves: Column_0, 0, …"""
    expected = ([f"Column_{k}" for k in range(len(names))], [str(k) for k in range(len(names))])
    return [str(name) for name in names] in expected
