# SPDX-License-Identifier: BSD-3-Clause
"""The package with no argument but the seed: neither rank nor restarts."""

from benchmark_utils.base import TimedSolver

from sklearn_overtensor import OverparamSymmetricCP


class Solver(TimedSolver):
    name = "ours"

    def decompose(self, tensor, rank, seed):
        model = OverparamSymmetricCP(noise=0, random_state=seed).fit(tensor)
        return model.weights_, model.components_.T
