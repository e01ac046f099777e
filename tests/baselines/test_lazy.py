# SPDX-License-Identifier: BSD-3-Clause
"""LazyCP is the projection on the tangent space; Theorem 1 at small sizes."""

from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from sklearn_overtensor import symmetrize
from sklearn_overtensor.algebra.cp import cp_to_dense
from sklearn_overtensor.baselines import LazyCP, VanillaGradientCP
from sklearn_overtensor.baselines._tangent import tangent_gram, tangent_terms
from sklearn_overtensor.datasets import make_symmetric_cp
from sklearn_overtensor.machine.backend import load_backend

from ..cases import one_test

XP = load_backend("numpy")


def power(u, order):
    result = np.ones(())
    for _ in range(order):
        result = np.multiply.outer(result, u)
    return result


def dense_tangent(u, displacement, order):
    """``P_sym(u^{l-1} ⊗ δ)`` from its definition."""
    return symmetrize(np.multiply.outer(power(u, order - 1), displacement))


def dense_basis(directions, order):
    """The spanning set of the tangent space, one tangent a row."""
    axes = np.eye(directions.shape[1])
    return np.array(
        [dense_tangent(u, axis, order).ravel() for u in directions for axis in axes]
    )


def random_directions(rng, m, d):
    rows = rng.standard_normal((m, d))
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@given(
    d=st.integers(1, 4),
    order=st.integers(3, 6),
    along=st.sampled_from([-2.0, 0.0, 1.0]),
    across=st.sampled_from([0.0, 1e-8, 1.0]),
    seed=st.integers(0, 2**32 - 1),
)
@settings(max_examples=40, deadline=None)
def test_a_tangent_is_l_powers(d, order, along, across, seed):
    rng = np.random.default_rng(seed)
    directions = random_directions(rng, 2, d)
    moves = along * directions + across * rng.standard_normal((2, d))
    weights, vectors = tangent_terms(directions, moves, order)
    assert weights.shape == (2, order)
    for u, move, w, v in zip(directions, moves, weights, vectors, strict=True):
        found = cp_to_dense(XP, w, v.T, order)
        assert_allclose(found, dense_tangent(u, move, order), atol=1e-14)


@pytest.mark.parametrize("order", [3, 4, 5])
def test_gram_matrix_is_that_of_dense_tangents(rng, order):
    directions = random_directions(rng, 3, 3)
    basis = dense_basis(directions, order)
    assert_allclose(tangent_gram(directions, order), basis @ basis.T, atol=1e-14)


@one_test("order", [3, 4])
@one_test("m", [1, 3, 40])
def test_it_is_the_projection(context, order, m):
    data = make_symmetric_cp(4, 6, order, signed=True, random_state=1)
    model = LazyCP(m, random_state=2).fit(context.asarray(data.tensor))
    basis = dense_basis(model.directions_, order)
    coefficients, _, rank, _ = np.linalg.lstsq(
        basis.T, data.tensor.ravel(), rcond=1e-10
    )
    projection = (coefficients @ basis).reshape(data.tensor.shape)
    found = cp_to_dense(XP, model.weights_, model.components_.T, order)
    assert_allclose(found, projection, atol=1e-7)
    tangent = model.displacements_.ravel() @ basis
    assert_allclose(tangent, found.ravel(), atol=1e-10)
    assert model.tangent_dim_ == rank == min(4 * m, comb(4 + order - 1, order))
    assert model.n_components_ <= order * m
    # A projection: what is left is orthogonal to it.
    share = np.linalg.norm(projection) / np.linalg.norm(data.tensor)
    assert model.score(data.tensor) == pytest.approx(share**2, abs=1e-8)
    assert model.reconstruction_err_ == pytest.approx(
        np.sqrt(max(1 - share**2, 0)), abs=1e-6
    )


def test_theorem_1_the_width_needed_grows_with_the_power_of_the_dimension():
    r"""A random term needs about as many components as fill the space of all tensors.

    The tangent space has at most ``m d`` dimensions, and the space of all symmetric
    tensors has ``D = C(d + l - 1, l)``. Were the powers of a uniform direction spread
    evenly over the latter, ``1 - m d / D`` of the squared norm would be left: one half
    at ``m = D / (2 d)``, which grows as ``d^{l-1}``, and nothing from ``D / d`` on.
    They are not quite even (their traces weigh more), so the intervals are wide.
    """
    for order, sizes in ((3, (6, 10)), (4, (5, 7))):
        for d in sizes:
            width = comb(d + order - 1, order) // (2 * d)
            for m, low, high in (
                (width // 2, 0.5, 1.0),
                (width, 0.25, 0.75),
                (3 * width, 0.0, 1e-4),
            ):
                left = [
                    LazyCP(max(m, 1), random_state=seed)
                    .fit(make_symmetric_cp(d, 1, order, random_state=seed).tensor)
                    .reconstruction_err_
                    ** 2
                    for seed in range(5)
                ]
                assert low <= np.mean(left) <= high


def test_gradient_descent_from_a_large_start_gets_here():
    data = make_symmetric_cp(4, 2, random_state=0)
    lazy = LazyCP(3, random_state=5).fit(data.tensor)
    errors, turns = [], []
    for scale in (0.5, 8.0):
        model = VanillaGradientCP(
            6, init="paired", init_scale=scale, max_iter=3000, random_state=5
        ).fit(data.tensor)
        errors.append(abs(model.reconstruction_err_ - lazy.reconstruction_err_))
        turns.append(model.turn_)
    assert lazy.reconstruction_err_ > 0.1
    assert turns[0] > 0.1
    assert turns[1] < 0.005
    assert errors[0] > 0.1  # not lazy: it does better
    assert errors[1] < 1e-3
