# SPDX-License-Identifier: BSD-3-Clause
"""Other ways to sources: FastICA, Picard if installed; FOOBI and RICA for more."""

import time

import numpy as np
from scipy.optimize import minimize
from sklearn.decomposition import PCA, FastICA

# RICA's time and error do not need more rows.
RICA_ROWS = 20_000


def timed(function, *arguments):
    """What a function returns, and its seconds."""
    start = time.perf_counter()
    found = function(*arguments)
    return found, time.perf_counter() - start


def peers():
    """By name, functions from samples and a seed to an unmixing matrix."""
    found = {"FastICA": fast_ica}
    try:
        from picard import Picard
    except ImportError:
        return found

    def picard(X, start):
        model = Picard(random_state=start, tol=1e-6, max_iter=1000)
        return model.fit(X).components_

    return found | {"Picard": picard}


def fast_ica(X, start):
    """Unmixing matrix of scikit-learn's FastICA from one start."""
    model = FastICA(random_state=start, tol=1e-6, max_iter=1000)
    return model.fit(X).components_


def foobi(X, n_sources):
    """Mixing directions as rows, by the algebraic method at order 4."""
    from sklearn_overtensor.baselines import FOOBICP

    model = FOOBICP(n_sources, statistic="cumulant", random_state=0)
    return model.fit(X).components_


def rica(X, n_sources, penalty=1.0):
    """Mixing directions as rows, by reconstruction ICA [1]_, from one random start.

    ``min_W penalty ||z - W'W z||^2 + sum log cosh(W z)``, a mean over the white rows z,
    where rows of W are divided by their lengths.

    References
    ----------
    .. [1] Q. V. Le, A. Karpenko, J. Ngiam and A. Y. Ng, "ICA with reconstruction cost
       for efficient overcomplete feature learning", NeurIPS 2011.
    """
    pca = PCA(whiten=True).fit(X[:RICA_ROWS])
    Z = pca.transform(X[:RICA_ROWS])
    shape = n_sources, Z.shape[1]

    def loss(flat):
        free = flat.reshape(shape)
        lengths = np.linalg.norm(free, axis=1, keepdims=True)
        W = free / lengths
        codes = Z @ W.T
        left = codes @ W - Z
        sizes = np.abs(codes)
        value = penalty * (left**2).sum()
        value += np.sum(sizes + np.log1p(np.exp(-2 * sizes)) - np.log(2))
        slope = np.tanh(codes).T @ Z
        slope += 2 * penalty * ((left @ W.T).T @ Z + codes.T @ left)
        slope -= W * (slope * W).sum(axis=1, keepdims=True)
        return value / len(Z), (slope / lengths).ravel() / len(Z)

    start = np.random.default_rng(0).normal(size=shape)
    found = minimize(loss, start.ravel(), jac=True, method="L-BFGS-B")
    rows = found.x.reshape(shape) @ (
        pca.components_ * np.sqrt(pca.explained_variance_)[:, None]
    )
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)
