# SPDX-License-Identifier: BSD-3-Clause
"""Coordinates in which the noise of samples is alike in all directions."""

import numpy as np
import pytest

from sklearn_overtensor.coordinates.metric import noise_metric
from sklearn_overtensor.noise.kinds import effective_dimension, is_sampled
from sklearn_overtensor.targets import CumulantTarget, DenseTarget, MomentTarget


@pytest.fixture
def X():
    rng = np.random.default_rng(0)
    return rng.laplace(size=(2000, 4)) @ rng.standard_normal((4, 4))


@pytest.mark.parametrize("kind", [MomentTarget, CumulantTarget])
@pytest.mark.parametrize("order", [3, 4])
def test_the_noise_is_spread_evenly(X, kind, order):
    target = kind(X, order)
    values = np.linalg.eigvalsh(target.spread(noise_metric(target).change))
    assert values[-1] <= 1.05 * values[0]


def test_there_is_a_way_back(X):
    metric = noise_metric(MomentTarget(X, 3))
    np.testing.assert_allclose(metric.change.T @ metric.lift, np.eye(4), atol=1e-10)


def test_other_units_lead_to_the_same_lengths(X):
    units = np.array([1.0, 10.0, 0.1, 3.0])
    plain, scaled = (noise_metric(MomentTarget(Z, 3)).change for Z in (X, X * units))
    lengths = np.linalg.norm(X @ plain, axis=1)
    # Both are within five per cent of the fixed point.
    np.testing.assert_allclose(
        np.linalg.norm((X * units) @ scaled, axis=1), lengths, rtol=0.1
    )


def test_constant_and_repeated_columns_are_left_out(X):
    wide = np.column_stack([X, np.zeros(len(X)), X[:, 0]])
    metric = noise_metric(CumulantTarget(wide, 3))
    assert metric.change.shape == (6, 4)


def test_the_second_moment_of_many_features_is_never_formed(monkeypatch):
    """It would take 20 GB in 50,000 features."""
    import scipy.sparse as sp

    def refuse(self):
        raise AssertionError("formed")

    X = sp.random_array((40, 3000), density=0.01, rng=np.random.default_rng(0))
    monkeypatch.setattr(MomentTarget, "second_moment", property(refuse))
    target = MomentTarget(X, 3)
    assert noise_metric(target) is None
    assert is_sampled(target)


def test_a_tensor_has_none():
    assert noise_metric(DenseTarget(np.ones((3, 3, 3)))) is None


def test_few_long_directions_are_a_small_dimension():
    rng = np.random.default_rng(0)
    even = MomentTarget(rng.standard_normal((5000, 6)), 3)
    assert effective_dimension(even, np.eye(6)) == 6
    long = MomentTarget(rng.standard_normal((5000, 6)) * [10, 10, 1, 1, 1, 1], 3)
    assert effective_dimension(long, np.eye(6)) in (2, 3)
