# SPDX-License-Identifier: BSD-3-Clause
"""Hyperedges as a sparse tensor: groups of nodes, told from chance."""

from itertools import combinations

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import adjusted_rand_score

from sklearn_overtensor import OverparamSymmetricCP, overparam_symmetric_cp
from sklearn_overtensor.metrics import factor_match_score
from sklearn_overtensor.targets import SparseTarget

from ..cases import one_test


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


@one_test(
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
