"""SciPy's distributions, which take a second to load: where they are not loaded, no object is one."""

from __future__ import annotations

import sys
from functools import lru_cache
from typing import Any


def is_distribution(thing: Any) -> bool:
    """Whether it is a distribution of SciPy's."""
    module = sys.modules.get("scipy.stats._distn_infrastructure")
    return module is not None and isinstance(thing, module.rv_generic)


@lru_cache(maxsize=None)
def templates() -> frozenset[str | None]:
    """What SciPy's own distributions keep as the text of a program of theirs."""
    import scipy.stats

    own = {thing._parse_arg_template for thing in vars(scipy.stats).values() if is_distribution(thing)}
    return frozenset({None, *own})


@lru_cache(maxsize=None)
def state_is_a_pair() -> bool:
    """Whether distributions are pickled as the arguments of their constructor and a source of random numbers.

    So did SciPy up to 1.5. Later versions take a pair for attributes to be set.
    """
    import scipy.stats

    return type(scipy.stats.uniform.__getstate__()) is tuple
