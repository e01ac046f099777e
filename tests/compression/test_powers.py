# SPDX-License-Identifier: BSD-3-Clause
"""All components from the range of a flattening: starts climb to them together."""

import numpy as np
import pytest
from numpy.random import RandomState

from sklearn_overtensor.algebra.monomials import monomial_table, monomials
from sklearn_overtensor.compression import powers_in_range
from sklearn_overtensor.compression.powers import _Climb, _range_of
from sklearn_overtensor.compression.rank_bound import flattening
from sklearn_overtensor.datasets import make_symmetric_cp
from sklearn_overtensor.metrics import factor_match_score, relative_error

from ..cases import one_test


def symmetric_powers(columns, degree):
    """Powers in orthonormal coordinates, from the definition of those."""
    scale = np.sqrt(monomial_table(len(columns), degree)[2])[:, None]
    return scale * monomials(columns, degree)


def climb_of(bunch, degree):
    basis = np.linalg.qr(symmetric_powers(bunch.components.T, degree))[0]
    return _Climb(basis, bunch.components.shape[1], degree), basis


@one_test(
    ("n_features", "rank", "order"),
    [(8, 16, 4), (10, 45, 4), (6, 10, 4), (4, 14, 6), (5, 25, 6), (3, 10, 8)],
)
@one_test("seed", range(3))
def test_every_term_is_found_and_no_other(n_features, rank, order, seed):
    bunch = make_symmetric_cp(n_features, rank, order, signed=True, random_state=seed)
    weights, V = powers_in_range(bunch.tensor, RandomState(1))
    assert V.shape == (n_features, rank)
    np.testing.assert_allclose(np.linalg.norm(V, axis=0), 1)
    assert relative_error(bunch.tensor, (weights, [V] * order)) < 1e-5
    score = factor_match_score(
        bunch.components, V.T, bunch.weights, weights, order=order
    )
    assert score > 0.999


def test_the_same_terms_come_from_other_starts():
    bunch = make_symmetric_cp(8, 16, 4, signed=True, random_state=0)
    (first, V), (second, W) = (
        powers_in_range(bunch.tensor, RandomState(seed)) for seed in (0, 1)
    )
    np.testing.assert_allclose(np.sort(first), np.sort(second), rtol=1e-8)
    np.testing.assert_allclose(np.abs(V.T @ W).max(axis=0), 1, rtol=1e-12)


@pytest.mark.parametrize(
    "options",
    [
        {"n_features": 6, "rank": 8, "noise": 1e-3},  # full rank
        {"n_features": 6, "rank": 16},  # one more than the range can tell
        {"n_features": 5, "rank": 40},
    ],
)
def test_a_range_that_tells_nothing_is_refused(options):
    tensor = make_symmetric_cp(order=4, random_state=0, **options).tensor
    assert powers_in_range(tensor, RandomState(0)) is None


def test_a_range_without_enough_powers_ends_without_an_answer():
    # Of three complex pairs of terms: no real power is in the range.
    rng = RandomState(0)
    columns = rng.standard_normal((5, 3)) + 1j * rng.standard_normal((5, 3))
    tensor = np.einsum("ai,bi,ci,di->abcd", *[columns] * 4).real
    assert powers_in_range(tensor, RandomState(1)) is None


def test_zeros_are_refused():
    assert powers_in_range(np.zeros((4, 4, 4, 4)), RandomState(0)) is None


@pytest.mark.parametrize(("n_features", "rank", "degree"), [(5, 7, 2), (4, 9, 3)])
def test_the_form_is_the_gram_matrix_of_the_jacobian(n_features, rank, degree):
    bunch = make_symmetric_cp(n_features, rank, 2 * degree, random_state=0)
    climb, basis = climb_of(bunch, degree)
    x, step = RandomState(1).standard_normal((2, n_features, 1))
    powers = monomials(x, 2 * degree - 2)[:, 0]
    gram = (powers @ climb._form)[climb._pairs]
    jacobian = np.empty((rank, n_features))
    for i in range(n_features):  # central differences of a polynomial of degree n
        move = 1e-5 * np.eye(n_features)[:, [i]]
        sides = [basis.T @ symmetric_powers(x + s * move, degree) for s in (1, -1)]
        jacobian[:, i] = (sides[0] - sides[1])[:, 0] / 2e-5 / degree
    np.testing.assert_allclose(gram, jacobian.T @ jacobian, rtol=1e-7, atol=1e-8)


@pytest.mark.parametrize(("n_features", "rank", "degree"), [(5, 7, 2), (4, 9, 3)])
def test_a_step_is_that_of_its_formula(n_features, rank, degree):
    bunch = make_symmetric_cp(n_features, rank, 2 * degree, random_state=0)
    climb, basis = climb_of(bunch, degree)
    x = RandomState(1).standard_normal(n_features)
    x /= np.linalg.norm(x)
    moved, gap = climb._step(x[None], climb._form)
    image = basis.T @ symmetric_powers(x[:, None], degree)
    f = np.sum(image**2)
    assert gap[0] == pytest.approx(1 - f)
    gram = (monomials(x[:, None], 2 * degree - 2)[:, 0] @ climb._form)[climb._pairs]
    g = gram @ x
    across = gram - np.outer(g, x) - np.outer(x, g) + f * np.outer(x, x)
    matrix = np.eye(n_features) - degree * across
    expected = x + np.linalg.solve(matrix, g - f * x)
    expected /= np.linalg.norm(expected)
    np.testing.assert_allclose(moved[0], expected, rtol=1e-9)


def test_steps_converge_quadratically_at_a_component():
    bunch = make_symmetric_cp(8, 16, 4, signed=True, random_state=0)
    climb, _ = climb_of(bunch, 2)
    x = bunch.components + 1e-2 * RandomState(1).standard_normal(bunch.components.shape)
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    errors = []
    for _ in range(3):
        errors.append(np.linalg.norm(x - bunch.components, axis=1).max())
        x, _ = climb._step(x, climb._form)
    assert errors[1] < 30 * errors[0] ** 2
    assert errors[2] < 30 * errors[1] ** 2


@pytest.mark.parametrize("rank", [1, 9, 20])
def test_the_range_is_that_of_the_powers(rank):
    bunch = make_symmetric_cp(6, rank, 4, signed=True, random_state=0)
    matrix = flattening(bunch.tensor)
    powers = symmetric_powers(bunch.components.T, 2)
    if rank == 20:  # the most that is asked for is less
        assert _range_of(matrix, 15, RandomState(0), 1e-12) is None
        return
    basis = _range_of(matrix, 15, RandomState(0), 1e-12)
    assert basis.shape == (21, rank)
    np.testing.assert_allclose(basis @ (basis.T @ powers), powers, atol=1e-9)
