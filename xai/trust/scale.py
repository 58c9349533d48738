"""How large a difference of predictions is: percentage points, or their counterpart for other predictions.

Rules are stated in points (hundredths). For probabilities a point is a percentage point. For other units it is a
hundredth of the span of predictions: four standard deviations, the width in which about 95 % of them lie.
"""

from __future__ import annotations

import numpy as np

from xai.results import Measure, Unit, Verdict


def point(unit: Unit, predictions: np.ndarray) -> float:
    """The size of one point in the unit of the predictions (n,)."""
    if unit == "probability":
        return 0.01
    span = 4 * float(np.std(predictions))
    return span / 100 if span > 0 else 1.0


def judged(code: str, value: float, size: float, care: float, weak: float | None, **facts: float) -> Measure:
    """A difference of predictions judged in points of `size`: solid below `care`, weak from `weak` points on."""
    points = value / size
    verdict: Verdict = "solid" if points < care else "weak" if weak is not None and points >= weak else "care"
    return Measure(code, value, "effect", verdict, {"care": care * size, "weak": (weak or np.inf) * size}, facts)


def additivity(gap: float, size: float) -> Measure:
    """Contributions plus base against the model's own output; allowed: a thousandth of a point."""
    verdict: Verdict = "solid" if gap <= 0.001 * size else "weak"
    return Measure("additivity", gap, "effect", verdict, {"limit": 0.001 * size})
