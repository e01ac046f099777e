# SPDX-License-Identifier: BSD-3-Clause
"""The 2-homogeneous objective: value against the dense formula, both gradients."""

import numpy as np
import pytest

from sklearn_overtensor.algebra.cp import khatri_rao_power
from sklearn_overtensor.machine.backend import to_numpy
from sklearn_overtensor.solvers.objective import Components, TwoHomogeneousObjective
from sklearn_overtensor.symmetry import symmetrize
from sklearn_overtensor.targets import DenseTarget

ALPHA = 0.05


@pytest.fixture(params=[3, 4, 5])
def order(request):
    return request.param


@pytest.fixture
def objective(order, context):
    tensor = symmetrize(np.random.default_rng(1).standard_normal((3,) * order))
    return TwoHomogeneousObjective(DenseTarget(context.asarray(tensor)), ALPHA)


def make_components(context, scalars, m=4):
    rng = np.random.default_rng(2)
    parts = rng.standard_normal((3, m)), rng.choice([-1.0, 1.0], m), np.array(scalars)
    return Components(*(context.asarray(part) for part in parts))


def dense_objective(tensor, U, signs, c, c_hat, order, alpha):
    """The objective as the paper prints it, with c and ĉ given, from the array."""
    model = 0
    for u, a, scale in zip(U.T, signs, c, strict=True):
        term = np.array(a * scale ** (order - 2))
        for _ in range(order):
            term = np.multiply.outer(term, u)
        model = model + term
    norms = np.linalg.norm(U, axis=0)
    penalty = np.sum(c_hat ** (order - 2) * norms**order)
    return 0.5 * np.sum((model - tensor) ** 2) + alpha * penalty


def finite_differences(function, U, step=1e-6):
    gradient = np.zeros_like(U)
    for index in np.ndindex(U.shape):
        shift = np.zeros_like(U)
        shift[index] = step
        gradient[index] = (function(U + shift) - function(U - shift)) / (2 * step)
    return gradient


@pytest.fixture
def problem(objective, context):
    """The objective, a point, and the dense formula with its c and ĉ."""
    components = make_components(context, [1.0, 1.7, 1.0, 2.3])
    tensor = np.asarray(objective.target.tensor) / objective.scale
    U, signs = to_numpy(components.U), to_numpy(components.signs)
    norms = np.linalg.norm(U, axis=0)
    c, c_hat = to_numpy(components.scalars) / norms, 1 / norms

    def frozen(V):
        return dense_objective(tensor, V, signs, c, c_hat, objective.order, ALPHA)

    def following(V):
        lengths = np.linalg.norm(V, axis=0)
        scalars = to_numpy(components.scalars)
        return dense_objective(
            tensor, V, signs, scalars / lengths, 1 / lengths, objective.order, ALPHA
        )

    return objective, components, frozen, following


def test_value_equals_the_dense_formula(problem):
    objective, components, frozen, following = problem
    value = objective.evaluate(components).loss
    U = to_numpy(components.U)
    assert value == pytest.approx(frozen(U), rel=1e-12)
    assert value == pytest.approx(following(U), rel=1e-12)


def test_the_algorithms_gradient_holds_c_fixed(problem):
    objective, components, frozen, _ = problem
    point = objective.evaluate(components)
    gradient = to_numpy(objective.algorithm_gradient(components, point))
    expected = finite_differences(frozen, to_numpy(components.U))
    np.testing.assert_allclose(gradient, expected, rtol=1e-5, atol=1e-6)


def test_the_exact_gradient_lets_c_follow(problem):
    objective, components, _, following = problem
    point = objective.evaluate(components)
    gradient = to_numpy(objective.exact_gradient(components, point))
    expected = finite_differences(following, to_numpy(components.U))
    np.testing.assert_allclose(gradient, expected, rtol=1e-5, atol=1e-6)


def test_gradients_share_the_tangent_and_differ_by_l_over_two_radially(problem):
    objective, components, _, _ = problem
    point = objective.evaluate(components)
    frozen = to_numpy(objective.algorithm_gradient(components, point))
    exact = to_numpy(objective.exact_gradient(components, point))
    V = to_numpy(point.V)
    radial_frozen, radial_exact = np.sum(V * frozen, axis=0), np.sum(V * exact, axis=0)
    np.testing.assert_allclose(radial_frozen, objective.order / 2 * radial_exact)
    np.testing.assert_allclose(
        frozen - radial_frozen * V, exact - radial_exact * V, atol=1e-10
    )


