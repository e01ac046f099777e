# SPDX-License-Identifier: BSD-3-Clause
"""pyttb's ``gcp_opt`` with L-BFGS: all factors at once, at the true rank."""

import logging

import numpy as np
import pyttb
from benchmark_utils.base import MAX_ITER, SLOW_SEEDS, TimedSolver
from pyttb.gcp.handles import Objectives
from pyttb.gcp.optimizers import LBFGSB


class Solver(TimedSolver):
    name = "pyttb-gcp-opt"
    n_seeds = SLOW_SEEDS

    def decompose(self, tensor, rank, seed):
        # pyttb's own start, which it draws from NumPy's global generator.
        rng = np.random.RandomState(seed)
        start = [rng.uniform(size=(size, rank)) for size in tensor.shape]
        scale = np.linalg.norm(tensor)
        logging.disable(
            logging.WARNING
        )  # one at each gradient, of a copy that it makes
        model, _, _ = pyttb.gcp_opt(
            pyttb.tensor(tensor / scale),
            rank,
            objective=Objectives.GAUSSIAN,
            optimizer=LBFGSB(maxiter=MAX_ITER, factr=1.0, pgtol=1e-9),
            init=start,
            printitn=0,
        )
        return model.weights * scale, model.factor_matrices
