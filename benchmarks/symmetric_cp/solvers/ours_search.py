# SPDX-License-Identifier: BSD-3-Clause
"""Ours without what peers go without: checks of the input, proof of the residual."""

from functools import partial

from benchmark_utils.base import TimedSolver
from sklearn.utils import check_random_state

from sklearn_overtensor import OverparamSymmetricCP
from sklearn_overtensor.decompose.parameters import SearchOptions
from sklearn_overtensor.search import search
from sklearn_overtensor.solvers.monitor import Monitor
from sklearn_overtensor.targets import DenseTarget


class Solver(TimedSolver):
    name = "ours-search"

    def prepare(self, tensor):
        return DenseTarget(tensor)

    def decompose(self, target, rank, seed):
        options = SearchOptions.of_estimator(OverparamSymmetricCP(noise=0), Monitor())
        found = search(target, options, partial(check_random_state, seed))
        return found.weights, found.V
