"""Which of the classes is the one people ask about."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from xai.labels import label_text
from xai.results import Label

_POSITIVE = ("1", "true", "yes", "ja", "positive", "positiv", "pos", "y", "t", "good", "granted", "survived", "churn")


def positive_class(classes: Sequence[Label], target: pd.Series | None = None) -> Label:
    """1, True, yes, ja …; else the rarer one in the data; else the last. With several classes: the most frequent."""
    if len(classes) == 2:
        for label in classes:
            if label_text(label).lower() in _POSITIVE:
                return label
    shares = {} if target is None else target.dropna().map(label_text).value_counts().to_dict()
    counts = [shares.get(label_text(label), 0) for label in classes]
    if not any(counts):
        return classes[-1] if len(classes) == 2 else classes[0]
    wanted = min(counts) if len(classes) == 2 else max(counts)
    return classes[counts.index(wanted)]
