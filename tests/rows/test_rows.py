# SPDX-License-Identifier: BSD-3-Clause
"""Every kind of rows gives the sums that plain NumPy gives."""

import tracemalloc

import numpy as np
import pytest
import scipy.sparse

from sklearn_overtensor.machine import memory
from sklearn_overtensor.machine.backend import to_numpy
from sklearn_overtensor.machine.memory import BLOCK_BYTES
from sklearn_overtensor.rows import as_rows
from sklearn_overtensor.targets import CumulantTarget, MomentTarget, _samples
from sklearn_overtensor.testing import dense_contract

from ..cases import one_test
from .kinds import KINDS, dask_dense

TARGETS = {"moment": MomentTarget, "cumulant": CumulantTarget}
WEIGHTS = {"uniform": None, "weighted": np.arange(40) % 4}


@pytest.fixture(params=KINDS)
def kind(request):
    return request.param


@pytest.fixture(params=TARGETS)
def statistic(request):
    return request.param


@pytest.fixture(params=[3, 4, 5, 6])
def order(request):
    return request.param


@pytest.fixture
def X():
    X = np.random.default_rng(0).exponential(size=(40, 3))
    return np.where(X > 0.5, X, 0.0)


def reference(statistic, X, order, weight=None):
    return np.asarray(TARGETS[statistic](X, order, weight).to_dense())


def close(actual, expected, rtol=1e-11):
    actual = to_numpy(actual)
    tolerance = rtol * np.abs(expected).max()
    np.testing.assert_allclose(actual, expected, rtol=0, atol=tolerance)


@one_test(
    ("statistic", "order", "contraction", "weights"),
    [
        ("moment", 3, "implicit", "uniform"),
        ("cumulant", 3, "dense", "weighted"),
        ("moment", 4, "dense", "weighted"),
        ("cumulant", 4, "implicit", "uniform"),
        ("moment", 5, "implicit", "weighted"),
        ("cumulant", 5, "dense", "uniform"),
        ("moment", 6, "dense", "uniform"),
        ("cumulant", 6, "implicit", "weighted"),
    ],
)  # every two of them meet
def test_every_kind(kind, statistic, order, contraction, weights, X, tmp_path, rng):
    weight, V = WEIGHTS[weights], rng.standard_normal((3, 4))
    expected = reference(statistic, X, order, weight)
    target = TARGETS[statistic](
        KINDS[kind](X, tmp_path), order, weight, contraction=contraction
    )
    basis = np.linalg.qr(V[:, :2])[0]
    core = expected
    for _ in range(order):
        core = np.tensordot(core, basis, axes=(0, 0))
    close(target.contract(V), dense_contract(expected, V))
    close(target.to_dense(), expected)
    close(target.compressed(basis), core)
    assert target.squared_norm == pytest.approx(np.sum(expected**2), rel=1e-10)


@one_test(
    ("statistic", "order", "contraction"),
    [
        ("moment", 3, "implicit"),
        ("cumulant", 4, "implicit"),
        ("cumulant", 5, "dense"),
        ("moment", 6, "dense"),
    ],
)
def test_single_precision(kind, statistic, order, contraction, X, tmp_path, rng):
    V = rng.standard_normal((3, 4))
    data = KINDS[kind](X.astype("float32"), tmp_path)
    target = TARGETS[statistic](data, order, contraction=contraction)
    contracted = to_numpy(target.contract(V))
    assert contracted.dtype == np.float32
    expected = dense_contract(reference(statistic, X, order), V)
    close(contracted, expected, rtol=1e-4)


@one_test(
    ("statistic", "order"),
    [("cumulant", 3), ("moment", 4), ("moment", 5), ("cumulant", 6)],
)
def test_weights_repeat_rows_and_zeros_drop_them(kind, statistic, order, X, tmp_path):
    counts, V = np.arange(40) % 3, np.eye(3)
    weighted = TARGETS[statistic](
        KINDS[kind](X, tmp_path), order, counts, contraction="implicit"
    )
    repeated = reference(statistic, np.repeat(X, counts, axis=0), order)
    close(weighted.contract(V), dense_contract(repeated, V))
    # What a row of weight zero holds is never seen, however large.
    wild = np.where((counts == 0)[:, None], 1e3, X)
    dropped = TARGETS[statistic](
        KINDS[kind](wild, tmp_path), order, counts, contraction="implicit"
    )
    close(dropped.contract(V), dense_contract(repeated, V))


