# SPDX-License-Identifier: BSD-3-Clause
"""Search for the terms that alpha keeps: penalised epochs in the data's own metric."""

from math import ceil

import numpy as np

from ..compression import generic_rank
from ..refine import (
    join,
    levenberg_marquardt,
    merge_parallel,
    prune,
    squared_residual,
    weight_sum,
)
from .ascent import strongest_term
from .epochs import LEFTOVER, place, restart_smallest, start_signs

# Share of the components that an epoch after the first re-initialises.
RESTARTED = 1 / 3
# Relative decrease of the objective that makes another epoch worth while.
WORTH_AN_EPOCH = 1e-4
# Terms below this share of the heaviest are not terms but leftovers of tiny starts.
NEGLIGIBLE = 1e-3
# Cosines beyond which components are one term. Two sources may be as parallel as the
# pieces of one term: the next cosine is for fits that are worse than what they refit.
COSINES = (0.95, 0.99, 0.999)
# Steps of a fit, each with a linear system to solve, per iteration of an epoch.
STEPS_PER_ITERATION = 0.3
# Growth of the sum of the weights' sizes in the refit beyond which terms cancel.
BLOW_UP = 4.0
# Residual of a fit that is exact, whatever its weights.
FITS = 1e-6
# Residual at which a fit ends: what rounding leaves.
FITTED = 1e-13
# Ridges that are tried in turn on a fit that has no minimum.
RIDGES = (1e-4, 1e-3, 1e-2, 1e-1)


def default_width(rank, n_features, order):
    """``2 r + 5`` for a rank of at least r, not far beyond the generic one."""
    limit = generic_rank(n_features, order) + 2 + n_features // 4
    return max(1, min(2 * rank + 5, limit))


def penalised_search(target, bound, width, alpha, log, init=None):
    """Run epochs on the penalised objective until one no longer lowers it.

    Parameters
    ----------
    target : target
        Of norm one.
    bound : RankBound
    width : int
        Number of components.
    alpha : float
        The penalty.
    log : EpochLog
    init : tuple of (weights, directions) or None
        A model to start from.

    Returns
    -------
    vectors, signs : ndarray of shape (d, width) and (width,)
        The best penalised model, 2-homogeneous.
    lowest : float
        Its objective.
    """
    signs = start_signs(width, bound, target.order)
    vectors = log.fresh(target.n_features, width)
    if init is not None:
        vectors = place(*init, signs, vectors)
    best = log.run(target, vectors, signs, alpha)
    lowest = log.losses[-1]
    for _ in range(log.max_epochs - 1):
        vectors = log.run(
            target, restart_smallest(best, signs, RESTARTED, log), signs, alpha
        )
        loss = log.losses[-1]
        enough = loss > lowest * (1 - WORTH_AN_EPOCH)
        if loss < lowest:
            best, lowest = vectors, loss
        if enough:
            break
    return best, signs, lowest


def refit(target, weights, directions, alpha, max_iter=200, precision=0.0):
    """Merge, prune, and fit again by least squares without the penalty.

    The penalty takes about alpha off each weight, so the fit should not need much more
    than the penalised weights and that. If it does, the least-squares fit of so many
    terms has no minimum: weights grow without limit and cancel. The weakest ridge that
    stops them is kept then.

    Without the penalty a fit is closer than the penalised model, unless components of
    two terms were merged: they are merged less then.

    Parameters
    ----------
    target : target
        Of norm one.
    weights, directions : ndarray of shape (m,) and (d, m)
        The penalised model.
    alpha : float
        The penalty that it was found with.
    max_iter : int, default=200
        Iterations of an epoch, for the same patience here.
    precision : float, default=0.0
        Decrease of the objective by three steps that is not worth them.

    Returns
    -------
    vectors, signs : ndarray of shape (d, k) and (k,)
        The plain model.
    residual : float
        Relative.
    """
    # Leftovers of the start point everywhere: many of them would link other terms.
    present = prune(weights, directions, LEFTOVER, LEFTOVER)
    if np.abs(present[0]).max() < LEFTOVER:  # the penalised answer is empty
        present = strongest_term(target)
    squared, _ = squared_residual(target, *reversed(join(*present, target.order)))
    best, n_terms, lowest = None, None, np.inf
    max_steps = ceil(STEPS_PER_ITERATION * max_iter)
    for cosine in COSINES:
        merged = prune(*merge_parallel(*present, target.order, cosine), NEGLIGIBLE)
        if len(merged[0]) == n_terms:
            continue
        n_terms = len(merged[0])
        fit = _fitted(target, *merged, alpha, max_steps, precision)
        residual = fit[2]
        if residual < lowest:
            best, lowest = fit, residual
        if residual**2 <= squared:
            break
    return best


def _fitted(target, weights, directions, alpha, max_steps, precision):
    """The least-squares fit from these terms, with a ridge if it has no minimum."""
    order = target.order
    vectors, signs = join(weights, directions, order)
    result = levenberg_marquardt(
        target, vectors, signs, max_iter=max_steps, tol=FITTED, precision=precision
    )
    limit = BLOW_UP * (np.abs(weights).sum() + alpha * len(signs))
    for ridge in RIDGES:
        if result.residual < FITS or weight_sum(result.vectors, order) <= limit:
            break
        result = levenberg_marquardt(
            target, vectors, signs, ridge=ridge, precision=precision
        )
    return result.vectors, signs, result.residual
