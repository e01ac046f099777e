# SPDX-License-Identifier: BSD-3-Clause
"""Simultaneous diagonalisation finds independent components, and a step sharpens it."""

import numpy as np
import pytest
from numpy.random import RandomState

from sklearn_overtensor.compression import (
    CompactTarget,
    least_squares_weights,
    random_slices,
    sharpen,
    simultaneous_diagonalisation,
    whiten,
)
from sklearn_overtensor.datasets import make_symmetric_cp
from sklearn_overtensor.metrics import factor_match_score

from ..cases import one_test


@one_test("order", [3, 4, 5])
@one_test("collinearity", [None, 0.0, 0.9])
def test_independent_components_are_read_off(order, collinearity):
    bunch = make_symmetric_cp(
        6, 6, order, collinearity=collinearity, signed=True, random_state=0
    )
    V = simultaneous_diagonalisation(bunch.tensor, RandomState(1))
    weights, V = sharpen(CompactTarget(bunch.tensor), V)
    score = factor_match_score(
        bunch.components, V.T, bunch.weights, weights, order=order
    )
    assert score > 1 - 1e-6


def test_real_ratios_may_come_as_complex_numbers(monkeypatch):
    bunch = make_symmetric_cp(6, 6, random_state=0)
    expected = simultaneous_diagonalisation(bunch.tensor, RandomState(1))
    # NumPy 2.5 returns them so always.
    eig = np.linalg.eig
    monkeypatch.setattr(np.linalg, "eig", lambda x: [y.astype(complex) for y in eig(x)])
    found = simultaneous_diagonalisation(bunch.tensor, RandomState(1))
    np.testing.assert_array_equal(found, expected)


def test_whitening_first_keeps_nearly_parallel_components_apart():
    components = RandomState(0).uniform(size=(8, 8)) + 1
    tensor = np.einsum("ka,kb,kc->abc", *[components] * 3)
    tensor /= np.linalg.norm(tensor)
    white, change, _ = whiten(tensor, n_iter=50)
    V = simultaneous_diagonalisation(white, RandomState(1))
    found = np.linalg.solve(change.T, V)
    assert factor_match_score(components, found.T * np.sign(found.sum(0))[:, None]) > (
        1 - 1e-6
    )


def test_a_tensor_of_higher_rank_gives_a_guess_or_none_and_no_error():
    guesses = [
        simultaneous_diagonalisation(
            make_symmetric_cp(4, 7, random_state=seed).tensor, RandomState(1)
        )
        for seed in range(10)
    ]
    assert any(guess is None for guess in guesses)
    assert all(guess is None or guess.shape == (4, 4) for guess in guesses)


@one_test(
    ("n_features", "rank", "order", "degree"),
    [(5, 12, 5, 2), (4, 9, 6, 2), (3, 9, 7, 3), (5, 4, 6, 2)],
)
@one_test("seed", range(3))
def test_components_with_independent_powers_are_read_off(
    n_features, rank, order, degree, seed
):
    bunch = make_symmetric_cp(n_features, rank, order, signed=True, random_state=seed)
    V = simultaneous_diagonalisation(bunch.tensor, RandomState(1), degree)
    assert V.shape == (n_features, rank)
    weights = least_squares_weights(CompactTarget(bunch.tensor), V)
    score = factor_match_score(
        bunch.components, V.T, bunch.weights, weights, order=order
    )
    assert score > 1 - 1e-6


@one_test(("order", "degree"), [(3, 1), (4, 1), (5, 2), (6, 2), (7, 3)])
def test_slices_are_weighted_powers_of_the_components(order, degree):
    bunch = make_symmetric_cp(3, 4, order, signed=True, random_state=0)
    first, second = random_slices(bunch.tensor, RandomState(0), degree)
    rng = RandomState(0)
    weights = bunch.weights
    for _ in range(order - 2 * degree - 1):
        weights = weights * (bunch.components @ rng.standard_normal(3))
    last = bunch.components @ rng.standard_normal((3, 2))
    for slice_, factor in zip((first, second), last.T, strict=True):
        expected = sum(
            w * power_of(v, 2 * degree)
            for w, v in zip(weights * factor, bunch.components, strict=True)
        )
        np.testing.assert_allclose(slice_, expected, atol=1e-12)


def power_of(vector, order):
    """``v^{⊗order}`` from the definition."""
    power = np.ones(())
    for _ in range(order):
        power = np.multiply.outer(power, vector)
    return power


def test_powers_that_fill_their_space_tell_nothing():
    tensor = make_symmetric_cp(3, 12, 5, random_state=0).tensor
    assert simultaneous_diagonalisation(tensor, RandomState(0), 2) is None


def test_slices_without_an_inverse_give_none():
    assert simultaneous_diagonalisation(np.zeros((3, 3, 3)), RandomState(0)) is None


@pytest.mark.parametrize("order", [3, 4, 5])
def test_a_step_squares_the_error(order):
    rng = RandomState(0)
    bunch = make_symmetric_cp(6, 6, order, signed=True, random_state=0)
    truth, target = bunch.components.T, CompactTarget(bunch.tensor)
    shift = rng.standard_normal(truth.shape)
    errors = []
    for size in (1e-3, 1e-4):
        weights, V = sharpen(target, truth + size * shift)
        np.testing.assert_allclose(np.linalg.norm(V, axis=0), 1)
        np.testing.assert_allclose(weights, bunch.weights, rtol=100 * size)
        errors.append(np.abs(V - truth).max())
    assert errors[1] < 0.02 * errors[0] < 1e-4


@pytest.mark.parametrize("dependent", [np.ones((4, 4)), np.zeros((4, 4))])
def test_dependent_directions_are_reported_not_raised(dependent):
    target = CompactTarget(make_symmetric_cp(4, 4, random_state=0).tensor)
    _, V = sharpen(target, dependent)
    assert not np.isfinite(V).any()