def test_weights_in_chunks(statistic, X):
    da = pytest.importorskip("dask.array")

    weight = np.arange(40.0)
    chunked = TARGETS[statistic](
        dask_dense(X, None), 4, da.from_array(weight, chunks=7)
    )
    close(chunked.to_dense(), reference(statistic, X, 4, weight))


# --- the norm that is estimated from drawn rows --------------------------------------


@pytest.fixture
def few_drawn(monkeypatch):
    """So few rows are drawn that 600 are many."""
    monkeypatch.setattr(_samples, "DRAWN_ROWS", 40)


@pytest.mark.parametrize("order", [3, 4, 5])
def test_estimated_norm_is_unbiased(few_drawn, order, rng):
    X = rng.exponential(size=(600, 3))
    exact = np.sum(np.asarray(MomentTarget(X, order).to_dense()) ** 2)
    estimates = [
        MomentTarget(X[rng.permutation(600)], order)._moment_norm(order)
        for _ in range(100)
    ]
    error = np.std(estimates) / np.sqrt(len(estimates))
    assert 0 < error < 0.05 * exact
    assert abs(np.mean(estimates) - exact) < 4 * error


def test_estimated_norm_does_not_see_the_chunks(few_drawn, statistic, rng):
    da = pytest.importorskip("dask.array")

    X = rng.exponential(size=(600, 3))
    expected = TARGETS[statistic](X, 3)._norm_from_rows()
    data = [da.from_array(X, chunks=((7, 0, 93, 500), (3,))), scipy.sparse.csr_array(X)]
    data.append(da.from_array(X, chunks=(50, 3)).map_blocks(scipy.sparse.csr_array))
    for other in data:
        found = TARGETS[statistic](other, 3)._norm_from_rows()
        assert found == pytest.approx(expected, rel=1e-10)


# --- memory --------------------------------------------------------------------------


def peak_over(function):
    tracemalloc.start()
    try:
        function()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("kind", ["C", "Fortran", "CSR"])
def test_temporaries_are_a_few_blocks(kind, statistic, rng):
    X = rng.exponential(size=(200_000, 10))  # 16 MB, and 64 MB once projected
    data = KINDS[kind](X, None)
    V = rng.standard_normal((10, 40))

    def contract():
        target = TARGETS[statistic](data, 4, contraction="implicit")
        target.contract(V)

    # Probabilities are one number a row, and so is what makes them.
    assert peak_over(contract) < 4 * 8 * len(X) + 6 * BLOCK_BYTES


def test_sparse_rows_are_never_written_out(statistic, rng):
    # Densely they would take 0.64 GB.
    X = scipy.sparse.random_array((40_000, 2000), density=1e-4, rng=rng, format="csr")
    V = rng.standard_normal((2000, 3))

    def work():
        target = TARGETS[statistic](X, 3)
        target.contract(V)
        target.compressed(np.linalg.qr(V)[0])

    assert peak_over(work) < 64 * 2**20


def test_blocks_change_nothing(kind, statistic, monkeypatch, X, tmp_path):
    V = np.eye(3)
    data = KINDS[kind](X, tmp_path)
    whole = to_numpy(TARGETS[statistic](data, 5, contraction="implicit").contract(V))
    monkeypatch.setattr(memory, "BLOCK_BYTES", 300)
    close(TARGETS[statistic](data, 5, contraction="implicit").contract(V), whole)


def test_rows_are_left_as_they_were(kind, statistic, X, tmp_path):
    data = KINDS[kind](X, tmp_path)
    TARGETS[statistic](data, 3).contract(np.eye(3))
    if kind == "dask sparse":  # older dask cannot join chunks of sparse arrays itself
        chunks = data.to_delayed().ravel()
        data = scipy.sparse.vstack([chunk.compute() for chunk in chunks])
    elif kind.startswith("dask"):
        data = data.compute()
    data = data.toarray() if scipy.sparse.issparse(data) else np.asarray(data)
    np.testing.assert_array_equal(data, X)


def test_gathered_and_drawn_rows(kind, X, tmp_path):
    weight = np.arange(40.0)
    rows = as_rows(KINDS[kind](X, tmp_path), weight)
    gathered, probability = rows.gathered()
    np.testing.assert_allclose(gathered, X)
    np.testing.assert_allclose(probability, weight / weight.sum())
    drawn, masses, total = rows.draw(np.array([0.0, 0.5, 0.999]), 3)
    expected = as_rows(X, weight).draw(np.array([0.0, 0.5, 0.999]), 3)
    np.testing.assert_allclose(drawn, expected[0])
    np.testing.assert_allclose(masses, expected[1])
    assert total == pytest.approx(expected[2])
