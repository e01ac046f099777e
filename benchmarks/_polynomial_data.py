# SPDX-License-Identifier: BSD-3-Clause
"""Data for polynomial regression: planted networks, an oracle, tables that ship."""

import numpy as np

NOISE, N_TEST = 0.1, 5000
TABLES = ("diabetes", "iris", "wine", "cancer", "linnerud")


def rows_of(kind, n, d, rng):
    """Rows of variance one: normal, uniform, or normal of correlation 0.5^|i-j|."""
    if kind == "uniform":
        return rng.uniform(-(3**0.5), 3**0.5, (n, d))
    X = rng.standard_normal((n, d))
    if kind == "correlated":
        i = np.arange(d)
        X = X @ np.linalg.cholesky(0.5 ** np.abs(i[:, None] - i)).T
    return X


def network(d, r, activation, n, seed, kind="normal"):
    """Rows with noisy values, test rows with true ones, and the truth."""
    rng = np.random.default_rng(seed)
    V = rng.standard_normal((d, r))
    V /= np.linalg.norm(V, axis=0)
    w = rng.uniform(1, 2, r) * rng.choice([-1, 1], r)
    X, X_test = rows_of(kind, n, d, rng), rows_of(kind, N_TEST, d, rng)
    clean, y_test = activation(X @ V) @ w, activation(X_test @ V) @ w
    y = clean + NOISE * clean.std() * rng.standard_normal(n)
    return X, y, X_test, y_test, V, w


def oracle(X, y, V, w, order):
    """Predictions of the least-squares fit that starts from the truth."""
    from scipy.optimize import least_squares

    d, r = V.shape
    signs = np.sign(w)

    def model(U, X):
        return (X @ U) ** order @ signs

    def residual(flat):
        return model(flat[1:].reshape(d, r), X) + flat[0] - y

    def jacobian(flat):
        slopes = order * signs * (X @ flat[1:].reshape(d, r)) ** (order - 1)
        J = (X[:, :, None] * slopes[:, None, :]).reshape(len(X), -1)
        return np.column_stack([np.ones(len(X)), J])

    start = np.append(0.0, (V * np.abs(w) ** (1 / order)).ravel())
    found = least_squares(residual, start, jacobian, method="lm")
    return lambda X: found.x[0] + model(found.x[1:].reshape(d, r), X)


def r2(truth, prediction):
    """Share of the variance that is predicted."""
    return 1 - np.mean((truth - prediction) ** 2) / np.var(truth)


def table(name):
    """Features and a target of a table that scikit-learn ships."""
    from sklearn import datasets

    if name == "iris":  # petal width
        X = datasets.load_iris().data
        return X[:, :3], X[:, 3]
    if name == "wine":  # alcohol
        X = datasets.load_wine().data
        return X[:, 1:], X[:, 0]
    load = {"cancer": datasets.load_breast_cancer}.get(name)
    data = (load or getattr(datasets, f"load_{name}"))()
    return data.data, data.target if data.target.ndim == 1 else data.target[:, 0]
