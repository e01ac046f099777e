# SPDX-License-Identifier: BSD-3-Clause
"""TensorLy's ``parafac``: alternating least squares, at the true rank."""

from benchmark_utils.base import MAX_ITER, SLOW_SEEDS, TimedSolver
from tensorly.decomposition import parafac

# Far below what counts as exact: no more sweeps are needed. A change of the residual
# below TOL, where rounding hides progress, ends the run too.
ENOUGH, TOL = 1e-7, 1e-10


class Solver(TimedSolver):
    name = "tensorly-parafac"
    n_seeds = SLOW_SEEDS
    parameters = {"init": ["random", "svd"]}  # noqa: RUF012

    def decompose(self, tensor, rank, seed):
        return parafac(
            tensor,
            rank,
            n_iter_max=MAX_ITER,
            init=self.init,
            tol=TOL,
            random_state=seed,
            callback=lambda model, error: bool(error <= ENOUGH),
        )
