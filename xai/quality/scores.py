"""Is it any good? The model's scores on rows whose outcome is known, beside the trivial baseline."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd
from sklearn import metrics
from sklearn.dummy import DummyClassifier, DummyRegressor

from xai.data import Dataset
from xai.errors import QuestionError
from xai.labels import find_label, spellings
from xai.model import Model, Said
from xai.results import Label, Measure, Notice, Quality, Trust, Verdict, freeze

SWAPPED = 0.3
"""An AUC below this is no accident: the classes stand the wrong way round."""


def quality(model: Model, data: Dataset, class_index: int, said: Said | None = None) -> Quality:
    """Scores on the held-out rows where they are known, else on all rows with a known outcome.

    `said`: about all rows of the data, where the model has been asked already.
    Raises QuestionError("no-target") without a target column, ("no-known-outcome") if it is empty.
    """
    start = time.perf_counter()
    target = known_target(model, data)
    first = data.held_out_from if data.held_out_from is not None else 0
    rows = target.index[(target.index >= first)]
    if not len(rows):
        raise QuestionError("no-known-outcome", target=data.target_name)
    frame, actual = data.frame.loc[rows], target.loc[rows].to_numpy()
    before = target[target.index < first].to_numpy()
    others = before if len(before) else actual  # the baseline learns where the model learned, where that is known
    answers, outputs = model.says(frame) if said is None else (part[rows] for part in said)
    if model.task == "regression":
        scores, baseline, answer = _regression(actual.astype(float), answers, others.astype(float))
        confusion = None
    else:
        scores, baseline, answer, confusion = _classification(model, actual, answers, outputs, others, class_index)
    held_out = True if data.held_out_from is not None else None
    return Quality(
        task=model.task,
        target=str(data.target_name),
        rows=len(rows),
        held_out=held_out,
        metrics=scores,
        baseline=baseline,
        baseline_answer=answer,
        classes=model.classes,
        confusion=confusion,
        trust=Trust((_better_than_baseline(model.task, scores, baseline), _rows(len(rows), held_out))),
        seconds=time.perf_counter() - start,
        warnings=_warnings(model, scores, baseline, held_out, len(data.frame) - len(target)),
    )


def known_target(model: Model, data: Dataset) -> pd.Series:
    """The target without missing values, as the model's classes or as numbers.

    Raises QuestionError("no-target"), ("target-not-numbers"), ("target-mismatch").
    """
    if data.target is None:
        raise QuestionError("no-target")
    present = data.target.dropna()
    if model.task == "regression":
        numbers = pd.to_numeric(present, errors="coerce")
        if numbers.isna().any():
            raise QuestionError("target-not-numbers", target=data.target_name)
        return numbers.astype(float)
    known = spellings(model.classes)
    labels = [find_label(value, known) for value in present.tolist()]
    found = pd.Series(labels, index=present.index, dtype=object)
    if found.isna().any():
        strange = sorted({str(value) for value, label in zip(present, labels, strict=True) if label is None})
        raise QuestionError(
            "target-mismatch",
            target=data.target_name,
            found=", ".join(strange[:5]),
            classes=", ".join(map(str, model.classes)),
        )
    return found


def _classification(
    model: Model, actual: np.ndarray, answers: np.ndarray, outputs: np.ndarray, others: np.ndarray, class_index: int
) -> tuple[dict[str, float], dict[str, float], Label, np.ndarray]:
    positions = {label: k for k, label in enumerate(model.classes)}
    truth = np.array([positions[label] for label in actual])
    said = np.array([positions[label] for label in answers])
    before = np.array([positions[label] for label in others])
    trivial = DummyClassifier(strategy="prior").fit(np.zeros((len(before), 1)), before)
    shares = np.zeros((len(truth), len(positions)))
    shares[:, trivial.classes_] = trivial.predict_proba(np.zeros((len(truth), 1)))
    majority = int(shares[0].argmax())
    scores = _class_scores(model, truth, said, outputs, class_index)
    baseline = _class_scores(model, truth, np.full(len(truth), majority), shares, class_index)
    matrix = metrics.confusion_matrix(truth, said, labels=range(len(positions)))
    return scores, baseline, model.classes[majority], freeze(matrix)


def _class_scores(
    model: Model, truth: np.ndarray, said: np.ndarray, outputs: np.ndarray, class_index: int
) -> dict[str, float]:
    several = len(np.unique(truth)) > 1
    scores = {
        "accuracy": float(metrics.accuracy_score(truth, said)),
        "balanced_accuracy": float(np.mean([(said == k)[truth == k].mean() for k in np.unique(truth)])),
    }
    if model.task == "binary":
        positive = truth == class_index
        hit = said == class_index
        scores["precision"] = float(metrics.precision_score(positive, hit, zero_division=0))
        scores["recall"] = float(metrics.recall_score(positive, hit, zero_division=0))
        scores["f1"] = float(metrics.f1_score(positive, hit, zero_division=0))
        if several:
            scores["auc"] = float(metrics.roc_auc_score(positive, outputs[:, class_index]))
    elif several and len(np.unique(truth)) == len(model.classes) and model.unit == "probability":
        scores["auc"] = float(metrics.roc_auc_score(truth, outputs, multi_class="ovr", average="macro"))
    if model.unit == "probability":
        scores["log_loss"] = float(metrics.log_loss(truth, outputs, labels=range(len(model.classes))))
    return scores


def _regression(
    actual: np.ndarray, answers: np.ndarray, others: np.ndarray
) -> tuple[dict[str, float], dict[str, float], float]:
    trivial = DummyRegressor().fit(np.zeros((len(others), 1)), others)
    mean = float(trivial.constant_.ravel()[0])
    return _number_scores(actual, answers), _number_scores(actual, np.full(len(actual), mean)), mean


def _number_scores(actual: np.ndarray, answers: np.ndarray) -> dict[str, float]:
    scores = {
        "mae": float(metrics.mean_absolute_error(actual, answers)),
        "rmse": float(metrics.root_mean_squared_error(actual, answers)),
    }
    return {"r2": float(metrics.r2_score(actual, answers)), **scores} if len(actual) > 1 else scores


def leading(task: str) -> str:
    """The score that is named first."""
    return "r2" if task == "regression" else "accuracy"


def _better_than_baseline(task: str, scores: dict[str, float], baseline: dict[str, float]) -> Measure:
    name = leading(task)
    gain = scores.get(name, 0.0) - baseline.get(name, 0.0)
    verdict: Verdict = "solid" if gain > 0.02 else "care" if gain > 0 else "weak"
    return Measure("gain", gain, "share", verdict, {"solid": 0.02, "care": 0.0}, {"score": name})


def _rows(count: int, held_out: bool | None) -> Measure:
    verdict: Verdict = "weak" if count < 30 else "solid" if count >= 100 and held_out else "care"
    return Measure("rows", float(count), "rows", verdict, {"solid": 100, "care": 30}, {"held_out": bool(held_out)})


def _warnings(
    model: Model, scores: dict[str, float], baseline: dict[str, float], held_out: bool | None, unknown: int
) -> tuple[Notice, ...]:
    found = []
    name = leading(model.task)
    if name in scores and scores[name] <= baseline[name]:
        found.append(Notice("worse-than-baseline", {"score": name, "model": scores[name], "baseline": baseline[name]}))
    if model.task == "binary" and scores.get("auc", 1) < SWAPPED:
        found.append(Notice("classes-seem-swapped", {"auc": scores["auc"]}))
    if held_out is None:
        found.append(Notice("may-contain-training-rows"))
    if unknown:
        found.append(Notice("rows-without-outcome", {"rows": unknown}))
    return tuple(found)
