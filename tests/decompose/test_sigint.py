# SPDX-License-Identifier: BSD-3-Clause
"""A real signal, as a terminal sends it to all processes that run there."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from sklearn.exceptions import ConvergenceWarning

from sklearn_overtensor import overparam_symmetric_cp
from sklearn_overtensor.datasets import make_symmetric_cp

PROGRAM = Path(__file__).with_name("interrupted_fit.py")

pytestmark = pytest.mark.skipif(
    not hasattr(os, "killpg"), reason="needs groups of processes"
)


@pytest.fixture
def start():
    """Start the program in a group of its own, which ends with the test."""
    started = []

    def run(*arguments):
        command = [sys.executable, "-u", str(PROGRAM), *map(str, arguments)]
        program = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
        started.append(program)
        return program

    yield run
    for program in started:
        if program.poll() is None:
            os.killpg(program.pid, signal.SIGKILL)
        program.communicate()


def lines_until(program, enough):
    """Read lines until ``enough(lines)``."""
    lines = []
    while not enough(lines):
        line = program.stdout.readline()
        assert line, program.stderr.read()
        lines.append(line)


def check_kept(program):
    out, err = program.communicate(timeout=100)
    assert program.returncode == 0, err
    # Perhaps in the line of a restart that was ended in the middle of it.
    assert re.search(r"kept interrupted [1-9]", out)
    assert "ConvergenceWarning: The search was interrupted. The best" in err
    assert "Traceback" not in err


@pytest.fixture
def ctrl_c():
    """Sends this process the signal soon; where it is ignored, not for the test."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    timer = threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT))
    yield timer.start
    timer.cancel()
    signal.signal(signal.SIGINT, before)


def test_a_fit_ends_with_the_best_epoch(ctrl_c):
    """Wherever in an epoch it is met."""
    tensor = make_symmetric_cp(4, 2, noise=0.1, random_state=0).tensor

    def observer(seen):
        if (seen.epoch, seen.iteration) == (3, 1):
            ctrl_c()

    with pytest.warns(ConvergenceWarning, match=r"was interrupted\. The best"):
        # Hours of epochs, since noise leaves more than ``tol``.
        result = overparam_symmetric_cp(
            tensor,
            alpha=0.05,
            solver="gd",
            max_epochs=10**6,
            max_iter=10,
            observer=observer,
            random_state=0,
        )
    assert result.status == "interrupted"
    assert result.n_epochs > 3


def test_restarts_that_have_ended_are_kept(start, tmp_path):
    program = start(tmp_path / "flag")
    # When a process is at its fourth restart, the first has been handed over.
    lines_until(
        program,
        lambda lines: sum(", epoch   3:" in line for line in lines) >= 4,
    )
    time.sleep(0.2)
    os.killpg(program.pid, signal.SIGINT)
    check_kept(program)
