# SPDX-License-Identifier: BSD-3-Clause
"""pyttb's ``cp_als``: the Tensor Toolbox's alternating least squares, true rank."""

import numpy as np
import pyttb
from benchmark_utils.base import MAX_ITER, SLOW_SEEDS, TimedSolver


class Solver(TimedSolver):
    name = "pyttb-cp-als"
    n_seeds = SLOW_SEEDS

    def decompose(self, tensor, rank, seed):
        # pyttb's own start, which it draws from NumPy's global generator.
        rng = np.random.RandomState(seed)
        start = [rng.uniform(size=(size, rank)) for size in tensor.shape]
        model, _, _ = pyttb.cp_als(
            pyttb.tensor(tensor),
            rank,
            stoptol=1e-10,
            maxiters=MAX_ITER,
            init=pyttb.ktensor(start),
            printitn=0,
        )
        return model.weights, model.factor_matrices
