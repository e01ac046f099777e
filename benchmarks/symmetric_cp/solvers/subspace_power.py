# SPDX-License-Identifier: BSD-3-Clause
"""The subspace power method (Kileel and Pereira); it finds the rank by itself."""

from math import comb

import numpy as np
from benchmark_utils.base import TimedSolver

from sklearn_overtensor.baselines._power_on_range import subspace_power

# What SubspacePowerCP does by default. Its checks of the input are left out.
SETTINGS = {"n_init": 10, "max_iter": 1000, "tol": 1e-10}


class Solver(TimedSolver):
    name = "subspace-power"

    def skip(self, tensor, rank, seed, limit):
        most = _most_terms(len(tensor), tensor.ndim)
        return rank > most, f"tells at most {most} terms apart"

    def decompose(self, tensor, rank, seed):
        scale = np.linalg.norm(tensor)
        found = subspace_power(
            tensor / scale,
            np.random.RandomState(seed),
            eps=np.finfo(float).eps,
            **SETTINGS,
        )
        return found.weights * scale, found.directions


def _most_terms(d, order):
    """Rank that the flattening can have, with no other powers in its range."""
    rows, columns = (
        comb(d + degree - 1, degree) for degree in (order - order // 2, order // 2)
    )
    return min(rows - d, columns)
