# SPDX-License-Identifier: BSD-3-Clause
"""The refit: least squares where it has a minimum, a ridge where it has none."""

import numpy as np
import pytest
from numpy.random import RandomState

from sklearn_overtensor.compression import CompactTarget, RankBound
from sklearn_overtensor.datasets import make_symmetric_cp
from sklearn_overtensor.refine import squared_residual
from sklearn_overtensor.search.epochs import EpochLog, terms
from sklearn_overtensor.search.penalised import BLOW_UP, penalised_search, refit
from sklearn_overtensor.symmetry import symmetrize


def search(target, width, alpha):
    log = EpochLog(10, 300, 1e-3, RandomState(0))
    bound = RankBound(1, saturated=True)
    return terms(*penalised_search(target, bound, width, alpha, log)[:2])


@pytest.mark.parametrize("alpha", [0.03, 0.1])
def test_terms_that_would_cancel_are_stopped(alpha):
    # x^2 y is a limit of sums of two terms with growing weights.
    tensor = symmetrize(np.einsum("a,b,c->abc", *np.eye(2)[[0, 0, 1]]))
    target = CompactTarget(tensor / np.linalg.norm(tensor))
    weights, directions = search(target, 6, alpha)
    vectors, _, residual = refit(target, weights, directions, alpha)
    total = np.sum(np.linalg.norm(vectors, axis=0) ** 3)
    assert total <= BLOW_UP * (np.abs(weights).sum() + alpha * vectors.shape[1])
    assert residual < 0.3


def test_a_fit_that_has_a_minimum_is_the_least_squares_fit():
    tensor = make_symmetric_cp(8, 3, noise=0.2, random_state=0).tensor
    target = CompactTarget(tensor / np.linalg.norm(tensor))
    vectors, signs, residual = refit(target, *search(target, 10, 0.2), 0.2)
    squared, contraction = squared_residual(target, signs, vectors)
    assert np.abs(contraction).max() < 1e-10
    assert residual == pytest.approx(np.sqrt(squared))