def test_the_longest_step_is_below_two_over_the_norm_of_its_matrix(problem, order):
    objective, components, *_ = problem
    point = objective.evaluate(components)
    V, norms = to_numpy(point.V), to_numpy(point.norms)
    sizes = to_numpy(components.signs * components.scalars ** (order - 2)) * norms
    matrix = np.outer(sizes, sizes) * (V.T @ V) ** (order - 1)
    norm = order * (np.linalg.norm(matrix, 2) + ALPHA)
    step = objective.longest_step(components, point)
    assert 0.5 * 2 / norm < step <= 2 / norm


def test_nothing_limits_a_step_without_model_and_penalty(objective, context):
    nothing = make_components(context, np.zeros(4))
    objective.alpha = 0.0
    assert objective.longest_step(nothing, objective.evaluate(nothing)) == np.inf


def test_changed_scalars_need_no_new_contraction(problem, context):
    objective, components, _, _ = problem
    point = objective.evaluate(components)
    changed = Components(components.U, components.signs, context.asarray([1.0] * 4))
    again = objective.with_scalars(changed, point)
    assert again.loss == pytest.approx(objective.evaluate(changed).loss, rel=1e-12)


def test_residual_is_the_data_part_of_the_loss(problem):
    objective, components, _, _ = problem
    point = objective.evaluate(components)
    penalty = ALPHA * np.sum(to_numpy(point.norms) ** 2)
    assert point.residual == pytest.approx(np.sqrt(2 * (point.loss - penalty)))


def test_both_backends_agree(order):
    from tests.conftest import has_torch, make_context

    if not has_torch():
        pytest.skip("needs torch")
    tensor = symmetrize(np.random.default_rng(1).standard_normal((3,) * order))
    values = []
    for name in ("numpy", "pytorch"):
        context = make_context(name)
        objective = TwoHomogeneousObjective(DenseTarget(context.asarray(tensor)), ALPHA)
        components = make_components(context, [1.0, 1.7, 1.0, 2.3])
        point = objective.evaluate(components)
        values.append(to_numpy(objective.exact_gradient(components, point)))
    np.testing.assert_allclose(*values, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("scale", [0.1, 1.0])
def test_a_wide_model_is_evaluated_without_its_gram_matrix(objective, context, scale):
    """More components than ``2 d^{l-1}``: the same numbers by another way."""
    order, m = objective.order, 200
    rng = np.random.default_rng(3)
    U = scale * rng.standard_normal((3, m))
    signs = rng.choice([-1.0, 1.0], m)
    parts = (context.asarray(part) for part in (U, signs, np.ones(m)))
    components = Components(*parts)
    point = objective.evaluate(components)
    assert point.gram is None
    tensor = to_numpy(objective.target.tensor) / objective.scale
    norms = np.linalg.norm(U, axis=0)
    expected = dense_objective(tensor, U, signs, 1 / norms, 1 / norms, order, ALPHA)
    assert point.loss == pytest.approx(expected, rel=1e-9)
    V, weights = U / norms, signs * norms**2
    powers = (V.T @ V) ** (order - 1)
    pull = V @ (weights[:, None] * powers) - tensor.reshape(3, -1) @ (
        khatri_rao_power(np, V, order - 1)
    )
    np.testing.assert_allclose(to_numpy(point.difference), pull, atol=1e-9 * m)


def test_the_longest_step_of_a_wide_model_is_no_longer(objective, context):
    order, m = objective.order, 200
    rng = np.random.default_rng(4)
    U = rng.standard_normal((3, m))
    parts = (context.asarray(part) for part in (U, np.ones(m), np.ones(m)))
    components = Components(*parts)
    found = objective.longest_step(components, objective.evaluate(components))
    norms = np.linalg.norm(U, axis=0)
    powers = (np.abs(U.T @ U) / np.outer(norms, norms)) ** (order - 1)
    matrix = order * (np.outer(norms, norms) * powers + ALPHA * np.eye(m))
    exact = 2 / (matrix.sum(axis=1).max())
    assert found <= exact * (1 + 1e-9)
    assert found >= 0.3 * exact
