# SPDX-License-Identifier: BSD-3-Clause
"""Memory and threads: no more than documented, and nothing stays behind."""

import gc
import sys
import threading
import tracemalloc

import numpy as np
import pytest
import tensorly as tl

from sklearn_overtensor import (
    OverparamSymmetricCP,
    baselines,
    overparam_symmetric_cp,
)
from sklearn_overtensor.compression import column_space
from sklearn_overtensor.datasets import make_symmetric_cp
from sklearn_overtensor.machine import memory
from sklearn_overtensor.targets import (
    AccumulatedMoments,
    CPTarget,
    CumulantTarget,
    DenseTarget,
    MomentTarget,
)

from ..conftest import has_torch

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
MIB = 2**20


def peak_over(function):
    """Most bytes beyond those at the start, and what the function returns."""
    tracemalloc.start()
    try:
        result = function()
        return tracemalloc.get_traced_memory()[1], result
    finally:
        tracemalloc.stop()


# --- what cannot fit -----------------------------------------------------------------

ROWS = np.random.default_rng(0).standard_normal((50, 80))  # its moment: 4 MB, order 3
WIDE = CPTarget([1.0], np.ones((1, 200_000)))
TENSOR = make_symmetric_cp(60, 2, random_state=0).tensor  # 1.7 MB

TOO_LARGE = {
    "an array on request": lambda: MomentTarget(ROWS).to_dense(),
    "an array that is asked for": lambda: MomentTarget(
        ROWS, contraction="dense"
    ).contract(np.eye(80)),
    "the norm of a high cumulant": lambda: CumulantTarget(ROWS, 5).squared_norm,
    "a core": lambda: MomentTarget(ROWS, contraction="implicit").compressed(np.eye(80)),
    "parts": lambda: AccumulatedMoments().update(ROWS),
    "partial_fit": lambda: OverparamSymmetricCP().partial_fit(ROWS),
    "a model": lambda: CPTarget(np.ones(3), np.ones((3, 100))).to_dense(),
    "a width": lambda: OverparamSymmetricCP(5000).fit(ROWS[:, :2]),
    "a column space": lambda: column_space(WIDE, np.random.RandomState(0)),
    "tangents": lambda: baselines.LazyCP(100).fit(ROWS[:, :30]),
    "a flattening": lambda: baselines.SpectralCP(2).fit(TENSOR),
    "a baseline": lambda: baselines.TensorLyCP(2).fit(TENSOR),
    "a data set": lambda: make_symmetric_cp(100, 3),
}


@pytest.mark.parametrize("case", TOO_LARGE)
def test_refused_before_it_is_allocated(case, monkeypatch):
    monkeypatch.setattr(memory, "available_bytes", lambda: 1e6)

    def ask():
        message = r"needs .* GiB, but only 0\.000931 GiB of memory is available\. [A-Z]"
        with pytest.raises(MemoryError, match=message):
            TOO_LARGE[case]()

    peak, _ = peak_over(ask)
    assert peak < 3e6  # what is small was made, what is large was not


# --- temporaries ---------------------------------------------------------------------


def test_contracting_an_array_makes_none_of_its_size():
    target = DenseTarget(make_symmetric_cp(100, 3, random_state=0).tensor)  # 8 MB
    V = np.random.default_rng(0).standard_normal((100, 150))
    peak, _ = peak_over(lambda: target.contract(V))
    # A product with a block of d columns is as large as the array.
    assert peak < 1.2 * target.tensor.nbytes


@pytest.mark.parametrize(("make", "copies"), [(MomentTarget, 3), (CumulantTarget, 7)])
def test_forming_an_array(make, copies):
    X = np.random.default_rng(0).exponential(size=(500, 30))
    target = make(X, 4, contraction="dense")  # 6.5 MB
    peak, tensor = peak_over(target.to_dense)
    assert peak < copies * tensor.nbytes + 8 * MIB


@pytest.mark.parametrize("statistic", ["moment", "cumulant"])
def test_a_score_makes_no_copy_of_the_samples(statistic):
    X = np.random.default_rng(0).exponential(size=(300_000, 10))  # 24 MB
    model = OverparamSymmetricCP(
        statistic=statistic, contraction="implicit", max_epochs=1, max_iter=5
    ).fit(X[:1000])
    peak, _ = peak_over(lambda: model.score(X))
    assert peak < X.nbytes


def test_a_transform_makes_one_copy_of_the_samples():
    X = np.random.default_rng(0).exponential(size=(300_000, 10))
    model = OverparamSymmetricCP(max_epochs=1, max_iter=5).fit(X[:1000])
    peak, code = peak_over(lambda: model.transform(X))
    assert peak < 1.1 * X.nbytes + 1.1 * code.nbytes


# --- nothing stays -------------------------------------------------------------------


def fit_tiny(seed):
    data = make_symmetric_cp(4, 2, random_state=seed)
    OverparamSymmetricCP(random_state=seed).fit(data.tensor)
    X = np.random.default_rng(seed).exponential(size=(10, 3))
    parameters = {"alpha": 0.1, "refine": False, "max_epochs": 1, "max_iter": 5}
    overparam_symmetric_cp(X, random_state=seed, **parameters)


def test_fits_leave_nothing():
    """Python counts each object that is still there, whatever its size.

    What is kept once, such as tables of monomials, is all there after a while. What
    each fit leaves shows in every round: a model or a target is dozens of objects.
    """
    n_fits, grown = 25, []
    gc.collect()
    before = sys.getallocatedblocks()
    for _ in range(12):
        for seed in range(n_fits):
            fit_tiny(seed)
        gc.collect()
        after = sys.getallocatedblocks()
        grown.append(after - before)
        before = after
        if grown[-1] < n_fits:
            return
    pytest.fail(f"{grown} objects stayed in rounds of {n_fits} fits")


# --- threads -------------------------------------------------------------------------


@pytest.mark.skipif(not has_torch(), reason="needs torch")
def test_two_backends_in_two_threads():
    import torch

    tensor = make_symmetric_cp(6, 3, random_state=0).tensor
    X = np.random.default_rng(0).exponential(size=(50, 4))
    jobs = {
        "numpy": lambda: overparam_symmetric_cp(tensor, random_state=0),
        "torch": lambda: overparam_symmetric_cp(torch.tensor(tensor), random_state=0),
        "numpy samples": lambda: overparam_symmetric_cp(X, random_state=0),
        "torch samples": lambda: overparam_symmetric_cp(
            torch.tensor(X), contraction="implicit", random_state=0, max_epochs=2
        ),
    }
    alone = {name: job() for name, job in jobs.items()}
    found, backends = {name: [] for name in jobs}, []
    start = threading.Barrier(len(jobs))

    def work(name):
        start.wait(timeout=60)
        for _ in range(3):
            found[name].append(jobs[name]())
        backends.append(tl.get_backend())

    threads = [threading.Thread(target=work, args=(name,)) for name in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert backends == ["numpy"] * len(jobs)
    assert tl.get_backend() == "numpy"
    for name, results in found.items():
        assert len(results) == 3
        for result in results:
            expected = alone[name]
            np.testing.assert_allclose(result.weights, expected.weights, rtol=1e-9)
            np.testing.assert_allclose(
                result.components, expected.components, atol=1e-9
            )
