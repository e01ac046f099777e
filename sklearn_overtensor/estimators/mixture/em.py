# SPDX-License-Identifier: BSD-3-Clause
"""Scikit-learn's EM, started where moments say."""

import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture

# What is a fitted mixture of scikit-learn.
MODEL = ("weights_", "means_", "covariances_", "precisions_", "precisions_cholesky_")


def mixture_at(start, **settings):
    """A ``GaussianMixture`` that will start there.

    Parameters
    ----------
    start : Start
    **settings : dict
        Of the mixture; ``reg_covar`` and ``covariance_type`` among them.
    """
    # Of rows that are all the same there is none: EM says that in its own words.
    precision = 1 / (max(start.variance, settings["reg_covar"]) or 1.0)
    shape = *start.means.shape, settings["covariance_type"]
    return GaussianMixture(
        len(start.weights),
        weights_init=start.weights,
        means_init=start.means,
        precisions_init=_alike(precision, *shape),
        init_params="random",  # nothing is left to it, and arrays of any kind allow it
        **settings,
    )


def without_em(mixture):
    """The mixture that EM would start from, as one that is fitted."""
    precisions = mixture.precisions_init
    mixture.weights_, mixture.means_ = mixture.weights_init, mixture.means_init
    mixture.precisions_ = precisions
    mixture.covariances_ = np.where(precisions > 0, 1 / precisions.max(), 0.0)
    mixture.precisions_cholesky_ = np.sqrt(precisions)
    mixture.converged_, mixture.n_iter_ = True, 0
    mixture.n_features_in_ = mixture.means_.shape[1]
    return mixture


def fitted(mixture, X):
    """The mixture fitted; whether EM ended is told by ``converged_`` alone."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return mixture.fit(X)


def largest_first(mixture):
    """The arrays of a fitted mixture by name, heavier components first."""
    ranking = np.argsort(-mixture.weights_, kind="stable")
    arrays = {name: getattr(mixture, name) for name in MODEL}
    shared = MODEL[2:] if mixture.covariance_type == "tied" else ()
    return {
        name: array if name in shared else array[ranking]
        for name, array in arrays.items()
    }


def _alike(value, n_components, n_features, covariance_type):
    """A multiple of the identity for each component, in the shape of the type."""
    matrix = value * np.eye(n_features)
    return {
        "spherical": np.full(n_components, value),
        "diag": np.full((n_components, n_features), value),
        "tied": matrix,
        "full": np.tile(matrix, (n_components, 1, 1)),
    }[covariance_type]
