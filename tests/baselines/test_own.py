# SPDX-License-Identifier: BSD-3-Clause
"""Baselines of our own code: one face, both backends, clear refusals."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV

from sklearn_overtensor.baselines import (
    JennrichCP,
    LazyCP,
    SpectralCP,
    SubspacePowerCP,
    VanillaGradientCP,
)
from sklearn_overtensor.datasets import make_latent_samples, make_symmetric_cp
from sklearn_overtensor.metrics import relative_error
from sklearn_overtensor.targets import CumulantTarget, MomentTarget

from ..cases import one_test

BASELINES = [JennrichCP, LazyCP, SpectralCP, SubspacePowerCP, VanillaGradientCP]


@pytest.fixture(params=BASELINES)
def baseline(request):
    return request.param


def quick(baseline, **parameters):
    """One that takes no thousands of steps; where it ends is for other tests."""
    if baseline is VanillaGradientCP:
        parameters["max_iter"] = 100
    return baseline(random_state=0, **parameters)


@pytest.fixture
def data():
    return make_symmetric_cp(5, 3, 4, signed=True, random_state=0)


def test_attributes_agree_with_the_tensor_they_stand_for(baseline, context, data):
    tensor = context.asarray(data.tensor)
    model = quick(baseline).fit(tensor)
    k = model.n_components_
    assert model.components_.shape == (k, 5)
    assert_allclose(np.linalg.norm(model.components_, axis=1), 1)
    assert model.weights_.shape == (k,)
    assert (np.diff(np.abs(model.weights_)) <= 0).all()
    assert model.order_ == 4
    assert_array_equal(model.mean_, np.zeros(5))
    for name in ("components_", "weights_", "mean_"):
        assert type(getattr(model, name)) is np.ndarray
    error = relative_error(data.tensor, model.cp_tensor_)
    assert model.reconstruction_err_ == pytest.approx(error, abs=1e-12)
    assert model.score(tensor) == pytest.approx(1 - error**2, abs=1e-10)


@one_test("statistic", ["moment", "cumulant"])
def test_samples(baseline, context, statistic):
    X = make_latent_samples(300, 3, distribution="exponential", random_state=0).X + 1
    model = quick(baseline, statistic=statistic).fit(context.asarray(X))
    dense = {"moment": MomentTarget, "cumulant": CumulantTarget}[statistic](X)
    error = relative_error(dense.to_dense(), model.cp_tensor_)
    assert model.reconstruction_err_ == pytest.approx(error, abs=1e-12)
    assert model.score(X) == pytest.approx(1 - error**2, abs=1e-10)
    assert model.transform(X).shape == (300, model.n_components_)
    assert_allclose(model.inverse_transform(model.transform(X)), X, atol=1e-8)


def test_float32_stays_float32(baseline, backend, data):
    model = quick(baseline, backend=backend)
    model.fit(data.tensor.astype(np.float32))
    assert model.components_.dtype == model.weights_.dtype == np.float32
    double = clone(model).fit(data.tensor)
    assert_allclose(model.reconstruction_err_, double.reconstruction_err_, atol=1e-3)


def test_both_backends_give_one_answer(baseline, data):
    torch = pytest.importorskip("torch")
    here = quick(baseline).fit(data.tensor)
    there = quick(baseline).fit(torch.as_tensor(data.tensor))
    assert type(there.components_) is np.ndarray
    assert_allclose(there.weights_, here.weights_, atol=1e-6)
    assert_allclose(there.components_, here.components_, atol=1e-6)


def test_input_parameters_and_global_generator_are_left_alone(baseline, data):
    data.tensor.flags.writeable = False
    np.random.seed(1)  # noqa: NPY002 - it is the global one
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    model = baseline(random_state=0)
    parameters = model.get_params()
    model.fit(data.tensor)
    assert model.get_params() == parameters
    assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002


@one_test("order", [3, 4])
def test_one_feature(baseline, context, order):
    tensor = context.asarray(np.full((1,) * order, -2.0))
    model = baseline(random_state=0).fit(tensor)
    assert model.reconstruction_err_ < 1e-6
    total = np.sum(model.weights_ * model.components_[:, 0] ** order)
    assert total == pytest.approx(-2.0)


def test_grid_search_over_the_width(baseline):
    X = make_latent_samples(500, 3, 3, distribution="exponential", random_state=0).X
    search = GridSearchCV(
        quick(baseline, statistic="cumulant"), {"n_components": [1, 3]}, cv=2
    ).fit(X)
    assert search.best_params_ == {"n_components": 3}


@one_test(
    ("tensor", "message"),
    [
        (np.zeros((2, 2, 2)), "The target is zero"),
        (np.ones((2, 2, 3)), r"cubical.*got shape \(2, 2, 3\)"),
        (np.arange(8.0).reshape(2, 2, 2), r"not symmetric.*symmetrize\(tensor\)"),
        (np.full((2, 2, 2), np.nan), "NaN"),
    ],
)
def test_malformed_tensors_are_refused(baseline, tensor, message):
    with pytest.raises(ValueError, match=message):
        baseline().fit(tensor)


@one_test(
    ("parameters", "message"),
    [
        ({"n_components": 0}, r"'n_components'.*\[1, inf\)"),
        ({"order": 2}, r"'order'.*must be an int in the range \[3, \d+\]"),
        ({"statistic": "mean"}, r"'statistic'.*'cumulant'.*Got 'mean'"),
        ({"backend": "jax"}, r"'backend'.*'pytorch'.*Got 'jax'"),
        ({"device": "cuda"}, r"device='cuda' needs backend='pytorch'"),
        ({"random_state": "zero"}, r"'random_state'.*Got 'zero'"),
    ],
)
def test_bad_parameters_are_refused(baseline, data, parameters, message):
    with pytest.raises(ValueError, match=message):
        baseline(**parameters).fit(data.tensor)


def test_not_fitted(baseline, data):
    with pytest.raises(NotFittedError):
        baseline().score(data.tensor)


def test_what_cannot_fit_is_refused_before_it_is_formed():
    X = np.random.default_rng(0).standard_normal((4, 20_000))
    for model in (JennrichCP(order=6), SpectralCP(order=6)):
        with pytest.raises(MemoryError, match=r"order 6 in 20000 features, needs"):
            model.fit(X)
    with pytest.raises(MemoryError, match=r"n_components=40005 in 20000 features"):
        LazyCP().fit(X)
