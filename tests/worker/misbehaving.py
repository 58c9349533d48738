"""The workers' program with one addition: a question with a parameter `code` evaluates it and says what came of it."""

from __future__ import annotations

import errno
import importlib
from typing import Any

from xai.errors import QuestionError
from xai.session import Session
from xai.worker.__main__ import main as start

_ANSWER = Session.answer


def _answer(self: Session, question: str, parameters: Any, shown_class: Any = None, *more: Any) -> Any:
    if "code" not in parameters:
        return _ANSWER(self, question, parameters, shown_class, *more)
    try:
        said = f"OK: {evaluate(parameters['code'])}"
    except OSError as error:
        said = errno.errorcode.get(error.errno, str(error))
    raise QuestionError("not-a-range", text=said)


def evaluate(code: str) -> Any:
    """The value of the last line; the lines before are carried out first."""
    known = {name: importlib.import_module(name) for name in ("ctypes", "os", "signal", "socket", "threading", "time")}
    *lines, last = code.strip().splitlines()
    exec("\n".join(lines), known)
    return eval(last, known)


Session.answer = _answer
if __name__ == "__main__":
    start()
