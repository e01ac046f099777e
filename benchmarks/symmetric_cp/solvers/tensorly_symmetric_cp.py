# SPDX-License-Identifier: BSD-3-Clause
"""TensorLy's ``SymmetricCP``: power iteration and deflation, at the true rank."""

from benchmark_utils.base import SLOW_SEEDS, TimedSolver

from sklearn_overtensor.baselines import TensorLySymmetricCP


class Solver(TimedSolver):
    name = "tensorly-symmetric-cp"
    n_seeds = SLOW_SEEDS

    def decompose(self, tensor, rank, seed):
        # TensorLy's takes no seed; this wrapper runs its own code with one.
        model = TensorLySymmetricCP(rank, random_state=seed).fit(tensor)
        return model.weights_, model.components_.T
