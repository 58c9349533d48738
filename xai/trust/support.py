"""Is there anyone like that? Rows of the data that are as near to a row as neighbours usually are to each other."""

from __future__ import annotations

import pandas as pd

from xai.codec import codec
from xai.data import Dataset
from xai.results import Measure, Verdict
from xai.trust.neighbours import ENOUGH


def similar_rows(data: Dataset, row: pd.DataFrame) -> int:
    """How many rows of the data are within the usual distance of `row` (one row); see `neighbours`.

    One row that equals it does not count: it may be the row itself, which is no evidence for itself.
    """
    coded = codec(data, row).encode(row)
    itself = data.surroundings.nearest(coded)[0] == 0
    return int(data.surroundings.similar(coded)[0]) - int(itself)


def support(data: Dataset, row: pd.DataFrame) -> Measure:
    """The count as a measure: five similar rows carry, none do not."""
    count = similar_rows(data, row)
    verdict: Verdict = "solid" if count >= ENOUGH else "care" if count else "weak"
    return Measure("support", float(count), "rows", verdict, {"solid": ENOUGH, "care": 1}, {"rows": len(data.frame)})
