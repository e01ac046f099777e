# SPDX-License-Identifier: BSD-3-Clause
"""How far noise moves the terms of a least-squares fit.

With ``J`` the Jacobian of the model in the vectors ``u_i`` of ``sum_i a_i u_i^{⊗l}``, a
small change ``N`` of the target moves them by ``(J'J)^{-1} J' N``.
"""

from math import sqrt

import numpy as np
from scipy.linalg import LinAlgError, cho_factor, cho_solve

from ..refine.normal_equations import gram_blocks, normal_matrix

# Unknowns of a fit beyond which the covariance takes longer than the fit did.
MAX_UNKNOWNS = 2000
# Least eigenvalue of the normal matrix over its largest of a regular one.
REGULAR = 1e-10


def standard_errors(fit, noise, order, lift):
    """Standard errors of weights and directions.

    Parameters
    ----------
    fit : Fit
        In the coordinates of the search.
    noise : WhiteNoise, SamplingNoise or None
        None: not known well enough.
    order : int
    lift : ndarray of shape (d, k) or None
        From these coordinates to the data's. None: they are the same.

    Returns
    -------
    weights_std : ndarray of shape (m,)
        Of the weights, for the target over its scale.
    components_std : ndarray of shape (d, m)
        Of the entries of the unit directions. Both are NaN where the normal matrix is
        singular, so that terms move without a change of the model, and where there are
        more than 2,000 unknowns.
    """
    vectors = fit.vectors
    size, count = vectors.shape
    n_features = size if lift is None else lift.shape[0]
    unknown = np.full(count, np.nan), np.full((n_features, count), np.nan)
    if noise is None or vectors.size > MAX_UNKNOWNS or count == 0:
        return unknown
    matrix = normal_matrix(vectors, *gram_blocks(fit.signs, vectors, order))
    values = np.linalg.eigvalsh(matrix)
    if not values[0] > REGULAR * values[-1]:
        return unknown
    try:
        factor = cho_factor(matrix)
    except LinAlgError:
        return unknown
    inner = noise.gradient_covariance(fit)
    if not np.isfinite(inner).all():  # as many unknowns as entries
        return unknown
    if np.isscalar(inner):  # white: inner * J'J
        covariance = inner * cho_solve(factor, np.eye(len(matrix)))
    else:
        signs = np.tile(fit.signs, size)
        half = cho_solve(factor, inner * signs[:, None] * signs)
        covariance = cho_solve(factor, half.T)
    covariance = covariance.reshape(size, count, size, count)
    weights_std = np.empty(count)
    components_std = np.empty((n_features, count))
    axes = np.eye(size) if lift is None else lift
    for i in range(count):
        weights_std[i], components_std[:, i] = term_errors(
            covariance[:, i, :, i], vectors[:, i], axes, order
        )
    return weights_std, components_std


def term_errors(covariance, vector, axes, order):
    """Standard errors of ``w = ||u||^l`` and ``v = u / ||u||`` of one term.

    Parameters
    ----------
    covariance : ndarray of shape (k, k)
        Of its vector, in the coordinates of a fit.
    vector : ndarray of shape (k,)
    axes : ndarray of shape (d, k)
        From these coordinates to those of the answer: ``u`` is ``axes @ vector``.
    order : int

    Returns
    -------
    weight_std : float
    direction_std : ndarray of shape (d,)
    """
    u = axes @ vector
    length = np.linalg.norm(u)
    # Nothing of d x d is formed: d may be large.
    along = u / length @ axes
    spread = max(float(along @ covariance @ along), 0.0)
    across = axes - np.outer(u / length, along)
    spreads = np.einsum("dk,dk->d", across @ covariance, across)
    weight_std = order * length ** (order - 1) * sqrt(spread)
    return weight_std, np.sqrt(np.maximum(spreads, 0.0)) / length
