# SPDX-License-Identifier: BSD-3-Clause
"""A fit that raises leaves the model before it, whole, or none."""

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.utils.validation import check_is_fitted

from sklearn_overtensor import (
    CumulantICA,
    MomentGaussianMixture,
    OverparamPolynomialRegressor,
    OverparamSymmetricCP,
    OverparamSymmetricCPCV,
)
from sklearn_overtensor.baselines import (
    JennrichCP,
    LazyCP,
    SpectralCP,
    TensorLyCP,
    TensorLySymmetricCP,
    VanillaGradientCP,
)
from sklearn_overtensor.datasets import make_symmetric_cp


def diagonal(n_features):
    tensor = np.zeros((n_features,) * 3)
    np.einsum("iii->i", tensor)[:] = 1.0
    return tensor


def state(model):
    return {name: value for name, value in vars(model).items() if name.endswith("_")}


def check_unchanged(model, before):
    after = state(model)
    assert after.keys() == before.keys()
    assert all(after[name] is value for name, value in before.items())


@pytest.mark.parametrize(
    "model",
    [
        OverparamSymmetricCP(random_state=0),
        JennrichCP(random_state=0),
        LazyCP(random_state=0),
        SpectralCP(random_state=0),
        TensorLyCP(2, random_state=0),
        TensorLySymmetricCP(2, random_state=0),
        VanillaGradientCP(8, max_iter=3, random_state=0),
    ],
    ids=lambda model: type(model).__name__,
)
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_the_old_model_stays_whole_and_can_be_saved(model, monkeypatch, tmp_path):
    model.fit(make_symmetric_cp(5, 2, random_state=0).tensor)
    before = state(model)

    def fail(*args):
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(type(model), "_store", fail)
        with pytest.raises(MemoryError):
            model.fit(diagonal(8))
    check_unchanged(model, before)
    assert model.n_features_in_ == 5
    model.save(tmp_path / "model")
    assert type(model).load(tmp_path / "model").components_.shape[1] == 5


@pytest.mark.parametrize(
    "model",
    [
        CumulantICA(polish=None, random_state=0),
        MomentGaussianMixture(2, random_state=0),
        OverparamPolynomialRegressor(random_state=0),
    ],
    ids=lambda model: type(model).__name__,
)
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_other_estimators_keep_theirs_too(model):
    X = np.random.default_rng(0).laplace(size=(200, 3))
    model.fit(X, X[:, 0] ** 3)
    before = state(model)
    X = np.full((200, 4), 1e200)
    X[0, 0] = np.nan
    with pytest.raises(ValueError, match="NaN"):
        model.fit(X, np.ones(200))
    check_unchanged(model, before)
    assert model.n_features_in_ == 3


def test_a_width_that_cannot_be_held_leaves_the_old_model():
    model = OverparamSymmetricCP(random_state=0).fit(np.eye(5))
    before = state(model)
    with pytest.raises(MemoryError):
        model.set_params(n_components=10**7).fit(np.eye(8))
    check_unchanged(model, before)


def test_cross_validation_that_fails_leaves_the_old_model():
    X = np.random.default_rng(0).standard_normal((40, 3))
    model = OverparamSymmetricCPCV(cv=2, alphas=[0.1], random_state=0).fit(X)
    before = state(model)
    with pytest.raises(MemoryError):
        model.set_params(n_components=10**7).fit(X[:, :2])
    check_unchanged(model, before)


def test_without_an_old_model_there_is_none():
    model = OverparamSymmetricCP(n_components=10**7)
    with pytest.raises(MemoryError):
        model.fit(np.eye(8))
    assert state(model) == {}
    with pytest.raises(NotFittedError):
        check_is_fitted(model)


@pytest.mark.parametrize("after", ["partial_fit", "fit"])
def test_parts_seen_before_the_failure_are_kept(after):
    X = np.random.default_rng(0).exponential(size=(40, 3))
    model = OverparamSymmetricCP(random_state=0).partial_fit(X[:20])
    before = state(model)
    with pytest.raises(MemoryError):
        getattr(model.set_params(n_components=10**7), after)(X[20:])
    check_unchanged(model, before)
    model.set_params(n_components=None).partial_fit(X[20:])
    assert model.n_samples_seen_ == 40
