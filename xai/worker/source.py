"""What is opened in a worker: a demo by its name, or the bytes of uploaded files and how they are to be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from xai.worker.wire import Encoder

OPTIONS = frozenset(
    {
        *("model_name", "data_name", "target", "target_class", "object_key", "companion_name", "renames", "seed"),
        *("accept", "undo", "environment", "prove"),
    }
)


@dataclass(frozen=True)
class Source:
    """Files as bytes; the app never looks into them."""

    model: bytes | str  # the bytes, or "demo:NAME"
    data: bytes | None = None  # a demo brings its own
    companion: bytes | None = None  # a preprocessing that was saved apart from the model
    options: Mapping[str, Any] = field(default_factory=dict)  # of `xai.opening.both.open_both`, see OPTIONS
    trusted: bool = False  # files of whoever runs the app; they are read against the list and locked in all the same

    @property
    def strange(self) -> bool:
        """Whether any of it came from a visitor."""
        files = isinstance(self.model, bytes) or self.data is not None or self.companion is not None
        return files and not self.trusted

    def __post_init__(self) -> None:
        unknown = set(self.options) - OPTIONS
        if unknown:
            raise TypeError(f"no such option: {', '.join(sorted(unknown))}")


def request(source: Source, question: str) -> tuple[dict[str, Any], tuple[np.ndarray, ...]]:
    """A question about files that are not open yet; they cross as bytes."""
    files = {"model": source.model, "data": source.data, "companion": source.companion}
    given = {name: np.frombuffer(file, np.uint8) for name, file in files.items() if isinstance(file, bytes)}
    demo = source.model if isinstance(source.model, str) else None
    parameters = {"demo": demo, "files": list(given), "options": dict(source.options)}
    return {"question": question, "parameters": plain_node(parameters)}, tuple(given.values())


def plain_node(value: Any) -> Any:
    """Plain parameters as they cross the wire."""
    return Encoder().node(value)
