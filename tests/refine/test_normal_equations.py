# SPDX-License-Identifier: BSD-3-Clause
"""The normal equations in closed form, and the steps that solve them."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.random import RandomState
from scipy.optimize import approx_fprime

from sklearn_overtensor.refine import Fit, normal_equations, plain_fit
from sklearn_overtensor.refine.normal_equations import (
    gram_blocks,
    is_isolated,
    normal_matrix,
    solve_by_conjugate_gradients,
    solve_directly,
)
from sklearn_overtensor.settings import SETTINGS
from sklearn_overtensor.symmetry import symmetrize
from sklearn_overtensor.targets import DenseTarget

from .common import dense, make_model


def blocks_of(model):
    return gram_blocks(model.signs, model.vectors, model.order)


def test_normal_matrix_is_the_jacobians(order):
    model = make_model(order)

    def entries(flat):
        return dense(model.at(flat.reshape(3, 3))).ravel()

    jacobian = approx_fprime(model.vectors.ravel(), entries, 1e-7)
    matrix = normal_matrix(model.vectors, *blocks_of(model))
    expected = jacobian.T @ jacobian
    np.testing.assert_allclose(matrix, expected, atol=1e-5 * np.abs(expected).max())


def test_memory_for_the_normal_matrix_is_used_and_changes_nothing(order):
    model = make_model(order, m=4)
    vectors, blocks = model.vectors, blocks_of(model)
    out = np.full((3, 4, 3, 4), np.nan)
    matrix = normal_matrix(vectors, *blocks, out)
    assert np.shares_memory(matrix, out)
    np.testing.assert_array_equal(matrix, normal_matrix(vectors, *blocks))


def test_a_term_too_many_leaves_a_model_not_isolated(order):
    model = make_model(order, m=4, d=5)
    assert is_isolated(model)
    weights, directions = model.terms
    shared = model.without(0).plus(
        weights[0] * np.array([0.3, 0.7]), directions[:, [0, 0]]
    )
    assert not is_isolated(shared)
    assert not is_isolated(model.plus(np.zeros(1), directions[:, :1]))


def test_isolation_of_what_is_too_large_is_left_open(monkeypatch, order):
    few = replace(SETTINGS, max_unknowns=8)
    monkeypatch.setattr(normal_equations, "SETTINGS", few)
    assert not is_isolated(make_model(order))


def test_cholesky_solves_the_damped_equations(order):
    model, downhill = make_model(order), RandomState(2).standard_normal((3, 3))
    vectors, blocks = model.vectors, blocks_of(model)
    step = solve_directly(vectors, *blocks, downhill, 0.1)
    matrix = normal_matrix(vectors, *blocks) + 0.1 * np.eye(9)
    np.testing.assert_allclose(matrix @ step.ravel(), downhill.ravel(), atol=1e-8)


def test_conjugate_gradients_lower_the_model_as_cholesky_does(order):
    for seed in range(20):
        model, random_state = make_model(order, m=6, d=5), RandomState(seed)
        target = DenseTarget(symmetrize(random_state.standard_normal((5,) * order)))
        point = plain_fit.LeastSquares(target, model.signs).evaluate(model.vectors)
        right = point.downhill.ravel()
        matrix = normal_matrix(model.vectors, *point.blocks) + 0.1 * np.eye(30)
        best = right @ np.linalg.solve(matrix, right)
        step = solve_by_conjugate_gradients(
            model.vectors, *point.blocks, point.downhill, 0.1
        ).ravel()
        # Wherever they stop, twice the decrease is the slope along the step.
        assert step @ matrix @ step == pytest.approx(right @ step)
        assert 0.5 * best <= right @ step <= best * (1 + 1e-9)


def test_conjugate_gradients_stop_in_a_flat_valley(monkeypatch, order):
    rounds, original = [], normal_equations.cg

    def counted(*args, callback, **options):
        def count(step):
            rounds.append(step)
            callback(step)

        return original(*args, callback=count, **options)

    monkeypatch.setattr(normal_equations, "cg", counted)
    # More unknowns than entries: the equations are singular but for the damping.
    model = make_model(order, m=60, d=5)
    vectors, blocks = model.vectors, blocks_of(model)
    downhill = RandomState(0).standard_normal(vectors.shape)
    solve_by_conjugate_gradients(vectors, *blocks, downhill, 1e-9)
    assert 1 < len(rounds) < 60


def test_conjugate_gradients_stop_where_nothing_is_finite():
    model = make_model(3)
    vectors, blocks = model.vectors, blocks_of(model)
    step = solve_by_conjugate_gradients(vectors, *blocks, np.full((3, 3), np.nan), 0.1)
    assert np.isnan(step).all()


@pytest.mark.parametrize("m", [1, 3, 5, 7])
def test_a_step_within_the_span_and_off_it_solves_the_whole_equations(order, m):
    model = make_model(order, m=m, d=5)
    target = DenseTarget(symmetrize(RandomState(1).standard_normal((5,) * order)))
    problem = plain_fit.LeastSquares(target, model.signs, ridge=0.05)
    point = problem.evaluate(model.vectors)
    step = problem.solve(point, damping=0.1)
    matrix = normal_matrix(model.vectors, *blocks_of(model))
    matrix += 0.15 * np.eye(len(matrix))
    expected = np.linalg.solve(matrix, point.downhill.ravel())
    np.testing.assert_allclose(step.ravel(), expected, rtol=1e-9, atol=1e-10)


def test_isolation_is_a_share_of_the_mean_eigenvalue(order):
    # Of orthogonal terms of sizes 1 and s the eigenvalues are l and l^2 for the one,
    # l s^(2l - 2) and l^2 s^(2l - 2) for the other.
    for share, isolated in ((0.6e-9, False), (1.7e-9, True)):
        size = (share * (1 + order) / 4) ** (1 / (2 * order - 2))
        model = Fit(np.diag([1.0, size]), np.ones(2), order)
        assert is_isolated(model) == isolated
