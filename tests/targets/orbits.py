# SPDX-License-Identifier: BSD-3-Clause
"""Sparse tensors at random, and what they are by the definition."""

from itertools import permutations

import numpy as np

D = 7


def random_orbits(order, n_entries=12, seed=0):
    """Distinct orbits in any sequence, many with repeated indices, and values."""
    rng = np.random.default_rng(seed)
    rows = np.unique(np.sort(rng.integers(D, size=(n_entries, order)), axis=1), axis=0)
    rows = rng.permuted(rows, axis=1)
    return rng.permutation(rows), rng.standard_normal(len(rows))


def written_out(rows, values, d=D):
    """By the definition: an entry and all its permutations get the value."""
    tensor = np.zeros((d,) * rows.shape[1])
    for row, value in zip(rows, values, strict=True):
        for index in set(permutations(row.tolist())):
            tensor[index] = value
    return tensor


def block_tensor():
    tensor = np.zeros((12,) * 3)
    for block in (slice(0, 4), slice(6, 10)):
        tensor[block, block, block] = 1.0
    return tensor
