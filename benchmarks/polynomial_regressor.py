# SPDX-License-Identifier: BSD-3-Clause
"""Polynomial networks from samples: neurons found, prediction, real tables.

Three questions of ``OverparamPolynomialRegressor`` with its defaults:

- Planted networks ``y = sum_i w_i (v_i'x)^l`` with 10 % noise: is the number of neurons
  right, how near are they, and how far is the test R^2 from that of an oracle, the
  least-squares fit that knows their number and order and starts from the truth?
- The same from rows that are not normal, and teachers that are no polynomial.
- Real tables that scikit-learn ships: R^2 in a cross-validation whose folds each choose
  the parameters in a ``GridSearchCV``, for all alike.

Peers: ``KernelRidge(kernel="poly")``, ``PolynomialFeatures`` with ``Ridge`` and with
``Lasso``, ``MLPRegressor`` and ``HistGradientBoostingRegressor``.

::

    python benchmarks/polynomial_regressor.py --seeds 3
"""

import argparse
import time
import warnings

import _common
import numpy as np

# Features, neurons, order, rows.
NETWORKS = [(20, 5, 3, 2000), (30, 10, 3, 2000), (20, 5, 4, 2000), (50, 5, 3, 4000)]
NOISE, N_TEST = 0.1, 5000
PACKAGES = ("numpy", "scipy", "scikit-learn")
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
        left = model(flat[1:].reshape(d, r), X) + flat[0] - y
        return left

    def jacobian(flat):
        slopes = order * signs * (X @ flat[1:].reshape(d, r)) ** (order - 1)
        J = (X[:, :, None] * slopes[:, None, :]).reshape(len(X), -1)
        return np.column_stack([np.ones(len(X)), J])

    start = np.append(0.0, (V * np.abs(w) ** (1 / order)).ravel())
    found = least_squares(residual, start, jacobian, method="lm")
    return lambda X: found.x[0] + model(found.x[1:].reshape(d, r), X)


def r2(truth, prediction):
    return 1 - np.mean((truth - prediction) ** 2) / np.var(truth)


def ours(**parameters):
    from sklearn_overtensor import OverparamPolynomialRegressor

    return OverparamPolynomialRegressor(random_state=0, **parameters)


def planted(d, r, order, n, n_seeds):
    """One line of the first table."""
    counts, cosines, gaps, scores, times = [], [], [], [], []
    for seed in range(n_seeds):
        X, y, X_test, y_test, V, w = network(d, r, lambda z: z**order, n, seed)
        model = ours(degree=order)
        start = time.process_time()
        model.fit(X, y)
        times.append(time.process_time() - start)
        right = model.n_components_ == r and np.all(model.orders_ == order)
        counts.append(bool(right))
        overlap = np.abs(model.components_[model.orders_ == order] @ V)
        cosines.append(overlap.max(axis=0).min() if overlap.size else 0.0)
        scores.append(r2(y_test, model.predict(X_test)))
        best = r2(y_test, oracle(X, y, V, w, order)(X_test))
        gaps.append(best - scores[-1])
    return {
        "(d, r, l)": (d, r, order),
        "rows": n,
        "number right": f"{sum(counts)} of {n_seeds}",
        "worst cosine": f"{min(cosines):.4f}",
        "median R^2": f"{np.median(scores):.4f}",
        "most below the oracle's": f"{max(gaps):.5f}",
        "median time of one core": _common.seconds(np.median(times)),
    }


def peers(order, exhaustive):
    """Name and regressor; each chooses its own parameters."""
    from sklearn.ensemble import HistGradientBoostingRegressor
    from sklearn.kernel_ridge import KernelRidge
    from sklearn.linear_model import LassoCV, RidgeCV
    from sklearn.model_selection import GridSearchCV
    from sklearn.neural_network import MLPRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import PolynomialFeatures, StandardScaler

    alphas = np.logspace(-3, 4, 8)
    kernel = KernelRidge(kernel="poly", degree=order)
    grid = {"alpha": [0.01, 0.1, 1, 10], "gamma": [1e-3, 1e-2, 1e-1]}
    yield "KernelRidge(poly)", GridSearchCV(kernel, grid, cv=3)
    features = PolynomialFeatures(order, include_bias=False)
    yield (
        "PolynomialFeatures, Ridge",
        make_pipeline(features, StandardScaler(), RidgeCV(alphas)),
    )
    if exhaustive:
        lasso = LassoCV(cv=3, alphas=10, eps=1e-2, max_iter=500, tol=1e-3)
        yield "PolynomialFeatures, Lasso", make_pipeline(features, lasso)
    network = MLPRegressor(
        hidden_layer_sizes=(64, 64), max_iter=300, early_stopping=True, random_state=0
    )
    yield "MLPRegressor", scaled(network)
    yield "HistGradientBoosting", HistGradientBoostingRegressor(random_state=0)


