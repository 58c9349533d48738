"""Asking an estimator: whatever it raises about the rows it was given becomes a typed error that keeps the cause."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import cache
from typing import Any

from sklearn.exceptions import NotFittedError
from threadpoolctl import ThreadpoolController

from xai.errors import KlartextError, OpeningError, QuestionError

_LONGEST = 300
_LOG_HEAD = re.compile(r"^\[[\d:]+\] \S+:\d+: ")  # XGBoost: time and line of its source
_BRING_THREADS = ("xgboost", "lightgbm", "catboost")  # each loads a thread pool of its own


def ask(estimator: Any, method: Callable[..., Any], *rows: Any, **options: Any) -> Any:
    """`method(*rows)` of a fitted estimator.

    Raises OpeningError("no-fitted-model"), QuestionError("model-refused") with the library's own first line.
    """
    try:
        with one_thread():
            return method(*rows, **options)
    except NotFittedError as error:
        raise OpeningError("no-fitted-model", model=type(estimator).__name__) from error
    except (KlartextError, MemoryError):
        raise
    except Exception as error:  # pipelines, custom steps and the boosting libraries may raise anything about rows
        said = next((line for line in str(error).splitlines() if line.strip()), type(error).__name__)
        said = _LOG_HEAD.sub("", said)
        raise QuestionError("model-refused", model=type(estimator).__name__, reason=said[:_LONGEST]) from error


def one_thread() -> AbstractContextManager[Any]:
    """Libraries of linear algebra and of boosted trees work in a single thread meanwhile.

    The questions ask thousands of times about few rows. Threads that wait for each other made that up to fifteen times
    slower on two busy cores, and never faster.
    """
    return _threads(frozenset(name for name in _BRING_THREADS if name in sys.modules)).limit(limits=1)


@cache
def _threads(_loaded: frozenset[str]) -> ThreadpoolController:
    """The thread pools of this process; looked up again once another library has brought one."""
    return ThreadpoolController()
