# SPDX-License-Identifier: BSD-3-Clause
"""How far noise moves the terms of a least-squares fit.

With ``J`` the Jacobian of the model in the vectors ``u_i`` of ``sum_i a_i u_i^{⊗l}``, a
small change ``N`` of the target moves them by ``(J'J)^{-1} J' N``.
"""

from functools import partial
from math import sqrt

import numpy as np
from scipy.linalg.lapack import dpocon, dpotrf, dpotri
from sklearn.utils import gen_batches

from ..algebra.cp import ROUNDING
from ..machine.memory import BLOCK_BYTES
from ..refine.normal_equations import gram_blocks, normal_matrix
from ..settings import SETTINGS


def standard_errors(fit, noise, lift):
    """Standard errors of weights and directions.

    Parameters
    ----------
    fit : Fit
        In the coordinates of the search.
    noise : WhiteNoise, SamplingNoise or None
        None: not known well enough.
    lift : ndarray of shape (d, k) or None
        From these coordinates to the data's. None: they are the same.

    Returns
    -------
    weights_std : ndarray of shape (m,)
        Of the weights, for the target over its scale.
    components_std : ndarray of shape (d, m)
        Of the entries of the unit directions. Both are NaN where the normal matrix is
        singular, so that terms move without a change of the model, and where there are
        more than 2,500 unknowns.
    """
    vectors, order = fit.vectors, fit.order
    size, count = vectors.shape
    n_features = size if lift is None else lift.shape[0]
    unknown = np.full(count, np.nan), np.full((n_features, count), np.nan)
    if noise is None or vectors.size > SETTINGS.max_unknowns or count == 0:
        return unknown
    solve = _inverse_of_normal(vectors, *gram_blocks(fit.signs, vectors, order))
    inner = noise.gradient_covariance(fit) if solve is not None else np.nan
    if not np.isfinite(inner).all():  # as many unknowns as entries
        return unknown
    if np.ndim(inner) == 0:  # inner * J'J
        covariance = inner * np.eye(size * count)
    else:
        signs, covariance = np.tile(fit.signs, size), inner
        covariance *= signs
        covariance *= signs[:, None]
        _overwrite(covariance.T, solve)
    _overwrite(covariance, solve)
    # Unknowns are ordered as ``vectors.ravel()``.
    covariance = covariance.reshape(size, count, size, count)
    weights_std = np.empty(count)
    components_std = np.empty((n_features, count))
    axes = np.eye(size) if lift is None else lift
    for i in range(count):
        weights_std[i], components_std[:, i] = term_errors(
            covariance[:, i, :, i], vectors[:, i], axes, order
        )
    return weights_std, components_std


def _overwrite(matrix, solve):
    """Put in the place of a matrix what some columns after the other are solved for."""
    # Fresh pages for more of them at once would cost more than the work.
    for block in gen_batches(len(matrix), BLOCK_BYTES // (8 * len(matrix)) + 1):
        matrix[:, block] = solve(matrix[:, block])


def _inverse_of_normal(vectors, identity, cross):
    """Product of the inverse normal matrix with others, or None where it is singular.

    Off the span of the vectors the normal matrix is ``A`` alone, so that only a matrix
    of the size of that span is inverted.
    """
    d, m = vectors.shape
    if m >= d:
        inverse = _inverse(normal_matrix(vectors, identity, cross))
        return None if inverse is None else partial(np.matmul, inverse)
    basis, inner = np.linalg.qr(vectors)
    within = _inverse(normal_matrix(inner, identity, cross))
    across = _inverse(identity.copy())
    if within is None or across is None:
        return None

    def solve(right):
        flat = right.reshape(d, -1)
        along = basis.T @ flat
        rest = (flat - basis @ along).reshape(d, m, -1)
        along = (within @ along.reshape(m * m, -1)).reshape(m, -1)
        solved = np.matmul(across, rest).reshape(d, -1)
        solved += basis @ along
        return solved.reshape(right.shape)

    return solve


def _inverse(matrix):
    """Of a positive definite matrix, or None where it is as good as singular."""
    norm = np.linalg.norm(matrix, 1)
    # Symmetric, so its transpose is the Fortran order that LAPACK takes without a copy.
    factor, info = dpotrf(matrix.T, lower=True, overwrite_a=True)
    if info or dpocon(factor, norm, uplo="L")[0] < ROUNDING:
        return None
    half, _ = dpotri(factor, lower=True, overwrite_c=True)
    inverse = half + half.T  # above its diagonal are zeros
    inverse.ravel(order="K")[:: len(inverse) + 1] /= 2
    return inverse


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
