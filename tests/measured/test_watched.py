# SPDX-License-Identifier: BSD-3-Clause
"""Rounds of a search of measurements are epochs: told, ended, interrupted, kept."""

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from sklearn_overtensor import (
    OverparamPolynomialRegressor,
    OverparamSymmetricCP,
    overparam_symmetric_cp,
)
from sklearn_overtensor.datasets import make_symmetric_cp
from sklearn_overtensor.targets import MeasuredTarget

from ..decompose.interrupts import CtrlC
from ..estimators.test_callbacks import Recorder


@pytest.fixture(scope="module")
def tensor():
    """A noisy one without a fifth of its distinct entries."""
    tensor = make_symmetric_cp(7, 3, noise=0.05, random_state=0).tensor
    places = np.sort(np.indices(tensor.shape).reshape(3, -1), axis=0)
    missing = np.random.default_rng(0).random(tensor.shape) < 0.2
    return np.where(missing[tuple(places)].reshape(tensor.shape), np.nan, tensor)


@pytest.fixture(scope="module")
def rows():
    rng = np.random.default_rng(0)
    X = rng.standard_normal((200, 5))
    return X, X[:, 0] ** 3 - 2 * X[:, 1] ** 3 + 0.3 * rng.standard_normal(200)


def model(**parameters):
    return OverparamSymmetricCP(missing_values=np.nan, random_state=0, **parameters)


@pytest.mark.parametrize("setting", [{}, {"rank": 2}, {"alpha": 0.05}])
def test_a_round_is_an_epoch(setting, tensor):
    recorder = Recorder()
    found = model(**setting).set_callbacks(recorder).fit(tensor)
    assert found.n_epochs_ == recorder.n_epochs >= 2
    assert recorder.begun[0] == recorder.ended[-1] == ("fit", 0)
    assert len(found.loss_curve_) == found.n_iter_ == found.epoch_ends_[-1]
    assert found.loss_curve_ == pytest.approx(found.residual_curve_**2 / 2)
    assert found.residual_curve_[-1] == pytest.approx(
        found.reconstruction_err_, rel=1e-3
    )
    last = recorder.fitted[-2][0]  # of the last round
    np.testing.assert_allclose(last.weights_, found.weights_, rtol=1e-2)
    np.testing.assert_allclose(np.linalg.norm(last.components_, axis=1), 1)


def test_watching_changes_nothing(tensor):
    plain, watched = model().fit(tensor), model().set_callbacks(Recorder()).fit(tensor)
    np.testing.assert_array_equal(plain.weights_, watched.weights_)
    np.testing.assert_array_equal(plain.components_, watched.components_)


def test_lines_and_curves_are_those_of_the_best_restart(tensor, capsys):
    recorder = Recorder()
    found = model(n_init=2, verbose=1).set_callbacks(recorder).fit(tensor)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == recorder.n_epochs
    assert {line.split(",")[0] for line in lines} == {"start 0", "start 1"}
    assert [task for task in recorder.ended if task[0] == "restart"] == [
        ("restart", 0),
        ("restart", 1),
    ]
    best = [line for line in lines if f"{found.residual_curve_[-1]:.2e}" in line]
    assert best


def test_a_callback_ends_the_search(tensor):
    recorder = Recorder(stop_after=2)
    found = model().set_callbacks(recorder).fit(tensor)
    assert (found.status_, found.n_epochs_) == ("stopped", 2)


@pytest.mark.parametrize(
    ("setting", "epoch"),
    [
        ({}, 1),
        ({}, 2),
        ({"rank": 2}, 1),
        ({"n_components": 2}, 1),
        ({"alpha": 0.05}, 1),
    ],
)
def test_an_interrupt_keeps_the_last_round(setting, epoch, tensor):
    found = model(**setting).set_callbacks(CtrlC(epoch))
    with pytest.warns(ConvergenceWarning, match=r"interrupted\. The terms of its last"):
        found.fit(tensor)
    assert (found.status_, found.n_epochs_) == ("interrupted", epoch)
    assert found.n_components_ <= (2 if setting else 50)
    assert found.reconstruction_err_ < 1
    assert len(found.loss_curve_) == found.n_iter_ == found.epoch_ends_[-1]
    assert found.noise_ != found.noise_  # NaN: nobody asked
    found.set_callbacks().set_params(warm_start=True).fit(tensor)
    whole = model(**setting).fit(tensor)
    assert found.status_ == whole.status_
    assert found.reconstruction_err_ == pytest.approx(whole.reconstruction_err_)


def test_an_interrupt_with_nothing_to_keep_is_raised(tensor):
    with pytest.raises(KeyboardInterrupt):
        model().set_callbacks(CtrlC(epoch=0)).fit(tensor)


def test_an_interrupt_in_a_second_restart_keeps_the_first(tensor):
    whole = model().fit(tensor)
    for epoch in (0, 1):
        found = model(n_init=3).set_callbacks(CtrlC(epoch, restart=1))
        with pytest.warns(ConvergenceWarning, match="interrupted"):
            found.fit(tensor)
        assert found.status_ == "interrupted"
        np.testing.assert_array_equal(found.components_, whole.components_)


def test_of_measured_forms_too(rows):
    found = overparam_symmetric_cp(MeasuredTarget(*rows, order=3), random_state=0)
    assert found.n_epochs == len(found.residual_curve) >= 2
    assert found.residual_curve[-1] == pytest.approx(found.reconstruction_err, rel=1e-3)


def test_a_regressor_keeps_its_last_round(rows):
    regressor = OverparamPolynomialRegressor(random_state=0)
    regressor.set_callbacks(CtrlC(epoch=1))
    with pytest.warns(ConvergenceWarning, match="interrupted"):
        regressor.fit(*rows)
    assert regressor.status_ == "interrupted"
    assert regressor.score(*rows) > 0.9
    pipeline = make_pipeline(FunctionTransformer(), regressor)
    with pytest.raises(KeyboardInterrupt):
        pipeline.fit(*rows)
