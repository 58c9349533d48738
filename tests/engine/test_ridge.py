"""The local line's own regression is that of scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import linear_model

from xai.attribution.ridge import Ridge


@pytest.mark.parametrize("columns", [1, 14])
@pytest.mark.parametrize("count", [2, 512, 513, 5000])
def test_weighted_ridge_is_that_of_scikit_learn(count: int, columns: int):
    random = np.random.default_rng(count)
    rows = random.normal(1, 2, size=(count, columns))
    labels = rows @ random.normal(size=columns) + random.normal(3, 1, size=count)
    weights = random.random(count)
    found = Ridge(alpha=2.0).fit(rows, labels, weights)
    wanted = linear_model.Ridge(alpha=2.0).fit(rows, labels, weights)
    np.testing.assert_allclose(found.coef_, wanted.coef_, rtol=1e-11)
    assert found.intercept_ == pytest.approx(wanted.intercept_, rel=1e-11)
    np.testing.assert_allclose(found.predict(rows), wanted.predict(rows), rtol=1e-10)
    assert found.score(rows, labels, weights) == pytest.approx(wanted.score(rows, labels, weights), rel=1e-11)
