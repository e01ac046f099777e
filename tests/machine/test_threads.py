# SPDX-License-Identifier: BSD-3-Clause
"""Small searches use one BLAS thread and leave the number as it was."""

import threading

import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from sklearn_overtensor import OverparamSymmetricCP
from sklearn_overtensor.datasets import make_symmetric_cp
from sklearn_overtensor.machine.threads import SMALL, few_threads


def blas_threads():
    return {
        pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"
    }


@pytest.fixture(autouse=True)
def _two_threads():
    with threadpool_limits(2, user_api="blas"):
        yield


def test_small_problems_have_one_thread_and_large_ones_all():
    with few_threads(SMALL):
        assert blas_threads() == {1}
    with few_threads(SMALL + 1):
        assert blas_threads() == {2}
    assert blas_threads() == {2}


def test_an_error_restores_them():
    with pytest.raises(RuntimeError), few_threads(3):
        raise RuntimeError
    assert blas_threads() == {2}


def test_other_threads_are_left_alone():
    seen = []

    def other():
        with few_threads(3):
            seen.append(blas_threads())

    thread = threading.Thread(target=other)
    thread.start()
    thread.join()
    assert seen == [{2}]


def test_nested_limits_restore_them():
    with few_threads(3):
        with few_threads(4):
            pass
        assert blas_threads() == {1}
    assert blas_threads() == {2}


@pytest.mark.parametrize("solver", ["lbfgs", "gd"])
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_a_fit_leaves_them(solver):
    tensor = make_symmetric_cp(5, 2, random_state=0).tensor
    OverparamSymmetricCP(solver=solver, max_epochs=1, max_iter=20).fit(tensor)
    assert blas_threads() == {2}
