# SPDX-License-Identifier: BSD-3-Clause
"""Powers of two by their definition; targets and results in other units by them."""

from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
import pytest

from sklearn_overtensor.algebra.scale import (
    check_weights,
    exponent_of,
    in_safe_units,
    in_units_of_data,
    is_safe,
    is_safe_power,
    times_power_of_two,
)

from ..cases import one_test


@one_test("size", [5e-324, 1e-300, 0.3, 0.5, 1.0, 3.0, 1.7e308])
def test_an_exponent_brings_a_size_to_about_one(size):
    assert 0.5 <= np.ldexp(size, -exponent_of(size)) < 1


@pytest.mark.parametrize("size", [0.0, np.inf, np.nan])
def test_what_has_no_size_has_the_exponent_zero(size):
    assert exponent_of(size) == 0


@one_test("exponent", [-2000, -1030, -120, -1, 0, 1, 121, 1000, 2000])
def test_a_power_of_two_is_that_of_numpy(exponent):
    numbers = np.array([-3.0, 1.0, 1e-300, 1e300])
    with np.errstate(over="ignore"):
        found = times_power_of_two(numbers, exponent)
        np.testing.assert_array_equal(found, np.ldexp(numbers, exponent))


def test_no_factor_is_out_of_the_range_of_single_precision():
    numbers = np.array([2.0**-140], dtype="float32")  # below the normal numbers
    found = times_power_of_two(times_power_of_two(numbers, 260), -250)
    assert found.dtype == np.float32
    assert found[0] == 2.0**-130


@pytest.mark.parametrize(("dtype", "most"), [("float64", 1e240), ("float32", 1e20)])
def test_squares_are_safe_up_to_a_limit_and_its_inverse(dtype, most):
    for square in (most, 1 / most):
        assert not is_safe(square, dtype)
        assert not is_safe_power(np.sqrt(square), 2.01, dtype)
        assert is_safe_power(np.sqrt(square), 1.99, dtype)
    assert is_safe(0.99 * most, dtype)
    assert is_safe(1.01 / most, dtype)
    assert not is_safe_power(1e300, 2, dtype)


# --- targets -------------------------------------------------------------------------


class Sized:
    """A target that is nothing but its size, ``2**exponent``, and knows its way to one.

    It comes nearer by the powers of two ``steps``, one a change of units.
    """

    def __init__(self, exponent, *steps):
        self.exponent, self.steps, self.n_looks = exponent, steps, 0
        self.context = SimpleNamespace(dtype="float64")

    @property
    def squared_norm(self):
        self.n_looks += 1
        return np.float64(2.0) ** (2 * self.exponent)

    def over_power_of_two(self):
        step = self.steps[0]
        return Sized(self.exponent - step, *self.steps[1:]), step


@one_test(
    ("exponent", "steps", "left"),
    [
        (300, [], 300),  # safe as it is
        (600, [600], 0),
        (-600, [-500], -100),
        (3000, [1000, 900, 700, 400], 0),  # as many changes as may be
        (4000, [1000, 900, 700, 400, 500], 1000),  # and no more
        (600, [0, 600], 600),  # it sees no other unit
        (600, [1, 599], 0),
    ],
)
def test_units_change_until_the_norm_is_safe(exponent, steps, left):
    target, total = in_safe_units(Sized(exponent, *steps))
    assert target.exponent == left
    assert total == exponent - left
    assert target.n_looks >= 1  # while numbers out of range are no warning


def test_a_target_without_units_stays_as_it_is():
    target = Sized(600)
    target.over_power_of_two = None
    assert in_safe_units(target) == (target, 0)


# --- results -------------------------------------------------------------------------


@dataclass(frozen=True)
class Result:
    weights: np.ndarray
    weights_std: np.ndarray


@one_test("exponent", [-30, 0, 1, 700])
def test_weights_and_their_errors_come_back_to_the_units_of_the_data(exponent):
    result = Result(np.array([-3.0, 1.0]), np.array([0.5, 0.25]))
    found = in_units_of_data(result, exponent)
    np.testing.assert_array_equal(found.weights, np.ldexp([-3.0, 1.0], exponent))
    np.testing.assert_array_equal(found.weights_std, np.ldexp([0.5, 0.25], exponent))


def test_what_is_safe_is_handed_back_as_it_is():
    result = Result(np.ones(1), np.ones(1))
    assert in_units_of_data(result, 0) is result


def test_errors_and_the_lesser_weights_may_leave_the_range_of_floats():
    result = Result(np.array([1.0, 1e-300]), np.array([1e300, 1e-300]))
    assert in_units_of_data(result, -300).weights[1] == 0
    assert in_units_of_data(result, 300).weights_std[0] == np.inf


@one_test(
    ("exponent", "dtype", "size", "advice"),
    [
        (1100, "float64", r"1e\+332", "smaller.$"),
        (-1100, "float64", "1e-330", "larger.$"),
        (200, "float32", r"1e\+61", "smaller, or use float64.$"),
        (-200, "float32", "1e-59", "larger, or use float64.$"),
    ],
)
def test_weights_that_floats_cannot_hold_are_an_error(exponent, dtype, size, advice):
    result = Result(np.array([-9.0, 1.0], dtype), np.ones(2, dtype))
    with pytest.raises(ValueError, match=f"size {size}, which {dtype} .*{advice}"):
        in_units_of_data(result, exponent)


def test_the_largest_weight_may_be_the_least_normal_number():
    check_weights(np.array([-np.finfo(float).tiny, 0.0]), 1.0, -1022)
    with pytest.raises(ValueError, match="makes them larger"):
        check_weights(np.array([np.finfo(float).tiny / 2]), 1.0, -1023)


def test_no_weights_and_weights_of_zero_are_in_range():
    check_weights(np.zeros(2), 0.0, 2000)
    check_weights(np.zeros(0), 0.0)
    result = Result(np.zeros(2), np.zeros(2))
    assert in_units_of_data(result, 2000).weights.tolist() == [0.0, 0.0]
