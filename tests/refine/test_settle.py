# SPDX-License-Identifier: BSD-3-Clause
"""The last digits: a settled fit is stationary to rounding, wherever it came from."""

import numpy as np
import pytest

from sklearn_overtensor import overparam_symmetric_cp
from sklearn_overtensor.algebra.contracted import Contracted
from sklearn_overtensor.compression import CompactTarget
from sklearn_overtensor.datasets import make_latent_samples, make_symmetric_cp
from sklearn_overtensor.refine import Fit, levenberg_marquardt, settle
from sklearn_overtensor.targets import DenseTarget

from .common import truth_of


def noisy(order):
    data = make_symmetric_cp(6, 3, order, noise=0.5, random_state=order)
    scale = np.linalg.norm(data.tensor)
    return CompactTarget(data.tensor / scale), truth_of(data, scale)


def gradient(target, fit):
    return np.linalg.norm(target.difference(fit.signs, fit.vectors)[1])


@pytest.mark.parametrize("order", [3, 4, 5])
def test_settled_fits_from_either_side_are_one(order, rng):
    target, truth = noisy(order)
    near = levenberg_marquardt(target, truth).vectors
    starts = [near + 1e-4 * rng.standard_normal(near.shape) for _ in range(2)]
    first, second = (settle(target, truth.at(start)) for start in starts)
    np.testing.assert_allclose(first.vectors, second.vectors, rtol=0, atol=1e-11)
    assert gradient(target, first) < 1e-13
    assert first.squared == first.measured(target).squared


class Rounded(Contracted):
    """A target without explicit differences, its objective rounded ever further up."""

    order, n_features = 3, 6

    def __init__(self, tensor):
        self.target, self.calls = DenseTarget(tensor), 0

    @property
    def squared_norm(self):
        return self.target.squared_norm + 2e-15 * self.calls

    def contract(self, V):
        self.calls += 1
        return self.target.contract(V)


def test_an_objective_from_gram_matrices_does_not_hide_the_minimum(rng):
    # Its rounding is that of the target's norm, and more than what is left to gain.
    data = make_symmetric_cp(6, 3, noise=1e-2, random_state=0)
    scale = np.linalg.norm(data.tensor)
    target = Rounded(data.tensor / scale)
    near = levenberg_marquardt(target.target, truth_of(data, scale))
    near = settle(target.target, near)
    start = near.at(near.vectors + 1e-8 * rng.standard_normal(near.vectors.shape))
    found = settle(target, start).vectors
    np.testing.assert_allclose(found, near.vectors, rtol=0, atol=1e-12)


def test_a_start_that_is_not_near_is_left_alone(rng):
    target, truth = noisy(3)
    far = truth.at(truth.vectors + 0.3 * rng.standard_normal(truth.vectors.shape))
    np.testing.assert_array_equal(settle(target, far).vectors, far.vectors)


def test_a_saddle_is_not_taken_for_the_minimum_beside_it():
    # Halfway between two equal terms one term alone has a gradient of zero.
    tensor = np.zeros((2, 2, 2))
    tensor[0, 0, 0] = tensor[1, 1, 1] = np.sqrt(0.5)
    saddle = Fit(np.cbrt(0.5) * np.full((2, 1), np.sqrt(0.5)), np.ones(1), 3)
    target = CompactTarget(tensor)
    assert gradient(target, saddle) < 1e-15
    start = saddle.at(saddle.vectors + 1e-3 * np.array([[1.0], [-1.0]]))
    np.testing.assert_array_equal(settle(target, start).vectors, start.vectors)


def test_equal_problems_have_equal_answers():
    # The sums over rows in another order differ by rounding.
    X = make_latent_samples(3000, 6, distribution="exponential", random_state=2).X
    settings = {"order": 4, "statistic": "cumulant", "alpha": 3e-2, "random_state": 0}
    one = overparam_symmetric_cp(X, **settings)
    other = overparam_symmetric_cp(X[::-1], **settings)
    assert one.status == "stationary"
    np.testing.assert_allclose(one.weights, other.weights, rtol=1e-10)
    np.testing.assert_allclose(one.components, other.components, atol=1e-10)
