# SPDX-License-Identifier: BSD-3-Clause
"""Search for the terms that alpha keeps: penalised epochs in the data's own metric."""

from ..compression import generic_rank
from ..refine import join, merge_parallel, polish, prune
from .epochs import LEFTOVER, place, restart_smallest, start_signs

# Share of the components that an epoch after the first re-initialises.
RESTARTED = 1 / 3
# Relative decrease of the objective that makes another epoch worth while.
WORTH_AN_EPOCH = 1e-4
# Terms below this share of the heaviest are not terms but leftovers of tiny starts.
NEGLIGIBLE = 1e-3


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
    """
    signs = start_signs(width, bound, target.order)
    vectors = log.fresh(target.n_features, width)
    if init is not None:
        vectors = place(*init, signs, vectors)
    best = log.run(target, vectors, signs, alpha)
    lowest = log.losses[-1]
    for _ in range(log.max_epochs - 1):
        vectors = log.run(target, restart_smallest(best, RESTARTED, log), signs, alpha)
        loss = log.losses[-1]
        if loss < lowest:
            best = vectors
        if loss > lowest * (1 - WORTH_AN_EPOCH):
            break
        lowest = loss
    return best, signs


def refit(target, weights, directions):
    """Merge, prune, and fit again by least squares without the penalty.

    Returns
    -------
    vectors, signs : ndarray of shape (d, k) and (k,)
        The plain model.
    residual : float
        Relative.
    """
    # Leftovers of the start point everywhere: many of them would link other terms.
    present = prune(weights, directions, LEFTOVER, LEFTOVER)
    merged = merge_parallel(*present, target.order)
    vectors, signs = join(*prune(*merged, NEGLIGIBLE), target.order)
    result = polish(target, vectors, signs, max_iter=60, patience=None)
    return result.vectors, signs, result.residual
