# SPDX-License-Identifier: BSD-3-Clause
"""FastICA from orthogonal directions that are known already."""

import warnings

import numpy as np
from scipy.linalg import null_space
from sklearn.decomposition import FastICA
from sklearn.exceptions import ConvergenceWarning


def polished(samples, directions, n_noise, max_iter, tol):
    """Directions of scikit-learn's FastICA, started at known ones.

    Parameters
    ----------
    samples : ndarray of shape (n, p)
        White.
    directions : ndarray of shape (k, p)
        Orthonormal rows, k <= p.
    n_noise : int
        How many of p directions cannot be told from Gaussian noise.
    max_iter : int
    tol : float

    Returns
    -------
    directions : ndarray of shape (k, p)
    n_iter : int

    Notes
    -----
    The orthogonal complement takes part, so that the span of the sources is polished,
    too: of 2 sources in 8 sensors the error halved. It is Gaussian as far as the
    cumulants can tell, and turns within itself for ever: that it has not converged
    is no news.
    """
    start = np.vstack([directions, null_space(directions).T])
    model = FastICA(whiten=False, w_init=start, max_iter=max_iter, tol=tol)
    with warnings.catch_warnings():
        if n_noise > 1:
            warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(samples)
    return model.components_[: len(directions)], model.n_iter_
