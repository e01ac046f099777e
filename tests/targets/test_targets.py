# SPDX-License-Identifier: BSD-3-Clause
"""Every target fulfils the contract: dense, CP, moment, cumulant; both backends."""

from functools import cache
from math import factorial

import numpy as np
import pytest
from scipy.stats import kstat

from sklearn_overtensor.machine import memory
from sklearn_overtensor.machine.backend import is_torch
from sklearn_overtensor.symmetry import symmetrize
from sklearn_overtensor.targets import (
    CPTarget,
    CumulantTarget,
    DenseTarget,
    MomentTarget,
    as_target,
)
from sklearn_overtensor.testing import TargetContract

from ..cases import over

N_FEATURES = 3


def brute_force_moment(X, probability, order):
    """``sum_n p_n x_n^{⊗l}``, one outer product per row."""
    total = 0
    for row, p in zip(X, probability, strict=True):
        term = np.array(p)
        for _ in range(order):
            term = np.multiply.outer(term, row)
        total = total + term
    return total


def set_partitions(items):
    """All partitions of a list of distinct items into non-empty blocks."""
    if len(items) == 1:
        yield [items]
        return
    first, *rest = items
    for partition in set_partitions(rest):
        for i, block in enumerate(partition):
            yield [*partition[:i], [first, *block], *partition[i + 1 :]]
        yield [[first], *partition]


def brute_force_cumulant(X, probability, order):
    """Joint cumulants from raw joint moments of any index set, entry by entry."""

    @cache
    def raw(*indices):
        return np.sum(probability * np.prod(X[:, indices], axis=1))

    partitions = list(set_partitions(list(range(order))))
    tensor = np.zeros((X.shape[1],) * order)
    for index in np.ndindex(*tensor.shape):
        for partition in partitions:
            b = len(partition)
            term = (-1.0) ** (b - 1) * factorial(b - 1)
            for block in partition:
                term *= raw(*(index[mode] for mode in block))
            tensor[index] += term
    return tensor


ORDERS = (3, 4, 5, 6)


@pytest.fixture(params=ORDERS)
def order(request):
    return request.param


class BothBackends(TargetContract):
    """The contract, with the backend of the running test, at the orders of `over`."""

    @pytest.fixture(autouse=True)
    def _environment(self, context):
        self.context = context

    def test_result_stays_in_the_backend(self):
        result = self.make_target().contract(self._columns())
        assert is_torch(result) == (self.context.backend == "pytorch")

    def test_columns_of_another_height_are_refused(self):
        with pytest.raises(ValueError, match="contract expects V of shape"):
            self.make_target().contract(np.ones((N_FEATURES + 1, 2)))
        with pytest.raises(ValueError, match="contract expects V of shape"):
            self.make_target().contract(np.ones(N_FEATURES))

    def test_to_dense(self):
        dense = np.asarray(self.make_target().to_dense())
        self._assert_close(dense, self.dense())

    def test_compressed_is_the_tensor_in_another_basis(self):
        basis = np.random.default_rng(9).standard_normal((N_FEATURES, 2))
        core = np.asarray(self.make_target().compressed(basis))
        expected = self.dense()
        for _ in range(self.order):
            expected = np.tensordot(expected, basis, axes=(0, 0))
        self._assert_close(core, expected)


@over("order", ORDERS)
class TestDenseTarget(BothBackends):
    def dense(self):
        rng = np.random.default_rng(1)
        return symmetrize(rng.standard_normal((N_FEATURES,) * self.order))

    def make_target(self):
        return DenseTarget(self.context.asarray(self.dense()))

    def test_more_columns_than_features(self):
        # Columns are contracted in blocks of d.
        V = self._columns(m=3 * N_FEATURES + 1)
        split = np.hstack([self._contract(V[:, :4]), self._contract(V[:, 4:])])
        self._assert_close(self._contract(V), split)


@over("order", ORDERS)
class TestCPTarget(BothBackends):
    weights = np.array([1.5, -0.5, 2.0, 1.0])

    def dense(self):
        return brute_force_moment(self._components(), self.weights, self.order)

    def _components(self):
        return np.random.default_rng(2).standard_normal((4, N_FEATURES))

    def make_target(self):
        components = self.context.asarray(self._components())
        return CPTarget(self.weights, components, self.order)


