# SPDX-License-Identifier: BSD-3-Clause
"""What accumulated moments may be that come from a file or another machine."""

import numpy as np

from ..algebra.monomials import n_monomials


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
