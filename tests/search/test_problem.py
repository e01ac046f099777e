# SPDX-License-Identifier: BSD-3-Clause
"""The target in small coordinates: independent terms first, whitening if need be."""

import numpy as np
import pytest

from sklearn_overtensor import OverparamSymmetricCP
from sklearn_overtensor.datasets import make_symmetric_cp
from sklearn_overtensor.search import whitened
from sklearn_overtensor.search.problem import CompressedProblem
from sklearn_overtensor.targets import DenseTarget


@pytest.mark.parametrize("order", [3, 4, 5])
@pytest.mark.parametrize("collinearity", [None, 0.0, 0.9, 0.99])
def test_independent_terms_fit_up_to_rounding(order, collinearity):
    bunch = make_symmetric_cp(
        7, 5, order, collinearity=collinearity, signed=True, random_state=0
    )
    problem = CompressedProblem(DenseTarget(bunch.tensor))
    vectors, signs, residual = problem.algebraic_model
    assert vectors.shape == (5, 5)
    squared, _ = problem.data.difference(signs, vectors)
    assert np.sqrt(squared) == pytest.approx(residual)
    assert residual <= 1e-12


@pytest.mark.parametrize(
    "options",
    [{"n_features": 5, "rank": 7}, {"n_features": 5, "rank": 3, "noise": 1e-7}],
)
@pytest.mark.parametrize("seed", range(5))
def test_what_leaves_more_than_rounding_is_no_algebraic_model(options, seed):
    bunch = make_symmetric_cp(**options, random_state=seed)
    assert CompressedProblem(DenseTarget(bunch.tensor)).algebraic_model is None


@pytest.mark.parametrize("noise", [0.0, 0.1])
def test_no_more_terms_than_are_allowed_are_read_off(noise):
    bunch = make_symmetric_cp(6, 4, noise=noise, random_state=0)
    model = OverparamSymmetricCP(rank=3, random_state=0).fit(bunch.tensor)
    assert model.n_components_ == 3


def test_terms_that_only_whitening_tells_apart():
    bunch = make_symmetric_cp(10, 10, collinearity=0.999, random_state=0)
    model = OverparamSymmetricCP(random_state=0).fit(bunch.tensor)
    assert (model.status_, model.n_components_) == ("exact", 10)


def test_nothing_is_whitened_where_terms_are_independent(monkeypatch):
    def refuse(*args):
        raise AssertionError

    monkeypatch.setattr(whitened.WhitenedCore, "__init__", refuse)
    bunch = make_symmetric_cp(6, 4, random_state=0)
    model = OverparamSymmetricCP(random_state=0).fit(bunch.tensor)
    assert model.reconstruction_err_ < 1e-14
