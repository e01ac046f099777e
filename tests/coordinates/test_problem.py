# SPDX-License-Identifier: BSD-3-Clause
"""The target in small coordinates: what is read off first, whitening if need be."""

import numpy as np
import pytest
from numpy.random import RandomState

from sklearn_overtensor import OverparamSymmetricCP, overparam_symmetric_cp
from sklearn_overtensor.coordinates import whitened
from sklearn_overtensor.coordinates.problem import CompressedProblem
from sklearn_overtensor.datasets import make_symmetric_cp
from sklearn_overtensor.metrics import factor_match_score
from sklearn_overtensor.targets import DenseTarget, MomentTarget


@pytest.mark.parametrize("order", [3, 4, 5])
@pytest.mark.parametrize("collinearity", [None, 0.0, 0.9, 0.99])
def test_independent_terms_fit_up_to_rounding(order, collinearity):
    bunch = make_symmetric_cp(
        7, 5, order, collinearity=collinearity, signed=True, random_state=0
    )
    problem = CompressedProblem(DenseTarget(bunch.tensor))
    fit = problem.algebraic_fit
    assert fit.vectors.shape == (5, 5)
    assert fit.squared == fit.measured(problem.data).squared
    assert fit.residual(problem.data) <= 1e-12


@pytest.mark.parametrize(
    "options",
    [
        {"n_features": 5, "rank": 7},
        {"n_features": 5, "rank": 3, "noise": 1e-7},
        {"n_features": 6, "rank": 10, "order": 4, "noise": 1e-7},
        {"n_features": 4, "rank": 8, "order": 5, "noise": 1e-7},
        {"n_features": 3, "rank": 5, "order": 6, "noise": 1e-7},
    ],
)
@pytest.mark.parametrize("seed", range(5))
def test_what_leaves_more_than_rounding_is_not_read_off(options, seed):
    bunch = make_symmetric_cp(**options, random_state=seed)
    assert CompressedProblem(DenseTarget(bunch.tensor)).algebraic_fit is None


@pytest.mark.parametrize("noise", [0.0, 0.1])
def test_no_more_terms_than_are_allowed_are_read_off(noise):
    bunch = make_symmetric_cp(6, 4, noise=noise, random_state=0)
    model = OverparamSymmetricCP(rank=3, random_state=0).fit(bunch.tensor)
    assert model.n_components_ == 3


def test_terms_that_only_whitening_tells_apart():
    bunch = make_symmetric_cp(10, 10, collinearity=0.999, random_state=0)
    model = OverparamSymmetricCP(random_state=0).fit(bunch.tensor)
    assert (model.status_, model.n_components_) == ("exact", 10)


@pytest.mark.parametrize(
    ("n_features", "rank", "order"),
    [
        (6, 4, 3),
        (6, 4, 4),
        (6, 12, 4),
        (10, 44, 4),
        (4, 8, 5),
        (6, 19, 5),
        (4, 8, 6),
        (4, 15, 6),
        (3, 8, 7),
        (3, 11, 8),
    ],
)
@pytest.mark.parametrize("seed", range(3))
def test_nothing_is_searched_where_terms_are_read_off(
    monkeypatch, n_features, rank, order, seed
):
    def refuse(*args):
        raise AssertionError

    monkeypatch.setattr(whitened.WhitenedCore, "__init__", refuse)
    bunch = make_symmetric_cp(n_features, rank, order, signed=True, random_state=seed)
    model = OverparamSymmetricCP(random_state=1).fit(bunch.tensor)
    assert model.reconstruction_err_ < 2e-12
    assert (model.n_components_, model.n_iter_) == (rank, 1)
    score = factor_match_score(
        bunch.components,
        model.components_,
        bunch.weights,
        model.weights_,
        order=order,
    )
    assert score > 0.999


@pytest.mark.parametrize(("rank", "order"), [(9, 4), (9, 5), (9, 6)])
def test_terms_read_off_do_not_depend_on_the_order_of_rows(rank, order):
    bunch = make_symmetric_cp(5, rank, order, random_state=0)
    moved = RandomState(1).permutation(rank)
    first, second = (
        overparam_symmetric_cp(
            MomentTarget(bunch.components[rows], order, bunch.weights[rows]),
            noise=0,
            random_state=0,
        )
        for rows in (np.arange(rank), moved)
    )
    assert first.n_components == rank
    np.testing.assert_allclose(first.weights, second.weights, rtol=1e-7)
    np.testing.assert_allclose(first.components, second.components, atol=1e-7)


def test_no_more_terms_than_are_allowed_are_read_off_of_many():
    bunch = make_symmetric_cp(5, 8, 4, signed=True, random_state=0)
    for options in ({"rank": 7}, {"n_components": 7}):
        model = OverparamSymmetricCP(**options, noise=0, random_state=0)
        model.fit(bunch.tensor)
        assert model.n_components_ <= 7
        assert model.reconstruction_err_ > 1e-6
