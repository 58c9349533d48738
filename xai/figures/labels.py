"""Names beside rows: how wide text is, how long names become two lines, how many rows are folded into one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from xai.figures.style import LABEL, Style

LINE = 24
"""Most characters in a line of a label."""
SHOWN = 8
"""Most columns in a figure; the rest is folded into one row."""

_ONE_LINE = 200  # pixels in which a name and its value need no second line, whatever their number of characters
_PHONE = 520  # below this width, in pixels at scale 1, names get half of it
_ARROW = " → "
_BREAKS = re.compile(r"(?<=[\s_\-./])|(?<=[a-z])(?=[A-Z])")
# Advance widths of Source Sans in hundredths of the size, by groups of characters (measured in a browser).
_WIDTHS = {
    25: "',.:;ijlI·|\u200a",
    30: "!f()[]{}-r/\\t²",
    42: '*?sz"„“”',
    46: "xcvyJY– \u00a0",
    51: "#$+0123456789<=>^_aegFLkXESVß",
    55: "ATZ`houbdnpqCPR",
    62: "KB&DGHNU→←OQ",
    76: "wMW",
    84: "%m@…",
}
_ADVANCE = {character: width / 100 for width, group in _WIDTHS.items() for character in group}
_ADVANCE[" "] = _ADVANCE["\u00a0"] = 0.20
_BOLD = 1.06
_SPARE = 1.04  # reports may be read where Source Sans is not installed


def text_width(text: str, size: float = LABEL, bold: bool = False) -> float:
    """Pixels a line of plain text takes, a little generously."""
    ems = sum(_ADVANCE.get(c, 1.0 if ord(c) > 0x2E7F else 0.6) for c in text)
    return ems * size * _SPARE * (_BOLD if bold else 1.0)


def measure(text: str) -> float:
    """Characters of ordinary width: what lines are limited by, so that capitals and wide scripts are not cut."""
    return max(len(text), text_width(text) / (LABEL * 0.6))


@dataclass(frozen=True)
class Label:
    """Text beside a row: HTML ready for Plotly, with its measure in pixels at scale 1."""

    html: str
    width: float
    lines: int
    plain: str  # complete and in one line, for hovering and screen readers; escaped as well


def label(style: Style, name: str, value: str | None = None, strong: bool = True, limit: int = LINE) -> Label:
    """ "column **value**" in at most two lines of `limit` characters. `name` and `value` are plain text.

    Where both do not fit in one line, the value goes to the second one; what is still too long ends in "…".
    """
    return _label(style, _arranged(name, value, limit), " ".join(filter(None, (name, value))), strong)


def column_label(style: Style, column: str, value: Any, strong: bool = True) -> Label:
    """The label of a column and the value it has in a row."""
    words = style.wording.on("plain")
    return label(style, words.column(column), words.value(column, value), strong)


def change_label(style: Style, column: str, before: Any, after: Any) -> Label:
    """ "column **old → new**"."""
    words = style.wording.on("plain")
    name, old, new = words.column(column), words.value(column, before), words.value(column, after)
    change = f"{old}{_ARROW}{new}"
    if measure(change) <= LINE or measure(name) > LINE or _line_width(name, change) <= _ONE_LINE:
        return label(style, name, change if measure(change) <= LINE else _both(old, new, LINE))
    if measure(f"{name} {old}") <= LINE and measure(new) + 2 <= LINE:
        return _label(style, [(name, old), ("", _ARROW.lstrip() + new)], f"{name} {change}", True)
    return _label(style, [(name, ""), ("", _both(old, new, LINE))], f"{name} {change}", True)


def lines_of(text: str, limit: int = LINE, lines: int = 2) -> list[str]:
    """Plain text in at most `lines` lines, broken after spaces, underscores and hyphens; the last may end in "…"."""
    pieces, found = [p for p in _BREAKS.split(text.strip()) if p], [""]
    while pieces:
        piece = pieces.pop(0)
        if measure((found[-1] + piece).rstrip()) <= limit:
            found[-1] += piece
        elif len(found) < lines:
            if not found[-1]:  # one piece longer than a line: cut it hard
                cut = max(k for k in range(1, limit + 1) if k == 1 or measure(piece[:k]) <= limit)
                found[-1], piece = piece[:cut], piece[cut:]
            found.append("")
            pieces.insert(0, piece)
        else:
            found[-1] = shorten(found[-1] + piece + "".join(pieces), limit)
            break
    return [line.strip() for line in found if line.strip()] or [""]


def shorten(text: str, limit: int) -> str:
    """The text, or its beginning and "…"."""
    if measure(text) <= limit:
        return text
    while len(text) > 1 and measure(text + "…") > limit:
        text = text[:-1]
    return text.rstrip() + "…"


def left_margin(labels: Sequence[Label], style: Style, least: float = 190, most: float = 264) -> float:
    """Pixels for right-aligned labels, 14 of them as a gap to the axis."""
    widest = max((item.width for item in labels), default=0.0)
    if style.width < _PHONE * style.scale:
        least, most = 80, 0.5 * style.width / style.scale
    return style.px(min(max(widest + 20, least), most))


def row_height(labels: Sequence[Label], style: Style, row: float) -> float:
    """Pixels of a row: `row`, or more where a label has two lines, so that neighbours stay apart."""
    return style.px(row + 12 if any(item.lines > 1 for item in labels) else row)


def fold(order: Sequence[int], shown: int = SHOWN) -> tuple[list[int], list[int]]:
    """The positions drawn one by one, and those folded into one row (never a single one: it would save nothing)."""
    order = [int(k) for k in order]
    return (order, []) if len(order) <= shown + 1 else (order[:shown], order[shown:])


def _arranged(name: str, value: str | None, limit: int) -> list[tuple[str, str]]:
    """Lines as (regular, bold) parts of at most `limit` characters."""
    if not value:
        return [(line, "") for line in lines_of(name, limit)]
    if measure(f"{name} {value}") <= limit or _line_width(name, value) <= _ONE_LINE:
        return [(name, value)]
    first, *more = lines_of(name, limit)
    if not more:
        return [(first, ""), ("", shorten(value, limit))]
    rest = more[0]
    value = shorten(value, max(10, limit - 1 - int(measure(rest) + 0.99)))
    return [(first, ""), (shorten(rest, limit - 1 - int(measure(value) + 0.99)), value)]


def _both(old: str, new: str, limit: int) -> str:
    """Old and new value in `limit` characters; the shorter one gives its spare room to the other."""
    free = limit - len(_ARROW)
    half = free // 2
    left = min(len(old), max(half, free - len(new)))
    return f"{shorten(old, left)}{_ARROW}{shorten(new, free - left)}"


def _label(style: Style, lines: list[tuple[str, str]], plain: str, strong: bool) -> Label:
    escape = style.wording.raw
    drawn = []
    for regular, value in lines:
        bold = f"<b>{escape(value)}</b>" if strong else escape(value)
        drawn.append("  ".join(part for part in (escape(regular), bold if value else "") if part))
    return Label("<br>".join(drawn), max(_line_width(*line) for line in lines), len(lines), escape(plain))


def _line_width(regular: str, bold: str) -> float:
    return text_width(regular) + text_width(bold, bold=True) + (7 if regular and bold else 0)
