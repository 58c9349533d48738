"""After construction: what the allow-list cannot judge. Each kind of part has its own look at it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from scipy import sparse
from scipy.interpolate import BSpline
from sklearn.ensemble._forest import BaseForest
from sklearn.ensemble._gb import BaseGradientBoosting
from sklearn.ensemble._hist_gradient_boosting.gradient_boosting import BaseHistGradientBoosting
from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer
from sklearn.neighbors import BallTree, KDTree
from sklearn.svm._base import BaseLibSVM
from sklearn.tree import BaseDecisionTree
from sklearn.tree._tree import Tree

from xai.errors import OpeningError
from xai.opening.audits import boosting, counts, functions, matrices, neighbours, settings, texts, trees, vectors
from xai.opening.walking import walk
from xai.results import Notice

_CHECKS: tuple[tuple[type | tuple[type, ...], Callable[[Any], None]], ...] = (
    (Tree, trees.check_tree),
    (BaseDecisionTree, trees.check_owner),
    (BaseForest, trees.check_forest),
    (BaseGradientBoosting, boosting.check_gradient_boosting),
    (BaseHistGradientBoosting, boosting.check_histogram_boosting),
    ((KDTree, BallTree), neighbours.check_index),
    (BaseLibSVM, vectors.check_support_vectors),
    ((sparse.spmatrix, sparse.sparray), matrices.check_sparse),
    (BSpline, matrices.check_spline),
    ((CountVectorizer, HashingVectorizer), texts.check_vectorizer),
)


def inspect(thing: Any) -> tuple[Notice, ...]:
    """Look at every part of an opened object, and switch off what only its training needed (n_jobs, caches).

    Raises OpeningError: "corrupt-tree", "corrupt-model", "reads-files", "too-complex", "forbidden-call".
    """
    parts = list(walk(thing))
    counts.check(thing, parts)
    notices: list[Notice] = []
    for part in parts:
        functions.check(part)
        for kinds, check in _CHECKS:
            if isinstance(part, kinds):
                _run(check, part)
        notices += settings.switch_off(part)
    return tuple(notices)


def _run(check: Callable[[Any], None], part: Any) -> None:
    try:
        check(part)
    except OpeningError:
        raise
    # the state is what the file said, so the look at it can fail anywhere: then it is not what the library writes
    except (AttributeError, TypeError, ValueError, KeyError, IndexError, OverflowError) as error:
        raise OpeningError("corrupt-model", part=type(part).__name__, found=type(error).__name__) from error
