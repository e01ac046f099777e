# SPDX-License-Identifier: BSD-3-Clause
"""Polynomial networks from samples."""

import numpy as np
import pytest
from scipy.sparse import csr_array
from sklearn.exceptions import ConvergenceWarning
from sklearn.kernel_ridge import KernelRidge
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import (
    check_fit_idempotent,
    check_sample_weight_equivalence_on_dense_data,
)

from sklearn_overtensor import OverparamPolynomialRegressor

from ..cases import one_test
from .checks import check_all, parametrize_with_checks


@parametrize_with_checks(
    [
        OverparamPolynomialRegressor(degree=2, random_state=0),
        OverparamPolynomialRegressor(degree=2, alpha=0.1, random_state=0),
    ],
    of_input=OverparamPolynomialRegressor(degree=1, alpha=0.1),
)
def test_it_is_an_estimator_of_scikit_learn(estimator, checks):
    check_all(estimator, checks)


@pytest.mark.parametrize(
    "check",
    [check_fit_idempotent, check_sample_weight_equivalence_on_dense_data],
)
@pytest.mark.parametrize("alpha", ["auto", 0.1])
def test_of_degree_three_it_is_one_too(check, alpha):
    """The checks that see more of a fit than that there is one."""
    # Rows of weight two are two rows to all digits that the check sees.
    model = OverparamPolynomialRegressor(alpha=alpha, random_state=0)
    check("OverparamPolynomialRegressor", model)


def network(n, d, r, order, seed, noise=0.1):
    """Rows, noisy values, test rows, true values, neurons."""
    rng = np.random.default_rng(seed)
    V = rng.standard_normal((d, r))
    V /= np.linalg.norm(V, axis=0)
    w = rng.uniform(1, 2, r) * rng.choice([-1, 1], r)
    X, X_test = rng.standard_normal((n, d)), rng.standard_normal((2000, d))
    clean = (X @ V) ** order @ w
    y = clean + noise * clean.std() * rng.standard_normal(n)
    return X, y, X_test, (X_test @ V) ** order @ w, V


