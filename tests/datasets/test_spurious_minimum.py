# SPDX-License-Identifier: BSD-3-Clause
"""Theorem 2: the point is a local minimum, and far from the global one."""

from itertools import permutations

import numpy as np
import pytest
from numpy.random import RandomState
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.utils import Bunch

from sklearn_overtensor.algebra.cp import cp_to_dense
from sklearn_overtensor.baselines._vanilla_descent import VanillaObjective, descend
from sklearn_overtensor.datasets import make_spurious_minimum
from sklearn_overtensor.machine.backend import load_backend
from sklearn_overtensor.solvers.gradient_descent import gradient_descent, make_schedule
from sklearn_overtensor.solvers.objective import Components, TwoHomogeneousObjective
from sklearn_overtensor.targets import DenseTarget

from ..cases import one_test
from .common import dense

SIZES = [(2, 1, 3), (4, 3, 3), (3, 2, 4), (3, 1, 5)]


# --- both objectives by explicit tensors, in complex numbers where asked --------------


def outer_powers(U, order):
    """``u_i^{⊗l}`` of each column, shape (m, d, ..., d)."""
    result = np.ones((U.shape[1],))
    for _ in range(order):
        result = np.einsum("m...,am->m...a", result, U)
    return result


def vanilla(data, flat):
    """Equation (2) and its gradient at ``flat``, which holds U and then C."""
    order, shape = data.tensor.ndim, data.U.shape
    U, C = flat[: data.U.size].reshape(shape), flat[data.U.size :]
    R = np.tensordot(C, outer_powers(U, order), 1) - data.tensor
    slopes = pull(R, U)
    gradient = np.append((order * C * slopes).ravel(), np.sum(U * slopes, axis=0))
    return 0.5 * np.sum(R**2), gradient


def homogeneous(data, alpha, flat):
    """The 2-homogeneous objective and its exact gradient at ``flat``, which holds U."""
    order = data.tensor.ndim
    U = flat.reshape(data.U.shape)
    norms = np.sqrt(np.sum(U**2, axis=0))  # not a norm: analytic
    scaled = data.A * norms ** (2 - order)
    R = np.tensordot(scaled, outer_powers(U, order), 1) - data.tensor
    slopes = pull(R, U)
    radial = np.sum(U * slopes, axis=0) / norms**2
    gradient = scaled * (order * slopes - (order - 2) * radial * U) + 2 * alpha * U
    return 0.5 * np.sum(R**2) + alpha * np.sum(norms**2), gradient.ravel()


def pull(R, U):
    """Columns ``R(u_i^{l-1}, ·)``."""
    slopes = np.repeat(R[..., None], U.shape[1], axis=-1)
    while slopes.ndim > 2:
        slopes = np.einsum("a...m,am->...m", slopes, U)
    return slopes


def hessian(function, flat, step=1e-20):
    """Complex steps of the gradient: exact to rounding."""
    columns = [
        function(flat + 1j * step * axis)[1].imag / step for axis in np.eye(len(flat))
    ]
    return np.array(columns)


def the_two(data, alpha=0.0):
    """Both objectives, each with its point and the value that is promised there."""
    return [
        (
            lambda flat: vanilla(data, flat),
            np.append(data.U.ravel(), data.C),
            data.value,
        ),
        (
            lambda flat: homogeneous(data, alpha, flat),
            data.U_homogeneous.ravel(),
            data.value_homogeneous,
        ),
    ]


@pytest.fixture(params=SIZES, ids=str)
def size(request):
    return request.param


@pytest.fixture(params=[0.0, 0.05])
def alpha(request):
    return request.param


# --- the theorem ----------------------------------------------------------------------


def test_it_returns_what_it_says(size):
    d, r, l = size
    data = make_spurious_minimum(d, r, l)
    m = r * (l + 1) + 1
    assert isinstance(data, Bunch)
    assert data.tensor.shape == (d,) * l
    assert data.U.shape == data.U_homogeneous.shape == (d, m)
    assert data.C.shape == data.A.shape == (m,)
    for axes in permutations(range(l)):
        assert_array_equal(data.tensor, data.tensor.transpose(axes))
    wide = make_spurious_minimum(d, r, l, n_components=m + 5)
    assert wide.U.shape == (d, m + 5)
    assert_array_equal(wide.tensor, data.tensor)


def test_the_values_are_those_of_the_theorem(size, alpha):
    _, r, l = size
    data = make_spurious_minimum(*size, alpha=alpha)
    assert data.value == l * (l - 1) * r / 4
    for function, point, value in the_two(data, alpha):
        assert function(point)[0] == pytest.approx(value, rel=1e-14)


def test_the_gradients_are_zero(size, alpha):
    for function, point, _ in the_two(make_spurious_minimum(*size, alpha=alpha), alpha):
        assert np.max(np.abs(function(point)[1])) < 1e-14


def test_no_direction_has_negative_curvature(size, alpha):
    for function, point, _ in the_two(make_spurious_minimum(*size, alpha=alpha), alpha):
        second = hessian(function, point)
        assert_allclose(second, second.T, atol=1e-12)
        values = np.linalg.eigvalsh(second)
        assert values[0] >= -1e-8
        assert values[-1] > 0.1


