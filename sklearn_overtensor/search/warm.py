# SPDX-License-Identifier: BSD-3-Clause
"""Penalised epochs that start from the model of another alpha."""

import numpy as np

from ..refine import merge_parallel, prune
from .ascent import STARTS, STEPS, Remainder, ascend, fixed_starts
from .epochs import LEFTOVER, place, start_signs, terms
from .penalised import WORTH_AN_EPOCH, penalised_search

# Components at least so parallel start as one; what is left over of tiny starts does
# not start at all, so that its place is free for others.
SAME_DIRECTION = 0.99
# Relative decrease of the objective that missing terms must promise to be worth another
# epoch. It is smaller than that of penalised_search, which cannot aim at what is
# missing.
WORTH_ADDING = 1e-5
# Most epochs from the terms of the last alpha; one is the rule.
MAX_EPOCHS = 4


def warm_search(target, bound, width, alpha, log, previous):
    """Penalised epochs from the terms of another alpha until none is missing.

    Parameters
    ----------
    target, bound, width, alpha, log
        As in :func:`penalised_search`.
    previous : tuple of (weights, directions)
        A penalised model for another alpha.

    Returns
    -------
    vectors, signs : ndarray of shape (d, m) and (m,)
    lowest : float
        Its objective.

    Notes
    -----
    A fresh component beside a model that is all but stationary is too small for L-BFGS
    to see, and dies. So terms that the new alpha calls for, by the optimality condition
    ``|R(v, ..., v)| <= alpha``, join each epoch's start in the size that lowers the
    objective most, ``|R(v, ..., v)| - alpha``: the generalised conditional gradient
    method (Bredies and Pikkarainen, ESAIM: COCV 19, 2013), whose other half, all terms
    moving at once, is the epoch. If much is still missing in the end, a search from
    tiny components alone has its turn, and the lower objective wins.
    """
    signs = start_signs(width, bound, target.order)
    best, lowest = None, np.inf
    model = previous
    for _ in range(min(MAX_EPOCHS, log.max_epochs)):
        kept = merge_parallel(
            *prune(*model, LEFTOVER, LEFTOVER), target.order, SAME_DIRECTION
        )
        missing = missing_terms(target, alpha, *kept)
        promised = 0.5 * np.sum(missing[0] ** 2)
        if promised <= WORTH_ADDING * lowest < np.inf:
            break
        start = place(*_together(kept, missing), signs, log.fresh(len(kept[1]), width))
        vectors = log.run(target, start, signs, alpha)
        if log.losses[-1] < lowest:
            best, lowest = vectors, log.losses[-1]
        model = terms(best, signs)
    if promised <= WORTH_AN_EPOCH * lowest:
        return best, signs, lowest
    fresh = penalised_search(target, bound, width, alpha, log)
    return fresh if fresh[2] < lowest else (best, signs, lowest)


def _together(*models):
    return tuple(np.concatenate(part, axis=-1) for part in zip(*models, strict=True))


def missing_terms(target, alpha, weights, directions):
    """Terms whose pull on a penalised model exceeds alpha, as far as ascents can tell.

    Returns
    -------
    weights : ndarray of shape (k,)
        The weight at which each, added alone, lowers the objective most.
    directions : ndarray of shape (d, k)
    """
    remainder = Remainder(target, weights, directions)
    points, values = ascend(remainder, fixed_starts(target.n_features, STARTS), STEPS)
    strong = np.abs(values) > alpha
    signs, points = np.sign(values[strong]), points[:, strong]
    if not strong.any():
        return signs, points
    _, points = merge_parallel(signs, points, target.order, SAME_DIRECTION)
    pulls = np.einsum("dp,dp->p", points, remainder.contract(points))
    excess = np.sign(pulls) * (np.abs(pulls) - alpha)
    missed = np.abs(pulls) > alpha
    return excess[missed], points[:, missed]