def mixture(n=600, noise=0.1, seed=0):
    """A constant, a linear part, a square of each sign and two cubes; d = 5."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, 5))
    Q = np.linalg.qr(rng.standard_normal((5, 5)))[0]
    Z = X @ Q
    clean = 1 + 2 * Z[:, 0] + Z[:, 1] ** 2 - Z[:, 2] ** 2 + Z[:, 3] ** 3 + Z[:, 4] ** 3
    return X, clean + noise * clean.std() * rng.standard_normal(n), Q


def fitted(X, y, **parameters):
    return OverparamPolynomialRegressor(random_state=0, **parameters).fit(X, y)


@pytest.fixture(scope="module")
def usual():
    """Rows, values, the basis, and the model fitted with its defaults."""
    X, y, Q = mixture(400)
    return X, y, Q, fitted(X, y)


@pytest.mark.parametrize(("n", "d", "r", "order"), [(500, 6, 3, 3), (400, 5, 2, 4)])
def test_planted_neurons_are_found_and_counted(n, d, r, order):
    rights = 0
    for seed in range(3):
        X, y, X_test, y_test, V = network(n, d, r, order, seed)
        model = fitted(X, y, degree=order)
        assert model.score(X_test, y_test) > 0.995
        right = model.orders_.tolist() == [order] * r
        rights += right
        if right:
            assert np.abs(model.components_ @ V).max(axis=0).min() > 0.99
    assert rights >= 2


def test_it_beats_kernel_ridge_regression_on_planted_neurons():
    X, y, X_test, y_test, _ = network(500, 10, 3, 3, seed=0)
    kernel = KernelRidge(kernel="poly", degree=3)
    grid = {"alpha": [0.1, 1, 10], "gamma": [0.01, 0.1]}
    peer = GridSearchCV(kernel, grid, cv=3).fit(X, y)
    assert fitted(X, y).score(X_test, y_test) > peer.score(X_test, y_test) + 0.02


def test_fewer_rows_than_monomials_are_enough_without_noise():
    X, y, X_test, y_test, _ = network(300, 15, 4, 3, seed=1, noise=0)
    model = fitted(X, y, fit_lower=False)
    assert (model.status_, model.n_components_) == ("exact", 4)
    assert model.score(X_test, y_test) == pytest.approx(1, abs=1e-12)


def test_orders_are_told_apart(usual):
    *_, Q, model = usual
    assert model.orders_.tolist() == [1, 2, 2, 3, 3]
    assert model.intercept_ == pytest.approx(1, abs=0.2)
    squares = model.components_[1:3]
    assert np.allclose(squares @ squares.T, np.eye(2), atol=1e-8)
    for order, columns in ((1, [0]), (2, [1, 2]), (3, [3, 4])):
        overlap = np.abs(model.components_[model.orders_ == order] @ Q[:, columns])
        assert overlap.max(axis=0).min() > 0.99


def test_predictions_are_those_of_the_terms(usual):
    X, _, _, model = usual
    expected = np.full(len(X), model.intercept_)
    terms = zip(model.weights_, model.components_, model.orders_, strict=True)
    for weight, component, order in terms:
        assert np.linalg.norm(component) == pytest.approx(1)
        expected += weight * (X @ component) ** order
    assert np.allclose(model.predict(X), expected)


def test_order_one_alone_is_linear_regression():
    X, y, _ = mixture()
    model, linear = fitted(X, y, degree=1), LinearRegression().fit(X, y)
    assert np.allclose(model.predict(X), linear.predict(X))


def test_a_polynomial_without_a_constant_vanishes_at_zero():
    X, y, _ = mixture()
    model = fitted(X, y, fit_intercept=False)
    assert model.predict(np.zeros((1, 5)))[0] == 0


def test_standard_errors_cover_the_truth():
    of_weights, of_entries = [], []
    for seed in range(6):
        X, y, Q = mixture(300, 0.3, seed)
        model = fitted(X, y)
        if model.orders_.tolist() == [1, 2, 2, 3, 3]:
            truth = np.array([2, 1, 1, 1, 1])
            of_weights.append((np.abs(model.weights_) - truth) / model.weights_std_)
            overlap = model.components_ @ Q  # two terms of an order may change places
            match = np.abs(overlap).argmax(axis=1)
            signs = np.sign(overlap[range(5), match])[:, None]
            moved = signs * model.components_ - Q.T[match]
            of_entries.append(moved / model.components_std_)
    assert len(of_weights) >= 4
    for errors in (of_weights, of_entries):
        assert 0.6 < np.sqrt(np.mean(np.square(errors))) < 1.6


@pytest.mark.parametrize("seed", range(2))
def test_noise_has_no_terms(seed):
    rng = np.random.default_rng(seed)
    X, y = rng.standard_normal((100, 5)), rng.standard_normal(100)
    with pytest.warns(ConvergenceWarning, match="told from noise"):
        model = fitted(X, y)
    assert (model.n_components_, model.status_) == (0, "noise")
    assert np.allclose(model.predict(X), y.mean())


def test_other_units_and_another_basis_change_no_prediction(usual):
    X, y, _, model = usual
    basis = np.random.default_rng(0).standard_normal((5, 5))
    expected = model.predict(X)
    for moved in (X * [1e-6, 1, 1e6, 3, 1], X @ basis):
        assert np.allclose(fitted(moved, y).predict(moved), expected, atol=1e-6)
    assert np.allclose(fitted(X, 1e200 * y).predict(X) / 1e200, expected, atol=1e-6)


def test_sparse_rows_have_the_same_answer(usual):
    X, y, _, dense = usual
    sparse = fitted(csr_array(X), y)
    assert np.allclose(dense.weights_, sparse.weights_, rtol=1e-8)
    assert np.allclose(sparse.predict(csr_array(X)), dense.predict(X))


def test_weights_of_whole_numbers_are_counts():
    X, y, _ = mixture(400)
    counts = np.random.default_rng(0).integers(0, 3, 400)
    weighted = OverparamPolynomialRegressor(random_state=0)
    weighted.fit(X, y, sample_weight=counts)
    repeated = fitted(np.repeat(X, counts, axis=0), np.repeat(y, counts))
    assert np.allclose(weighted.weights_, repeated.weights_, rtol=1e-7)
    assert np.allclose(weighted.weights_std_, repeated.weights_std_, rtol=1e-5)


@pytest.mark.parametrize("alpha", ["auto", 0.01])
def test_the_most_terms_are_never_exceeded(alpha):
    X, y, _ = mixture(400)
    model = fitted(X, y, n_components=2, alpha=alpha)
    assert model.n_components_ <= 2
    assert model.status_ == "stationary"
    assert fitted(X, y, rank=3, alpha=alpha).n_components_ == 3


def test_a_larger_price_leaves_smaller_weights():
    X, y, _ = mixture(400)
    sizes, counts = [], []
    for alpha in (0.03, 0.3, 2):
        model = fitted(X, y, alpha=alpha)
        sizes.append(np.abs(model.weights_).sum())
        counts.append(model.n_components_)
    assert sizes == sorted(sizes, reverse=True)
    assert counts == sorted(counts, reverse=True)
    assert counts[-1] == 0


def test_squares_of_one_sign_are_all_found_with_a_price():
    X = np.random.default_rng(0).standard_normal((400, 6))
    y = X**2 @ np.linspace(1, 3, 6)
    assert fitted(X, y, degree=2, alpha=0.001).score(X, y) > 0.999


def test_a_grid_search_chooses_the_degree_and_the_price():
    X, y, *_ = network(200, 4, 2, 2, seed=0)
    search = GridSearchCV(
        make_pipeline(StandardScaler(), OverparamPolynomialRegressor(random_state=0)),
        {
            "overparampolynomialregressor__degree": [1, 2],
            "overparampolynomialregressor__alpha": ["auto", 0.3],
        },
        cv=2,
    ).fit(X, y)
    assert search.best_params_["overparampolynomialregressor__degree"] == 2
    assert search.best_params_["overparampolynomialregressor__alpha"] == "auto"


def test_a_constant_is_predicted_without_terms():
    X, _, _ = mixture(50)
    model = fitted(X, np.full(50, 0.1))
    assert (model.n_components_, model.status_) == (0, "exact")
    assert np.allclose(model.predict(X), 0.1)


def test_one_row_is_its_value():
    model = fitted(np.ones((1, 3)), [5.0])
    assert model.predict(np.zeros((1, 3)))[0] == 5


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_more_features_than_rows_prove_nothing_but_can_be_priced():
    rng = np.random.default_rng(0)
    X = rng.standard_normal((30, 100))
    y = 3 * X[:, 0]
    assert fitted(X, y).n_components_ == 0
    assert fitted(X, y, alpha=0.01).score(X, y) > 0.9


def test_collinear_features_are_no_harm(usual):
    X, y, _, model = usual
    more = np.column_stack([X, X[:, 0] + X[:, 1], np.zeros(len(X))])
    assert np.allclose(fitted(more, y).predict(more), model.predict(X))


@one_test(
    ("X", "y", "message"),
    [
        (np.full((5, 2), np.nan), np.ones(5), "NaN"),
        (np.ones((5, 2)), np.full(5, np.nan), "NaN"),
        (np.ones((5, 2)), np.ones((5, 2)), "1d array"),
        (np.ones((5, 2)), np.ones(4), "inconsistent"),
        (np.ones((5, 2)) + 1j, np.ones(5), "Complex"),
    ],
)
def test_bad_input_is_named(X, y, message):
    with pytest.raises(ValueError, match=message):
        fitted(X, y)


def test_weights_that_floats_cannot_hold_are_an_error():
    X, y, _ = mixture(200)
    with pytest.raises(ValueError, match="scale the features"):
        fitted(X * 1e-200, y)


def test_dates_are_refused():
    X, y, _ = mixture(20)
    with pytest.raises(TypeError, match="dates"):
        fitted(X.astype(int).astype("M8[D]"), y)


def test_it_is_saved_and_loaded(usual, tmp_path):
    X, _, _, model = usual
    model.save(tmp_path / "model.npz")
    same = OverparamPolynomialRegressor.load(tmp_path / "model.npz")
    assert np.array_equal(same.predict(X), model.predict(X))
