# SPDX-License-Identifier: BSD-3-Clause
"""A symmetric tensor by its nonzero entries: the contract, and decompositions."""

import numpy as np
import pytest
from scipy.sparse import coo_array
from sklearn.exceptions import ConvergenceWarning

from sklearn_overtensor import OverparamSymmetricCP, overparam_symmetric_cp
from sklearn_overtensor.targets import SparseTarget
from sklearn_overtensor.testing import TargetContract, dense_contract

from ..cases import one_test
from .orbits import D, block_tensor, random_orbits, written_out


class Contract(TargetContract):
    order = 3
    dtype = np.float64

    def entries(self):
        rows, values = random_orbits(self.order)
        return rows, values.astype(self.dtype)

    def make_target(self):
        return SparseTarget(*self.entries(), D, self.order)

    def dense(self):
        return written_out(*self.entries())


class TestOrder3(Contract):
    pass


class TestOrder4(Contract):
    order = 4


class TestOrder5(Contract):
    order = 5


class TestFloat32(Contract):
    dtype, rtol = np.float32, 1e-5


class TestFromCOO(Contract):
    def make_target(self):
        tensor = self.dense()
        return SparseTarget.from_coo(coo_array(tensor))


class TestFromHyperedges(Contract):
    def entries(self):
        rows, values = random_orbits(3)
        return rows, 2 * values

    def make_target(self):
        rows, values = random_orbits(3)
        edges = [*rows.tolist(), *rows[:, ::-1].tolist()]  # each twice
        return SparseTarget.from_hyperedges(edges, [*values, *values], n_features=D)


@pytest.mark.parametrize("order", [3, 4, 5])
def test_the_array_is_that_of_the_definition(order):
    rows, values = random_orbits(order)
    target = SparseTarget(rows, values, D, order)
    np.testing.assert_array_equal(target.to_dense(), written_out(rows, values))


@one_test("order", [3, 4, 5])
@one_test("k", [1, 3, D])
def test_the_core_is_that_of_the_array(order, k, rng):
    target = SparseTarget(*random_orbits(order), D, order)
    basis = np.eye(D) if k == D else np.linalg.qr(rng.standard_normal((D, k)))[0]
    expected = target.to_dense()
    for _ in range(order):
        expected = np.tensordot(expected, basis, axes=(0, 0))
    np.testing.assert_allclose(target.compressed(basis), expected, atol=1e-12)


@pytest.mark.parametrize("m", [0, 1, 9])
def test_blocks_add_up(m, rng, monkeypatch):
    monkeypatch.setattr("sklearn_overtensor.targets._orbit_sums.BLOCK_BYTES", 1)
    rows, values = random_orbits(3, n_entries=200)
    target, V = SparseTarget(rows, values, D, 3), rng.standard_normal((D, m))
    assert len(values) > 3 * D
    expected = dense_contract(target.to_dense(), V) if m else np.zeros((D, 0))
    np.testing.assert_allclose(target.contract(V), expected, atol=1e-12)
    basis = np.linalg.qr(rng.standard_normal((D, 2)))[0]
    core = target.compressed(basis)
    v = rng.standard_normal((2, 1))
    np.testing.assert_allclose(
        dense_contract(core, v), basis.T @ target.contract(basis @ v), atol=1e-12
    )


def test_an_index_that_no_float_could_hold_beside_another():
    d = 3_000_000_000  # beyond 32 bits; d^3 is beyond 64
    target = SparseTarget([[0, 1, d - 1]], [2.0], d, 3)
    assert target.squared_norm == 24.0
    assert target.indices.dtype == np.int64


def test_a_sparse_tensor_of_few_terms_is_exact():
    """Terms on separate nodes; their number is not given."""
    target = SparseTarget.from_coo(coo_array(block_tensor()))
    model = OverparamSymmetricCP(random_state=0).fit(target)
    assert (model.status_, model.n_components_) == ("exact", 2)
    np.testing.assert_allclose(model.weights_, [8.0, -8.0] * np.array([1, -1]))


@pytest.mark.parametrize("scale", [1e-200, 1e200])
def test_values_of_any_size(scale):
    rows = [[0, 1, 2], [0, 0, 0]]
    target = SparseTarget(rows, [scale, 2 * scale], 3, 3)
    result = overparam_symmetric_cp(target, random_state=0)
    one = overparam_symmetric_cp(SparseTarget(rows, [1.0, 2.0], 3, 3), random_state=0)
    np.testing.assert_allclose(result.weights, scale * one.weights, rtol=1e-6)


def test_zeros_alone_are_a_tensor_of_norm_zero():
    with pytest.warns(ConvergenceWarning, match="target is zero"):
        overparam_symmetric_cp(SparseTarget([[0, 1, 2]], [0.0], 3, 3))


def test_nothing_that_was_handed_in_is_changed():
    rows, values = random_orbits(3)
    before = rows.copy(), values.copy()
    SparseTarget(rows, values, D, 3).contract(np.ones((D, 2)))
    np.testing.assert_array_equal(rows, before[0])
    np.testing.assert_array_equal(values, before[1])


def test_a_wide_tensor_is_never_written_out():
    """10,000^3 numbers would be 8 TB."""
    target = SparseTarget([[0, 1, 9_999]], [1.0], 10_000, 3)
    assert target.contract(np.ones((10_000, 1))).sum() == 6.0
    with pytest.raises(MemoryError, match="order 3 in 10000 features"):
        target.to_dense()
