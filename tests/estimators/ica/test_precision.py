# SPDX-License-Identifier: BSD-3-Clause
"""The parts: precision of orthogonal sources, variances of many, nearest matrices."""

from functools import partial

import numpy as np
import pytest

from sklearn_overtensor.estimators.ica.polish import polished
from sklearn_overtensor.estimators.ica.precision import Precision, logcosh, power
from sklearn_overtensor.estimators.ica.whitening import (
    nearest_orthogonal,
    source_variances,
)
from sklearn_overtensor.rows import as_rows

CUBE = partial(power, degree=3)


def centred(samples):
    rows = as_rows(samples)
    return rows.centred(rows.mean())


@pytest.mark.parametrize(("nonlinearity", "balance"), [(CUBE, False), (logcosh, True)])
def test_moves_are_the_mean_squares_of_their_terms(nonlinearity, balance, rng):
    s = np.column_stack([rng.laplace(size=2000), rng.uniform(size=2000)])
    s = (s - s.mean(axis=0)) / s.std(axis=0)
    found = Precision(centred(s), np.eye(2), nonlinearity, balance)
    g, slope = nonlinearity(s)
    strength = (g * s).mean(axis=0) - slope.mean(axis=0)
    q = (g - g.mean(axis=0) - slope.mean(axis=0) * s) / strength
    h = np.abs(strength) if balance else np.ones(2)
    terms = h[0] * q[:, 0] * s[:, 1] - h[1] * q[:, 1] * s[:, 0]
    terms = (terms + h[1] * s[:, 0] * s[:, 1]) / h.sum()
    np.testing.assert_allclose(found.moves[0, 1], (terms**2).mean())
    np.testing.assert_allclose(found.moves[0, 0], ((s[:, 0] ** 2 - 1) ** 2).mean() / 4)
    np.testing.assert_allclose(found.other, (q**2).mean(axis=0))


@pytest.mark.parametrize("function", [CUBE, logcosh])
def test_slopes_are_derivatives(function):
    y, step = np.linspace(-2, 2, 9), 1e-6
    numeric = (function(y + step)[0] - function(y - step)[0]) / (2 * step)
    np.testing.assert_allclose(function(y)[1], numeric, atol=1e-7)


def test_overlaps_of_orthogonal_directions_are_never_oblique(rng):
    s = rng.uniform(-(3**0.5), 3**0.5, size=(5000, 3))
    precision = Precision(centred(s), np.eye(3), CUBE, balance=False)
    assert not precision.prefers_oblique(np.eye(3), 0.05, 0.0, 0)
    bent = np.array([[1.0, 0, 0], [0.5, 0.75**0.5, 0], [0, 0, 1]])
    assert precision.prefers_oblique(bent, 0.05, 0.0, 0)


def test_variances_of_more_sources_than_sensors_explain_the_covariance(rng):
    mixing = rng.normal(size=(3, 5))
    values, vectors = np.linalg.eigh(mixing @ mixing.T)
    white = (vectors / np.sqrt(values)).T @ mixing
    lengths = np.linalg.norm(white, axis=0)
    found = source_variances((white / lengths).T, np.full(5, 1e-12), 4, 1000)
    np.testing.assert_allclose(found, lengths**2, atol=1e-6)


def test_no_variance_makes_a_cumulant_impossible():
    # The second source is not needed for the covariance, but has a cumulant.
    directions = np.array([[1.0, 0.0], [0.0, 1.0], [0.6, 0.8]])
    variances = source_variances(directions, np.array([3.0, 3.0, 2.0]), 4, 100)
    assert np.all(variances >= np.sqrt(np.array([3.0, 3.0, 2.0]) / 100))


def test_the_nearest_orthogonal_matrix_is_nearer_than_others(rng):
    rows = np.eye(2, 4) + 0.1 * rng.normal(size=(2, 4))
    nearest = nearest_orthogonal(rows)
    np.testing.assert_allclose(nearest @ nearest.T, np.eye(2), atol=1e-12)
    for _ in range(20):
        other, _ = np.linalg.qr((nearest + 0.05 * rng.normal(size=(2, 4))).T)
        other = other.T * np.sign(np.sum(other.T * nearest, axis=1))[:, None]
        assert np.linalg.norm(rows - nearest) <= np.linalg.norm(rows - other)


def test_the_polish_sharpens_the_span_of_the_sources(rng):
    samples = rng.normal(size=(20_000, 4))
    samples[:, 0] = rng.laplace(size=20_000)
    samples -= samples.mean(axis=0)
    values, vectors = np.linalg.eigh(samples.T @ samples / len(samples))
    white = (vectors / np.sqrt(values)) @ vectors.T
    start = np.array([[0.95, 0.3, 0.05, 0.08]])
    start /= np.linalg.norm(start)
    found, n_iter = polished(samples @ white, start, n_noise=3, max_iter=200, tol=1e-6)
    assert found.shape == (1, 4)
    assert n_iter >= 1
    assert abs(found[0, 0]) > 0.999 > start[0, 0]
