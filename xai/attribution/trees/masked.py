"""Small trees that are asked by states: a few numbers for a row, whatever it takes to answer all nodes.

Where most columns hold values that are known beforehand, a row is told by which of them it has.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xai.attribution.trees.ensemble import Ensemble
from xai.attribution.trees.kernels.masked import leaves_before
from xai.attribution.trees.saying import in_parts
from xai.attribution.trees.space import reals, words
from xai.attribution.trees.steps import Steps
from xai.compiled.loading import MachineCode

MOST_LEAVES = 64  # a word has as many bits
_MEMORY = 16 << 20  # bytes of words
_QUICK = 64  # so many trees are asked by states as quickly as one is walked through
_TOGETHER = 256  # combinations of states that are one state


@dataclass(frozen=True)
class Group:
    """Columns of codes that are known together: codes (k, s) of k columns in s states."""

    columns: np.ndarray
    codes: np.ndarray

    @property
    def states(self) -> int:
        return self.codes.shape[1]

    def beside(self, other: Group) -> Group:
        """Both as one: state `i * other.states + j` is the first one's i and the second one's j."""
        codes = [np.repeat(self.codes, other.states, axis=1), np.tile(other.codes, (1, self.states))]
        return Group(np.concatenate([self.columns, other.columns]), np.concatenate(codes))


class Masked:
    """What the trees say, without their offset.

    Parameters
    ----------
    code : the kernels. ensemble : trees of at most 64 leaves (see `maskable`), which ask V columns of codes.
    groups : G of them; each of the V columns is in one.
    """

    def __init__(self, code: MachineCode, ensemble: Ensemble, groups: Sequence[Group]) -> None:
        self._code, self._ensemble = code, ensemble
        sizes = np.array([group.states for group in groups])
        self._first = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int32)
        self._shared = int(ensemble.leaves.max(initial=0) <= MOST_LEAVES // 2)
        self._masks = words(int(sizes.sum()), (len(ensemble.roots) + self._shared) >> self._shared)
        self._values = _apart(ensemble, self._shared)
        self._find(groups)

    def said(self, states: np.ndarray) -> np.ndarray:
        """(n, R) raw outputs, offset included, of rows with these states (G, n), each counted within its group."""
        ensemble, total = self._ensemble, len(self._ensemble.offset)

        def call(part: slice) -> np.ndarray:
            given = np.ascontiguousarray(states[:, part], dtype=np.int32)
            found, space = np.tile(ensemble.offset, given.shape[1]), words(self._masks.shape[1])
            arrays = [self._masks, space, ensemble.outputs, self._values, self._first, given, found]
            sizes = [*self._masks.shape, *self._values.shape, *given.shape, total, len(ensemble.roots), self._shared]
            self._code.call("say_masked", arrays, sizes)
            return found.reshape(-1, total)

        rows = states.shape[1]
        return in_parts(call, rows, 1 + len(ensemble.roots) // _QUICK, rows)

    def states(self, step: Steps, values: np.ndarray, found: np.ndarray | None = None) -> np.ndarray:
        """(n,) int32 the states of a number's values (n,), nan where they count as missing; written into `found`."""
        found = np.empty(len(values), dtype=np.int32) if found is None else found
        count, among = len(step.thresholds), step.buckets
        arrays = [np.ascontiguousarray(values), among.thresholds, among.line, among.before, found]
        sizes = [len(values), len(among.thresholds), among.most, len(among.before), int(step.strict), count + 1]
        self._code.call("find_states", arrays, sizes)
        return found

    def _find(self, groups: Sequence[Group]) -> None:
        ensemble, columns = self._ensemble, len(self._ensemble.conditions.feature)
        first, count, start = (np.zeros(columns, dtype=np.int32) for _ in range(3))
        begin = 0
        for group, place in zip(groups, self._first, strict=True):
            first[group.columns], count[group.columns] = place, group.states
            start[group.columns] = begin + group.states * np.arange(len(group.columns))
            begin += group.codes.size
        codes = np.concatenate([np.zeros(0), *(group.codes.ravel() for group in groups)]).astype(np.int32)
        stops = np.append(ensemble.roots[1:], len(ensemble.nodes)).astype(np.int32)
        largest = int((stops - ensemble.roots).max(initial=1))
        arrays = [ensemble.nodes, ensemble.roots, stops, first, count, start, codes, words(largest), self._masks]
        sizes = [len(ensemble.nodes), len(ensemble.roots), columns, len(self._masks), len(codes), largest]
        self._code.call("find_masks", arrays, [*sizes, self._masks.shape[1], self._shared])


def _apart(ensemble: Ensemble, shared: int) -> np.ndarray:
    """(T * room, width) the values of the leaves, where `leaves_before` says."""
    count = ensemble.leaves
    begins = leaves_before(np.arange(len(count)), shared)
    found = reals(leaves_before(len(count), shared), ensemble.values.shape[1])
    found[np.repeat(begins - (np.cumsum(count) - count), count) + np.arange(count.sum())] = ensemble.values
    return found


def maskable(ensemble: Ensemble, states: int) -> bool:
    """Whether the trees can be asked by so many states."""
    small = ensemble.leaves.max(initial=0) <= MOST_LEAVES
    return small and 8 * states * len(ensemble.roots) <= _MEMORY and ensemble.parents_first


def together(groups: Sequence[Group]) -> tuple[list[Group], list[list[int]]]:
    """As few groups as there can be without many states; and which of the given ones each consists of."""
    found: list[Group] = []
    members: list[list[int]] = []
    for place in sorted(range(len(groups)), key=lambda k: groups[k].states):
        if found and found[-1].states * groups[place].states <= _TOGETHER:
            found[-1] = found[-1].beside(groups[place])
            members[-1].append(place)
        else:
            found.append(groups[place])
            members.append([place])
    return found, members
