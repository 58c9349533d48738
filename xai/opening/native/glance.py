"""What a library's model says about itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from xai.results import Label


@dataclass(frozen=True)
class Glance:
    """Read off the bytes; what they do not say is empty."""

    versions: Mapping[str, str] = field(default_factory=dict)  # {"xgboost": "1.7.6"}
    columns: tuple[str, ...] | None = None
    classes: tuple[Label, ...] = ()
    count: int | None = None  # of columns
    objective: str = ""


NOTHING = Glance()