class Samples(BothBackends):
    @property
    def other_way(self):
        """At odd orders on NumPy and even ones on PyTorch, so that all pairs meet."""
        return self.order % 2 == (self.context.backend == "numpy")

    @property
    def sample_weight(self):
        return np.arange(9.0) if self.other_way else None

    def _samples(self):
        return np.random.default_rng(3).exponential(size=(9, N_FEATURES)) + 1

    def _probability(self):
        weight = np.ones(9) if self.sample_weight is None else self.sample_weight
        return weight / np.sum(weight)

    def make_target(self):
        X = self.context.asarray(self._samples())
        return self.kind(X, self.order, self.sample_weight)

    def test_row_blocks_change_nothing(self, monkeypatch):
        V, whole = self._columns(), self._contract(self._columns())
        norm = self.make_target().squared_norm
        with monkeypatch.context() as patch:
            patch.setattr(memory, "BLOCK_BYTES", 300)
            self._assert_close(self._contract(V), whole)
            assert self.make_target().squared_norm == pytest.approx(norm)

    def test_integer_weights_repeat_rows_and_zero_weights_drop_them(self):
        X, counts = self._samples(), np.array([0, 1, 2, 3, 1, 0, 2, 1, 1])
        weighted = self.kind(X, self.order, counts)
        repeated = self.kind(np.repeat(X, counts, axis=0), self.order)
        V = self._columns()
        self._assert_close(weighted.contract(V), repeated.contract(V))
        assert weighted.squared_norm == pytest.approx(repeated.squared_norm)


@over("order", ORDERS)
class TestMomentTarget(Samples):
    kind = MomentTarget

    def dense(self):
        return brute_force_moment(self._samples(), self._probability(), self.order)


@over("order", ORDERS)
class TestCumulantTarget(Samples):
    kind = CumulantTarget

    def dense(self):
        if self.order == 6:  # 203 partitions for each of 729 entries
            return np.asarray(self.make_target().to_dense())
        return brute_force_cumulant(self._samples(), self._probability(), self.order)


def test_both_ways_to_the_norm_agree(order, context):
    # From the array, and over pairs of rows.
    X = np.random.default_rng(4).exponential(size=(40, 2))
    for kind in (MomentTarget, CumulantTarget):
        target = kind(context.asarray(X), order)
        expected = np.sum(np.asarray(target.to_dense()) ** 2)
        assert target.squared_norm == pytest.approx(expected, rel=1e-10)
        assert target._norm_from_rows() == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("n_samples", [5, 12])
def test_third_scalar_cumulant_is_scipys(n_samples):
    # SciPy's k-statistic is unbiased; the plug-in one differs by a known factor.
    X, n = np.random.default_rng(5).exponential(size=(n_samples, 1)), n_samples
    ours = CumulantTarget(X, 3).contract(np.ones((1, 1)))[0, 0]
    assert ours == pytest.approx(kstat(X, 3) * (n - 1) * (n - 2) / n**2)


def test_cumulants_of_known_distributions(order):
    # Exp(1) has the cumulants (l-1)!; the tolerance is five standard errors, each
    # estimated from independent batches.
    batches = np.random.default_rng(6).exponential(size=(50, 20_000, 1))
    values = [CumulantTarget(X, order).contract(np.ones((1, 1)))[0, 0] for X in batches]
    expected = np.prod(np.arange(1, order))
    error = np.std(values) / np.sqrt(len(values))
    assert abs(np.mean(values) - expected) < 5 * error


def test_a_shift_changes_no_cumulant(order, context):
    X = context.asarray(np.random.default_rng(7).exponential(size=(30, N_FEATURES)))
    V = np.random.default_rng(8).standard_normal((N_FEATURES, 4))
    near, far = (CumulantTarget(Z, order).contract(V) for Z in (X, X + 100.0))
    np.testing.assert_allclose(near, far, rtol=1e-8, atol=1e-8)


def test_as_target_dispatches_on_dimensions(order):
    X = np.ones((4, 2))
    assert isinstance(as_target(X), MomentTarget)
    assert isinstance(as_target(X.tolist()), MomentTarget)
    assert isinstance(as_target(X, statistic="cumulant"), CumulantTarget)
    assert as_target(X, order=order).order == order
    tensor = np.ones((2,) * order)
    assert as_target(tensor).order == order
    assert isinstance(as_target(tensor.tolist()), DenseTarget)
    target = DenseTarget(tensor)
    assert as_target(target) is target


def test_sample_weight_without_samples_is_refused(order):
    with pytest.raises(ValueError, match="sample_weight weighs samples"):
        as_target(np.ones((2,) * order), sample_weight=[1, 1])


def test_implicit_targets_refuse_a_dense_form_that_cannot_fit(order):
    target = CPTarget(np.ones(1), np.ones((1, 10**7)), order)
    with pytest.raises(MemoryError, match=r"needs .* GiB, but only .* available"):
        target.to_dense()
    assert target.squared_norm == pytest.approx(1e7**order)
