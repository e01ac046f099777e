# SPDX-License-Identifier: BSD-3-Clause
"""Ctrl-C in searches and pipelines of scikit-learn, in parts and in the last fit."""

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.validation import check_is_fitted

from sklearn_overtensor import OverparamSymmetricCP, OverparamSymmetricCPCV
from sklearn_overtensor.datasets import make_latent_samples

from .interrupts import CtrlC, fit_interrupted

# Several epochs on `samples`.
CUMULANT = {"order": 4, "statistic": "cumulant", "alpha": 0.05, "random_state": 0}


@pytest.fixture(scope="module")
def samples():
    return make_latent_samples(500, 4, 2, random_state=0).X


def test_scikit_learns_searches_and_pipelines_end_too(samples):
    model = OverparamSymmetricCP(**CUMULANT).set_callbacks(CtrlC(epoch=1))
    grid = GridSearchCV(model, {"alpha": [0.05, 0.2]}, cv=2)
    with pytest.raises(KeyboardInterrupt):
        grid.fit(samples)
    assert not hasattr(grid, "best_estimator_")
    pipeline = make_pipeline(StandardScaler(), model)
    with pytest.raises(KeyboardInterrupt):
        pipeline.fit(samples)
    with pytest.raises(NotFittedError):
        check_is_fitted(pipeline)


def test_partial_fit_keeps_the_part(samples):
    model = OverparamSymmetricCP(**CUMULANT)
    model.partial_fit(samples[:300])
    fit_interrupted(model, samples[300:], CtrlC(epoch=1), method="partial_fit")
    assert (model.status_, model.n_samples_seen_) == ("interrupted", 500)
    model.partial_fit(samples[:1], sample_weight=[0.0])  # decomposes once more
    whole = OverparamSymmetricCP(**CUMULANT).fit(samples)
    assert model.reconstruction_err_ == pytest.approx(whole.reconstruction_err_)


def test_partial_fit_that_raises_loses_nothing_and_adds_nothing(samples):
    model = OverparamSymmetricCP(**CUMULANT)
    before = model.partial_fit(samples[:300]).components_
    model.set_callbacks(CtrlC(epoch=0))
    with pytest.raises(KeyboardInterrupt):
        model.partial_fit(samples[300:])
    assert model.n_samples_seen_ == 300
    np.testing.assert_array_equal(model.components_, before)
    model.set_callbacks().partial_fit(samples[300:])
    whole = OverparamSymmetricCP(**CUMULANT).fit(samples)
    assert model.n_samples_seen_ == 500
    assert model.reconstruction_err_ == pytest.approx(whole.reconstruction_err_)


def test_the_last_fit_of_a_cv_estimator(samples):
    model = OverparamSymmetricCPCV(
        alphas=[0.05, 0.2], cv=2, order=4, statistic="cumulant", random_state=0
    )
    fit_interrupted(model, samples, CtrlC(epoch=0, at_end=True))
    assert model.status_ == "interrupted"
    assert model.transform(samples).shape == (500, model.n_components_)
