# SPDX-License-Identifier: BSD-3-Clause
"""Models of any order, as the least-squares room has them."""

import numpy as np
from numpy.random import RandomState

from sklearn_overtensor.compression import CompactTarget
from sklearn_overtensor.refine import Fit
from sklearn_overtensor.targets import CPTarget


def make_model(order, m=3, d=3, seed=0):
    """Terms that are fitted to nothing."""
    rng = RandomState(seed)
    signs = np.ones(m) if order % 2 else np.resize([1.0, -1.0], m)
    return Fit(rng.standard_normal((d, m)), signs, order)


def dense(fit):
    return CPTarget(fit.signs, fit.vectors.T, fit.order).to_dense()


def truth_of(bunch, unit=1.0):
    """The terms of a data set, over the unit of its tensor."""
    return Fit.of_terms(bunch.weights / unit, bunch.components.T, bunch.tensor.ndim)


class CountedTarget(CompactTarget):
    """A target that counts how often a fit asks for its difference."""

    calls = 0

    def difference(self, signs, vectors):
        self.calls += 1
        return super().difference(signs, vectors)
