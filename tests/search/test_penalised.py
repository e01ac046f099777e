# SPDX-License-Identifier: BSD-3-Clause
"""The penalised model, and the terms that are read off it."""

import numpy as np
import pytest
from numpy.random import RandomState

from sklearn_overtensor.algebra.cp import CANCELLING
from sklearn_overtensor.compression import CompactTarget, RankBound
from sklearn_overtensor.datasets import make_symmetric_cp
from sklearn_overtensor.search.epochs import Epochs, descend
from sklearn_overtensor.search.penalised import PenalisedModel, read_off
from sklearn_overtensor.symmetry import symmetrize


def search(target, width, alpha):
    model = PenalisedModel(target, RankBound(1, saturated=True), width)
    descend(model, alpha, 10, Epochs(300, 1e-3, lambda: RandomState(0)))
    return model.fit


def noisy_target():
    tensor = make_symmetric_cp(8, 3, noise=0.2, random_state=0).tensor
    return CompactTarget(tensor / np.linalg.norm(tensor))


@pytest.mark.parametrize("alpha", [0.03, 0.1])
def test_terms_that_would_cancel_are_stopped(alpha):
    # x^2 y is a limit of sums of two terms with growing weights.
    tensor = symmetrize(np.einsum("a,b,c->abc", *np.eye(2)[[0, 0, 1]]))
    target = CompactTarget(tensor / np.linalg.norm(tensor))
    fit = read_off(target, search(target, 6, alpha))
    assert np.sum(np.linalg.norm(fit.vectors, axis=0) ** 3) <= 1.1 * CANCELLING
    assert fit.squared < 0.3**2


def test_a_fit_that_has_a_minimum_is_the_least_squares_fit():
    target = noisy_target()
    fit = read_off(target, search(target, 10, 0.2))
    squared, contraction = target.difference(fit.signs, fit.vectors)
    assert np.abs(contraction).max() < 1e-7  # settle() goes on to rounding
    assert fit.squared == pytest.approx(squared)


def test_the_penalty_takes_alpha_off_each_weight():
    target, alpha = noisy_target(), 0.1
    weights, directions = search(target, 10, alpha).terms
    remainder = target.contract(directions) - (
        directions * weights @ (directions.T @ directions) ** 2
    )
    pull = np.einsum("dm,dm->m", directions, remainder)
    kept = weights > 0.05
    assert kept.sum() >= 3
    np.testing.assert_allclose(pull[kept], alpha, rtol=0.02)


def test_an_empty_answer_leaves_the_strongest_term():
    target = noisy_target()
    fit = read_off(target, search(target, 5, 10.0))
    assert len(fit) == 1
    assert fit.squared < target.squared_norm
