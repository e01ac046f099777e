# SPDX-License-Identifier: BSD-3-Clause
"""Terms of a cumulant, and how many of them are sources."""

import warnings
from dataclasses import replace

import numpy as np
from scipy.linalg import null_space
from sklearn.exceptions import ConvergenceWarning

from ...decompose.function import overparam_symmetric_cp
from .model import is_mixture
from .whitening import unit_rows


def terms_of(target, white, count, **settings):
    """Terms of a cumulant, as many as asked for or as noise does not explain.

    Parameters
    ----------
    target : CumulantTarget or AccumulatedMoments
    white : Whitening
    count : int or None
    **settings
        ``significance`` and ``random_state``.

    Returns
    -------
    result : SymmetricCPResult
    n_found : int
        How many of them noise does not explain.
    """
    result = overparam_symmetric_cp(target, count, **settings)
    width = len(white.matrix)
    too_many = count is None and result.n_components > width
    if too_many and not is_mixture(target, result, white, settings["significance"]):
        warnings.warn(
            f"The {result.n_components} terms of the cumulant are not those of "
            "independent sources: they leave more than noise, or cancel each other. "
            f"{width} sources are kept, as many as sensors.",
            ConvergenceWarning,
            stacklevel=2,
        )
        result = _quietly(target, width, **settings)
    n_found = 0 if result.status == "noise" else result.n_components
    here = target.rows is not None and target.rows.projected is not None
    if here and (count or 1) <= len(white.matrix):
        return _with_hidden(target, result, n_found, white, count, **settings)
    if count is not None and result.n_components < count:
        result = overparam_symmetric_cp(target, rank=count, **settings)
    return result, n_found


def _quietly(target, count, **settings):
    """A decomposition after one of whose end the user was told."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return overparam_symmetric_cp(target, count, **settings)


def _with_hidden(target, result, n_found, white, count, **settings):
    """Terms together with those of what is orthogonal to them in white coordinates.

    It has fewer directions, among which noise is large by chance less often: of six
    Laplace sources in 3,000 rows one to six were found at first, and all then.
    """
    only_noise = n_found == 0
    while result.n_components < (count or len(white.matrix)):
        if only_noise and count is None:
            break
        others = null_space(result.components @ white.matrix.T)
        rest = target.in_subspace(white.matrix.T @ others)
        left = None if count is None else count - result.n_components
        more = _quietly(rest, left, **settings)
        only_noise = only_noise or more.status == "noise"
        if only_noise and count is None:
            break
        more = _lifted(more, white.lift @ others)
        n_found += 0 if only_noise else more.n_components
        result = _joined(result, more)
    return result, n_found


def _lifted(result, lift):
    """Terms of a subspace, at most one a direction, in the coordinates of the whole."""
    kept = slice(lift.shape[1])
    components, lengths = unit_rows(result.components[kept] @ lift.T)
    weights = result.weights[kept] * lengths**result.order
    unknown = np.full_like(components, np.nan)
    return replace(
        result, weights=weights, components=components, components_std=unknown
    )


def _joined(first, second):
    names = ("weights", "components", "components_std")
    both = {
        name: np.concatenate([getattr(first, name), getattr(second, name)])
        for name in names
    }
    return replace(first, **both, n_iter=first.n_iter + second.n_iter)
