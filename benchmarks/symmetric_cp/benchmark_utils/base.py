# SPDX-License-Identifier: BSD-3-Clause
"""What every solver of this benchmark does: one run, in bounded time."""

import signal
import time
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
# Runs of less than SHORT seconds are repeated, and the least time counts: what disturbs
# a run of milliseconds is not the solver.
SHORT, REPEATS = 0.5, 3
# Tensors of a family that iterative peers run on, of five; one where it is large, since
# nearly all of them are stopped there.
SLOW_SEEDS, LARGE = 2, 20_000
# Solvers, by name and order of the tensor, that this process has already run once.
_WARM = set()


@contextmanager
def time_limit(seconds):
    """Raise ``TimeoutError`` in the block after so many seconds of the processor.

    The signal is seen between two steps of Python code, so that a long step of
    compiled code is finished first.
    """

    def stop(signum, frame):
        raise TimeoutError

    previous = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, previous)


class TimedSolver(BaseSolver):
    """One decomposition a run: ``decompose`` is timed, with a limit.

    Seconds are those of the processor: other work on the machine makes a run wait, and
    waiting is not what is compared. Errors of a solver, such as singular normal
    equations, are failed runs.
    """

    sampling_strategy = "run_once"
    # Tensors of a family that it runs on; None: all.
    n_seeds = None

    def skip(self, tensor, rank, seed, limit):
        """Leave out the later tensors of a family."""
        if self.n_seeds is None:
            return False, None
        n_seeds = self.n_seeds if tensor.size <= LARGE else 1
        return seed >= n_seeds, f"runs on {n_seeds} tensors of a family"

    def set_objective(self, tensor, rank, seed, limit):
        """Keep the problem; peers are told the rank."""
        self.tensor, self.rank, self.limit = tensor, rank, limit
        self.seed = START_SEED + seed

    def prepare(self, tensor):
        """What is decomposed; making it is not timed."""
        return tensor

    @abstractmethod
    def decompose(self, tensor, rank, seed):
        """Weights ``(k,)`` and one factor ``(d, k)`` a mode, or one for all."""

    def warm_up(self):
        """Let imports and first calls happen before the clock starts."""
        order = self.tensor.ndim
        if (self.name, order) not in _WARM:
            _WARM.add((self.name, order))
            problem = self.tensor, self.rank, self.limit
            self.tensor = make_symmetric_cp(4, 2, order, random_state=0).tensor
            self.rank = 2
            self.run(1)
            self.tensor, self.rank, self.limit = problem

    def run(self, _):
        """Decompose; again if that is so short that it is hard to time."""
        self.seconds = np.inf
        for _ in range(REPEATS):
            prepared = self.prepare(self.tensor)
            start = time.thread_time()
            self._run_once(prepared)
            took = time.thread_time() - start
            self.seconds = min(self.seconds, took)
            if took > SHORT:
                break

    def _run_once(self, prepared):
        self.answer, self.outcome = None, "finished"
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            try:
                with time_limit(self.limit):
                    self.answer = self.decompose(prepared, self.rank, self.seed)
            except TimeoutError:
                self.outcome = "time limit"
            except (ArithmeticError, ValueError, np.linalg.LinAlgError) as error:
                self.outcome = type(error).__name__

    def get_result(self):
        """The answer, None where the run failed, how the run ended, and its time."""
        return {
            "answer": self.answer,
            "outcome": self.outcome,
            "seconds": self.seconds,
        }
