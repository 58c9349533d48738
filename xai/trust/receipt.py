"""How far a counterfactual carries: is it clearly beyond the limit, and is there anybody like that?"""

from __future__ import annotations

from collections.abc import Sequence

from xai.results import Counterfactual, Measure, Trust, Verdict
from xai.trust.neighbours import ENOUGH

STEADY, SHAKY = 0.9, 0.5  # shares of small disturbances that leave the outcome as it is


def receipts_trust(found: Sequence[Counterfactual], rows: int, comfort: float | None) -> Trust:
    """The measures "support", "threshold" and "stable" of the first counterfactual.

    `rows`: how many rows the data has; `comfort`: from how far beyond the limit on a result is not near it any more,
    in the unit of the prediction. None for a wanted range: all of it is as good.
    """
    if not found:
        return Trust(())
    receipt = found[0].receipt
    similar: Verdict = "solid" if receipt.similar >= ENOUGH else "care" if receipt.similar else "weak"
    support = Measure("support", float(receipt.similar), "rows", similar, {"solid": ENOUGH, "care": 1}, {"rows": rows})
    measures = [support]
    if comfort is not None and receipt.past_threshold is not None:
        past: Verdict = "solid" if receipt.past_threshold >= comfort else "care"
        measures.append(Measure("threshold", receipt.past_threshold, "effect", past, {"solid": comfort}))
    if receipt.shaken:
        share = receipt.stable / receipt.shaken
        steady: Verdict = "solid" if share >= STEADY else "care" if share >= SHAKY else "weak"
        rule = {"solid": STEADY, "care": SHAKY}
        measures.append(Measure("stable", share, "share", steady, rule, {"shaken": receipt.shaken}))
    return Trust(tuple(measures))


def search_trust(complete: bool) -> Trust:
    """The measure "complete" of a search that found nothing: whether every combination was looked at."""
    verdict: Verdict = "solid" if complete else "care"
    return Trust((Measure("complete", float(complete), "share", verdict, {"solid": 1.0}),))
