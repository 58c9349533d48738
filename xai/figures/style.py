"""How every figure looks: two palettes, one font, three sizes of text."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from xai.texts import Wording

Theme = Literal["light", "dark"]
FONT = '"Source Sans", "Source Sans Pro", sans-serif'
LABEL, NOTE, END = 16, 15, 19
"""Sizes of text in pixels: names and numbers; headers, notes and ticks; the value at the end of a path."""


@dataclass(frozen=True)
class Palette:
    """Colours of one theme. `raises` and `lowers` are for arrows only; everything else is ink and grey."""

    paper: str
    ink: str
    soft: str
    mid: str
    line: str
    raises: str
    lowers: str
    ramp: tuple[str, ...]  # low to high; the contrast with the paper grows in even steps, in both themes


# Contrast with the paper: ink above 15, soft above 6.5, mid above 3.5. `line` is below 3 and carries nothing alone.
LIGHT = Palette(
    paper="#FFFFFF",
    ink="#1F1D1A",
    soft="#5E5A53",
    mid="#8B857A",
    line="#CFCAC1",
    raises="#D55E00",
    lowers="#0072B2",
    ramp=("#C08FCB", "#A26BB0", "#824A93", "#602B72", "#3A0F49"),
)
DARK = Palette(
    paper="#171614",
    ink="#F0EEEA",
    soft="#B9B4AA",
    mid="#7D776D",
    line="#514C45",
    raises="#F28E5C",
    lowers="#56B4E9",
    ramp=("#7E5589", "#9C72A8", "#BA92C5", "#D8B6E0", "#F6E2FA"),
)


@dataclass(frozen=True)
class Style:
    """What a figure must know about where it is shown.

    `width` is the width in pixels it is laid out for: text keeps its size when a browser stretches the figure, so the
    room for numbers beside arrow heads is planned for this width. `scale` enlarges text, rows and lines (a projector).
    """

    theme: Theme = "light"
    wording: Wording = field(default_factory=lambda: Wording("en"))
    scale: float = 1.0
    width: int = 1110

    def __post_init__(self) -> None:
        # Plotly reads a subset of HTML in every text: names and values from files must be escaped for it.
        object.__setattr__(self, "wording", self.wording.on("html"))

    @property
    def palette(self) -> Palette:
        return DARK if self.theme == "dark" else LIGHT

    @property
    def narrow(self) -> bool:
        """Too narrow for two panels side by side."""
        return self.width < 900

    def px(self, pixels: float) -> float:
        """A length of the design, at this scale."""
        return pixels * self.scale

    def font(self, size: float = LABEL, color: str | None = None) -> dict[str, Any]:
        return {"family": FONT, "size": round(self.px(size), 1), "color": color or self.palette.ink}
