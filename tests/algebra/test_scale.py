# SPDX-License-Identifier: BSD-3-Clause
"""Powers of two, by their definition."""

import numpy as np
import pytest

from sklearn_overtensor.algebra.scale import (
    exponent_of,
    is_safe,
    is_safe_power,
    times_power_of_two,
)


@pytest.mark.parametrize("size", [5e-324, 1e-300, 0.3, 0.5, 1.0, 3.0, 1.7e308])
def test_an_exponent_brings_a_size_to_about_one(size):
    assert 0.5 <= np.ldexp(size, -exponent_of(size)) < 1


@pytest.mark.parametrize("size", [0.0, np.inf, np.nan])
def test_what_has_no_size_has_the_exponent_zero(size):
    assert exponent_of(size) == 0


@pytest.mark.parametrize("exponent", [-2000, -1030, -120, -1, 0, 1, 121, 1000, 2000])
def test_a_power_of_two_is_that_of_numpy(exponent):
    numbers = np.array([-3.0, 1.0, 1e-300, 1e300])
    with np.errstate(over="ignore"):
        found = times_power_of_two(numbers, exponent)
        np.testing.assert_array_equal(found, np.ldexp(numbers, exponent))


@pytest.mark.parametrize(("dtype", "most"), [("float64", 1e240), ("float32", 1e20)])
def test_squares_are_safe_up_to_a_limit_and_its_inverse(dtype, most):
    for square in (most, 1 / most):
        assert not is_safe(square, dtype)
        assert not is_safe_power(np.sqrt(square), 2.01, dtype)
        assert is_safe_power(np.sqrt(square), 1.99, dtype)
    assert is_safe(0.99 * most, dtype)
    assert is_safe(1.01 / most, dtype)
