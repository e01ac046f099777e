# SPDX-License-Identifier: BSD-3-Clause
"""A symmetric tensor by its nonzero entries: the contract, and what is refused."""

from itertools import combinations, permutations
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import coo_array
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import adjusted_rand_score

from sklearn_overtensor import (
    OverparamSymmetricCP,
    OverparamSymmetricCPCV,
    overparam_symmetric_cp,
)
from sklearn_overtensor.baselines import SpectralCP
from sklearn_overtensor.metrics import factor_match_score
from sklearn_overtensor.targets import SparseTarget, as_target
from sklearn_overtensor.testing import TargetContract, dense_contract

D = 7


def random_orbits(order, n_entries=12, seed=0):
    """Distinct orbits in any sequence, many with repeated indices, and values."""
    rng = np.random.default_rng(seed)
    rows = np.unique(np.sort(rng.integers(D, size=(n_entries, order)), axis=1), axis=0)
    rows = rng.permuted(rows, axis=1)
    return rng.permutation(rows), rng.standard_normal(len(rows))


def written_out(rows, values, d=D):
    """By the definition: an entry and all its permutations get the value."""
    tensor = np.zeros((d,) * rows.shape[1])
    for row, value in zip(rows, values, strict=True):
        for index in set(permutations(row.tolist())):
            tensor[index] = value
    return tensor


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


@pytest.mark.parametrize("order", [3, 4, 5])
@pytest.mark.parametrize("k", [1, 3, D])
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


def planted(seed=0, n_nodes=18, k=3, share=0.5):
    """Hyperedges within k groups of nodes, a share of all that there could be."""
    rng = np.random.default_rng(seed)
    groups = np.split(rng.permutation(n_nodes), k)
    edges = [
        rng.choice(group, size=3, replace=False)
        for group in groups
        for _ in range(int(share * len(group) ** 3 / 6))
    ]
    return np.unique(np.sort(edges, axis=1), axis=0), groups


def test_groups_of_nodes_are_found():
    edges, groups = planted(0)
    target = SparseTarget.from_hyperedges(edges, n_features=18)
    model = OverparamSymmetricCP(rank=3, random_state=0).fit(target)
    assert model.n_features_in_ == 18
    assert 0 < model.score(target) < 1
    assert not hasattr(model, "feature_names_in_")
    truth = np.zeros((3, 18))
    for row, group in zip(truth, groups, strict=True):
        row[group] = 1.0
    assert factor_match_score(truth, model.components_) > 0.95


def test_a_sparse_tensor_of_few_terms_is_exact():
    """Terms on separate nodes; their number is not given."""
    target = SparseTarget.from_coo(coo_array(block_tensor()))
    model = OverparamSymmetricCP(random_state=0).fit(target)
    assert (model.status_, model.n_components_) == ("exact", 2)
    np.testing.assert_allclose(model.weights_, [8.0, -8.0] * np.array([1, -1]))


def block_tensor():
    tensor = np.zeros((12,) * 3)
    for block in (slice(0, 4), slice(6, 10)):
        tensor[block, block, block] = 1.0
    return tensor


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


@pytest.mark.parametrize(
    ("indices", "values", "n_features", "order", "message"),
    [
        ([[0, 1, 2], [2, 0, 1]], [1, 1], 3, 3, r"entry \(0, 1, 2\) is given more than"),
        ([[0.0, 1.0, 2.0]], [1], 3, 3, "must be whole numbers, got dtype float64"),
        ([["a", "b", "c"]], [1], 3, 3, "Labels of another kind get numbers by np.uni"),
        ([[True, False, True]], [1], 3, 3, "must be whole numbers, got dtype bool"),
        ([[0, 1, 3]], [1], 3, 3, "from 0 to n_features - 1 = 2, got 3"),
        ([[0, 1, -1]], [1], 3, 3, "from 0 to n_features - 1 = 2, got -1"),
        ([[0, 1, 2]], [np.nan], 3, 3, "values must be finite"),
        ([[0, 1, 2]], [1j], 3, 3, "values must be an array of real numbers"),
        ([[0, 1, 2]], [1, 2], 3, 3, "got 2 values and 1 rows"),
        ([[0, 1, 2]], [[1]], 3, 3, "values must have ndim=1"),
        ([0, 1, 2], [1], 3, 3, r"must have the shape \(nnz, order\).*got \(3,\)"),
        (np.empty((0, 3), int), [], 3, 3, r"at least one, got \(0, 3\)"),
        ([[0, 1, 2]], [1], 3, 4, "of order 4 are 4 numbers, got rows of 3"),
        ([[0, 1]], [1], 3, 2, "order=2 is too small"),
        ([[0, 1, 2]], [1], 0, 3, "n_features=0 must be a whole number"),
        ([[0, 1, 2]], [1], 3.5, 3, "n_features=3.5 must be a whole number"),
    ],
)
def test_what_is_no_sparse_tensor(indices, values, n_features, order, message):
    with pytest.raises(ValueError, match=message):
        SparseTarget(indices, values, n_features, order)


