"""Explain a model of one's own: two files, then a checklist of what was found in them."""

from __future__ import annotations


def show() -> None:
    pass
