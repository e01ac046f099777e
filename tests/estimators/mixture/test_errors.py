# SPDX-License-Identifier: BSD-3-Clause
"""Standard errors of weights and means are those of repeated samples."""

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from sklearn_overtensor import MomentGaussianMixture

from .common import planted


@pytest.mark.parametrize("covariance_type", ["spherical", "tied"])
def test_errors_are_as_large_as_those_of_repeated_fits(covariance_type):
    means, weights = np.array([[0.0, 0.0], [3.0, 2.0]]), np.array([0.6, 0.4])
    weight_scores, mean_scores = [], []
    for seed in range(30):
        rng = np.random.default_rng(seed)
        X = means[rng.choice(2, 1500, p=weights)] + rng.standard_normal((1500, 2))
        model = MomentGaussianMixture(
            2, covariance_type=covariance_type, tol=1e-6, random_state=0
        ).fit(X)
        gaps = np.linalg.norm(means[:, None] - model.means_, axis=-1)
        _, order = linear_sum_assignment(gaps)  # the k-th true one is found as order[k]
        weight_scores.append((model.weights_[order] - weights) / model.weights_std_)
        mean_scores.append((model.means_ - means[order]) / model.means_std_)
    # A standard deviation from 30 draws is within 35 % of the true one.
    assert np.std(weight_scores) == pytest.approx(1, abs=0.35)
    assert np.std(mean_scores) == pytest.approx(1, abs=0.35)


def test_a_singular_information_has_no_errors():
    X = np.column_stack([planted(3, 2, 6, 300, 0).X, np.ones(300)])
    model = MomentGaussianMixture(2, random_state=0).fit(X)
    assert np.isnan(model.weights_std_).all()
    assert np.isnan(model.means_std_).all()
