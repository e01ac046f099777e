# SPDX-License-Identifier: BSD-3-Clause
"""The way down with a price on weights."""

import numpy as np
import pytest
from scipy.optimize import check_grad

from sklearn_overtensor.measured.descent import (
    Priced,
    descend,
    descend_to_few,
    settle,
    tiny_terms,
)
from sklearn_overtensor.measured.rounds import Rounds
from sklearn_overtensor.measured.rows import RowMeasurements


def rows_and_start(seed=0, n=60, d=5):
    """Noisy rows of a square and a cube, and terms of orders 1 to 3."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, d))
    y = X[:, 0] ** 3 - X[:, 1] ** 2 + 0.3 * rng.standard_normal(n)
    rows = RowMeasurements(X, y, np.full(n, 1 / n), n, intercept=True)
    widths = {1: 1, 2: 3, 3: 6}
    return rows, tiny_terms(rows, widths, np.random.RandomState(seed))


def test_the_gradient_is_that_of_the_objective():
    rows, start = rows_and_start()
    priced = Priced(rows, start, alpha=0.03)
    point = np.random.default_rng(0).standard_normal(len(priced.start))
    error = check_grad(lambda t: priced(t)[0], lambda t: priced(t)[1], point)
    assert error < 1e-5 * np.linalg.norm(priced(point)[1])


@pytest.mark.parametrize("seed", range(3))
def test_the_last_digits_of_a_minimum_are_found(seed):
    rows, start = rows_and_start(seed)
    terms, converged = descend_to_few(rows, start, 0.03, Rounds())
    assert converged
    priced = Priced(rows, terms, 0.03)
    assert np.abs(priced(priced.start)[1]).max() < 1e-13


def test_a_start_that_is_no_minimum_is_not_made_worse():
    rows, start = rows_and_start()
    terms, _ = descend(rows, start, 0.03, max_iter=5)
    settled = settle(rows, terms, 0.03)
    before, after = (Priced(rows, each, 0.03) for each in (terms, settled))
    assert after(after.start)[0] <= before(before.start)[0] * (1 + 1e-12)
