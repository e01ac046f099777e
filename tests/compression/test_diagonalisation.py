# SPDX-License-Identifier: BSD-3-Clause
"""Simultaneous diagonalisation finds independent components, exact or as a guess."""

import numpy as np
import pytest
from numpy.random import RandomState

from sklearn_overtensor.compression import simultaneous_diagonalisation, whiten
from sklearn_overtensor.datasets import make_symmetric_cp
from sklearn_overtensor.metrics import factor_match_score


@pytest.mark.parametrize("order", [3, 4, 5])
@pytest.mark.parametrize("collinearity", [None, 0.0, 0.9])
def test_independent_components_are_read_off(order, collinearity):
    bunch = make_symmetric_cp(
        6, 6, order, collinearity=collinearity, signed=True, random_state=0
    )
    weights, V = simultaneous_diagonalisation(bunch.tensor, RandomState(1))
    score = factor_match_score(
        bunch.components, V.T, bunch.weights, weights, order=order
    )
    assert score > 1 - 1e-6


def test_whitening_first_keeps_nearly_parallel_components_apart():
    components = RandomState(0).uniform(size=(8, 8)) + 1
    tensor = np.einsum("ka,kb,kc->abc", *[components] * 3)
    tensor /= np.linalg.norm(tensor)
    white, change, _ = whiten(tensor, n_iter=50)
    _, V = simultaneous_diagonalisation(white, RandomState(1))
    found = np.linalg.solve(change.T, V)
    assert factor_match_score(components, found.T * np.sign(found.sum(0))[:, None]) > (
        1 - 1e-6
    )


def test_a_tensor_of_higher_rank_gives_a_guess_and_no_error():
    bunch = make_symmetric_cp(4, 7, random_state=0)
    weights, V = simultaneous_diagonalisation(bunch.tensor, RandomState(1))
    assert np.isfinite(weights).all()
    assert V.shape == (4, 4)
