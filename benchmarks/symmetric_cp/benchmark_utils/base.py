# SPDX-License-Identifier: BSD-3-Clause
"""What every solver of this benchmark does: one run, in bounded time."""

import signal
import warnings
from abc import abstractmethod
from contextlib import contextmanager

import numpy as np
from benchopt import BaseSolver

from sklearn_overtensor.datasets import make_symmetric_cp

# Sweeps of alternating least squares, iterations of L-BFGS.
MAX_ITER = 2000
# Added to the seed of the data. From the same seed a start would be the true terms.
START_SEED = 1000
# Names of the solvers that this process has already run once.
_WARM = set()


@contextmanager
def time_limit(seconds):
    """Raise ``TimeoutError`` in the block after so many seconds.

    The signal is seen between two steps of Python code, so that a long step of
    compiled code is finished first.
    """

    def stop(signum, frame):
        raise TimeoutError

    previous = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


class TimedSolver(BaseSolver):
    """One decomposition a run: ``decompose`` is timed, with a limit.

    Errors of a solver, such as singular normal equations, are failed runs.
    """

    sampling_strategy = "run_once"

    def set_objective(self, tensor, rank, seed, limit):
        """Keep the problem; peers are told the rank."""
        self.tensor, self.rank, self.limit = tensor, rank, limit
        self.seed = START_SEED + seed

    @abstractmethod
    def decompose(self, tensor, rank, seed):
        """Weights ``(k,)`` and one factor ``(d, k)`` a mode, or one for all."""

    def warm_up(self):
        """Let imports and first calls happen before the clock starts."""
        if self.name not in _WARM:
            _WARM.add(self.name)
            problem = self.tensor, self.rank, self.limit
            self.tensor = make_symmetric_cp(4, 2, random_state=0).tensor
            self.rank = 2
            self.run(1)
            self.tensor, self.rank, self.limit = problem

    def run(self, _):
        """Decompose once."""
        self.answer, self.outcome = None, "finished"
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            try:
                with time_limit(self.limit):
                    self.answer = self.decompose(self.tensor, self.rank, self.seed)
            except TimeoutError:
                self.outcome = "time limit"
            except (ArithmeticError, ValueError, np.linalg.LinAlgError) as error:
                self.outcome = type(error).__name__

    def get_result(self):
        """The answer, None where the run failed, and how the run ended."""
        return {"answer": self.answer, "outcome": self.outcome}
