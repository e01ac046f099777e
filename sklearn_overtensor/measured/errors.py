# SPDX-License-Identifier: BSD-3-Clause
"""How far the noise of measurements moves the terms."""

from math import sqrt

import numpy as np

from ..algebra.cp import ROUNDING
from ..settings import SETTINGS


def covariance(measurements, terms, variance):
    """Of all vectors, of shape (d, k, d, k); None where it is not known.

    ``variance / n (J'PJ)^+``; squares have rotations that change nothing, along which
    the least motion is taken.
    """
    d, k = terms.vectors.shape
    if (
        k == 0
        or terms.vectors.size > SETTINGS.max_unknowns
        or not np.isfinite(variance)
    ):
        return None
    matrix, _ = measurements.normal_matrix(terms)
    values, vectors = np.linalg.eigh(matrix)
    regular = values > ROUNDING * values[-1]
    n_squares = int(np.sum(terms.orders == 2))
    if np.sum(~regular) > n_squares * (n_squares - 1) // 2:
        return None
    vectors = vectors[:, regular]
    found = (vectors / values[regular]) @ vectors.T * (variance / measurements.count)
    return found.reshape(d, k, d, k)


def eigen_errors(squares, vectors, signs, weights, directions):
    """Standard errors of eigenvalues and eigenvectors of ``sum_i a_i u_i u_i'``.

    Parameters
    ----------
    squares : ndarray of shape (d, k, d, k)
        Covariance of the vectors.
    vectors, signs : ndarray of shape (d, k) and (k,)
        Of the fit.
    weights, directions : ndarray of shape (k,) and (d, k)
        Eigenvalues that are not zero and their eigenvectors.

    Notes
    -----
    A change ``N`` of the matrix moves an eigenvalue by ``v_i'N v_i`` and its vector by
    ``sum_j v_j v_j'N v_i / (w_i - w_j)``, also over the eigenvectors of zero.
    """
    d, k = vectors.shape
    basis = np.linalg.qr(directions, mode="complete")[0]
    basis = np.column_stack([directions, basis[:, k:]])
    values = np.append(weights, np.zeros(d - k))
    # N = sum_i a_i (du_i u_i' + u_i du_i'): v_j'N v_i is linear in du.
    along = (basis.T @ vectors) * signs
    weights_std, components_std = np.empty(k), np.empty((d, k))
    for i in range(k):
        # forms[j]: v_j'N v_i, as coefficients of du of shape (d, k)
        forms = basis.T[:, :, None] * along[i] + basis[:, i, None] * along[:, None, :]
        flat = forms.reshape(d, d * k)
        inner = flat @ squares.reshape(d * k, d * k) @ flat.T
        weights_std[i] = sqrt(max(inner[i, i], 0.0))
        gaps = values[i] - values
        gaps[i] = np.inf
        moved = basis / gaps
        spread = np.einsum("aj,jk,ak->a", moved, inner, moved)
        components_std[:, i] = np.sqrt(np.maximum(spread, 0.0))
    return weights_std, components_std
