"""The limits that are in force, in words."""

from __future__ import annotations

from xai.limits import MEGABYTE, Limits
from xai.texts import Wording
from xai.texts.numbers import NO_BREAK
from xai.worker.memory import Share


def size(count: int, wording: Wording) -> str:
    """Bytes as whole megabytes."""
    return f"{wording.number(count // MEGABYTE, 0)}{NO_BREAK}MB"


def stated(limits: Limits, share: Share, wording: Wording) -> list[str]:
    """One sentence for each kind of limit; `share` is what the memory here is divided into."""
    facts = {
        "files": {
            "model": size(limits.model_bytes, wording),
            "data": size(limits.data_bytes, wording),
            "unpacked_model": size(limits.unpacked_bytes, wording),
            "unpacked_table": size(limits.table_unpacked_bytes, wording),
        },
        "table": {
            "rows": wording.number(limits.table_rows, 0),
            "columns": wording.number(limits.table_columns, 0),
            "cells": wording.number(limits.table_cells, 0),
        },
        "memory": {"memory": size(share.memory, wording)},
        "question": {
            "opening": wording.number(limits.open_seconds, 0),
            "question": wording.number(limits.question_seconds, 0),
        },
        "idle": {"minutes": wording.number(limits.idle_seconds / 60, 0)},
        "places": {"places": wording.number(share.workers, 0)},
        "setting": {},
    }
    return [wording.say(f"limits.{kind}", **said) for kind, said in facts.items()]
