# SPDX-License-Identifier: BSD-3-Clause
"""Bounds of the rank: never above it, and exact where flattenings reach."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.random import RandomState

from sklearn_overtensor import symmetrize
from sklearn_overtensor.compression import generic_rank, rank_bound
from sklearn_overtensor.compression.rank_bound import flattening
from sklearn_overtensor.datasets import make_symmetric_cp

from ..cases import one_test


@one_test(
    ("n_features", "order", "expected"),
    [
        (2, 3, 2),
        (3, 3, 4),
        (4, 3, 5),
        (5, 3, 8),  # exceptions of Alexander and Hirschowitz from here on
        (3, 4, 6),
        (4, 4, 10),
        (5, 4, 15),
        (8, 4, 42),
        (6, 4, 21),
    ],
)
def test_generic_rank_of_the_literature(n_features, order, expected):
    assert generic_rank(n_features, order) == expected


@settings(max_examples=40, deadline=None)
@given(
    n_features=st.integers(2, 6),
    rank=st.integers(1, 14),
    order=st.integers(3, 5),
    seed=st.integers(0, 10**6),
)
def test_the_bound_is_never_above_the_rank(n_features, rank, order, seed):
    bunch = make_symmetric_cp(n_features, rank, order, signed=True, random_state=seed)
    # The bound is for cores whose unfolding has full row rank.
    if rank < n_features:
        return
    core = bunch.tensor / np.linalg.norm(bunch.tensor)
    bound = rank_bound(core, RandomState(0))
    assert n_features <= bound.lower <= rank
    if order == 4:
        n_negative = int(np.sum(bunch.weights < 0))
        assert bound.positive <= rank - n_negative
        assert bound.negative <= n_negative


@one_test(
    ("n_features", "rank", "order"), [(6, 6, 3), (10, 14, 3), (15, 20, 3), (8, 16, 4)]
)
def test_it_is_the_rank_where_flattenings_reach(n_features, rank, order):
    bunch = make_symmetric_cp(
        n_features, rank, order, signed=order == 4, random_state=0
    )
    core = bunch.tensor / np.linalg.norm(bunch.tensor)
    bound = rank_bound(core, RandomState(0))
    assert bound.lower == rank
    assert not bound.saturated
    if order == 4:
        assert bound.negative == np.sum(bunch.weights < 0)


def test_flattening_keeps_the_norm():
    for order in (4, 5, 6):
        tensor = make_symmetric_cp(3, 4, order, random_state=0).tensor
        expected = np.linalg.norm(tensor)
        assert np.linalg.norm(flattening(tensor)) == pytest.approx(expected)


def test_generic_tensors_saturate_the_bound():
    bunch = make_symmetric_cp(5, 8, 3, random_state=0)
    core = bunch.tensor / np.linalg.norm(bunch.tensor)
    assert rank_bound(core, RandomState(0)).saturated


@pytest.mark.parametrize(("n_features", "order"), [(4, 3), (5, 3), (3, 5)])
def test_a_bound_at_the_generic_rank_promises_nothing(n_features, order):
    """However many singular values a coarse tolerance takes for zero."""
    rng = RandomState(0)
    tensor = symmetrize(rng.standard_normal((n_features,) * order))
    for tol in 10.0 ** np.linspace(-3, 0, 100):
        bound = rank_bound(tensor / np.linalg.norm(tensor), RandomState(0), tol=tol)
        assert bound.saturated or bound.lower < generic_rank(n_features, order)


@pytest.mark.parametrize(("n_features", "rank"), [(3, 5), (4, 9), (5, 14)])
def test_special_quartics_with_as_many_unknowns_as_entries_are_told(n_features, rank):
    """Those of rank one below generic in the exceptions of Alexander-Hirschowitz."""
    tensor = make_symmetric_cp(n_features, rank, 4, random_state=0).tensor
    bound = rank_bound(tensor / np.linalg.norm(tensor), RandomState(0))
    assert (bound.lower, bound.saturated) == (rank, False)
