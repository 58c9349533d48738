"""Who an answer speaks of: somebody with a name, or a row of the data."""

from __future__ import annotations

from dataclasses import dataclass

from xai.texts import Wording


@dataclass(frozen=True)
class Who:
    """A case as it is called in sentences: "Rose" (`named`), or "row 17".

    A name of several words is a description ("The heaviest one"): it is put in quotation marks and has no genitive.
    """

    name: str
    named: bool

    @property
    def proper(self) -> bool:
        """Whether this is a proper name, which has a genitive."""
        return self.named and " " not in self.name.strip()

    @classmethod
    def row(cls, wording: Wording, position: int) -> Who:
        """The row at this position (from 0, as in the terminal)."""
        return cls(wording.say("sentences.shared.row", position=position), named=False)

    def called(self, wording: Wording) -> str:
        name = wording.raw(self.name)
        return wording.say("sentences.shared.quoted", text=name) if self.named and not self.proper else name

    def holder(self, wording: Wording) -> str:
        """As the one whose chance it is: German "Rose" (gibt Rose 63 %), English "Rose’s" (puts Rose’s chance at)."""
        return wording.say("sentences.shared.holder", name=self.called(wording))

    def owner(self, wording: Wording) -> str:
        """The genitive of a name: "Roses", "Jens’"; "Rose’s", "Jens’s"."""
        sibilant = self.name.lower().endswith(("s", "ß", "x", "z", "ce"))
        return wording.say(f"sentences.what_if.owner{'_s' if sibilant else ''}", name=self.called(wording))
