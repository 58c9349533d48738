"""Small trees that are asked by states say what they say about the codes."""

from __future__ import annotations

import numpy as np
import pytest

from xai.attribution.trees.conditions import Conditions
from xai.attribution.trees.ensemble import Ensemble, ensemble
from xai.attribution.trees.masked import MOST_LEAVES, Group, Masked, maskable, together
from xai.attribution.trees.steps import Steps, buckets, steps
from xai.attribution.trees.tree import Tree, Trees
from xai.attribution.trees.trial import drawn
from xai.compiled.loading import MachineCode

FEATURES = 7


def small(depth: int, seed: int = 1, outputs: int = 2) -> Ensemble:
    """Nine random trees."""
    return laid_out(drawn(np.random.default_rng(seed), 9, FEATURES, depth, outputs))


def complete(depth: int, count: int) -> Ensemble:
    """Trees with as many leaves as the depth allows, each level about another column, and one output."""
    random, node = np.random.default_rng(depth), np.arange(2 ** (depth + 1) - 1)
    size, inner = len(node), node < len(node) // 2
    trees = [
        Tree(
            feature=(np.log2(node + 1).astype(int) + first) % FEATURES,
            threshold=random.normal(scale=0.3, size=size).round(1),
            missing=random.integers(2, size=size),
            left=np.where(inner, 2 * node + 1, -1),
            right=np.where(inner, 2 * node + 2, -1),
            value=random.normal(size=(size, 1)),
        )
        for first in range(count)
    ]
    return laid_out(Trees(tuple(trees), offset=np.array([0.5]), answers=True))


def laid_out(trees: Trees) -> Ensemble:
    return ensemble(trees, np.arange(FEATURES), FEATURES)


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


def by_states(compiled: MachineCode, flat: Ensemble, codes: np.ndarray, size: int) -> np.ndarray:
    """What the trees say about codes, `size` columns of which are a group."""
    columns = np.split(np.arange(len(codes)), np.arange(size, len(codes), size))
    groups, states = zip(*(by_value(codes, each) for each in columns), strict=True)
    return Masked(compiled, flat, groups).said(np.stack(states))


@pytest.mark.parametrize("outputs", [1, 2])
@pytest.mark.parametrize("depth", [1, 3, 5, 6])
@pytest.mark.parametrize("size", [1, 3])
@pytest.mark.parametrize("rows", [1, 70, 5000])
def test_states_say_what_codes_say(compiled, outputs: int, depth: int, size: int, rows: int):
    flat = small(depth, outputs=outputs)
    codes = flat.conditions.codes(matrix(rows))
    np.testing.assert_allclose(by_states(compiled, flat, codes, size), flat.raw(codes), rtol=0, atol=1e-13)


@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize("depth", [5, 6])
def test_trees_that_fill_a_word_or_half_of_it(compiled, depth: int, count: int):
    """Of 32 leaves two trees share a word, of 64 none do; every leaf is reached."""
    flat = complete(depth, count)
    codes = flat.conditions.codes(matrix(20_000))
    reached = [len(np.unique(values)) for values in flat.leaf_values(codes)]
    assert reached == flat.leaves.tolist() == [2**depth] * count
    np.testing.assert_allclose(by_states(compiled, flat, codes, 1), flat.raw(codes), rtol=0, atol=1e-13)


def test_steps_of_numbers_say_what_codes_say(compiled):
    flat, rows = small(5), matrix(400)
    numbers = steps(flat.conditions)
    assert sorted(np.concatenate([step.conditions for step in numbers])) == list(range(len(flat.conditions.feature)))
    compared = flat.conditions.compared(rows)
    groups = [Group(step.conditions, step.codes) for step in numbers]
    masked = Masked(compiled, flat, groups)
    states = np.stack([masked.states(step, compared[step.conditions[0]]) for step in numbers])
    for step, state in zip(numbers, states, strict=True):
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


LINES = {
    "evenly": np.linspace(-1, 1, 101),
    "one": np.array([0.3]),
    "skewed": np.exp(np.linspace(0, 40, 300)),
    "dense at one end": np.append(1e6, 1e-9 * np.arange(50)),
    "without end": np.array([-np.inf, 0.0, 1.0, np.inf]),
    "nothing but no end": np.array([-np.inf, np.inf]),
    "as far as numbers go": np.array([-1.7e308, -5e-324, 0.0, 5e-324, 1.7e308]),
    "many": np.random.default_rng(0).normal(size=5_000),
}


@pytest.mark.parametrize("kind", LINES)
@pytest.mark.parametrize("strict", [False, True])
def test_a_state_is_how_many_thresholds_are_below(compiled, kind: str, strict: bool):
    """Whatever buckets they are looked for in: values at, beside and between them, without end, and none."""
    thresholds = np.unique(LINES[kind])
    random = np.random.default_rng(1)
    beside = [np.nextafter(thresholds, -np.inf), thresholds, np.nextafter(thresholds, np.inf)]
    values = np.concatenate([*beside, random.normal(size=2_000), [np.inf, -np.inf, np.nan, 0.0, -0.0]])
    codes = np.zeros((1, len(thresholds) + 2), dtype=np.int32)
    step = Steps(np.arange(1), thresholds, strict, codes, buckets(thresholds))
    found = Masked(compiled, small(3), [Group(step.conditions, step.codes)]).states(step, values)
    wanted = np.searchsorted(thresholds, values, side="right" if strict else "left")
    np.testing.assert_array_equal(found, np.where(np.isnan(values), len(thresholds) + 1, wanted))


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
