"""Small trees that are asked by states say what they say about the codes."""

from __future__ import annotations

import numpy as np
import pytest

from xai.attribution.trees.conditions import Conditions
from xai.attribution.trees.ensemble import Ensemble, ensemble
from xai.attribution.trees.masked import MOST_LEAVES, Group, Masked, maskable, together
from xai.attribution.trees.steps import steps
from xai.attribution.trees.trial import drawn

FEATURES = 7


def small(depth: int, seed: int = 1) -> Ensemble:
    """Random trees with two outputs."""
    return ensemble(drawn(np.random.default_rng(seed), 9, FEATURES, depth), np.arange(FEATURES), FEATURES)


def matrix(rows: int, seed: int = 2) -> np.ndarray:
    """Values that often equal a threshold, with gaps and without end."""
    random = np.random.default_rng(seed)
    found = random.normal(size=(rows, FEATURES)).round(1)
    found[random.random(found.shape) < 0.1] = np.nan
    found[random.random(found.shape) < 0.02] = np.inf
    return found


def by_value(codes: np.ndarray, columns: np.ndarray) -> tuple[Group, np.ndarray]:
    """Columns of codes whose combinations are all known, and which of them each row has."""
    values, place = np.unique(codes[columns], axis=1, return_inverse=True)
    return Group(columns, values), np.ravel(place)


@pytest.mark.parametrize("depth", [1, 3, 5, 6])
@pytest.mark.parametrize("size", [1, 3])
@pytest.mark.parametrize("rows", [1, 70, 5000])
def test_states_say_what_codes_say(compiled, depth: int, size: int, rows: int):
    flat = small(depth)
    codes = flat.conditions.codes(matrix(rows))
    columns = np.split(np.arange(len(codes)), np.arange(size, len(codes), size))
    groups, states = zip(*(by_value(codes, each) for each in columns), strict=True)
    found = Masked(compiled, flat, groups).said(np.stack(states, axis=1))
    np.testing.assert_allclose(found, flat.raw(codes), rtol=0, atol=1e-13)


def test_steps_of_numbers_say_what_codes_say(compiled):
    flat, rows = small(5), matrix(400)
    numbers = steps(flat.conditions)
    assert sorted(np.concatenate([step.conditions for step in numbers])) == list(range(len(flat.conditions.feature)))
    compared = flat.conditions.compared(rows)
    groups = [Group(step.conditions, step.codes) for step in numbers]
    masked = Masked(compiled, flat, groups)
    states = np.stack([masked.states(step, compared[step.conditions[0]]) for step in numbers], axis=1)
    for step, state in zip(numbers, states.T, strict=True):
        np.testing.assert_array_equal(step.codes[:, state], flat.conditions.codes(rows)[step.conditions])
    np.testing.assert_allclose(masked.said(states), flat.raw(flat.conditions.codes(rows)), rtol=0, atol=1e-13)


def test_columns_that_are_compared_differently_have_steps_of_their_own(compiled):
    """One column asked at most and below, with gaps to the left and right, rounded or not."""
    kinds = [(0, False, False), (1, False, False), (0, True, False), (0, False, True)]
    missing, single, strict = (np.array(each) for each in zip(*kinds, strict=True))
    asked = Conditions(
        feature=np.zeros(4, dtype=np.int64),
        missing=missing.astype(np.int8),
        single=single,
        strict=strict,
        starts=np.array([0, 2, 3, 5, 7]),
        thresholds=np.array([0.1, 0.5, 0.3, 0.1, 0.5, 0.1, 0.5]),
        tables=(),
    )
    values = np.array([0.1, np.float32(0.1), 0.2, 0.3, 0.5, 0.7, -1, np.nan])[:, None]
    found, numbers = asked.codes(np.repeat(values, 2, axis=0)), steps(asked)
    assert [step.conditions.tolist() for step in numbers] == [[0, 1], [3], [2]]
    for step in numbers:
        masked = Masked(compiled, small(3), [Group(step.conditions, step.codes)])
        state = masked.states(step, asked.compared(np.repeat(values, 2, axis=0))[step.conditions[0]])
        np.testing.assert_array_equal(step.codes[:, state], found[step.conditions])


def test_groups_together_have_every_combination():
    groups = [Group(np.array([k]), np.arange(size)[None]) for k, size in enumerate((20, 3, 1, 12, 300))]
    merged, members = together(groups)
    assert sorted(k for each in members for k in each) == [0, 1, 2, 3, 4]
    assert [each for each in members if 4 in each] == [[4]]  # too many states to have company
    for group, each in zip(merged, members, strict=True):
        sizes = [groups[k].states for k in each]
        assert group.columns.tolist() == each
        np.testing.assert_array_equal(group.codes, np.indices(sizes).reshape(len(sizes), -1))


def test_trees_with_more_leaves_than_a_word_has_bits_are_asked_otherwise():
    assert maskable(small(6), 1000)
    assert small(9).leaves.max() > MOST_LEAVES
    assert not maskable(small(9), 1000)
    assert not maskable(small(6), 1_000_000)
