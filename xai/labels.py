"""Classes as people and tables write them: 1, 1.0 and "1" are one class, whichever of them the model knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from xai.results import Label, plain_scalar

_WORDS = {"1": ("true", "yes", "ja"), "0": ("false", "no", "nein"), "true": ("1",), "false": ("0",)}


def label_text(value: Any) -> str:
    """The text of a class: "1" for 1, 1.0 and "1"; "True" for True."""
    if isinstance(value, float | np.floating) and float(value).is_integer():
        value = int(value)
    return str(plain_scalar(value)).strip()


def spellings(classes: Sequence[Label]) -> Mapping[str, Label]:
    """Every text that means one class and no other: as it is, in small letters, yes and no for 1 and 0."""
    meant: dict[str, set[int]] = {}
    for position, label in enumerate(classes):
        text = label_text(label).lower()
        for spelling in (text, *_WORDS.get(text, ())):
            meant.setdefault(spelling, set()).add(position)
    exact = {label_text(label): label for label in classes}
    return {text: classes[next(iter(found))] for text, found in meant.items() if len(found) == 1} | exact


def find_label(value: Any, known: Mapping[str, Label]) -> Label | None:
    """The class that `value` stands for among `spellings`; None for none."""
    text = label_text(value)
    return known.get(text, known.get(text.lower()))
