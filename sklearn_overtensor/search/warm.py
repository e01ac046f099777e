# SPDX-License-Identifier: BSD-3-Clause
"""Penalised epochs that start from the model of another alpha."""

import numpy as np

from ..refine import merge_parallel, prune
from .ascent import STARTS, STEPS, Remainder, ascend, fixed_starts
from .epochs import LEFTOVER, terms

# Components at least so parallel start as one; what is left over of tiny starts does
# not start at all, so that its place is free for fresh ones.
SAME_DIRECTION = 0.99
# Pull of a missing term over alpha from which it is missed. An excess of e costs
# (e alpha)^2 / 2 of the objective.
MISSED = 1.02


def warm_search(target, alpha, search, previous):
    """Penalised epochs from the terms of another alpha, or from tiny ones if lower.

    Parameters
    ----------
    target : target
        Of norm one.
    alpha : float
    search : callable
        ``search(init)`` runs penalised epochs and returns ``vectors, signs, lowest``.
    previous : tuple of (weights, directions)
        A penalised model for another alpha.

    Returns
    -------
    vectors, signs : ndarray of shape (d, m) and (m,)
    lowest : float
        Its objective.

    Notes
    -----
    Fresh components beside a model that is all but stationary may be too small for
    L-BFGS to see, and die. So terms that the new alpha calls for, by the optimality
    condition ``|R(v, ..., v)| <= alpha``, join the start in the size that lowers the
    objective most, ``|R(v, ..., v)| - alpha``: a step of Frank and Wolfe's method
    (Bredies and Pikkarainen, ESAIM: COCV 19, 2013). A result that violates the
    condition still is compared with one from tiny components alone.
    """
    kept = merge_parallel(
        *prune(*previous, LEFTOVER, LEFTOVER), target.order, SAME_DIRECTION
    )
    missing = missing_terms(target, alpha, *kept)
    init = tuple(
        np.concatenate(parts, axis=-1) for parts in zip(kept, missing, strict=True)
    )
    found = search(init)
    if len(missing_terms(target, alpha, *terms(*found[:2]))[0]) == 0:
        return found
    return min(found, search(None), key=lambda model: model[2])


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
    strong = np.abs(values) > MISSED * alpha
    signs, points = np.sign(values[strong]), points[:, strong]
    if not strong.any():
        return signs, points
    _, points = merge_parallel(signs, points, target.order, SAME_DIRECTION)
    pulls = np.einsum("dp,dp->p", points, remainder.contract(points))
    excess = np.sign(pulls) * (np.abs(pulls) - alpha)
    missed = np.abs(pulls) > MISSED * alpha
    return excess[missed], points[:, missed]
