# SPDX-License-Identifier: BSD-3-Clause
"""The moment without Gaussian noise: the contract, its noise, bad covariances."""

from itertools import product

import numpy as np
import pytest

from sklearn_overtensor import overparam_symmetric_cp
from sklearn_overtensor.targets import HermiteMomentTarget, MomentTarget

from ..cases import over
from .test_targets import ORDERS, Samples, brute_force_moment

ROOT = np.array([[0.5, 0.0, 0.0], [0.2, 0.4, 0.0], [-0.1, 0.3, 0.0]])
NOISE = ROOT @ ROOT.T


@pytest.fixture(params=ORDERS)
def order(request):
    return request.param


def noiseless(X, order, sample_weight=None):
    return HermiteMomentTarget(X, order, sample_weight, noise_covariance=NOISE)


@over("order", ORDERS)
class TestHermiteMomentTarget(Samples):
    """Points blurred by Gaussian noise: their moments without it are the dense ones.

    Four Gauss-Hermite nodes a feature have the moments of a Gaussian up to order 7.
    """

    nodes, masses = np.polynomial.hermite_e.hermegauss(4)
    shifts = np.array(list(product(nodes, repeat=2)))
    shares = np.prod(list(product(masses, repeat=2)), axis=1)

    def kind(self, X, order, sample_weight=None):
        return HermiteMomentTarget(
            X,
            order,
            sample_weight,
            noise_covariance=NOISE,
            contraction="dense" if self.other_way else "implicit",
        )

    def _points(self):
        return super()._samples()

    def _samples(self):
        return np.concatenate([self._points() + z @ ROOT[:, :2].T for z in self.shifts])

    @property
    def sample_weight(self):
        return np.outer(self.shares, np.ones(9)).ravel()

    def dense(self):
        return brute_force_moment(self._points(), np.full(9, 1 / 9), self.order)

    # The weights are those of the nodes here.
    test_integer_weights_repeat_rows_and_zero_weights_drop_them = None


def test_without_noise_it_is_the_moment(order, rng):
    X, V = rng.exponential(size=(20, 3)), rng.standard_normal((3, 4))
    target = HermiteMomentTarget(X, order, noise_covariance=np.zeros((3, 3)))
    expected = MomentTarget(X, order).contract(V)
    np.testing.assert_allclose(target.contract(V), expected, rtol=1e-12)


def test_both_ways_to_the_norm_agree(order, context):
    X = np.random.default_rng(4).exponential(size=(40, 3))
    target = noiseless(context.asarray(X), order)
    expected = np.sum(np.asarray(target.to_dense()) ** 2)
    assert target.squared_norm == pytest.approx(expected, rel=1e-10)
    assert target._norm_from_rows() == pytest.approx(expected, rel=1e-10)


def test_a_subspace_has_the_noise_of_its_coordinates(order, rng):
    X, V = rng.exponential(size=(30, 3)), rng.standard_normal((2, 4))
    basis = np.linalg.qr(rng.standard_normal((3, 2)))[0]
    target = noiseless(X, order)
    expected = basis.T @ target.contract(basis @ V)
    np.testing.assert_allclose(target.in_subspace(basis).contract(V), expected)


def test_variances_of_forms_are_those_of_repeated_samples(order):
    rng, n_samples = np.random.default_rng(0), 400
    V = np.linalg.qr(rng.standard_normal((3, 3)))[0][:, :2]

    def draw():
        return noiseless(rng.uniform(-1, 2, (n_samples, 3)), order)

    forms = [np.sum(V * draw().contract(V), axis=0) for _ in range(250)]
    found = np.mean([draw().form_variances(V) for _ in range(20)], axis=0)
    np.testing.assert_allclose(found, np.var(forms, axis=0), rtol=0.3)


def test_gradients_of_forms_vary_as_forms_do(order):
    """Euler: a gradient of degree l - 1 along its vector is l times the form."""
    rng = np.random.default_rng(2)
    target, v = noiseless(rng.exponential(size=(50, 3)), order), np.ones((3, 1))
    gram = target.form_gradient_gram(v, np.eye(3))
    along = float(v[:, 0] @ gram @ v[:, 0]) / order**2
    assert along == pytest.approx(float(target.form_variances(v)[0]), rel=1e-8)


@pytest.mark.parametrize("scale", [1e-60, 1e60])
def test_any_unit_has_the_same_terms(scale):
    X = np.random.default_rng(0).exponential(size=(500, 3))
    found, scaled = (
        overparam_symmetric_cp(
            HermiteMomentTarget(c * X, 3, noise_covariance=c * c * NOISE),
            rank=2,
            random_state=0,
        )
        for c in (1.0, scale)
    )
    np.testing.assert_allclose(scaled.components, found.components, atol=1e-6)
    np.testing.assert_allclose(scaled.weights / scale**3, found.weights, rtol=1e-6)


def test_bad_covariances_are_refused():
    for covariance in (np.eye(2), np.ones(3), 1.0):
        with pytest.raises(ValueError, match=r"must have the shape \(3, 3\)"):
            HermiteMomentTarget(np.eye(3), noise_covariance=covariance)
    for covariance in (np.triu(np.ones((3, 3))), np.diag([1, np.nan, 1])):
        with pytest.raises(ValueError, match="must be a symmetric matrix of finite"):
            HermiteMomentTarget(np.eye(3), noise_covariance=covariance)
