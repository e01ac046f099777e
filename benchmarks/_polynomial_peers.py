# SPDX-License-Identifier: BSD-3-Clause
"""Ours and other regressors, with what each chooses its parameters from."""

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.kernel_ridge import KernelRidge
from sklearn.linear_model import Lasso, LassoCV, Ridge, RidgeCV
from sklearn.model_selection import GridSearchCV
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler

# Features up to which all monomials of a degree fit in memory.
MOST_FEATURES = {3: 30, 4: 20}


class FactorisationMachine(RegressorMixin, BaseEstimator):
    """``myfm``: of order 2, over products of two different features, by sampling."""

    def __init__(self, rank=10):
        self.rank = rank

    def fit(self, X, y):
        from myfm import MyFMRegressor

        self.model_ = MyFMRegressor(rank=self.rank, random_seed=0)
        self.model_.fit(X, y, n_iter=200, callback=lambda *_: (False, ""))
        return self

    def predict(self, X):
        return self.model_.predict(X)


def has_machines():
    """Whether the package of factorisation machines is there."""
    try:
        import myfm  # noqa: F401
    except ImportError:
        return False
    return True


def ours(**parameters):
    """With its defaults."""
    from sklearn_overtensor import OverparamPolynomialRegressor

    return OverparamPolynomialRegressor(random_state=0, **parameters)


def scaled(regressor):
    """A regressor of a target of variance one, which networks need."""
    return TransformedTargetRegressor(regressor, transformer=StandardScaler())


def kernel_ridge(order):
    """It chooses its penalty and its scale."""
    grid = {"alpha": [0.01, 0.1, 1, 10], "gamma": [1e-3, 1e-2, 1e-1]}
    return GridSearchCV(KernelRidge(kernel="poly", degree=order), grid, cv=3)


def boosting():
    """As it comes."""
    return HistGradientBoostingRegressor(random_state=0)


def peers(order, d):
    """Name and regressor; each chooses its own parameters."""
    yield "KernelRidge(poly)", kernel_ridge(order)
    features = PolynomialFeatures(order, include_bias=False)
    if d <= MOST_FEATURES[order]:
        ridge = RidgeCV(np.logspace(-3, 4, 8))
        yield (
            "PolynomialFeatures, Ridge",
            make_pipeline(features, StandardScaler(), ridge),
        )
    if d <= 20 and order == 3:
        lasso = LassoCV(cv=3, alphas=10, eps=1e-2, max_iter=500, tol=1e-3)
        yield "PolynomialFeatures, Lasso", make_pipeline(features, lasso)
    network = MLPRegressor(
        hidden_layer_sizes=(64, 64), max_iter=300, early_stopping=True, random_state=0
    )
    yield "MLPRegressor", scaled(network)
    yield "HistGradientBoosting", boosting()
    if has_machines():
        yield "factorisation machine", scaled(FactorisationMachine())


def grids():
    """Name, regressor and the grid that it chooses from."""

    def polynomial(model):
        return make_pipeline(
            PolynomialFeatures(include_bias=False), StandardScaler(), model
        )

    degrees = {"polynomialfeatures__degree": [1, 2]}
    yield "ours", ours(), {"degree": [1, 2, 3], "alpha": ["auto", 0.1]}
    kernel = {"degree": [1, 2, 3], "alpha": [0.1, 1, 10], "gamma": [1e-3, 1e-2, 1e-1]}
    yield "KernelRidge(poly)", KernelRidge(kernel="poly"), kernel
    alphas = [1, 10, 100, 1000]
    yield "Ridge", polynomial(Ridge()), {**degrees, "ridge__alpha": alphas}
    alphas = [0.003, 0.03, 0.3, 3]
    lasso = Lasso(max_iter=2000, tol=1e-3)
    yield "Lasso", polynomial(lasso), {**degrees, "lasso__alpha": alphas}
    mlp = MLPRegressor(hidden_layer_sizes=(32,), max_iter=300, random_state=0)
    yield "MLPRegressor", scaled(mlp), {"regressor__alpha": [1e-3, 1e-1]}
    trees = HistGradientBoostingRegressor(max_iter=50, random_state=0)
    yield "HistGradientBoosting", trees, {"learning_rate": [0.05, 0.2]}
    if has_machines():
        machine = scaled(FactorisationMachine())
        yield "factorisation machine", machine, {"regressor__rank": [2, 8]}
