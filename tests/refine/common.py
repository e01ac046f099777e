# SPDX-License-Identifier: BSD-3-Clause
"""Models of any order, as the least-squares room has them."""

import numpy as np
from numpy.random import RandomState

from sklearn_overtensor.targets import CPTarget


def make_model(order, m=3, d=3, seed=0):
    rng = RandomState(seed)
    signs = np.ones(m) if order % 2 else np.resize([1.0, -1.0], m)
    return rng.standard_normal((d, m)), signs


def dense(vectors, signs, order):
    return CPTarget(signs, vectors.T, order).to_dense()
