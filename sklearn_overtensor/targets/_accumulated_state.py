# SPDX-License-Identifier: BSD-3-Clause
"""Accumulated moments as a dict, to a file or another machine and back."""

import numpy as np

from ..algebra.monomials import n_monomials
from ..machine.backend import ArrayContext
from ._pooled import PooledMoments

PLAIN = ("order", "statistic", "backend", "device", "n_samples", "n_features")


def state_of(accumulated):
    """All that it holds."""
    pooled = accumulated._pooled
    return {
        **{name: getattr(accumulated, name) for name in PLAIN},
        "dtype": accumulated.context.dtype,
        "weight": pooled.weight,
        "weight_exponent": pooled.weight_exponent,
        "count": accumulated._count,
        "mean": pooled.mean,
        "moments": dict(pooled.by_order),
        "exponent": pooled.exponent,
    }


def restore(accumulated, state):
    """Give an empty one what a state holds."""
    for name in PLAIN:
        setattr(accumulated, name, state[name])
    accumulated.context = ArrayContext(dtype=state["dtype"])
    accumulated._count = state.get("count", float(state["n_samples"]))
    accumulated._pooled = PooledMoments(
        state["weight"],
        state["mean"],
        dict(state["moments"]),
        state.get("exponent", 0),  # none in older files, nor the next
        state.get("weight_exponent", 0),
    )
    return accumulated


def check_state(state):
    """Refuse what ``AccumulatedMoments.state()`` does not give.

    Raises
    ------
    ValueError
    """
    d, order = state["n_features"], state["order"]
    if type(order) is not int or order < 3:
        raise ValueError(f"order is {order!r}, not a whole number from 3 on")
    if state["dtype"] not in ("float32", "float64"):
        raise ValueError(f"dtype is {state['dtype']!r}, not float32 or float64")
    for name in ("weight", "n_samples", "count"):
        value = state.get(name, 0)  # older files have no count
        if not (isinstance(value, int | float) and 0 <= value < np.inf):
            raise ValueError(f"{name} is {value!r}, not a number of at least 0")
    if d is None:  # no samples yet
        return
    moments = dict(state["moments"])
    if state["weight"] and order not in moments:
        raise ValueError(f"there is no moment of order {order}")
    _check_array("mean", state["mean"], d)
    for k, moment in moments.items():
        _check_array(f"the moment of order {k}", moment, n_monomials(d, k))


def _check_array(name, array, size):
    if not (
        isinstance(array, np.ndarray)
        and array.dtype == np.float64
        and array.shape == (size,)
        and np.isfinite(array).all()
    ):
        raise ValueError(f"{name} is not an array of {size} finite numbers")
