"""How a number was computed: the name of the algorithm and why it was taken."""

from __future__ import annotations

from xai.texts import Wording


def name(code: str, wording: Wording) -> str:
    """A few words in the middle of a sentence: "exact for trees"."""
    return wording.say(f"algorithms.{code}.name")


def why(code: str, wording: Wording) -> str:
    """One sentence: what the algorithm does and when it is taken."""
    return wording.say(f"algorithms.{code}.why")
