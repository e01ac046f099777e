# SPDX-License-Identifier: BSD-3-Clause
"""Algorithm 1 as it is printed, line by line."""

import numpy as np
import pytest
from numpy.random import RandomState

from sklearn_overtensor.datasets import make_symmetric_cp
from sklearn_overtensor.solvers.gradient_descent import gradient_descent, make_schedule
from sklearn_overtensor.solvers.objective import Components
from sklearn_overtensor.targets import CPTarget, DenseTarget

ALPHA = 1e-3


def printed_algorithm(tensor, U, a, K, H, delta, eta, alpha, random_state):
    """Algorithm 1 transcribed line by line with explicit tensors and loops."""
    (d, m), order = U.shape, tensor.ndim
    U, a = U.copy(), a.copy()
    tensor = tensor / np.linalg.norm(tensor)
    scalar = np.sqrt(d * (m + K))

    def draw(count):
        columns = random_state.standard_normal((d, count))
        return delta * columns / np.linalg.norm(columns, axis=0)

    def power(u, k):
        result = np.array(1.0)
        for _ in range(k):
            result = np.multiply.outer(result, u)
        return result

    c = scalar / np.linalg.norm(U, axis=0)
    c_hat = 1 / np.linalg.norm(U, axis=0)
    for _ in range(K):
        j = np.argmin(np.linalg.norm(U, axis=0))
        U[:, j] = draw(1)[:, 0]
        a[j] = random_state.choice([-1.0, 1.0], size=1)[0]
        c[j], c_hat[j] = scalar / np.linalg.norm(U[:, j]), 1 / np.linalg.norm(U[:, j])
        for _ in range(H):
            T = sum(
                a[i] * c[i] ** (order - 2) * power(U[:, i], order) for i in range(m)
            )
            new = U.copy()
            for i in range(m):
                u = U[:, i]
                slope = np.tensordot(T - tensor, power(u, order - 1), axes=order - 1)
                gradient = order * a[i] * c[i] ** (order - 2) * slope
                norm = np.linalg.norm(u)
                gradient += (
                    alpha * order * c_hat[i] ** (order - 2) * norm ** (order - 2) * u
                )
                new[:, i] = u - eta * gradient
            for i in range(m):
                old_norm, new_norm = np.linalg.norm(U[:, i]), np.linalg.norm(new[:, i])
                c[i] *= old_norm / new_norm
                c_hat[i] *= old_norm / new_norm
                threshold = 2 * np.sqrt(m + K) * delta
                fresh = c[i] > 1.5 * c_hat[i]
                if old_norm <= threshold < new_norm and fresh:
                    c[i] /= scalar
            U = new
    return sum(a[i] * c[i] ** (order - 2) * power(U[:, i], order) for i in range(m))


@pytest.mark.parametrize("order", [3, 4])
def test_it_is_the_printed_algorithm(context, order):
    bunch = make_symmetric_cp(3, 2, order, random_state=0)
    target = DenseTarget(context.asarray(bunch.tensor))
    m, K, H, delta, eta = 4, 3, 60, 1e-2, 0.02
    schedule = make_schedule(3, order, m, K, H, delta)
    # Lengths that differ a little, so that rounding does not choose the smallest.
    rng = np.random.default_rng(5)
    U = rng.standard_normal((3, m))
    U *= delta * np.array([1.0, 0.9, 0.8, 1.1]) / np.linalg.norm(U, axis=0)
    a = np.array([1.0, -1.0, 1.0, 1.0])
    expected = printed_algorithm(
        np.asarray(target.tensor), U, a, K, H, delta, eta, ALPHA, RandomState(3)
    )
    parts = U, a, np.full(m, schedule.scalar)
    result = gradient_descent(
        target,
        schedule,
        alpha=ALPHA,
        step_size=eta,
        tol=0,
        random_state=RandomState(3),
        start=Components(*(context.asarray(part) for part in parts)),
    )
    weights = result.weights / np.sqrt(target.squared_norm)
    model = CPTarget(weights, result.V.T, order).to_dense()
    assert np.linalg.norm(expected) > 0.1  # components have grown and switched
    np.testing.assert_allclose(model, expected, atol=1e-10)
