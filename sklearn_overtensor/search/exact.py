# SPDX-License-Identifier: BSD-3-Clause
"""Search for an exact decomposition: over-parametrised epochs on the whitened core."""

from itertools import cycle

import numpy as np

from ..compression import generic_rank
from ..coordinates import COARSENESS
from ..refine import (
    COSINES,
    LEFTOVER,
    SMALLEST_TERM,
    join,
    merge_parallel,
    polish,
    prune,
    split,
)
from ..refine.normal_equations import MAX_UNKNOWNS
from .epochs import (
    RESTARTED,
    place,
    record_fit,
    start_signs,
    terms,
)
from .fewest import Fit

# A penalised model of an exact tensor leaves about 1e-2 (that is the penalty). One that
# leaves more than this sits in a local minimum, or the tensor has noise or more terms:
# no polish helps (measured: 0.02 at most).
PROMISING = 0.03
# Epochs from one start. Tensors of (12, 27, 3) are exact 13 times of 16 with three, and
# 6 times with one.
EPOCHS_PER_START = 3


def spare_components(rank, n_features, order):
    """Enough to escape local minima, short of what makes any tensor fit."""
    room = (generic_rank(n_features, order) - rank) // 3
    return max(0, min(2 + rank // 5, room))


def widths_to_try(bound, n_features, order):
    """Numbers of components to try in turn, as a list.

    One where the rank is known, else growing by a quarter. The last is a little beyond
    the generic rank, where any tensor is fitted, or makes ``MAX_UNKNOWNS`` unknowns.
    """
    widths = [bound.lower + spare_components(bound.lower, n_features, order)]
    if bound.saturated:
        last = generic_rank(n_features, order) + 2 + n_features // 4
        while widths[-1] < last and widths[-1] * n_features <= MAX_UNKNOWNS:
            widths.append(min(last, widths[-1] + max(2, widths[-1] // 4)))
    return widths


def exact_search(target, bound, widths, max_epochs, epochs, *, tol, init=None):
    """Run epochs until a model without penalty is exact.

    Parameters
    ----------
    target : CompactTarget
        Of norm one, whitened.
    bound : RankBound
    widths : list of int
        Tried in turn; where the rank is known there is one, and it is tried from new
        starts until the epochs are used.
    max_epochs : int
        Most epochs.
    epochs : Epochs
    tol : float
        Relative residual in the coordinates of ``target``.
    init : tuple of (weights, directions) or None
        A model to start the first attempt from. If it is exact once polished, that is
        the answer, and counts as an epoch of one evaluation.

    Returns
    -------
    model : tuple of (vectors, signs) or None
    """
    limit = epochs.course.n_epochs + max_epochs
    if init is not None:
        *model, residual = _polished(target, *join(*init, target.order), bound, tol)
        if residual <= tol:
            fit = Fit(*model, residual**2 * target.squared_norm)
            record_fit(fit, target, epochs.course, SMALLEST_TERM)
            return tuple(model)
    if len(widths) == 1 and not bound.saturated:
        # New starts with and without spare components: near the generic rank either
        # may be the one that works.
        attempts = cycle((widths[0], max(min(bound.lower, widths[0]), 1)))
    else:
        attempts = widths
    for width in attempts:
        if epochs.course.n_epochs >= limit:
            break
        n_epochs = min(EPOCHS_PER_START, limit - epochs.course.n_epochs)
        found = _search_at_width(target, bound, width, epochs, n_epochs, tol, init)
        if found is not None:
            return found
        init = None
    return None


def _search_at_width(target, bound, width, epochs, n_epochs, tol, init):
    """Epochs from one start: tiny, or at a model with tiny components beside it.

    The first has the full penalty, the next what the residual calls for.
    """
    signs = start_signs(width, bound, target.order)
    vectors = epochs.fresh(target.n_features, width)
    if init is not None:
        vectors = place(*init, signs, vectors)
    for epoch in range(n_epochs):
        vectors, _ = epochs.run(target, vectors, signs, SMALLEST_TERM)
        *model, residual = _read_off(target, vectors, signs, bound, tol)
        if residual <= tol:
            return tuple(model)
        if residual > 2 * PROMISING or epoch == n_epochs - 1:
            return None
        fresh = epochs.fresh(target.n_features, width)
        kept = _heaviest_of_each_sign(*split(*model, target.order))
        vectors = place(*kept, signs, fresh)
    return None


def _read_off(target, vectors, signs, bound, tol):
    """Merge, prune and polish: ``vectors, signs, residual`` of the plain model."""
    # Leftovers of the start point everywhere: many of them would link other terms.
    weights, directions = prune(*terms(vectors, signs), LEFTOVER)
    # What would be merged below the proven bound is two terms.
    for cosine in (*COSINES, 1.0):
        merged = merge_parallel(weights, directions, target.order, cosine)
        fewer = prune(*merged, SMALLEST_TERM)
        if len(fewer[0]) >= min(bound.lower, len(weights)):
            break
    else:
        fewer = merged
    return _polished(target, *join(*fewer, target.order), bound, tol)


def _polished(target, vectors, signs, bound, tol):
    promising = PROMISING if bound.saturated else 2 * PROMISING
    # The entries of the core are no finer.
    result = polish(target, vectors, signs, promising=promising, tol=COARSENESS)
    return result.vectors, signs, result.residual


def _heaviest_of_each_sign(weights, directions):
    """The paper re-initialises the smallest component; here a share of them."""
    kept = []
    for sign in (1.0, -1.0):
        own = np.flatnonzero(np.sign(weights) == sign)
        own = own[np.argsort(-np.abs(weights[own]), kind="stable")]
        kept.append(own[: int(np.ceil(len(own) * (1 - RESTARTED)))])
    kept = np.concatenate(kept)
    return weights[kept], directions[:, kept]
