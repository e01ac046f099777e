# SPDX-License-Identifier: BSD-3-Clause
"""Standard errors of the weights and means that EM ends with."""

import numpy as np

from ...algebra.cp import ROUNDING
from ...settings import SETTINGS


def likelihood_errors(X, weights, means, precisions, shares, covariance_type):
    """Standard errors by the information in the rows.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
    weights, means : ndarray of shape (k,) and (k, n_features)
    precisions : ndarray
        In the shape of the covariance type.
    shares : ndarray of shape (n_samples, k)
        Of the components in each row.
    covariance_type : {"spherical", "diag", "tied", "full"}

    Returns
    -------
    weights_std : ndarray of shape (k,)
    means_std : ndarray of shape (k, n_features)
        NaN where the information is singular, and beyond 2,000 parameters.

    Notes
    -----
    The inverse of ``sum_n s_n s_n'`` for the gradients ``s_n`` of the log density of
    each row in all parameters, those of the covariances among them.
    """
    k, d = means.shape
    unknown = np.full(k, np.nan), np.full((k, d), np.nan)
    per_covariance = {"spherical": 1, "diag": d}.get(covariance_type, d * (d + 1) // 2)
    n_covariances = 1 if covariance_type == "tied" else k
    if k * (1 + d) + n_covariances * per_covariance > SETTINGS.max_unknowns:
        return unknown
    # Weights sum to one: the last follows from the others.
    relative = shares / weights
    parts = [relative[:, :-1] - relative[:, -1:]]
    slopes = []
    for i in range(k):
        precision = precisions if covariance_type == "tied" else precisions[i]
        pulls, stretches = _slopes(X - means[i], precision, covariance_type)
        parts.append(shares[:, [i]] * pulls)
        slopes.append(shares[:, [i]] * stretches)
    parts += [sum(slopes)] if covariance_type == "tied" else slopes
    scores = np.concatenate(parts, axis=1).astype(float)
    scales = np.sqrt(np.mean(scores**2, axis=0))
    if not (np.isfinite(scales).all() and (scales > 0).all()):
        return unknown
    values, vectors = np.linalg.eigh((scores / scales).T @ (scores / scales))
    if not values[0] > ROUNDING * values[-1]:
        return unknown
    inverse = vectors / values @ vectors.T / np.outer(scales, scales)
    own = inverse[: k - 1, : k - 1]
    variances = np.append(np.diag(own), own.sum())
    means_std = np.sqrt(np.diag(inverse)[k - 1 : k - 1 + k * d]).reshape(k, d)
    return np.sqrt(variances), means_std


def _slopes(deviations, precision, covariance_type):
    """Gradients of a log density in the mean, and in the covariance up to factors."""
    if covariance_type in ("spherical", "diag"):
        pulls = deviations * precision
        stretches = pulls**2 - precision
        if covariance_type == "spherical":
            stretches = stretches.sum(axis=1, keepdims=True)
        return pulls, stretches
    pulls = deviations @ precision
    i, j = np.triu_indices(len(precision))
    return pulls, pulls[:, i] * pulls[:, j] - precision[i, j]
