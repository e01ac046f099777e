# SPDX-License-Identifier: BSD-3-Clause
"""The variance of components and the axes of their means, by moments of low order."""

import numpy as np
import pytest

from sklearn_overtensor.estimators.mixture.variance import (
    MomentMatrix,
    signal_directions,
)

from .common import planted


def matrix_of(X):
    centred = X - X.mean(axis=0)
    values, axes = np.linalg.eigh(centred.T @ centred / len(X))
    return MomentMatrix(centred @ axes[:, ::-1], values[::-1])


def test_noise_alone_has_no_directions():
    found = []
    for seed in range(100):
        X = np.random.default_rng(seed).standard_normal((300, 8))
        values = np.linalg.eigvalsh(np.cov(X.T))[::-1]
        found.append(signal_directions(values, 300, 0.05))
    assert np.mean(np.array(found) > 0) < 0.12  # 0.05, and 3 standard errors


def test_as_many_directions_as_means_differ_along():
    labels = np.random.default_rng(0).integers(0, 4, 3000)
    X = 3 * np.eye(4, 8)[labels] + np.random.default_rng(1).standard_normal((3000, 8))
    values = np.linalg.eigvalsh(np.cov(X.T))[::-1]
    assert signal_directions(values, 3000, 0.05) == 3


def test_one_eigenvalue_left_over_says_nothing():
    assert signal_directions(np.array([5.0, 3.0, 1.0]), 1000, 0.05) == 3


@pytest.mark.parametrize("seed", range(3))
def test_more_components_than_features_show_their_variance(seed):
    X = planted(4, 6, 4, 20_000, seed).X
    matrix = matrix_of(X)
    # The least eigenvalue of the covariance is that of the means, too.
    assert matrix.largest > 1.2
    assert matrix.variance(6) == pytest.approx(1, abs=0.06)
    assert matrix.variance() == pytest.approx(1, abs=0.2)
    assert matrix.variance() < matrix.variance(6)


def test_the_variance_scales_with_the_rows():
    X = planted(3, 4, 5, 5000, 0).X
    assert matrix_of(100 * X).variance(4) == pytest.approx(
        1e4 * matrix_of(X).variance(4)
    )


def test_of_many_axes_those_of_least_variance_are_taken():
    X = planted(14, 3, 5, 4000, 0).X
    axes = np.linalg.svd(X - X.mean(0), full_matrices=False)[2]
    whole, few = matrix_of(X), matrix_of(X @ axes[2:].T)
    assert whole.variance(3) == pytest.approx(few.variance(3), rel=1e-6)