@pytest.mark.parametrize(
    ("edges", "options", "message"),
    [
        ([[0, 1, 2], [0, 1]], {}, r"one size, its order, got sizes \[2, 3\]"),
        ([[0, 1], [1, 2]], {}, "order=2 is too small"),
        ([], {}, "at least one"),
        ([[0, 1, 5]], {"n_features": 3}, "= 2, got 5"),
        ([[0, 1, -5]], {}, "got -5"),
        ([[0, 1, 2]], {"weights": [1, 2]}, "got 2 values and 1 rows"),
        ([["a", "b", "c"]], {}, "edges must be whole numbers"),
    ],
)
def test_what_are_no_hyperedges(edges, options, message):
    with pytest.raises(ValueError, match=message):
        SparseTarget.from_hyperedges(edges, **options)


def test_hyperedges_may_be_sets_and_come_one_by_one():
    edges = ({node, node + 1, node + 2} for node in range(5))
    target = SparseTarget.from_hyperedges(edges)
    assert (target.n_features, target.order, len(target.values)) == (7, 3, 5)


def coo(tensor, **others):
    """What sparse.COO shows of itself."""
    coords = np.array(np.nonzero(tensor))
    return SimpleNamespace(
        coords=coords,
        data=tensor[tuple(coords)],
        shape=tensor.shape,
        ndim=tensor.ndim,
        nnz=coords.shape[1],
        **others,
    )


def test_a_coo_array_of_another_library():
    tensor = written_out(*random_orbits(3))
    target = SparseTarget.from_coo(coo(tensor, fill_value=0.0))
    np.testing.assert_array_equal(target.to_dense(), tensor)
    rounded = coo(tensor)
    rounded.data = rounded.data * (1 + 1e-15 * np.arange(len(rounded.data)))
    np.testing.assert_allclose(SparseTarget.from_coo(rounded).to_dense(), tensor)


def test_stored_twice_in_scipy_is_added_up():
    tensor = block_tensor()
    coords = np.nonzero(tensor)
    twice = tuple(np.concatenate([c, c]) for c in coords)
    stored = coo_array((np.ones(len(twice[0])), twice), shape=tensor.shape)
    target = SparseTarget.from_coo(stored)
    np.testing.assert_array_equal(target.to_dense(), 2 * tensor)
    assert stored.nnz == len(twice[0])  # not changed


def test_a_coo_array_that_is_not_symmetric():
    tensor = block_tensor()
    tensor[0, 1, 2] = 5.0
    with pytest.raises(ValueError, match=r"not symmetric: entry \(0, 1, 2\)"):
        SparseTarget.from_coo(coo(tensor))
    tensor[0, 1, 2] = 0.0
    with pytest.raises(ValueError, match=r"not symmetric: entry \(0, 1, 2\)"):
        SparseTarget.from_coo(coo(tensor))
    with pytest.raises(ValueError, match="fill_value=1"):
        SparseTarget.from_coo(coo(block_tensor(), fill_value=1.0))
    with pytest.raises(ValueError, match="cubical"):
        SparseTarget.from_coo(coo(np.ones((2, 2, 3))))


@pytest.mark.parametrize("make", [coo_array, coo])
def test_a_sparse_tensor_in_place_of_samples_is_told_where_to_go(make):
    with pytest.raises(TypeError, match=r"targets\.SparseTarget\.from_coo"):
        as_target(make(block_tensor()))
    with pytest.raises(TypeError, match=r"targets\.SparseTarget\.from_coo"):
        OverparamSymmetricCP().fit(make(block_tensor()))


@pytest.mark.parametrize("model", [OverparamSymmetricCPCV(), SpectralCP()])
def test_who_needs_rows_or_an_array_refuses_a_target(model):
    target = SparseTarget([[0, 1, 2]], [1.0], 3, 3)
    with pytest.raises(TypeError, match="got the target SparseTarget: pass it to"):
        model.fit(target)


