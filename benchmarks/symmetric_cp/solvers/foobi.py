# SPDX-License-Identifier: BSD-3-Clause
"""FOOBI (De Lathauwer, Castaing and Cardoso) at order 4; it finds the rank itself."""

import numpy as np
from benchmark_utils.base import TimedSolver

from sklearn_overtensor.baselines._foobi import foobi
from sklearn_overtensor.baselines._rank_one_matrices import most_rank_one_matrices

# Its time grows with the sixth power of the terms: 100 of them take 17 seconds.
MOST = 80


class Solver(TimedSolver):
    name = "foobi"

    def skip(self, tensor, rank, seed, limit):
        most = min(MOST, most_rank_one_matrices(len(tensor)))
        return tensor.ndim != 4 or rank > most, f"order 4, at most {most} terms"

    def decompose(self, tensor, rank, seed):
        scale = np.linalg.norm(tensor)
        weights, directions = foobi(
            tensor / scale, np.random.RandomState(seed), eps=np.finfo(float).eps
        )
        return weights * scale, directions
