"""The program beside a model, with two additions: a question with `code` runs that in there and answers its value, and
one with `echo` answers every cell of the first column as it has arrived. It loads no more than these need.
"""

from __future__ import annotations

import errno
import importlib
from typing import Any

import numpy as np

from xai.environments.inside import program
from xai.errors import QuestionError

_ASK = program.Program._ask


def _ask(self: program.Program, asked: Any) -> Any:
    if "echo" in asked.header:
        rows = program.rows_of(asked.header, asked.arrays)
        return np.array([f"{type(cell).__name__} {cell!r}" for cell in rows.iloc[:, 0].astype(object)], dtype=object)
    if "code" not in asked.header:
        return _ASK(self, asked)
    known = {name: importlib.import_module(name) for name in ("ctypes", "os", "signal", "socket", "sys", "time")}
    *lines, last = asked.header["code"].strip().splitlines()
    try:
        exec("\n".join(lines), {"program": self, **known})
        said = f"OK: {eval(last, {'program': self, **known})}"
    except OSError as error:
        said = errno.errorcode.get(error.errno or 0, str(error))
    raise QuestionError("not-a-range", text=said)


program.Program._ask = _ask
program.LOADED = ("numpy",)
main = program.main
