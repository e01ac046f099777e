# SPDX-License-Identifier: BSD-3-Clause
"""Fewer rows than features: coordinates of their span, and blocks of sparse rows."""

import numpy as np
import pytest
import scipy.sparse

from sklearn_overtensor import OverparamSymmetricCP
from sklearn_overtensor.compression import ProjectedTarget
from sklearn_overtensor.coordinates import problem
from sklearn_overtensor.coordinates.problem import CompressedProblem
from sklearn_overtensor.machine import memory
from sklearn_overtensor.machine.backend import to_numpy
from sklearn_overtensor.rows import as_rows
from sklearn_overtensor.targets import CumulantTarget, MomentTarget
from sklearn_overtensor.testing import dense_contract

from ..cases import one_test
from ..conftest import has_torch
from .kinds import KINDS

TARGETS = {"moment": MomentTarget, "cumulant": CumulantTarget}
HERE = ["C", "Fortran", "mapped", "CSR", "CSC", "torch"]


def wide_samples(n_samples, n_features, noise=0.01):
    """Sums of three sparse topics, and what is in no topic."""
    rng = np.random.default_rng(0)
    topics = rng.exponential(size=(3, n_features))
    topics[np.arange(n_features) % 3 != np.arange(3)[:, None]] = 0.0
    codes = rng.exponential(size=(n_samples, 3)) * (rng.random((n_samples, 3)) < 0.5)
    rest = noise * rng.random((n_samples, n_features))
    return codes @ topics + rest * (rng.random((n_samples, n_features)) < 0.1)


@one_test("order", [3, 4, 5])
@one_test("statistic", TARGETS)
@pytest.mark.parametrize("kind", HERE)
@one_test("exponent", [0, -700])
def test_in_a_subspace(kind, statistic, order, exponent, tmp_path, rng, monkeypatch):
    if kind == "torch" and not has_torch():
        pytest.skip("needs torch")
    monkeypatch.setattr(memory, "BLOCK_BYTES", 300)
    X = np.ldexp(wide_samples(6, 30), exponent)
    weight = [1, 2, 0, 1, 3, 1]
    target = TARGETS[statistic](
        KINDS[kind](X, tmp_path), order, weight, contraction="implicit"
    )
    target, _ = target.over_power_of_two()
    assert target.has_few_rows()
    basis = np.linalg.qr(rng.standard_normal((30, 7)))[0]
    inner = target.in_subspace(basis)
    Y = rng.standard_normal((7, 4))
    expected = basis.T @ to_numpy(target.contract(basis @ Y))
    tolerance = 1e-12 * np.abs(expected).max()
    np.testing.assert_allclose(to_numpy(inner.contract(Y)), expected, atol=tolerance)
    np.testing.assert_allclose(
        to_numpy(inner.to_dense()),
        target.compressed(basis),
        rtol=0,
        atol=tolerance * 10,
    )


def test_many_rows_and_chunks_stay_where_they_are(tmp_path):
    assert not MomentTarget(np.ones((20, 30))).has_few_rows()
    pytest.importorskip("dask.array")
    chunked = KINDS["dask sparse"](np.ones((40, 3)), tmp_path)
    assert not MomentTarget(chunked).has_few_rows()
    basis = np.linalg.qr(np.random.default_rng(0).standard_normal((3, 2)))[0]
    target = MomentTarget(np.ones((20, 3)), contraction="implicit")
    np.testing.assert_allclose(
        ProjectedTarget(target, basis, 2.0).contract(np.eye(2)),
        basis.T @ target.contract(basis) / 2,
    )


@pytest.fixture
def no_core(monkeypatch):
    """No core fits: what more than about 256 directions do at order 3."""
    monkeypatch.setattr(problem, "MAX_CORE", 8)


@one_test("statistic", TARGETS)
@one_test("make", [np.asarray, scipy.sparse.csr_array])
def test_span_of_few_rows_is_found_beyond_the_core(no_core, statistic, make, rng):
    target = TARGETS[statistic](make(wide_samples(9, 40)))
    small = CompressedProblem(target)
    k = 9 if statistic == "moment" else 8  # centred rows add up to zero
    assert small.basis.shape == (40, k)
    assert small.contraction == "implicit"
    Y = rng.standard_normal((k, 5))
    expected = small.basis.T @ dense_contract(target.to_dense(), small.basis @ Y)
    np.testing.assert_allclose(
        small.data.contract(Y) * small.scale,
        expected,
        rtol=0,
        atol=1e-11 * np.abs(expected).max(),
    )


def test_the_answer_is_that_of_all_features(no_core, monkeypatch):
    X = scipy.sparse.csr_array(wide_samples(12, 60))
    model = OverparamSymmetricCP(rank=3, random_state=0)
    found = model.fit(X).components_
    monkeypatch.setattr(MomentTarget, "has_few_rows", lambda self: False)
    expected = model.fit(X).components_
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_blocks_of_sparse_rows_grow_with_what_a_kernel_returns():
    rows = as_rows(scipy.sparse.random_array((4000, 500), density=0.01, format="csr"))
    sizes = []

    def kernel(block, result):
        sizes.append(block.rows.shape[0])
        return result

    rows.total(kernel, 5000, np.zeros((500, 100)))  # the result of a contraction
    first = memory.BLOCK_BYTES // (8 * 5000)
    assert sizes[:2] == [first, first]  # 4 * 500 * 100 // 5000 is less
    sizes.clear()
    rows.total(kernel, 300, np.zeros((500, 100)))
    assert max(sizes) <= max(memory.BLOCK_BYTES // (8 * 500), 4 * 500 * 100 // 300)
    sizes.clear()
    rows.total(kernel, 10**5, np.zeros((500, 1000)))
    assert sizes[1] == 4 * 500 * 1000 // 10**5 > sizes[0]
    sizes.clear()
    rows.total(kernel, 500, np.zeros(()))  # a number
    assert max(sizes) == memory.BLOCK_BYTES // (8 * 500)
