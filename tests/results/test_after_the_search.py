# SPDX-License-Identifier: BSD-3-Clause
"""What was found is never lost to what is asked of it afterwards."""

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV

from sklearn_overtensor import (
    OverparamSymmetricCP,
    overparam_symmetric_cp,
)
from sklearn_overtensor.datasets import make_latent_samples, make_symmetric_cp
from sklearn_overtensor.decompose import solve
from sklearn_overtensor.machine.sklearn_versions import HAS_CALLBACKS
from sklearn_overtensor.results import as_result
from sklearn_overtensor.search import answer
from sklearn_overtensor.targets import DenseTarget

NOISY = make_symmetric_cp(6, 3, noise=0.05, random_state=0).tensor
FAILURES = [
    MemoryError("8 GiB"),
    np.linalg.LinAlgError("singular"),
    RuntimeError("gpu"),
]


def fail(error):
    def failing(*args, **kwargs):
        raise error

    return failing


@pytest.fixture
def expected():
    return OverparamSymmetricCP(random_state=0).fit(NOISY)


def fitted(n_init=1, **options):
    return OverparamSymmetricCP(n_init=n_init, random_state=0, **options).fit(NOISY)


def check_same_terms(model, expected):
    np.testing.assert_array_equal(model.weights_, expected.weights_)
    np.testing.assert_array_equal(model.components_, expected.components_)


@pytest.mark.parametrize("error", FAILURES, ids=lambda error: type(error).__name__)
def test_a_residual_that_fails_is_nan(error, expected, monkeypatch, tmp_path):
    monkeypatch.setattr(as_result, "relative_residual", fail(error))
    with pytest.warns(RuntimeWarning, match=rf"is kept.*residual.*{error}.*NaN"):
        model = fitted()
    check_same_terms(model, expected)
    assert np.isnan(model.reconstruction_err_)
    assert model.status_ == expected.status_ == "within_noise"
    np.testing.assert_array_equal(model.weights_std_, expected.weights_std_)
    model.save(tmp_path / "model")
    assert np.isnan(OverparamSymmetricCP.load(tmp_path / "model").reconstruction_err_)


@pytest.mark.parametrize("error", FAILURES, ids=lambda error: type(error).__name__)
def test_standard_errors_that_fail_are_nan(error, expected, monkeypatch):
    monkeypatch.setattr(answer, "standard_errors", fail(error))
    with pytest.warns(RuntimeWarning, match=rf"is kept.*standard errors.*{error}.*NaN"):
        model = fitted()
    check_same_terms(model, expected)
    assert model.reconstruction_err_ == expected.reconstruction_err_
    assert np.isnan([model.alpha_, model.noise_]).all()
    assert np.isnan(model.weights_std_).all()
    assert np.isnan(model.components_std_).all()
    assert model.components_std_.shape == expected.components_.shape


@pytest.mark.parametrize(
    ("place", "name"), [(as_result, "relative_residual"), (answer, "standard_errors")]
)
def test_an_interrupt_after_the_search_keeps_the_model(
    place, name, expected, monkeypatch
):
    monkeypatch.setattr(place, name, fail(KeyboardInterrupt()))
    with pytest.warns(ConvergenceWarning, match="was interrupted"):
        model = fitted()
    check_same_terms(model, expected)
    assert model.status_ == "interrupted"
    assert np.isnan(model.weights_std_).all()


def test_an_interrupt_after_the_search_ends_the_restarts(monkeypatch):
    started = []
    search = solve.search

    def counted(*args):
        started.append(True)
        return search(*args)

    monkeypatch.setattr(as_result, "relative_residual", fail(KeyboardInterrupt()))
    monkeypatch.setattr(solve.solve_from, "__defaults__", (None, None, counted))
    with pytest.warns(ConvergenceWarning, match="was interrupted"):
        fitted(n_init=5)
    assert len(started) == 1


@pytest.mark.skipif(not HAS_CALLBACKS, reason="an estimator knows of them from these")
def test_scikit_learns_searches_end(monkeypatch):
    X = make_latent_samples(100, 4, 3, random_state=0).X
    monkeypatch.setattr(as_result, "relative_residual", fail(KeyboardInterrupt()))
    grid = GridSearchCV(OverparamSymmetricCP(random_state=0), {"rank": [1, 2]}, cv=2)
    with pytest.raises(KeyboardInterrupt):
        grid.fit(X)


def test_a_restart_without_a_residual_is_never_the_best(expected, monkeypatch):
    calls = []
    residual = as_result.relative_residual

    def first_fails(*args):
        calls.append(True)
        if len(calls) == 1:
            raise MemoryError
        return residual(*args)

    monkeypatch.setattr(as_result, "relative_residual", first_fails)
    with pytest.warns(RuntimeWarning, match="residual"):
        model = fitted(n_init=3)
    assert len(calls) == 3
    assert model.reconstruction_err_ == pytest.approx(
        expected.reconstruction_err_, rel=1e-6
    )


def test_a_tensor_that_cannot_be_written_out_keeps_its_model():
    class Large(DenseTarget):
        def to_dense(self):
            raise MemoryError("20.7 GiB")

    with pytest.warns(RuntimeWarning, match=r"20\.7 GiB"):
        result = overparam_symmetric_cp(Large(NOISY), random_state=0)
    assert result.n_components == 3
    assert np.isnan(result.reconstruction_err)


def test_samples_keep_their_model_too(monkeypatch):
    X = make_latent_samples(500, 4, 3, random_state=0).X
    options = {"statistic": "cumulant", "random_state": 0}
    expected = OverparamSymmetricCP(**options).fit(X)
    monkeypatch.setattr(as_result, "relative_residual", fail(MemoryError()))
    with pytest.warns(RuntimeWarning):
        check_same_terms(OverparamSymmetricCP(**options).fit(X), expected)
