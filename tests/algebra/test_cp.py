# SPDX-License-Identifier: BSD-3-Clause
"""Each function of the algebra against loops over tensors, on both backends."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from sklearn_overtensor.algebra.cp import (
    TIED,
    canonical_order,
    column_norms,
    cp_contract,
    cp_squared_norm,
    cp_to_dense,
    frobenius_norm,
    integer_power,
    is_identity,
    khatri_rao_power,
    multilinear,
    unit_columns,
)
from sklearn_overtensor.machine.backend import is_torch, to_numpy
from sklearn_overtensor.testing import dense_contract

from ..cases import one_test

N_FEATURES, RANK = 3, 4


@pytest.fixture(params=[3, 4, 5])
def order(request):
    return request.param


@pytest.fixture
def model(rng):
    """Signed weights, and columns that are not of unit length."""
    return rng.standard_normal(RANK), rng.standard_normal((N_FEATURES, RANK))


def explicit(weights, factors, order):
    """One outer product after the other."""
    total = np.zeros((len(factors),) * order)
    for weight, column in zip(weights, factors.T, strict=True):
        term = np.array(weight)
        for _ in range(order):
            term = np.multiply.outer(term, column)
        total += term
    return total


def in_context(context, *arrays):
    return [context.asarray(array) for array in arrays]


def test_cp_to_dense(context, order, model):
    weights, factors = in_context(context, *model)
    dense = cp_to_dense(context.xp, weights, factors, order)
    assert is_torch(dense) == (context.backend == "pytorch")
    assert_allclose(to_numpy(dense), explicit(*model, order), atol=1e-13)


def test_cp_contract(context, order, model, rng):
    V = rng.standard_normal((N_FEATURES, 5))
    weights, factors, columns = in_context(context, *model, V)
    result = cp_contract(context.xp, weights, factors, columns, order)
    expected = dense_contract(explicit(*model, order), V)
    assert_allclose(to_numpy(result), expected, atol=1e-12)


def test_cp_squared_norm(context, order, model):
    weights, factors = in_context(context, *model)
    square = cp_squared_norm(context.xp, weights, factors, order)
    assert float(square) == pytest.approx(np.sum(explicit(*model, order) ** 2))


@one_test("power", [1, 2, 3, 4])
def test_khatri_rao_power(context, model, power):
    factors = model[1]
    result = khatri_rao_power(context.xp, context.asarray(factors), power)
    expected = [explicit([1.0], v[:, None], power).ravel() for v in factors.T]
    assert_allclose(to_numpy(result), np.transpose(expected), atol=1e-14)


def test_multilinear(context, order, model, rng):
    tensor = rng.standard_normal((N_FEATURES,) * order)  # not symmetric: modes count
    matrix = rng.standard_normal((N_FEATURES, 2))
    expected = tensor
    for mode in range(order):
        expected = np.moveaxis(
            np.tensordot(expected, matrix, axes=([mode], [0])), -1, mode
        )
    result = multilinear(context.xp, *in_context(context, tensor, matrix))
    assert result.shape == (2,) * order
    assert_allclose(to_numpy(result), expected, atol=1e-12)


def test_column_norms(context, model):
    factors = model[1]
    norms = column_norms(context.xp, context.asarray(factors))
    assert_allclose(to_numpy(norms), np.linalg.norm(factors, axis=0))


def test_unit_columns(context, model):
    factors = model[1] * np.array([1.0, 1e-15, 0.0, 1e15])
    unit, norms = unit_columns(context.xp, context.asarray(factors))
    assert_allclose(to_numpy(norms), np.linalg.norm(factors, axis=0))
    lengths = np.linalg.norm(to_numpy(unit), axis=0)
    assert_allclose(lengths, [1, 1, 0, 1])
    assert_allclose(to_numpy(unit * norms), factors)


# --- canonical_order -----------------------------------------------------------------


@given(
    seed=st.integers(0, 2**32 - 1), k=st.integers(1, 6), order=st.sampled_from([3, 4])
)
@settings(max_examples=50, deadline=None)
def test_canonical_order_changes_no_tensor(seed, k, order):
    rng = np.random.default_rng(seed)
    weights, components = rng.standard_normal(k), rng.standard_normal((k, N_FEATURES))
    before = weights.copy(), components.copy()
    new_weights, new_components = canonical_order(weights, components, order)
    assert_allclose(
        explicit(new_weights, new_components.T, order),
        explicit(weights, components.T, order),
        atol=1e-12 * np.abs(new_weights).sum(),
    )
    assert_allclose(np.linalg.norm(new_components, axis=1), 1)
    assert (np.diff(np.abs(new_weights)) <= 0).all()
    if order % 2:
        assert (new_weights >= 0).all()
    else:
        largest = np.abs(new_components).max(axis=1)
        assert (new_components.max(axis=1) >= (1 - TIED) * largest).all()
    assert_array_equal(weights, before[0])
    assert_array_equal(components, before[1])


@pytest.mark.parametrize("order", [3, 4])
def test_canonical_order_forgets_how_terms_were_written(order, rng):
    weights, components = rng.standard_normal(5), rng.standard_normal((5, N_FEATURES))
    expected = canonical_order(weights, components, order)
    shuffle, lengths = rng.permutation(5), rng.uniform(-3, 3, 5)
    rewritten = canonical_order(
        (weights / lengths**order)[shuffle],
        (components * lengths[:, None])[shuffle],
        order,
    )
    for ours, theirs in zip(rewritten, expected, strict=True):
        assert_allclose(ours, theirs)


@pytest.mark.parametrize("rounding", [1e-15, 1e-6])
def test_rounding_flips_no_sign_where_the_largest_entries_tie(rounding, rng):
    """Sign vectors, whose entries are all of one size, as any solver rounds them."""
    signs = np.sign(rng.standard_normal((20, 5)))
    expected = signs * signs[:, :1] / np.sqrt(5)  # the first entry is positive
    for _ in range(10):
        rounded = signs * (1 + rounding * rng.standard_normal(signs.shape))
        _, components = canonical_order(np.arange(20.0, 0, -1), rounded, 4)
        assert_allclose(components, expected, atol=10 * rounding)


def test_zero_components_stay_zero():
    weights, components = canonical_order(
        np.array([1.0, 2.0]), np.array([[0.0, 0.0], [0.0, -1.0]]), 3
    )
    assert_array_equal(weights, [2.0, 0.0])
    assert_array_equal(components, [[0.0, -1.0], [0.0, 0.0]])


def test_no_terms_at_all():
    weights, components = canonical_order(np.empty(0), np.empty((0, 3)), 4)
    assert weights.shape == (0,)
    assert components.shape == (0, 3)


# --- frobenius_norm ------------------------------------------------------------------


@one_test("exponent", [-300, -160, 0, 160, 300])
def test_frobenius_norm_at_every_scale(context, rng, exponent):
    array = rng.standard_normal((3, 3, 3))
    expected = np.linalg.norm(array.ravel())
    scaled = context.asarray(array * 10.0**exponent)
    norm = frobenius_norm(context.xp, scaled)
    assert isinstance(norm, float)
    assert norm / 10.0**exponent == pytest.approx(expected)


def test_frobenius_norm_of_what_has_none(context):
    def norm(values):
        return frobenius_norm(context.xp, context.asarray(np.array(values)))

    assert norm([0.0, 0.0]) == 0.0
    assert norm([1.0, -np.inf]) == np.inf
    assert np.isnan(norm([1.0, np.nan]))


def test_frobenius_norm_of_float32_does_not_overflow(backend):
    from ..conftest import make_context

    context = make_context(backend, "float32")
    array = context.asarray(np.full((2, 2), 1e30))
    assert frobenius_norm(context.xp, array) == pytest.approx(2e30)


@one_test("exponent", range(1, 13))
def test_integer_power(context, rng, exponent):
    array = rng.standard_normal((3, 4))
    result = integer_power(context.asarray(array), exponent)
    np.testing.assert_allclose(result, array**exponent, rtol=1e-13)


@one_test(
    ("matrix", "expected"),
    [
        (np.eye(3), True),
        (np.eye(3)[:, :2], False),
        (np.eye(3)[::-1], False),
        (2 * np.eye(1), False),
    ],
)
def test_the_identity_is_recognised(matrix, expected):
    assert is_identity(matrix) is expected
