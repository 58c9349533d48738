"""Steps of numbers: what the data's own values are multiples of, and how finely numbers are proposed."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

FACTORS = (5.0, 2.5, 2.0, 1.0)  # times a power of ten; 0.25 and 25 are 2.5 times one
DECADES = 10  # how far below the largest value steps are looked for
MOST = 0.9  # proposed is what most of the data looks like: ages in years, although some infants' are in months
DOUBLE, SINGLE = 2.0**-52, 2.0**-23
PER_RANGE = 1000  # no finer than a thousandth (rounded down to a power of ten) of the range in which most rows lie


def step_of(values: np.ndarray, share: float = 1.0) -> float:
    """The largest step (…, 0.25, 0.5, 1, 2, 2.5, 5, 10 …) of which at least this share of values (n,) are multiples.

    0 where there is none, or nothing but zeros to judge by.
    """
    values = values[np.isfinite(values)]
    if not len(values) or not values.any():
        return 0.0
    blur = blur_of(values)
    steps = _candidates(np.abs(values).max())
    last = 1.0 if np.array_equal(values, np.rint(values)) else 0.0
    return next((step for step in steps if on_step(values, step, blur).mean() >= share), last)


def on_step(values: np.ndarray, step: float, blur: float = DOUBLE) -> np.ndarray:
    """Bool: which values are multiples of the step; `blur` is the relative error of writing them as binary numbers."""
    return np.abs(values - np.rint(values / step) * step) <= 4 * blur * np.abs(values)


def proposal_step(values: np.ndarray, low: float, high: float, exact: float) -> float:
    """The step in which numbers are proposed: that of most values (n,), but no finer than the range asks for.

    `exact`: the step all values keep to, 0 where there is none; the result is a multiple of it. 0: any number.
    """
    usual = max(exact, step_of(values, MOST))
    span = high - low
    coarse = 10.0 ** (np.floor(np.log10(span)) - np.log10(PER_RANGE)) if span > 0 else 0.0
    return usual if usual >= coarse or coarse == 0 else coarse


def rounded(values: np.ndarray, step: float) -> np.ndarray:
    """The nearest multiples of the step, free of floating point's tails; the values themselves for step 0."""
    if step == 0:
        return values
    digits = max(int(np.ceil(-np.log10(step))) + 1, 0)
    return np.round(np.rint(values / step) * step, digits)


def _candidates(largest: float) -> Iterator[float]:
    highest = int(np.floor(np.log10(largest)))
    for exponent in range(highest, highest - DECADES, -1):
        for factor in FACTORS:
            step = float(f"{factor}e{exponent}")
            if step <= largest:
                yield step


def blur_of(values: np.ndarray) -> float:
    """How precisely the values (n,) are written: as single precision where fractions show no more than that."""
    values = values[np.isfinite(values)]
    single = np.array_equal(values, values.astype(np.float32)) and not np.array_equal(values, np.rint(values))
    return SINGLE if single else DOUBLE
