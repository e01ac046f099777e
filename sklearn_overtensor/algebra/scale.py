# SPDX-License-Identifier: BSD-3-Clause
"""Powers of two that bring a target into the range of floats, and its answer back.

The order-l moment of samples scales like their l-th power: samples of size 1e-60 have a
moment of order 4 whose squared norm is 1e-480. Such a target is divided by a power of
two, which is exact, before it is decomposed, and the weights multiplied by it.
"""

from dataclasses import replace
from math import frexp, log10

import numpy as np

# Squared norms between this and its inverse are worked with as they are: what the work
# needs beside the norm is in range, too.
SAFE_SQUARE = {"float64": 1e240, "float32": 1e20}
# Largest exponent of a factor, which float32 can hold.
MAX_STEP = 120
# Changes of units until a norm is safe: the first by the size of the data, others by
# the norm.
MAX_CHANGES = 4


def times_power_of_two(array, exponent):
    """``array * 2**exponent``: exact, but where the result over- or underflows."""
    # In steps, since the factor itself may be too large or too small for the dtype.
    while exponent:
        step = max(-MAX_STEP, min(exponent, MAX_STEP))
        array = array * 2.0**step
        exponent -= step
    return array


def exponent_of(size) -> int:
    """Exponent of the power of two that brings a size to about one.

    It is 0 for zero, infinity and NaN.
    """
    return frexp(size)[1]


def is_safe(square, dtype) -> bool:
    """Whether a squared norm, and what comes with it, is in the range of a dtype."""
    return 1 / SAFE_SQUARE[dtype] < square < SAFE_SQUARE[dtype]


def is_safe_power(size, power, dtype) -> bool:
    """Whether ``size**power`` is safe as a squared norm."""
    with np.errstate(all="ignore"):  # a float's ** would raise on overflow
        return is_safe(np.float64(size) ** power, dtype)


def in_safe_units(target):
    """The target over a power of two that makes its squared norm safe.

    Parameters
    ----------
    target : target
        One whose norm is safe already, or that has no method ``over_power_of_two``,
        is returned as it is.

    Returns
    -------
    target : target
    exponent : int
        What is returned is ``2**-exponent`` times what was given.
    """
    total, dtype = 0, target.context.dtype
    with np.errstate(all="ignore"):  # numbers out of range are what is looked for
        for _ in range(MAX_CHANGES):
            safe = is_safe(target.squared_norm, dtype)
            if safe or target.over_power_of_two is None:
                break
            target, exponent = target.over_power_of_two()
            if exponent == 0:
                break
            total += exponent
        target.squared_norm  # noqa: B018  computed here, where it may be out of range
    return target, total


def in_units_of_data(result, exponent):
    """A result for ``2**-exponent`` times the data, for the data themselves.

    Raises
    ------
    ValueError
        When floats cannot hold its weights.
    """
    if exponent == 0:
        return result
    with np.errstate(all="ignore"):
        weights = np.ldexp(result.weights, exponent)
    check_weights(weights, np.abs(result.weights).max(initial=0.0), exponent)
    with np.errstate(all="ignore"):
        weights_std = np.ldexp(result.weights_std, exponent)
    return replace(result, weights=weights, weights_std=weights_std)


def check_weights(weights, largest, exponent=0):
    """Refuse weights, the largest ``largest * 2**exponent``, that their dtype lost."""
    found = float(np.abs(weights).max(initial=0.0))
    if largest == 0 or np.finfo(weights.dtype).tiny <= found < np.inf:
        return
    power = log10(largest) + exponent * log10(2)
    raise ValueError(
        f"The weights of this decomposition are of size 1e{power:+.0f}, which "
        f"{weights.dtype} cannot hold: they scale like the tensor, and like the l-th "
        "power of samples where it is their moment or cumulant of order l. Multiply "
        f"the data by a constant that makes them {'larger' if power < 0 else 'smaller'}"
        f"{', or use float64' if weights.dtype == np.float32 else ''}."
    )
