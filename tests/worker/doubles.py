"""Limits and programs for the tests of workers."""

from __future__ import annotations

from pathlib import Path

from xai.limits import MEGABYTE, Limits
from xai.worker.nursery import Forked

LIMITS = Limits(memory=400 * MEGABYTE, workers=6)


def obedient(limits: Limits = LIMITS) -> Forked:
    """Workers that carry out the code a question brings along."""
    return Forked(limits, (str(Path(__file__).with_name("misbehaving.py")),))
