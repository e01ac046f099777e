# SPDX-License-Identifier: BSD-3-Clause
"""Restarts that are interrupted, as a program; ``test_sigint.py`` runs it."""

import os
import signal
import sys
import time

from sklearn_overtensor import overparam_symmetric_cp
from sklearn_overtensor.datasets import make_symmetric_cp
from sklearn_overtensor.targets import DenseTarget

NOISY = make_symmetric_cp(4, 2, noise=0.1, random_state=0).tensor
SETTINGS = {"alpha": 0.05, "solver": "gd", "max_iter": 10, "random_state": 0}


class WaitingTarget(DenseTarget):
    """The first restart that comes to its tenth contraction waits there for Ctrl-C."""

    def __init__(self, tensor, flag):
        super().__init__(tensor)
        self.flag, self.calls = flag, 0

    def contract(self, V):
        self.calls += 1
        if self.calls == 10 and self._is_first():
            time.sleep(300)
        return super().contract(V)

    def _is_first(self):
        try:
            os.close(os.open(self.flag, os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            return False
        return True


def restarts(flag):
    """One of eight waits in its process; the other process runs the rest."""
    result = overparam_symmetric_cp(
        WaitingTarget(NOISY, flag),
        max_epochs=3,
        n_init=8,
        n_jobs=2,
        verbose=1,
        **SETTINGS,
    )
    return result.status, result.n_components


if __name__ == "__main__":
    # Ignored where the tests run in the background of a shell.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    print("kept", *restarts(sys.argv[1]), flush=True)
