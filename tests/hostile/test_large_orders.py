# SPDX-License-Identifier: BSD-3-Clause
"""Orders that no array can have are refused at once, with the largest that can be."""

import numpy as np
import pytest

from sklearn_overtensor import OverparamSymmetricCP, overparam_symmetric_cp
from sklearn_overtensor.targets import (
    AccumulatedMoments,
    CPTarget,
    CumulantTarget,
    MomentTarget,
)
from sklearn_overtensor.targets._base import LARGEST_ORDER

from ..cases import one_test

X = np.random.default_rng(0).exponential(size=(20, 1))


class Bare:
    """A target of a user, which inherits nothing."""

    n_features, squared_norm = 1, 1.0

    def __init__(self, order):
        self.order = order

    def contract(self, V):
        return V ** (self.order - 1)


def test_arrays_have_so_many_modes():
    np.empty((1,) * LARGEST_ORDER)
    with pytest.raises(ValueError, match=str(LARGEST_ORDER)):
        np.empty((1,) * (LARGEST_ORDER + 1))


def test_the_largest_order_works():
    model = OverparamSymmetricCP(order=LARGEST_ORDER, random_state=0).fit(X)
    assert (model.order_, model.n_components_) == (LARGEST_ORDER, 1)
    assert model.status_ == "noise"  # which one feature cannot be told from


@one_test("order", [LARGEST_ORDER + 1, 10**9])
@one_test(
    "use",
    [
        lambda order: OverparamSymmetricCP(order=order).fit(X),
        lambda order: overparam_symmetric_cp(X, order=order),
        lambda order: overparam_symmetric_cp(Bare(order)),
        lambda order: MomentTarget(X, order),
        lambda order: CumulantTarget(X, order),
        lambda order: CPTarget([1.0], [[1.0]], order),
        AccumulatedMoments,
    ],
)
def test_larger_ones_are_refused_with_the_largest(use, order):
    with pytest.raises(ValueError, match=rf"order.*\b{LARGEST_ORDER}\b"):
        use(order)
