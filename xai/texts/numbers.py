"""Numbers in the reader's format: decimal comma and point, signed differences with a true minus, per cent."""

from __future__ import annotations

import math
import re

NO_BREAK = "\u00a0"
MINUS = "\u2212"
_GERMAN = str.maketrans(",.", ".,")
_DECIMAL_COMMA = re.compile(r"\s*[+-]?(\d{1,3}(\.\d{3})+|\d*),\d+\s*")


def number(x: float, language: str, digits: int = 1, sign: bool = False) -> str:
    """`x` with a fixed number of decimals. A zero has no sign; `sign` writes the plus as well."""
    if x is None or math.isnan(x):
        return "–"
    if math.isinf(x):
        return (MINUS if x < 0 else "") + "∞"
    text = f"{abs(x):,.{digits}f}"
    if language == "de":
        text = text.translate(_GERMAN)
    zero = float(f"{x:.{digits}f}") == 0
    if zero or (x > 0 and not sign):
        return text
    return ("+" if x > 0 else MINUS) + text


def percent(p: float, language: str, digits: int = 0) -> str:
    """A probability (0..1) in per cent. Never "100 %" or "0 %" for what is not quite that."""
    edge = 10.0 ** -(digits + 2)
    if 0 < p < edge / 2:
        return ("unter " if language == "de" else "below ") + percent(edge, language, digits)
    if 1 - edge / 2 < p < 1:
        return ("über " if language == "de" else "above ") + percent(1 - edge, language, digits)
    return number(100 * p, language, digits) + (NO_BREAK + "%" if language == "de" else "%")


def value(x: float, language: str) -> str:
    """A value of the data as short as it can be without losing anything a reader would miss (five digits)."""
    if math.isnan(x):
        return "–"
    if float(x).is_integer():
        # years and codes are not split into thousands
        return number(x, language, 0) if abs(x) >= 10_000 else ("−" if x < 0 else "") + str(abs(int(x)))
    digits = max(0, 4 - math.floor(math.log10(abs(x)))) if x else 0
    text = f"{abs(x):,.{min(digits, 8)}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return (MINUS if x < 0 else "") + (text.translate(_GERMAN) if language == "de" else text)


def with_point(text: str, language: str) -> str:
    """A number somebody typed, with a decimal point: "70,5" and "1.234,5" are German; all else stays as it is."""
    if language != "de" or not _DECIMAL_COMMA.fullmatch(text):
        return text
    return text.replace(".", "").replace(",", ".")


def digits_for(scale: float) -> int:
    """Decimals that leave three significant digits of a quantity of this size (0 for thousands)."""
    scale = abs(scale)
    if not math.isfinite(scale) or scale == 0:
        return 2
    return int(min(max(2 - math.floor(math.log10(scale)), 0), 12))
