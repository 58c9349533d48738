"""Tables and models that do not fit together as they are, for the tests of the fitting."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from saving import csv, dumped
from sklearn.tree import DecisionTreeClassifier

from xai.adjustment import Adjustment
from xai.errors import KlartextError
from xai.opening.both import Opened, open_both
from xai.sentences import adjustments, checklist, errors
from xai.texts import LANGUAGES, Wording

WORDS = ["city", "smoker", "gender"]
NUMBERS = ["age", "income"]
INPUTS = [*NUMBERS, *WORDS]


def buyers(rows: int = 180) -> pd.DataFrame:
    """Numbers, three kinds of words, an outcome in words ("bought") and one in numbers ("price")."""
    random = np.random.default_rng(1)
    table = pd.DataFrame(
        {
            "age": random.integers(18, 80, rows),
            "income": random.normal(3000, 800, rows).round(2),
            "city": random.choice(["Paris", "New York", "Köln"], rows),
            "smoker": random.choice(["Yes", "No"], rows),
            "gender": random.choice(["Male", "Female"], rows),
        }
    )
    score = (table["age"] - 45) / 10 + 2.5 * (table["city"] == "Paris") - 2 * (table["smoker"] == "Yes")
    score += 1.2 * (table["gender"] == "Male") + random.normal(0, 0.2, rows)
    return table.assign(bought=np.where(score > 0, "yes", "no"), price=np.exp(8 + score / 3).round(2))


def tree(depth: int = 6) -> DecisionTreeClassifier:
    return DecisionTreeClassifier(max_depth=depth, random_state=0)


def coded(table: pd.DataFrame) -> pd.DataFrame:
    """The inputs with words as numbers from A to Z, computed without scikit-learn."""
    return table[INPUTS].assign(**{name: table[name].map(sorted(set(table[name])).index) for name in WORDS})


def opened(model: object, table: pd.DataFrame | bytes, **options: Any) -> Opened:
    """Opened, after looking whether everything it says has words in both languages."""
    found = open_both(dumped(model), table if isinstance(table, bytes) else csv(table), **options)
    for language in LANGUAGES:
        for entry in checklist.entries(found.inspection):
            said = checklist.sentence(entry, Wording(language, medium="markdown"))
            assert said.startswith("**")
            assert "{" not in said
        assert "**" not in checklist.printed(found.inspection, Wording(language))
    return found


def refused(call: Callable[[], object]) -> KlartextError:
    """The error, after looking whether it and its offers have words in both languages."""
    with pytest.raises(KlartextError) as caught:
        call()
    for language in LANGUAGES:
        wording = Wording(language)
        assert "{" not in errors.message(caught.value, wording) + errors.remedy(caught.value, wording)
        assert len(adjustments.printed(caught.value.offers, wording)) >= bool(caught.value.offers)
        for group in adjustments.groups(caught.value.offers, offered=True):
            assert adjustments.line(group, wording).startswith("**")
            assert adjustments.details(group, wording) is not None
    return caught.value


def keys(found: tuple[Adjustment, ...]) -> list[str]:
    return [adjustment.key for adjustment in found]


def done(found: Opened) -> list[str]:
    return keys(found.inspection.adjustments)


def offered(found: Opened) -> list[str]:
    return keys(found.inspection.offers)


def accuracy(found: Opened) -> float:
    return found.inspection.quality.metrics["accuracy"]


def direct(model: Any, inputs: Any, actual: pd.Series) -> float:
    """The share the model gets right on the very columns it was fitted on: what the fitting has to reach."""
    return float((model.predict(inputs) == actual.to_numpy()).mean())


def same_answers(found: Opened, model: Any, inputs: Any) -> bool:
    """Whether the opened model predicts of the table what the estimator predicts of the columns it was fitted on."""
    explainer = found.explainer
    return bool(np.allclose(explainer.model.predict(explainer.data.frame), model.predict_proba(inputs)))
