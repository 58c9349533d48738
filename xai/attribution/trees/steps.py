"""The states of a number: between which of all the thresholds it is compared with it lies, or that it is missing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xai.attribution.trees.conditions import Conditions

_BUCKETS = 8  # for each threshold: then hardly two are in one
_MOST_BUCKETS = 1 << 14


@dataclass(frozen=True)
class Buckets:
    """Where thresholds (u,) are, so that few have to be looked at; `kernels.masked` says what a bucket is."""

    line: np.ndarray  # (2,) where the first one begins, and how many there are per unit
    before: np.ndarray  # (b,) int32 how many thresholds belong to earlier buckets
    most: int  # how many belong to one bucket, at most
    thresholds: np.ndarray  # (u + most,) nan from u on


@dataclass(frozen=True)
class Steps:
    """Conditions on one number that compare it in the same way."""

    conditions: np.ndarray  # (k,) which of the columns of codes they are
    thresholds: np.ndarray  # (u,) all of theirs, ascending
    strict: bool
    codes: np.ndarray  # (k, u + 2) their codes in each state; the last one is that of a missing value
    buckets: Buckets


def steps(conditions: Conditions) -> list[Steps]:
    """All conditions, which must be about numbers; those that see the same values are together."""
    kinds = np.stack([conditions.feature, conditions.single, conditions.strict, *conditions.replacing])
    _, group = np.unique(kinds, axis=1, return_inverse=True)
    return [_steps(conditions, np.flatnonzero(np.ravel(group) == k)) for k in range(group.max(initial=-1) + 1)]


def _steps(conditions: Conditions, members: np.ndarray) -> Steps:
    of_each = [conditions.thresholds[conditions.starts[k] : conditions.starts[k + 1]] for k in members]
    thresholds = np.unique(np.concatenate(of_each))
    counts = [np.append(0, np.searchsorted(own, thresholds, side="right")) for own in of_each]
    codes = np.concatenate([counts, conditions.codes_of_missing[members][:, None]], axis=1)
    return Steps(members, thresholds, bool(conditions.strict[members[0]]), codes, buckets(thresholds))


def buckets(thresholds: np.ndarray) -> Buckets:
    """Buckets between the first and the last of some thresholds (u,), ascending; those without end do not count."""
    ends = thresholds[np.isfinite(thresholds)][[0, -1]] if np.isfinite(thresholds).any() else np.zeros(2)
    count = min(_BUCKETS * len(thresholds), _MOST_BUCKETS)
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        per = count / (ends[1] - ends[0])
        line = np.array([ends[0], per if np.isfinite(per) else 0.0])  # else all are in one bucket
        place = np.nan_to_num((thresholds - line[0]) * line[1], nan=0.0).clip(0, count - 1).astype(np.int32)
    sizes = np.bincount(place, minlength=count)
    before, most = (np.cumsum(sizes) - sizes).astype(np.int32), int(sizes.max())
    return Buckets(line, before, most, np.append(thresholds, np.full(most, np.nan)))
