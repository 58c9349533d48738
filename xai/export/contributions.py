"""The contributions of many rows as a CSV file that grows block by block, so that a table of any length has room."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from xai.errors import QuestionError
from xai.export.table import csv_bytes
from xai.results import Attribution, Measure, Notice, Result, Trust, plain

ROW, PREDICTION, BASE = "row", "prediction", "base"


@dataclass(frozen=True)
class WrittenContributions(Result):
    """What stands in a file: a line per row, with its position, prediction, base value and contributions."""

    file: str
    rows: int
    last: Attribution  # of the last block: unit, class and base are those of all
    trust: Trust  # the worst of all blocks
    warnings: tuple[Notice, ...]
    seconds: float

    @property
    def algorithm(self) -> str:
        return self.last.algorithm

    @property
    def unit(self) -> str:
        return self.last.unit

    def to_frame(self) -> pd.DataFrame:
        return pd.DataFrame()  # the table is in the file

    def to_dict(self) -> dict[str, Any]:
        found = {
            "file": self.file,
            "rows": self.rows,
            "columns": [ROW, PREDICTION, BASE, *self.last.columns],
            "method": self.last.method,
            "algorithm": self.algorithm,
            "unit": self.unit,
            "class": self.last.target_class,
            "base": self.last.base,
        }
        tail = {"trust": self.trust.to_dict(), "warnings": self.warnings, "seconds": self.seconds}
        return plain({**found, **tail})


def contributions_csv(blocks: Iterable[Attribution], language: str) -> Iterator[bytes]:
    """The parts of one CSV file. The contributions of a line and its base value add up to its prediction."""
    first = 0
    for block in blocks:
        yield csv_bytes(_table(block, first), language, continued=first > 0)
        first += len(block.values)


def write_contributions(
    ask: Callable[[int], Attribution], total: int, path: Path, language: str
) -> WrittenContributions:
    """Ask for block after block, by the position of its first row, and write them. No unfinished file is left behind.

    Raises QuestionError("not-writable"), and whatever `ask` raises.
    """
    start, seen, draft = time.perf_counter(), _Seen(), path.with_name(path.name + ".part")
    try:
        with draft.open("wb") as file:
            for part in contributions_csv(seen.through(ask, total), language):
                file.write(part)
        draft.replace(path)
    except OSError as error:
        raise QuestionError("not-writable", file=str(path), reason=error.strerror or type(error).__name__) from error
    finally:
        draft.unlink(missing_ok=True)
    trust = Trust(tuple(seen.worst.values()))
    return WrittenContributions(str(path), total, seen.last, trust, tuple(seen.warnings), time.perf_counter() - start)


class _Seen:
    """What is remembered of the blocks that pass."""

    def __init__(self) -> None:
        self.worst: dict[str, Measure] = {}
        self.warnings: list[Notice] = []

    def through(self, ask: Callable[[int], Attribution], total: int) -> Iterator[Attribution]:
        first = 0
        while first < total:
            self.last = ask(first)
            first += len(self.last.values)
            for measure in self.last.trust.measures:
                known = self.worst.setdefault(measure.code, measure)
                self.worst[measure.code] = max(known, measure, key=lambda each: each.value)
            self.warnings += [notice for notice in self.last.warnings if notice not in self.warnings]
            yield self.last


def _table(block: Attribution, first: int) -> pd.DataFrame:
    positions = range(first, first + len(block.values))
    head = pd.DataFrame({ROW: positions, PREDICTION: block.prediction, BASE: block.base})
    return pd.concat([head, pd.DataFrame(block.values, columns=list(block.columns))], axis=1)
