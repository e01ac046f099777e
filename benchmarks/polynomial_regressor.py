# SPDX-License-Identifier: BSD-3-Clause
"""Polynomial networks from samples: neurons found, prediction, real tables.

Questions of ``OverparamPolynomialRegressor`` with its defaults:

- Planted networks ``y = sum_i w_i (v_i'x)^l`` with 10 % noise: is the number of neurons
  right, how near are they, and how far is the test R^2 from that of an oracle, the
  least-squares fit that knows their number and order and starts from the truth?
- The same beside peers, and how the times grow with rows and with features.
- The same from rows that are not normal, and teachers that are no polynomial.
- Real tables that scikit-learn ships: R^2 in a cross-validation whose folds each choose
  the parameters in a ``GridSearchCV``, for all alike.

Peers: ``KernelRidge(kernel="poly")``, ``PolynomialFeatures`` with ``Ridge`` and with
``Lasso``, ``MLPRegressor``, ``HistGradientBoostingRegressor``, and a factorisation
machine where ``myfm`` is installed. The parts that are run are written into
``results/``; the page and the figure are made of those there.

::

    python benchmarks/polynomial_regressor.py --seeds 20
"""

import argparse
import time
import warnings

import _common
import numpy as np
from _polynomial_data import TABLES, network, oracle, r2, table

# Features, neurons, order, rows.
NETWORKS = [(20, 5, 3, 2000), (30, 10, 3, 2000), (20, 5, 4, 2000), (50, 5, 3, 4000)]
# Features and rows of five cubic neurons.
GROWTH = [(20, 500), (20, 1000), (20, 2000), (20, 4000), (10, 2000), (40, 2000)]
PACKAGES = ("numpy", "scipy", "scikit-learn", "myfm")


def timed(model, X, y):
    """The fitted model, and its time of one core."""
    start = time.process_time()
    model.fit(X, y)
    return model, time.process_time() - start


def planted(d, r, order, n, n_seeds):
    """One line of the first table."""
    from _polynomial_peers import ours

    counts, cosines, gaps, scores, times = [], [], [], [], []
    for seed in range(n_seeds):
        X, y, X_test, y_test, V, w = network(d, r, lambda z: z**order, n, seed)
        model, spent = timed(ours(degree=order), X, y)
        times.append(spent)
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
        "wrong seeds": ", ".join(map(str, np.flatnonzero(np.invert(counts)))) or "–",
        "worst cosine": f"{min(cosines):.4f}",
        "median R^2": f"{np.median(scores):.4f}",
        "most below the oracle's": f"{max(gaps):.5f}",
        "median seconds": f"{np.median(times):.3g}",
    }


def beside_peers(d, r, order, n):
    """Test R^2 and time of each method on one planted network."""
    from _polynomial_peers import ours, peers

    X, y, X_test, y_test, *_ = network(d, r, lambda z: z**order, n, 0)
    for name, model in [("ours", ours(degree=order)), *peers(order, d)]:
        model, spent = timed(model, X, y)
        yield {
            "(d, r, l)": (d, r, order),
            "method": name,
            "test R^2": f"{r2(y_test, model.predict(X_test)):.4f}",
            "seconds": f"{spent:.3g}",
        }


def growth(d, n):
    """Test R^2 and times against features and rows."""
    from _polynomial_peers import boosting, kernel_ridge, ours

    X, y, X_test, y_test, *_ = network(d, 5, lambda z: z**3, n, 0)
    row = {"features": d, "rows": n}
    methods = {
        "ours": ours(),
        "KernelRidge(poly)": kernel_ridge(3),
        "HistGradientBoosting": boosting(),
    }
    for name, model in methods.items():
        model, spent = timed(model, X, y)
        score = r2(y_test, model.predict(X_test))
        row |= {f"{name}: seconds": f"{spent:.3g}", f"{name}: R^2": f"{score:.4f}"}
    return row


def other_teachers(n_seeds):
    """Rows that are not normal, and activations that are no polynomial."""
    from _polynomial_peers import boosting, ours

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
            boosted.append(r2(y_test, boosting().fit(X, y).predict(X_test)))
        yield {
            "teacher of 3 neurons": teacher,
            "rows": kind,
            "terms of order 1+2+...": "; ".join(sorted(set(found))),
            "median R^2": f"{np.median(scores):.4f}",
            "HistGradientBoosting": f"{np.median(boosted):.4f}",
        }


def real_table(name):
    """One line of the last table: mean R^2 over folds, pooled over all rows."""
    from _polynomial_peers import grids
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
    "growth": "Five cubic neurons: how times grow",
    "teachers": "Other rows and other teachers",
    "tables": "Real tables: R^2 of rows that were held out",
}


def lines_of(part, n_seeds):
    """The rows of a table."""
    if part == "planted":
        return [planted(*sizes, n_seeds) for sizes in NETWORKS]
    if part == "peers":
        return [row for sizes in NETWORKS for row in beside_peers(*sizes)]
    if part == "growth":
        return [growth(*sizes) for sizes in GROWTH]
    if part == "teachers":
        return list(other_teachers(min(n_seeds, 5)))
    return [real_table(name) for name in TABLES]


def stored(part):
    """Where the rows of a part are."""
    return _common.RESULTS / f"polynomial_regressor_{part}.csv"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--seeds", type=int, default=2, help="of each planted network")
    parser.add_argument("--parts", nargs="*", default=list(PARTS), choices=PARTS)
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    for part in arguments.parts:
        start = time.process_time()
        _common.write_csv(stored(part), lines_of(part, arguments.seeds))
        print(f"{part}: {_common.seconds(time.process_time() - start)}", flush=True)
    tables = {
        part: _common.read_csv(stored(part)) for part in PARTS if stored(part).exists()
    }
    text = "".join(
        f"**{PARTS[part]}**\n\n{_common.markdown(rows)}\n"
        for part, rows in tables.items()
    )
    caption = (
        f"{_common.machine()}; {_common.versions(*PACKAGES)}; seconds of one core."
    )
    path = _common.RESULTS / "polynomial_regressor.md"
    path.write_text(f"{text}{caption}\n")

    from _polynomial_figure import draw

    draw(path.with_suffix(".png"), tables, caption)


if __name__ == "__main__":
    _common.one_thread()
    main()
