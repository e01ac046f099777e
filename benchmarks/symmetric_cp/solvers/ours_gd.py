# SPDX-License-Identifier: BSD-3-Clause
"""Algorithm 1 of the paper as printed, then the package's refinement."""

from benchmark_utils.base import TimedSolver

from sklearn_overtensor import OverparamSymmetricCP


class Solver(TimedSolver):
    name = "ours-gd"
    # It is here to be compared, not to compete: one seed tells enough.
    n_seeds = 1

    def decompose(self, tensor, rank, seed):
        model = OverparamSymmetricCP(noise=0, solver="gd", random_state=seed).fit(
            tensor
        )
        return model.weights_, model.components_.T
