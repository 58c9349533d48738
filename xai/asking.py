"""Asking an estimator: whatever it raises about the rows it was given becomes a typed error that keeps the cause."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sklearn.exceptions import NotFittedError

from xai.errors import KlartextError, OpeningError, QuestionError

_LONGEST = 300


def ask(estimator: Any, method: Callable[..., Any], *rows: Any, **options: Any) -> Any:
    """`method(*rows)` of a fitted estimator.

    Raises OpeningError("no-fitted-model"), QuestionError("model-refused") with the library's own first line.
    """
    try:
        return method(*rows, **options)
    except NotFittedError as error:
        raise OpeningError("no-fitted-model", model=type(estimator).__name__) from error
    except (KlartextError, MemoryError):
        raise
    except Exception as error:  # pipelines, custom steps and the boosting libraries may raise anything about rows
        said = next((line for line in str(error).splitlines() if line.strip()), type(error).__name__)
        raise QuestionError("model-refused", model=type(estimator).__name__, reason=said[:_LONGEST]) from error
