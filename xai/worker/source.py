"""What is opened in a worker: a demo by its name, or the bytes of uploaded files and how they are to be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

OPTIONS = frozenset(
    {"model_name", "data_name", "target", "target_class", "object_key", "companion_name", "renames", "seed"}
)


@dataclass(frozen=True)
class Source:
    """Files as bytes; the app never looks into them."""

    model: bytes | str  # the bytes, or "demo:NAME"
    data: bytes | None = None  # a demo brings its own
    companion: bytes | None = None  # a preprocessing that was saved apart from the model
    options: Mapping[str, Any] = field(default_factory=dict)  # of `xai.opening.both.open_both`, see OPTIONS

    @property
    def uploaded(self) -> bool:
        """Whether any of it came from outside."""
        return isinstance(self.model, bytes) or self.data is not None or self.companion is not None

    def __post_init__(self) -> None:
        unknown = set(self.options) - OPTIONS
        if unknown:
            raise TypeError(f"no such option: {', '.join(sorted(unknown))}")
