# SPDX-License-Identifier: BSD-3-Clause
"""scikit-learn's callbacks are told of the rounds of a polynomial network's search."""

import numpy as np
import pytest
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sklearn_overtensor import OverparamPolynomialRegressor

from .test_callbacks import Recorder, ScoringMonitor

SETTINGS = [{}, {"alpha": 0.05}, {"rank": 3}]


@pytest.fixture(scope="module")
def samples():
    """A linear part, a square and two cubes."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((300, 5))
    y = 1 + X[:, 0] + X[:, 1] ** 2 + X[:, 2] ** 3 - X[:, 3] ** 3
    return X, y + 0.3 * rng.standard_normal(300)


def model(**parameters):
    return OverparamPolynomialRegressor(random_state=0, **parameters)


def rounds(recorder):
    return [("epoch", k) for k in range(recorder.n_epochs)]


@pytest.mark.parametrize("setting", SETTINGS)
def test_a_round_is_an_epoch_and_its_model_predicts(setting, samples):
    X, y = samples
    weight = np.linspace(1, 2, len(X))
    recorder = Recorder()
    found = model(**setting).set_callbacks(recorder).fit(X, y, sample_weight=weight)
    assert recorder.n_epochs >= 2
    assert recorder.begun == [("fit", 0), *rounds(recorder)]
    assert recorder.ended == [*rounds(recorder), ("fit", 0)]
    assert recorder.set_up == 0
    for fitted, given_X, given_y, metadata in recorder.fitted:
        assert given_X is X
        assert given_y is y
        assert metadata["sample_weight"] is weight
        assert fitted.score(X, y) > 0.8
    last = recorder.fitted[-2][0]  # of the last round
    assert last.orders_.tolist() == found.orders_.tolist()
    assert np.allclose(last.predict(X), found.predict(X), rtol=0.05, atol=0.05)


@pytest.mark.parametrize("setting", SETTINGS)
def test_watching_changes_nothing(setting, samples):
    plain = model(**setting).fit(*samples)
    watched = model(**setting).set_callbacks(Recorder()).fit(*samples)
    assert np.array_equal(plain.weights_, watched.weights_)
    assert np.array_equal(plain.components_, watched.components_)


@pytest.mark.parametrize("setting", SETTINGS)
def test_a_callback_ends_the_search_after_a_round(setting, samples):
    recorder = Recorder(stop_after=1)
    found = model(**setting).set_callbacks(recorder).fit(*samples)
    assert recorder.n_epochs == 1
    assert recorder.ended == [("epoch", 0), ("fit", 0)]
    assert found.status_ == "stopped"
    assert found.score(*samples) > 0.8


def test_the_most_terms_are_kept_to_when_a_callback_ends_the_search(samples):
    recorder = Recorder(stop_after=1)
    found = model(n_components=2).set_callbacks(recorder).fit(*samples)
    assert found.n_components_ <= 2


def test_parts_are_told_of(samples):
    X, y = samples
    recorder = Recorder()
    found = model(degree=2).set_callbacks(recorder)
    found.partial_fit(X[:150], y[:150]).partial_fit(X[150:], y[150:])
    assert recorder.ended.count(("fit", 0)) == 2
    assert recorder.set_up == 0
    assert recorder.fitted[-1][1].shape == (150, 5)


def test_scoring_monitor_inside_a_pipeline_and_a_grid_search(samples):
    monitor = ScoringMonitor(scoring="r2")
    regressor = model().set_callbacks(monitor)
    pipeline = make_pipeline(StandardScaler(), regressor)
    grid = {"overparampolynomialregressor__degree": [1, 3]}
    GridSearchCV(pipeline, grid, cv=2).fit(*samples)
    runs = monitor.get_logs(select="all")
    epochs = [row for run in runs for row in run.data if row["task_name"] == "epoch"]
    assert len(epochs) >= 2 * 2 * 2 + 2
    assert all(np.isfinite(row["r2"]) for row in epochs)
    assert max(row["r2"] for row in epochs) > 0.9


def test_an_error_in_a_callback_is_raised_and_leaves_no_model(samples):
    class Failing(Recorder):
        def on_fit_task_end(self, estimator, context):
            raise RuntimeError("the disk is full")

    recorder, found = Failing(), model()
    with pytest.raises(RuntimeError, match="the disk is full"):
        found.set_callbacks(recorder).fit(*samples)
    assert recorder.set_up == 0
    assert not hasattr(found, "components_")
