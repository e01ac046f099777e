# SPDX-License-Identifier: BSD-3-Clause
"""The leading subspace of a dense tensor, for decompositions that work inside it."""

import numpy as np
from scipy.linalg import svd

from .._algebra import multilinear, sign_of_largest
from .._backend import load_backend


def leading_subspace(tensor, most, eps):
    """Leading left singular vectors of the mode-1 unfolding, and the core in them.

    Parameters
    ----------
    tensor : ndarray of shape (d,) * l
        Symmetric and not zero.
    most : int or None
        Most vectors; None: as many as there are singular values above rounding.
    eps : float
        Machine epsilon of the data.

    Returns
    -------
    basis : ndarray of shape (d, k)
        Orthonormal columns, the first of the largest entries of each positive: signs
        that do not hang on rounding.
    core : ndarray of shape (k,) * l
        ``T(basis, ..., basis)``.
    """
    n_features = len(tensor)
    basis, values, _ = svd(tensor.reshape(n_features, -1), full_matrices=False)
    k = int(np.sum(values > 10 * n_features * eps * values[0]))
    basis = fix_signs(basis[:, : min(k, most or k)])
    return basis, multilinear(load_backend("numpy"), tensor, basis)


def fix_signs(columns):
    """Columns with the first of their largest entries positive."""
    return columns * sign_of_largest(columns.T)
