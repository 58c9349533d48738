"""What all results share."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pandas as pd

from xai.results.plain_data import plain


class Result:
    """What all results share: plain copies for JSON and for tables."""

    def to_dict(self) -> dict[str, Any]:
        return plain({f.name: getattr(self, f.name) for f in fields(self)})  # type: ignore[arg-type]

    def to_frame(self) -> pd.DataFrame:
        raise TypeError(f"{type(self).__name__} has no table")  # each result answers with its own
