# SPDX-License-Identifier: BSD-3-Clause
"""JennrichCP and SpectralCP: exact by linear algebra, with the number of terms said."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sklearn_overtensor import symmetrize
from sklearn_overtensor.baselines import JennrichCP, SpectralCP
from sklearn_overtensor.baselines._spectral_terms import (
    difference_nodes,
    spectral_bound,
)
from sklearn_overtensor.datasets import make_symmetric_cp
from sklearn_overtensor.metrics import factor_match_score, relative_error

from ..cases import one_test


@one_test("order", [3, 4, 5])
@one_test(("d", "rank"), [(8, 1), (8, 4), (6, 6)])
def test_jennrich_finds_independent_signed_terms(context, d, rank, order):
    data = make_symmetric_cp(d, rank, order, signed=True, random_state=order)
    model = JennrichCP(random_state=0).fit(context.asarray(data.tensor))
    assert model.n_components_ == rank  # nobody said it
    assert model.reconstruction_err_ < 1e-8
    score = factor_match_score(
        data.components, model.components_, data.weights, model.weights_, order=order
    )
    assert score > 1 - 1e-6


def test_jennrich_keeps_the_signs_of_weights_at_even_order():
    data = make_symmetric_cp(6, 5, 4, signed=True, random_state=0)
    model = JennrichCP(random_state=0).fit(data.tensor)
    assert (data.weights < 0).any()
    assert np.allclose(model.weights_, data.weights)


def test_jennrich_with_fewer_or_more_components_than_terms():
    data = make_symmetric_cp(6, 3, orthogonal=True, random_state=0)
    fewer = JennrichCP(2, random_state=0).fit(data.tensor)
    assert fewer.n_components_ == 2
    left = abs(data.weights[2]) / np.linalg.norm(data.weights)
    assert fewer.reconstruction_err_ == pytest.approx(left)
    more = JennrichCP(5, random_state=0).fit(data.tensor)
    assert more.n_components_ == 3
    assert more.reconstruction_err_ < 1e-10


def test_jennrich_cannot_have_more_components_than_features():
    data = make_symmetric_cp(4, 3, random_state=0)
    with pytest.raises(ValueError, match=r"got n_components=5 with 4 features\. Use"):
        JennrichCP(5).fit(data.tensor)


@given(
    d=st.integers(1, 7),
    rank=st.integers(1, 5),
    order=st.integers(3, 5),
    signed=st.booleans(),
    seed=st.integers(0, 2**32 - 1),
)
@settings(max_examples=40, deadline=None)
def test_spectral_is_exact_within_its_bound(d, rank, order, signed, seed):
    data = make_symmetric_cp(d, rank, order, signed=signed, random_state=seed)
    model = SpectralCP().fit(data.tensor)
    assert model.subspace_dim_ == min(d, rank)
    assert model.reconstruction_err_ < 1e-11
    assert relative_error(data.tensor, model.cp_tensor_) < 1e-11
    k = model.subspace_dim_
    assert (
        model.n_components_
        <= spectral_bound(k, order)
        <= (k + order - 2) ** (order - 1)
    )
    assert model.n_components_ <= (rank + order - 2) ** (order - 1)


@one_test(("k", "order"), [(5, 3), (4, 4), (3, 5), (3, 6)])
def test_spectral_takes_any_symmetric_tensor(rng, context, k, order):
    tensor = symmetrize(rng.standard_normal((k,) * order))
    model = SpectralCP().fit(context.asarray(tensor))
    assert model.reconstruction_err_ < 1e-12
    assert model.n_components_ == spectral_bound(k, order)  # attained


def test_spectral_bound_is_the_one_that_is_proved():
    for order in range(2, 8):
        for k in range(1, 30):
            assert spectral_bound(k, order) <= (k + order - 2) ** (order - 1)
    assert [spectral_bound(k, 3) for k in (2, 3, 4)] == [6, 13, 22]  # k^2 + 2 k - 2


@one_test("order", range(3, 12))
def test_nodes_of_divided_differences(order):
    nodes = difference_nodes(order)
    assert nodes.shape == (order,)
    assert nodes[0] == 0
    assert abs(nodes.sum()) < 1e-14
    gaps = np.abs(nodes[:, None] - nodes) + np.eye(order)
    assert gaps.min() > 0.5 / order**2


def test_spectral_in_fewer_directions_is_a_truncation():
    data = make_symmetric_cp(6, 3, orthogonal=True, random_state=0)
    model = SpectralCP(2).fit(data.tensor)
    assert model.subspace_dim_ == 2
    left = abs(data.weights[2]) / np.linalg.norm(data.weights)
    assert model.reconstruction_err_ == pytest.approx(left)


def test_spectral_refuses_terms_that_cannot_fit(monkeypatch):
    from sklearn_overtensor.machine import memory

    data = make_symmetric_cp(6, 6, 6, random_state=0)
    monkeypatch.setattr(memory, "available_bytes", lambda: 2**21)
    with pytest.raises(MemoryError, match=r"into up to \d+ terms in 6 features needs"):
        SpectralCP().fit(data.tensor)
