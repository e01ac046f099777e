# SPDX-License-Identifier: BSD-3-Clause
"""Whose rows a term rests on: a few outlying ones are no ground for it."""

import warnings

import numpy as np
import pytest

from sklearn_overtensor import OverparamSymmetricCP, overparam_symmetric_cp
from sklearn_overtensor.targets import (
    CumulantTarget,
    HermiteMomentTarget,
    MomentTarget,
)

RNG = np.random.default_rng(0)
X = RNG.laplace(size=(60, 4))
V = RNG.standard_normal((4, 3))


def direct(influence):
    """From the influence of each row, ``(n, m)``."""
    return np.abs(influence).sum(axis=0) ** 2 / np.sum(influence**2, axis=0)


@pytest.mark.parametrize("order", [3, 4])
def test_effective_rows_of_a_moment(order):
    powers = (X @ V) ** order
    found = MomentTarget(X, order).effective_rows(V)
    np.testing.assert_allclose(found, direct(powers - powers.mean(axis=0)))


@pytest.mark.parametrize("order", [3, 4])
def test_effective_rows_of_a_cumulant_by_leaving_each_row_out(order):
    """To first order the influence is what a little less weight of a row changes."""
    step = 1e-6

    def forms(weights):
        return np.sum(V * CumulantTarget(X, order, weights).contract(V), axis=0)

    moved = []
    for row in range(len(X)):
        weights = np.ones(len(X))
        weights[row] = 1 + step
        moved.append(forms(weights))
    influence = (np.array(moved) - forms(None)) / step
    found = CumulantTarget(X, order).effective_rows(V)
    np.testing.assert_allclose(found, direct(influence), rtol=1e-4)


@pytest.mark.parametrize("backend", ["numpy", "pytorch"])
def test_weights_that_are_counts_count_rows(backend):
    if backend == "pytorch":
        pytest.importorskip("torch")
    counts = RNG.integers(1, 4, len(X))
    weighted = MomentTarget(X, 3, counts, backend=backend).effective_rows(V)
    repeated = MomentTarget(np.repeat(X, counts, axis=0), 3).effective_rows(V)
    np.testing.assert_allclose(weighted, repeated)


def test_known_noise_is_taken_out_of_the_influence():
    noise = 0.5 * np.eye(4)
    y = X @ V
    hermite = y**3 - 3 * np.diag(V.T @ noise @ V) * y
    found = HermiteMomentTarget(X, 3, noise_covariance=noise).effective_rows(V)
    np.testing.assert_allclose(found, direct(hermite - hermite.mean(axis=0)))


def messages(data, **settings):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        OverparamSymmetricCP(random_state=0, **settings).fit(data)
    return " ".join(str(each.message) for each in caught)


@pytest.mark.parametrize("order", [3, 4])
def test_one_outlier_is_named(order):
    for seed in range(3):
        data = np.random.default_rng(seed).laplace(size=(3000, 4))
        data[0] *= 100
        said = messages(data, statistic="cumulant", order=order)
        assert "Outlying rows dominate" in said


@pytest.mark.parametrize("draw", ["standard_normal", "laplace", "uniform"])
def test_ordinary_rows_are_not(draw):
    for seed in range(3):
        data = getattr(np.random.default_rng(seed), draw)(size=(3000, 4))
        said = messages(data, statistic="cumulant", order=4)
        assert "Outlying" not in said


def test_the_result_says_how_many_rows_each_term_rests_on():
    data = np.random.default_rng(0).laplace(size=(3000, 4))
    data[:, 0] *= 0.1
    result = overparam_symmetric_cp(data, order=4, statistic="cumulant", random_state=0)
    target = CumulantTarget(data, 4)
    expected = target.effective_rows(result.components.T)
    np.testing.assert_allclose(result.effective_rows, expected, rtol=1e-6)
    assert 10 < result.rows_needed < 100
    tensor = overparam_symmetric_cp(np.ones((2, 2, 2)))
    assert tensor.effective_rows is None
