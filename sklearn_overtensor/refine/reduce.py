# SPDX-License-Identifier: BSD-3-Clause
"""Fewer terms: as few as meet the tolerance, or at most so many at the best fit."""

import numpy as np
from scipy.linalg import pinvh

from ..algebra.cp import ROUNDING, do_cancel, integer_power
from .merge import (
    COSINES,
    SMALLEST_TERM,
    join,
    merge_parallel,
    prune,
    split,
)
from .normal_equations import is_isolated
from .plain_fit import COARSE_STEPS, levenberg_marquardt

# Removals tried before the terms count as needed: the cheapest is nearly always it, but
# with one alone a noisy tensor of 25 keeps a term too many.
REMOVALS = 3
# Ridge that drives needless terms to zero, and keeps those small that would cancel: for
# an l-homogeneous term it is a 2/l quasi-norm of the weights.
RIDGE = 1e-3


def removal_order(vectors, signs, order):
    """Terms from the cheapest to remove, as indices.

    Taking term i away raises the squared residual by ``w_i^2 / (G^{∘l})^{-1}_ii`` when
    the weights of the others are refitted.
    """
    weights, directions = split(vectors, signs, order)
    gram = integer_power(directions.T @ directions, order)
    inverse = pinvh(gram, rtol=ROUNDING)
    return np.argsort(weights**2 / np.maximum(inverse.diagonal(), 1e-300))


def polish(target, vectors, signs, *, tol=1e-15, promising=np.inf):
    """The fit to an exact tensor, given up when a coarse one's steps do not halve it.

    A start that leaves a residual beyond ``promising`` is returned as it is.
    """
    return levenberg_marquardt(
        target, vectors, signs, tol=tol, patience=COARSE_STEPS, promising=promising
    )


def _shrunk(target, vectors, signs):
    """The model under a ridge, without what that drives to zero."""
    vectors = levenberg_marquardt(
        target, vectors, signs, ridge=RIDGE, max_iter=COARSE_STEPS, tol=0.0
    ).vectors
    terms = split(vectors, signs, target.order)
    merged = merge_parallel(*terms, target.order, cosine=COSINES[1])
    return join(*prune(*merged, SMALLEST_TERM), target.order)


def _without(vectors, signs, index):
    return np.delete(vectors, index, axis=1), np.delete(signs, index)


def _candidates(target, vectors, signs):
    """Models with fewer terms, the likeliest first, made only when asked for."""
    order = target.order
    # With terms to spare a model moves without a loss, and a ridge moves it to where
    # they are zero; one that stands alone it moves nowhere.
    if not is_isolated(vectors, signs, order):
        shrunk = _shrunk(target, vectors, signs)
        if len(shrunk[1]) < len(signs):
            yield shrunk
        else:
            for index in removal_order(*shrunk, order)[:REMOVALS]:
                yield _without(*shrunk, index)
    for index in removal_order(vectors, signs, order)[:REMOVALS]:
        yield _without(vectors, signs, index)


def reduce_to_tolerance(target, vectors, signs, *, tol, precision=1e-15, floor=1):
    """Fewest terms that still meet ``tol``; a removal is kept only when they do.

    Parameters
    ----------
    target : target
        With ``difference`` where residuals must be told near 1e-8.
    vectors, signs : ndarray of shape (d, m) and (m,)
        The model, already within ``tol``.
    tol : float
        Relative residual.
    precision : float, default=1e-15
        Residual at which a polish ends: no smaller than what the target resolves.
    floor : int, default=1
        A proven lower bound of the rank: fewer terms are not tried.

    Returns
    -------
    vectors, signs : ndarray of shape (d, k) and (k,)
    """
    while len(signs) > floor:
        size = np.abs(split(vectors, signs, target.order)[0]).sum()
        for fewer, fewer_signs in _candidates(target, vectors, signs):
            if len(fewer_signs) < floor:
                continue
            result = polish(target, fewer, fewer_signs, tol=precision)
            # Weights that cancel are on their way to a limit that they do not reach.
            weights, _ = split(result.vectors, fewer_signs, target.order)
            if result.residual <= tol and not do_cancel(weights, size):
                vectors, signs = result.vectors, fewer_signs
                break
        else:
            break
    return vectors, signs


def reduce_to_rank(target, vectors, signs, rank):
    """At most ``rank`` terms: remove the cheapest, refit, and polish at the end."""
    while len(signs) > rank:
        # Far above the rank several go at once: a refit for each would cost more
        # than it corrects.
        count = max(1, (len(signs) - rank) // 3)
        drop = removal_order(vectors, signs, target.order)[:count]
        vectors, signs = _without(vectors, signs, drop)
        vectors = levenberg_marquardt(
            target, vectors, signs, max_iter=COARSE_STEPS
        ).vectors
    return levenberg_marquardt(target, vectors, signs).vectors, signs
