"""What a reader has decided about the adjustments: accepted, undone, columns renamed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from xai.adjustment import Adjustment


@dataclass(frozen=True)
class Decisions:
    """Keys ("one-hot=city") or codes ("one-hot": wherever it applies), as they come from a page or a terminal."""

    accepted: tuple[str, ...] = ()
    undone: tuple[str, ...] = ()
    renames: Mapping[str, str] = field(default_factory=dict)  # column of the table -> column of the model

    @classmethod
    def of(
        cls, accept: Sequence[str] | None, undo: Sequence[str] | None, renames: Mapping[str, str] | None
    ) -> Decisions:
        return cls(tuple(accept or ()), tuple(undo or ()), dict(renames or {}))

    def accepts(self, adjustment: Adjustment) -> bool:
        return _named(adjustment, self.accepted)

    def undoes(self, adjustment: Adjustment) -> bool:
        return _named(adjustment, self.undone)

    def and_accepting(self, more: Iterable[Adjustment]) -> Decisions:
        """The same decisions, and these as well."""
        keys = tuple(adjustment.key for adjustment in more)
        undone = tuple(key for key in self.undone if key not in keys)
        return replace(self, accepted=(*self.accepted, *keys), undone=undone)


def _named(adjustment: Adjustment, keys: tuple[str, ...]) -> bool:
    return adjustment.key in keys or adjustment.code in keys