@pytest.mark.parametrize(("alpha", "radius"), [(0.0, 1e-4), (0.05, 1e-2), (0.0, 0.2)])
def test_no_perturbation_goes_down(size, alpha, radius):
    """The Notes' proof covers the ball in which c_i and u_i1 stay positive."""
    data = make_spurious_minimum(*size, alpha=alpha)
    rng = np.random.default_rng(0)
    for function, point, value in the_two(data, alpha):
        radius = min(radius, 0.99 * np.max(point[: data.U.size]))
        moves = rng.standard_normal((250, len(point)))
        moves *= radius / np.linalg.norm(moves, axis=1, keepdims=True)
        lowest = min(function(point + move)[0] for move in moves)
        assert lowest >= value * (1 - 1e-14)


def test_the_global_minimum_is_zero_and_within_the_width(size, alpha):
    d, r, l = size
    data = make_spurious_minimum(d, r, l, alpha=alpha)
    assert len(data.weights) == r * l + 1 <= r * (l + 1) + 1
    assert_allclose(np.linalg.norm(data.components, axis=1), 1)
    assert (np.diff(np.abs(data.weights)) <= 0).all()
    found = dense(data.weights, data.components)(l)
    assert_allclose(found, data.tensor, atol=1e-13)
    m = data.U.shape[1]
    U, C = np.zeros((d, m)), np.zeros(m)
    U[:, : len(data.weights)], C[: len(data.weights)] = data.components.T, data.weights
    assert vanilla(data, np.append(U.ravel(), C))[0] < 1e-26


def test_high_orders_are_exact_too():
    data = make_spurious_minimum(2, 1, 14)
    found = cp_to_dense(load_backend("numpy"), data.weights, data.components.T, 14)
    assert np.max(np.abs(found - data.tensor)) < 1e-12


def test_it_is_not_strict_there_is_a_flat_way_to_a_way_down(size):
    """The paper: shrink one component to zero, add a missing direction from there."""
    data = make_spurious_minimum(*size)
    for step in (0.25, 0.5, 1.0):
        C = data.C.copy()
        C[0] -= step
        C[1] += step
        flat = vanilla(data, np.append(data.U.ravel(), C))[0]
        assert flat == pytest.approx(data.value, rel=1e-14)
    U = data.U.copy()
    U[1, 0] = U[0, 0]  # towards e_1 + e_2 ...
    C[0] = -0.01  # ... and with the sign that component may now have
    C[1] += 0.01
    assert vanilla(data, np.append(U.ravel(), C))[0] < data.value


# --- and our own code there -----------------------------------------------------------


def scaled_start(data):
    """The 2-homogeneous point for the tensor scaled to norm one, second scalar mode."""
    norm = np.linalg.norm(data.tensor)
    U = data.U_homogeneous / np.sqrt(norm)
    return Components(U, data.A, np.ones(len(data.A))), norm


def test_our_objectives_are_stationary_there(size, alpha, context):
    data = make_spurious_minimum(*size, alpha=alpha)
    start, norm = scaled_start(data)
    target = DenseTarget(context.asarray(data.tensor))
    objective = TwoHomogeneousObjective(target, alpha / norm)
    start = Components(*(context.asarray(part) for part in vars(start).values()))
    point = objective.evaluate(start)
    assert point.loss == pytest.approx(data.value_homogeneous / norm**2)
    for gradient in (objective.exact_gradient, objective.algorithm_gradient):
        assert np.max(np.abs(np.asarray(gradient(start, point)))) < 1e-14
    point = VanillaObjective(target).evaluate(
        context.asarray(data.U), context.asarray(data.C / norm)
    )
    assert point.loss == pytest.approx(data.value / norm**2)
    assert np.max(np.abs(np.asarray(point.gradient_U))) < 1e-14
    assert np.max(np.abs(np.asarray(point.gradient_c))) < 1e-14


def test_plain_descent_returns_to_it_and_reinitialisation_leaves():
    data = make_spurious_minimum(4, 2, 3)
    start, norm = scaled_start(data)
    target, rng = DenseTarget(data.tensor), np.random.default_rng(0)
    stuck = descend(
        VanillaObjective(target),
        data.U + 1e-3 * rng.standard_normal(data.U.shape),
        data.C / norm,
        max_iter=1000,
        step_size="auto",
        tol=0,
    )
    assert stuck[2][-1] == pytest.approx(data.value / norm**2, rel=1e-3)
    found = gradient_descent(
        target,
        make_schedule(4, 3, m=len(data.A), K=6, H=300),
        alpha=1e-3,
        step_size="auto",
        tol=1e-2,
        random_state=RandomState(0),
        start=start,
    )
    assert found.epochs[-1].losses[-1] < 0.1 * data.value / norm**2


@one_test(
    ("parameters", "message"),
    [
        ({"n_features": 1}, r"'n_features'.*\[2, inf\).*Got 1"),
        ({"rank": 0}, r"'rank'.*\[1, inf\).*Got 0"),
        ({"order": 2}, r"'order'.*\[3, 32\].*Got 2"),
        ({"n_components": 1.5}, r"'n_components'.*Got 1\.5"),
        ({"alpha": -1.0}, r"'alpha'.*\[0\.0, inf\).*Got -1"),
        ({"rank": 4}, r"more features than missed.*rank=4 and n_features=4"),
        ({"n_components": 8}, r">= rank \* \(order \+ 1\) \+ 1 = 9, got n_comp.*=8"),
    ],
)
def test_spurious_minimum_refuses(parameters, message):
    with pytest.raises(ValueError, match=message):
        make_spurious_minimum(**parameters)


def test_spurious_minimum_refuses_what_cannot_fit():
    with pytest.raises(MemoryError, match=r"n_features=1000000 and order=6 needs"):
        make_spurious_minimum(10**6, 1, 6)
