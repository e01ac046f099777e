# SPDX-License-Identifier: BSD-3-Clause
"""The normal equations in closed form, and the steps that solve them."""

import numpy as np
import pytest
from numpy.random import RandomState
from scipy.optimize import approx_fprime

from sklearn_overtensor.refine import normal_equations, plain_fit
from sklearn_overtensor.refine.normal_equations import (
    gram_blocks,
    is_isolated,
    normal_matrix,
    solve_by_conjugate_gradients,
    solve_directly,
)
from sklearn_overtensor.symmetry import symmetrize
from sklearn_overtensor.targets import DenseTarget

from .common import dense, make_model


def test_normal_matrix_is_the_jacobians(order):
    vectors, signs = make_model(order)

    def model(flat):
        return dense(flat.reshape(3, 3), signs, order).ravel()

    jacobian = approx_fprime(vectors.ravel(), model, 1e-7)
    matrix = normal_matrix(vectors, *gram_blocks(signs, vectors, order))
    expected = jacobian.T @ jacobian
    np.testing.assert_allclose(matrix, expected, atol=1e-5 * np.abs(expected).max())


def test_memory_for_the_normal_matrix_is_used_and_changes_nothing(order):
    vectors, signs = make_model(order, m=4)
    blocks = gram_blocks(signs, vectors, order)
    out = np.full((3, 4, 3, 4), np.nan)
    matrix = normal_matrix(vectors, *blocks, out)
    assert np.shares_memory(matrix, out)
    np.testing.assert_array_equal(matrix, normal_matrix(vectors, *blocks))


def test_a_term_too_many_leaves_a_model_not_isolated(order):
    vectors, signs = make_model(order, m=4, d=5)
    assert is_isolated(vectors, signs, order)
    more_signs = np.append(signs, signs[0])
    shares = 0.3 ** (1 / order), 0.7 ** (1 / order)
    shared = np.column_stack([vectors, shares[0] * vectors[:, 0]])
    shared[:, 0] *= shares[1]
    assert not is_isolated(shared, more_signs, order)
    zero = np.column_stack([vectors, np.zeros(5)])
    assert not is_isolated(zero, more_signs, order)


def test_isolation_of_what_is_too_large_is_left_open(monkeypatch, order):

    monkeypatch.setattr(normal_equations, "MAX_UNKNOWNS", 8)
    assert not is_isolated(*make_model(order), order)


def test_conjugate_gradients_and_cholesky_take_the_same_step(order):
    vectors, signs = make_model(order)
    blocks = gram_blocks(signs, vectors, order)
    downhill = RandomState(2).standard_normal(vectors.shape)
    direct = solve_directly(vectors, *blocks, downhill, 0.1)
    iterative = solve_by_conjugate_gradients(vectors, *blocks, downhill, 0.1, 1e-12)
    np.testing.assert_allclose(iterative, direct, rtol=1e-6, atol=1e-8)
    matrix = normal_matrix(vectors, *blocks) + 0.1 * np.eye(9)
    np.testing.assert_allclose(matrix @ direct.ravel(), downhill.ravel(), atol=1e-8)


@pytest.mark.parametrize("m", [1, 3, 5, 7])
def test_a_step_within_the_span_and_off_it_solves_the_whole_equations(order, m):
    vectors, signs = make_model(order, m=m, d=5)
    target = DenseTarget(symmetrize(RandomState(1).standard_normal((5,) * order)))
    problem = plain_fit.PlainFit(target, signs, ridge=0.05)
    point = problem.evaluate(vectors)
    step = problem.solve(point, damping=0.1)
    matrix = normal_matrix(vectors, *gram_blocks(signs, vectors, order))
    matrix += 0.15 * np.eye(len(matrix))
    expected = np.linalg.solve(matrix, point.downhill.ravel())
    np.testing.assert_allclose(step.ravel(), expected, rtol=1e-9, atol=1e-10)


def test_isolation_is_a_share_of_the_mean_eigenvalue(order):
    # Of orthogonal terms of sizes 1 and s the eigenvalues are l and l^2 for the one,
    # l s^(2l - 2) and l^2 s^(2l - 2) for the other.
    for share, isolated in ((0.6e-9, False), (1.7e-9, True)):
        size = (share * (1 + order) / 4) ** (1 / (2 * order - 2))
        assert is_isolated(np.diag([1.0, size]), np.ones(2), order) == isolated