def beside_peers(d, r, order, n):
    """Test R^2 and time of each method on one planted network."""
    X, y, X_test, y_test, *_ = network(d, r, lambda z: z**order, n, 0)
    methods = [("ours", ours(degree=order)), *peers(order, d <= 20 and order == 3)]
    for name, model in methods:
        start = time.process_time()
        model.fit(X, y)
        yield {
            "(d, r, l)": (d, r, order),
            "method": name,
            "test R^2": f"{r2(y_test, model.predict(X_test)):.4f}",
            "time of one core": _common.seconds(time.process_time() - start),
        }


def other_teachers(n_seeds):
    """Rows that are not normal, and activations that are no polynomial."""
    cases = [
        ("cubes", "uniform", lambda z: z**3),
        ("cubes", "correlated", lambda z: z**3),
        ("ReLU", "normal", lambda z: np.maximum(z, 0)),
        ("tanh", "normal", np.tanh),
    ]
    for teacher, kind, activation in cases:
        found, scores, boosted = [], [], []
        for seed in range(n_seeds):
            X, y, X_test, y_test, *_ = network(10, 3, activation, 2000, seed, kind)
            model = ours(degree=3 if teacher == "cubes" else 5).fit(X, y)
            found.append("+".join(map(str, np.bincount(model.orders_)[1:])))
            scores.append(r2(y_test, model.predict(X_test)))
            *_, (_, peer) = peers(3, False)
            boosted.append(r2(y_test, peer.fit(X, y).predict(X_test)))
        yield {
            "teacher of 3 neurons": teacher,
            "rows": kind,
            "terms of order 1+2+...": ", ".join(sorted(set(found))),
            "median R^2": f"{np.median(scores):.4f}",
            "HistGradientBoosting": f"{np.median(boosted):.4f}",
        }


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


def scaled(regressor):
    """A regressor of a target of variance one, which networks need."""
    from sklearn.compose import TransformedTargetRegressor
    from sklearn.preprocessing import StandardScaler

    return TransformedTargetRegressor(regressor, transformer=StandardScaler())


def grids():
    """Name, regressor and the grid that it chooses from."""
    from sklearn.ensemble import HistGradientBoostingRegressor
    from sklearn.kernel_ridge import KernelRidge
    from sklearn.linear_model import Lasso, Ridge
    from sklearn.neural_network import MLPRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import PolynomialFeatures, StandardScaler

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
    yield "MLP", scaled(mlp), {"regressor__alpha": [1e-3, 1e-1]}
    boosting = HistGradientBoostingRegressor(max_iter=50, random_state=0)
    yield "HistGradientBoosting", boosting, {"learning_rate": [0.05, 0.2]}


def real_table(name):
    """One line of the last table: mean R^2 over folds, pooled over all rows."""
    from sklearn.model_selection import GridSearchCV, KFold, cross_val_predict
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    X, y = table(name)
    outer, inner = (KFold(3, shuffle=True, random_state=seed) for seed in (0, 1))
    row = {"table": f"{name} {X.shape}"}
    for method, model, grid in grids():
        search = GridSearchCV(model, grid, cv=inner)
        predicted = cross_val_predict(
            make_pipeline(StandardScaler(), search), X, y, cv=outer
        )
        row[method] = f"{r2(y, predicted):.3f}"
    return row


PARTS = {
    "planted": "Planted networks, 10 % noise",
    "peers": "Beside peers, on the first seed",
    "teachers": "Other rows and other teachers",
    "tables": "Real tables: R^2 of rows that were held out",
}


def lines_of(part, n_seeds):
    """The rows of a table."""
    if part == "planted":
        return [planted(*sizes, n_seeds) for sizes in NETWORKS]
    if part == "peers":
        return [row for sizes in NETWORKS for row in beside_peers(*sizes)]
    if part == "teachers":
        return list(other_teachers(n_seeds))
    return [real_table(name) for name in TABLES]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--seeds", type=int, default=2, help="of each planted network")
    parser.add_argument("--parts", nargs="+", default=list(PARTS), choices=PARTS)
    parser.add_argument("--output", default="polynomial_regressor.md")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    text = ""
    for part in arguments.parts:
        start = time.process_time()
        table = _common.markdown(lines_of(part, arguments.seeds))
        spent = _common.seconds(time.process_time() - start)
        text += f"**{PARTS[part]}**\n\n{table}\nIt took {spent} of one core.\n\n"
        print(text, flush=True)
    text += f"{_common.machine()}; {_common.versions(*PACKAGES)}; "
    text += f"{arguments.seeds} seeds.\n"
    (_common.RESULTS / arguments.output).write_text(text)


if __name__ == "__main__":
    _common.one_thread()
    main()
