# SPDX-License-Identifier: BSD-3-Clause
"""Moments of several orders in one tensor: the contract, noise, what is read off."""

from itertools import product

import numpy as np
import pytest

from sklearn_overtensor import overparam_symmetric_cp
from sklearn_overtensor.metrics import factor_match_score
from sklearn_overtensor.targets import MixedMomentTarget

from ..cases import one_test, over
from ..rows.kinds import KINDS
from .test_targets import ORDERS, Samples, brute_force_moment

SCALE = 0.7


def augmented(X, scale, mean):
    return np.column_stack([np.full(len(X), scale), X - mean])


@pytest.fixture(params=ORDERS)
def order(request):
    return request.param


@over("order", ORDERS)
class TestMixedMomentTarget(Samples):
    n_features = 3
    noise_variance = 0.0

    def kind(self, X, order, sample_weight=None):
        return MixedMomentTarget(
            X, order, sample_weight, scale=SCALE, noise_variance=self.noise_variance
        )

    def _samples(self):
        return super()._samples()[:, :2]

    def dense(self):
        X, probability = self._samples(), self._probability()
        rows = augmented(X, SCALE, probability @ X)
        return brute_force_moment(rows, probability, self.order)


class TestNoisyMixedMomentTarget(TestMixedMomentTarget):
    """Points blurred by Gaussian noise: their moments without it are the dense ones.

    Four Gauss-Hermite nodes a feature have the moments of a Gaussian up to order 7.
    """

    noise_variance = 0.25
    counts = np.arange(1.0, 10.0)

    def _points(self):
        return super()._samples()

    def _samples(self):
        return np.concatenate([self._points() + shift for shift in self._nodes()[0]])

    def _nodes(self):
        nodes, masses = np.polynomial.hermite_e.hermegauss(4)
        shifts = 0.5 * np.array(list(product(nodes, repeat=2)))
        return shifts, np.prod(list(product(masses, repeat=2)), axis=1)

    @property
    def sample_weight(self):
        return np.outer(self._nodes()[1], self.counts).ravel()

    def _probability(self):
        return self.counts / self.counts.sum()

    def dense(self):
        points, shares = self._points(), self._probability()
        rows = augmented(points, SCALE, shares @ points)
        return brute_force_moment(rows, shares, self.order)

    # The weights are those of the nodes here.
    test_integer_weights_repeat_rows_and_zero_weights_drop_them = None


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_rows(kind, tmp_path, rng):
    X = np.where(rng.random((40, 3)) < 0.5, 0.0, rng.standard_normal((40, 3)))
    expected = MixedMomentTarget(X, 4, noise_variance=0.1).to_dense()
    target = MixedMomentTarget(KINDS[kind](X, tmp_path), 4, noise_variance=0.1)
    np.testing.assert_allclose(np.asarray(target.to_dense()), expected, atol=1e-12)


@pytest.mark.parametrize("order", [4, 5])
def test_blocks_are_the_moments_of_each_order(order, rng):
    X = rng.exponential(size=(30, 2))
    X -= X.mean(axis=0)
    tensor = MixedMomentTarget(X, order, scale=2.0).to_dense()
    probability = np.full(30, 1 / 30)
    for k in range(order + 1):
        block = tensor[(0,) * (order - k) + (slice(1, None),) * k]
        expected = 2.0 ** (order - k) * brute_force_moment(X, probability, k)
        np.testing.assert_allclose(block, expected, atol=1e-12)


def test_units_and_origin_change_nothing(rng):
    X = rng.standard_normal((50, 3))
    near, far = MixedMomentTarget(X), MixedMomentTarget(1e3 * X - 7e3)
    assert far.scale == pytest.approx(1e3 * near.scale)
    np.testing.assert_allclose(far.to_dense() / 1e12, near.to_dense(), atol=1e-9)


def test_equal_samples_are_one_point():
    target = MixedMomentTarget(np.full((5, 2), 3.0))
    assert target.scale == 1.0
    shares, points = target.mixture([1.0], [[1.0, 0.0, 0.0]])
    assert shares == [1.0]
    np.testing.assert_allclose(points, [[3.0, 3.0]], rtol=1e-15)


@one_test("length", [1.0, -3.0])
def test_mixture_inverts_the_construction(length, order, rng):
    X, weight = rng.standard_normal((4, 2)), rng.uniform(1, 2, 4)
    target = MixedMomentTarget(X, order, weight)
    components = length * augmented(X, target.scale, target.mean)
    shares, points = target.mixture(weight / length**order, components)
    np.testing.assert_allclose(shares, weight, rtol=1e-12)
    np.testing.assert_allclose(points, X, atol=1e-12)


def test_a_component_without_constant_is_a_point_at_infinity():
    target = MixedMomentTarget(np.eye(2))
    shares, points = target.mixture([1.0], [[0.0, 1.0, 0.0]])
    assert shares == [0.0]
    assert not np.isfinite(points).any()


@pytest.mark.parametrize("seed", [0, 2])
def test_more_points_than_one_order_can_tell_apart(seed):
    # Seven points in three dimensions, two pairs of them opposite: fourth moments of
    # seven directions have many decompositions, these have one.
    rng = np.random.default_rng(seed)
    points = rng.standard_normal((7, 3))
    points[1], points[3] = -points[0], -2 * points[2]
    weight = rng.uniform(1, 2, 7)
    target = MixedMomentTarget(points, 4, weight)
    result = overparam_symmetric_cp(target, random_state=0)
    shares, found = target.mixture(result.weights, result.components)
    assert len(found) == 7
    score = factor_match_score(
        augmented(points, 1, 0), augmented(found, 1, 0), weight, shares * weight.sum()
    )
    assert score == pytest.approx(1, abs=1e-6)


def test_bad_parameters():
    X = np.eye(3)
    for scale in (0.0, -1.0, np.inf, np.nan, "outo"):
        with pytest.raises(ValueError, match=r"scale=.* must be 'auto' or a positive"):
            MixedMomentTarget(X, scale=scale)
    for variance in (-1.0, np.inf, np.nan):
        with pytest.raises(ValueError, match=r"noise_variance=.* must be finite"):
            MixedMomentTarget(X, noise_variance=variance)
    with pytest.raises(ValueError, match="order=2 is too small"):
        MixedMomentTarget(X, order=2)


def test_components_of_another_length_are_refused():
    target = MixedMomentTarget(np.eye(3))
    with pytest.raises(ValueError, match="have 3 features, the target has n_features="):
        target.mixture([1.0], np.ones((1, 3)))
    with pytest.raises(ValueError, match="one length, got 2 weights"):
        target.mixture([1.0, 1.0], np.ones((1, 4)))


def test_an_array_that_cannot_fit_is_refused():
    with pytest.raises(MemoryError, match="order 4 in 2001 features"):
        _ = MixedMomentTarget(np.eye(2000)[:2]).squared_norm
