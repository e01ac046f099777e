# SPDX-License-Identifier: BSD-3-Clause
"""The polynomial regressor of rows that come part by part."""

import numpy as np
import pytest

from sklearn_overtensor import OverparamPolynomialRegressor

from .test_polynomial_regressor import fitted, mixture, network


def in_parts(X, y, weights, **parameters):
    model = OverparamPolynomialRegressor(random_state=0, **parameters)
    for part in np.array_split(np.arange(len(y)), 3):
        model.partial_fit(X[part], y[part], weights[part])
    return model


def first_part():
    X, y, _ = mixture(300)
    model = OverparamPolynomialRegressor(degree=2, random_state=0)
    return X, y, model.partial_fit(X, y)


def check_same(model, whole, X):
    assert model.orders_.tolist() == whole.orders_.tolist()
    assert model.status_ == whole.status_
    scale = np.abs(whole.predict(X)).max()
    assert model.predict(X) == pytest.approx(whole.predict(X), abs=1e-8 * scale)
    assert model.weights_std_ == pytest.approx(
        whole.weights_std_, rel=1e-6, nan_ok=True
    )
    assert model.noise_ == pytest.approx(whole.noise_, rel=1e-8)


@pytest.mark.parametrize(
    "parameters", [{}, {"fit_lower": False, "fit_intercept": False}, {"alpha": 0.1}]
)
def test_parts_have_the_model_of_all_rows_at_once(parameters):
    X, y, _ = mixture(400)
    if "fit_lower" in parameters:  # a model that does not fit has a flat valley
        X, y, *_ = network(400, 5, 2, 3, seed=0)
    weights = np.arange(400) % 3
    whole = OverparamPolynomialRegressor(random_state=0, **parameters)
    model = in_parts(X, y, weights, **parameters)
    if "alpha" in parameters:  # a path of descent amplifies rounding
        whole.fit(X, y, weights)
        assert model.predict(X) == pytest.approx(whole.predict(X), abs=1e-2)
        return
    check_same(model, whole.fit(X, y, weights), X)
    assert model.n_samples_seen_ == 400


def test_rows_in_chunks_have_the_same_model():
    dask = pytest.importorskip("dask.array")
    X, y, _ = mixture(1500)
    whole, chunks = fitted(X, y), dask.from_array(X, chunks=(400, -1))
    check_same(fitted(chunks, dask.from_array(y)), whole, X)
    # Of few rows these are smaller than what is kept of them.
    check_same(fitted(chunks[:300], y[:300]), fitted(X[:300], y[:300]), X)


def test_parts_go_on_from_a_file(tmp_path):
    X, y, _ = mixture(400)
    model = OverparamPolynomialRegressor(random_state=0).partial_fit(X[:300], y[:300])
    model.save(tmp_path / "model.npz")
    same = OverparamPolynomialRegressor.load(tmp_path / "model.npz")
    for each in (model, same):
        each.partial_fit(X[300:], y[300:])
    assert np.array_equal(model.predict(X), same.predict(X))
    check_same(same, fitted(X, y), X)


def test_a_part_that_cannot_be_added_changes_nothing():
    X, y, model = first_part()
    before = model.predict(X)
    with pytest.raises(ValueError, match="features"):
        model.partial_fit(X[:, :3], y)
    with pytest.raises(ValueError, match="NaN"):
        model.partial_fit(X, np.full(300, np.nan))
    with pytest.raises(ValueError, match="scale the features"):
        model.partial_fit(X * 1e200, y)
    with pytest.raises(ValueError, match="degree=4, but the parts"):
        model.set_params(degree=4).partial_fit(X, y)
    assert np.array_equal(model.predict(X), before)
    assert model.n_samples_seen_ == 300


def test_a_fit_begins_anew():
    X, y, model = first_part()
    model.fit(X[:200], y[:200])
    assert not hasattr(model, "n_samples_seen_")
    model.partial_fit(X[:150], y[:150])
    assert model.n_samples_seen_ == 150


def test_one_row_and_a_constant_are_parts():
    model = OverparamPolynomialRegressor().partial_fit([[1.0, 2.0]], [3.0])
    assert model.n_components_ == 0
    assert model.predict([[5.0, 6.0]]) == pytest.approx(3.0)
