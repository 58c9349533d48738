"""Nearness to the data: distances by hand, counts and shares by brute force."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from xai.trust.neighbours import distances, neighbours, scales

NUMERIC = np.array([True, True, False])


@pytest.fixture(scope="module")
def rows() -> np.ndarray:
    random = np.random.default_rng(0)
    return np.column_stack([random.normal(0, 10, 150), random.integers(0, 5, 150), random.integers(0, 3, 150)])


def brute_force(rows: np.ndarray, others: np.ndarray, reference: np.ndarray) -> np.ndarray:
    deviation = [np.median(np.abs(reference[:, j] - np.median(reference[:, j]))) for j in (0, 1)]
    numbers = cdist(rows[:, :2] / deviation, others[:, :2] / deviation, metric="cityblock")
    return numbers + (rows[:, 2][:, None] != others[:, 2][None, :])


def test_distance_is_l1_in_median_deviations_plus_differing_categories(rows):
    np.testing.assert_allclose(
        distances(rows[:20], rows, NUMERIC, scales(rows, NUMERIC)), brute_force(rows[:20], rows, rows)
    )


def test_a_number_that_only_one_row_has_counts_one():
    numeric, scale = np.array([True]), np.array([2.0])
    rows = np.array([[np.nan], [4.0]])
    np.testing.assert_array_equal(distances(rows, rows, numeric, scale), [[0, 1], [1, 0]])


def test_columns_of_mostly_one_value_use_the_standard_deviation():
    column = np.array([0.0] * 9 + [10.0])
    assert scales(column[:, None], np.array([True]))[0] == pytest.approx(column.std())
    assert scales(np.ones((5, 1)), np.array([True]))[0] == 1


def test_similar_counts_rows_within_the_usual_distance_to_five_others(rows):
    among = neighbours(rows, NUMERIC, seed=0)
    own = np.sort(brute_force(rows, rows, rows), axis=1)
    assert among.radius == pytest.approx(np.median(own[:, 5]))
    new = np.array([[0.0, 2.0, 1.0], [500.0, 2.0, 1.0]])
    expected = (brute_force(new, rows, rows) <= among.radius).sum(axis=1)
    np.testing.assert_array_equal(among.similar(new), expected)
    assert among.similar(new)[1] == 0


def test_plausibility_is_the_share_of_rows_at_least_as_lonely(rows):
    among = neighbours(rows, NUMERIC, seed=0)
    own = np.sort(brute_force(rows, rows, rows), axis=1)[:, 1]
    new = np.array([[3.0, 2.0, 1.0], [40.0, 2.0, 1.0], [500.0, 2.0, 1.0]])
    nearest = brute_force(new, rows, rows).min(axis=1)
    np.testing.assert_allclose(among.plausibility(nearest), [(own >= d - 1e-9).mean() for d in nearest])
    assert among.plausibility(np.zeros(1))[0] == 1


def test_the_explained_row_is_no_evidence_for_itself(rows):
    lonely = np.array([500.0, 2.0, 1.0])
    everything = np.vstack([rows, lonely])
    assert neighbours(everything, NUMERIC, seed=0).similar(lonely[None, :])[0] == 1
    assert neighbours(everything, NUMERIC, seed=0).without(lonely).similar(lonely[None, :])[0] == 0
