# SPDX-License-Identifier: BSD-3-Clause
"""relative_error agrees with its definition, on every input it accepts."""

import numpy as np
import pytest
import tensorly as tl
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.sparse import csr_array
from tensorly.cp_tensor import CPTensor

from sklearn_overtensor.metrics import relative_error

from ..cases import one_test

SEEDS = st.integers(0, 2**32 - 1)


@given(seed=SEEDS, order=st.integers(1, 4), exponent=st.integers(-300, 300))
@settings(max_examples=50, deadline=None)
def test_relative_error_is_its_definition_at_every_scale(seed, order, exponent):
    rng = np.random.default_rng(seed)
    exact, approx = rng.standard_normal((2, *[3] * order))
    scale = 10.0**exponent
    expected = np.linalg.norm((exact - approx).ravel()) / np.linalg.norm(exact.ravel())
    assert_allclose(relative_error(scale * exact, scale * approx), expected, rtol=1e-12)
    assert relative_error(scale * exact, scale * exact) == 0.0


@pytest.mark.parametrize("distance", [1e-3, 1e-9, 1e-14])
def test_relative_error_does_not_cancel(distance):
    exact = np.ones((4, 4, 4))
    approx = exact.copy()
    approx[0, 0, 0] += distance * 8
    assert_allclose(relative_error(exact, approx), distance, rtol=0.05)


def test_relative_error_of_and_from_zero():
    zero, one = np.zeros((2, 2, 2)), np.ones((2, 2, 2))
    assert relative_error(one, zero) == 1.0
    assert relative_error(zero, zero) == 0.0
    assert relative_error(zero, one) == np.inf


def test_relative_error_of_tensors_far_apart_in_size():
    one = np.ones((2, 2, 2))
    assert_allclose(relative_error(1e-200 * one, one), 1e200)
    assert_allclose(relative_error(one, 1e-200 * one), 1.0)
    assert relative_error(1e308 * one, -1e308 * one) == 2.0  # a difference of 2e308


@one_test("dtype", ["float64", "float32", "int64"])
def test_relative_error_takes_arrays_of_any_kind(convert, dtype):
    exact = np.arange(8).reshape(2, 2, 2).astype(dtype)
    error = relative_error(convert(exact), convert(3 * exact))
    assert isinstance(error, float)
    assert_allclose(error, 2.0)


@one_test("n_modes", [1, 2, 3, 5])
def test_relative_error_rebuilds_cp_forms(convert, n_modes):
    rng = np.random.default_rng(0)
    factors = [rng.standard_normal((size, 3)) for size in range(2, 2 + n_modes)]
    weights = rng.standard_normal(3)
    letters = "abcde"[:n_modes]
    spec = "z," + ",".join(axis + "z" for axis in letters) + "->" + letters
    exact = np.einsum(spec, weights, *factors)
    form = (convert(weights), [convert(factor) for factor in factors])
    assert relative_error(exact, form) < 1e-14
    assert relative_error(form, exact) < 1e-14
    unit = np.einsum(spec, np.ones(3), *factors)
    assert relative_error(unit, (None, form[1])) < 1e-14


@pytest.mark.usefixtures("tensorly_on_torch")
def test_relative_error_ignores_the_current_backend():
    import torch

    weights, factor = np.array([2.0, -1.0]), np.eye(2)
    exact = np.zeros((2, 2, 2))
    exact[0, 0, 0], exact[1, 1, 1] = weights
    form = CPTensor((torch.as_tensor(weights), [torch.as_tensor(factor)] * 3))
    assert relative_error(exact, form) == 0.0
    assert relative_error(exact, (weights, [factor] * 3)) == 0.0
    assert tl.get_backend() == "pytorch"


def test_relative_error_changes_nothing():
    exact, approx = np.ones((2, 2, 2)), np.full((2, 2, 2), 2.0)
    relative_error(exact, approx)
    assert (exact == 1).all()
    assert (approx == 2).all()


GOOD = np.ones((2, 2, 2))


@one_test(
    ("bad", "message"),
    [
        (np.full((2, 2, 2), np.nan), "must be finite, got NaN or infinity"),
        (np.full((2, 2, 2), np.inf), "must be finite, got NaN or infinity"),
        (GOOD * 1j, "must be an array of real numbers, got dtype complex128"),
        (np.full((2, 2, 2), "x"), "must be an array of real numbers, got dtype <U1"),
        (None, "must be an array of real numbers, got dtype object"),
        (csr_array(np.eye(2)), "must be an array of real numbers, got dtype object"),
        ([[1.0, 2.0], [3.0]], "must be an array of real numbers"),
        (np.ones((2, 0, 2)), r"must not be empty or 0-D, got shape \(2, 0, 2\)"),
        (1.0, r"must not be empty or 0-D, got shape \(\)"),
        ((GOOD, GOOD), r"must be the pair \(weights, factors\)"),
        ((None, []), r"must be the pair \(weights, factors\)"),
        ((None, [GOOD], 1), r"must be the pair \(weights, factors\)"),
    ],
)
def test_relative_error_refuses(bad, message):
    with pytest.raises(ValueError, match="^tensor.*" + message):
        relative_error(bad, GOOD)
    with pytest.raises(ValueError, match="^approximation.*" + message):
        relative_error(GOOD, bad)


@one_test(
    ("bad", "message"),
    [
        ((None, [np.eye(2), np.ones(2)]), r"factor 1 of tensor must have ndim=2"),
        ((np.eye(2), [np.eye(2)]), r"the weights of tensor must have ndim=1"),
        (
            ([1.0, 2.0, 3.0], [np.eye(2)] * 3),
            r"factors of tensor must have one column for each of its 3 weights",
        ),
        (([1.0, np.nan], [np.eye(2)] * 3), "weights of tensor must be finite"),
    ],
)
def test_relative_error_refuses_bad_cp_forms(bad, message):
    with pytest.raises(ValueError, match=message):
        relative_error(bad, GOOD)


def test_relative_error_refuses_other_shapes():
    message = r"approximation must have tensor's shape \(2, 2, 2\), got \(2, 2\)"
    with pytest.raises(ValueError, match=message):
        relative_error(GOOD, np.ones((2, 2)))
