"""What is noted while one file is read: which names had moved, which states were converted, who wrote which part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from xai.inspection import Repair


class Notes:
    """Filled while a file is read and repaired; shared with the readers of nested pickles."""

    def __init__(self) -> None:
        self.numpy: int | None = None  # major version that wrote the file; None where no name tells
        self._done: dict[str, Counter[str]] = {}
        self._versions: dict[int, str] = {}
        self._parts: list[Any] = []  # kept, so that no other object can take over an identity

    def note(self, code: str, what: str | Iterable[str]) -> None:
        """Something was put right: a code of the catalogue, and what."""
        self._done.setdefault(code, Counter()).update([what] if isinstance(what, str) else what)

    def written_with(self, part: Any, state: Any) -> None:
        """Remember which scikit-learn wrote this part, where its state says so: the part itself forgets it."""
        version = state.get("_sklearn_version") if type(state) is dict else None
        if type(version) is str:
            self._versions[id(part)] = version
            self._parts.append(part)

    def version_of(self, part: Any) -> str | None:
        """The scikit-learn that wrote this part; None where its state did not say."""
        return self._versions.get(id(part))

    def repairs(self) -> tuple[Repair, ...]:
        """Everything that was done. Facts: how often, and what (comma separated)."""
        return tuple(
            Repair(code, {"count": sum(found.values()), "what": ", ".join(sorted(found))})
            for code, found in self._done.items()
        )