def test_names_of_earlier_features_are_gone():
    frame = pd.DataFrame(np.eye(3), columns=["a", "b", "c"])
    model = OverparamSymmetricCP(random_state=0).fit(frame)
    model.fit(SparseTarget([[0, 1, 2], [3, 3, 3]], [1.0, 2.0], 4, 3))
    assert not hasattr(model, "feature_names_in_")
    assert model.n_features_in_ == 4


def test_weights_of_samples_are_refused():
    target = SparseTarget([[0, 1, 2]], [1.0], 3, 3)
    with pytest.raises(ValueError, match="sample_weight weighs samples"):
        OverparamSymmetricCP().fit(target, sample_weight=np.ones(3))


def communities(n_nodes, n_edges, n_communities, share, seed):
    """Hyperedges, every node in one community; a share of them within one."""
    rng = np.random.default_rng(seed)
    labels = np.arange(n_nodes) % n_communities
    edges = rng.integers(n_nodes, size=(n_edges, 3))
    owner = rng.integers(n_communities, size=n_edges)
    owner[rng.uniform(size=n_edges) >= share] = -1
    for community in range(n_communities):
        nodes, own = np.flatnonzero(labels == community), owner == community
        edges[own] = rng.choice(nodes, (own.sum(), 3))
    edges = np.sort(edges, axis=1)
    return edges[(np.diff(edges, axis=1) > 0).all(axis=1)], labels


@pytest.mark.parametrize("seed", range(3))
def test_the_number_of_communities_is_told_from_chance(seed):
    edges, labels = communities(500, 5_000, 4, 0.8, seed)
    target = SparseTarget.from_hyperedges(edges, n_features=500)
    result = overparam_symmetric_cp(target, random_state=0)
    assert (result.n_components, result.status) == (4, "within_noise")
    assert (result.weights_std < 0.1 * result.weights).all()
    assert (result.effective_rows > result.rows_needed).all()
    found = (np.cbrt(result.weights)[:, None] * result.components).argmax(axis=0)
    assert adjusted_rand_score(labels, found) > 0.95


def test_hyperedges_anywhere_are_one_term():
    for seed in range(5):
        edges, _ = communities(150, 3_000, 1, 0.0, seed)
        target = SparseTarget.from_hyperedges(edges, n_features=150)
        assert overparam_symmetric_cp(target, random_state=0).n_components == 1


def test_chance_is_the_variance_of_counts():
    rng = np.random.default_rng(0)
    rate, v = rng.uniform(1, 4, (6, 6, 6)), rng.standard_normal(6)
    indices = np.array(list(combinations(range(6), 3)))
    forms, variances = [], []
    for _ in range(400):
        counts = rng.poisson(rate[tuple(indices.T)])
        target = SparseTarget.from_hyperedges(indices, counts, n_features=6)
        forms.append(float(v @ target.contract(v[:, None])[:, 0]))
        variances.append(target.form_variances(v[:, None])[0])
    assert np.mean(variances) == pytest.approx(np.var(forms), rel=0.2)


def test_the_gradients_of_chance_are_those_of_the_forms():
    edges, _ = communities(8, 60, 2, 0.8, 0)
    target = SparseTarget.from_hyperedges(edges)
    V = np.random.default_rng(0).standard_normal((8, 2))
    gram = target.form_gradient_gram(V, np.eye(8))
    # A form is a third of its gradient along itself.
    flat = [np.outer(V[:, i], np.eye(2)[i]).ravel() for i in range(2)]
    variances = [u @ gram @ u / 9 for u in flat]
    assert variances == pytest.approx(target.form_variances(V))


def test_units_of_the_weights_change_nothing():
    edges, _ = communities(100, 3_000, 2, 0.8, 0)
    weights = np.random.default_rng(0).uniform(0.5, 1.5, len(edges))
    small, large = (
        overparam_symmetric_cp(
            SparseTarget.from_hyperedges(edges, c * weights), random_state=0
        )
        for c in (1.0, 2.0**300)
    )
    assert large.weights == pytest.approx(2.0**300 * small.weights)
    assert large.weights_std == pytest.approx(2.0**300 * small.weights_std)


@pytest.mark.parametrize("order", [3, 5])
def test_hyperedges_that_share_next_to_nothing_are_chance(order):
    edges = np.arange(300).reshape(-1, order)
    edges[1, 1:] = edges[0, 1:]
    with pytest.warns(ConvergenceWarning, match="told from noise"):
        overparam_symmetric_cp(SparseTarget.from_hyperedges(edges), random_state=0)
