# SPDX-License-Identifier: BSD-3-Clause
"""Search for an exact decomposition: over-parametrised epochs on the whitened core."""

from itertools import cycle

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
    place,
    record_fit,
    restart_smallest,
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


def exact_search(white, widths, max_epochs, epochs, init=None, tol=0.0):
    """Run epochs until a model without penalty is exact.

    Parameters
    ----------
    white : WhitenedCore
    widths : list of int
        Tried in turn; where the rank is known there is one, and it is tried from new
        starts until the epochs are used.
    max_epochs : int
        Most epochs.
    epochs : Epochs
    init : tuple of (weights, directions) or None
        A whitened model to start the first attempt from. If it is exact once polished,
        that is the answer, and counts as an epoch of one evaluation.
    tol : float, default=0.0
        Relative residual at which an answer will do, as where noise is so small.

    Returns
    -------
    model : tuple of (vectors, signs, residual) or None
        In the coordinates of ``white``.
    """
    target, bound, course = white.target, white.bound, epochs.course
    limit = course.n_epochs + max_epochs
    if init is not None:
        *model, residual = _polished(white, *init)
        if residual <= white.exact_tol:
            fit = Fit(*model, residual**2 * target.squared_norm)
            record_fit(fit, target, course, SMALLEST_TERM)
            return *model, residual
    if len(widths) == 1 and not bound.saturated:
        # New starts with and without spare components: near the generic rank either
        # may be the one that works.
        attempts = cycle((widths[0], max(min(bound.lower, widths[0]), 1)))
    else:
        attempts = widths
    for width in attempts:
        if course.n_epochs >= limit:
            break
        n_epochs = min(EPOCHS_PER_START, limit - course.n_epochs)
        found = _search_at_width(white, width, epochs, n_epochs, init)
        if found[-1] <= max(white.exact_tol, tol):
            return found
        init = None
    return None


def _search_at_width(white, width, epochs, n_epochs, init):
    """Epochs from one start: tiny, or at a model with tiny components beside it.

    Returns the last ``vectors, signs, residual``.
    """
    target = white.target
    signs, found = start_signs(width, white.bound, target.order), init
    for epoch in range(n_epochs):
        vectors = epochs.fresh(target.n_features, width)
        if found is not None:
            vectors = place(*found, signs, vectors)
        if epoch > 0:
            vectors = restart_smallest(vectors, signs, epochs)
        vectors, _ = epochs.run(target, vectors, signs, SMALLEST_TERM)
        *model, residual = _read_off(white, vectors, signs)
        if residual <= white.exact_tol or residual > 2 * PROMISING:
            break
        found = split(*model, target.order)
    return *model, residual


def _read_off(white, vectors, signs):
    """Merge, prune and polish: ``vectors, signs, residual`` of the plain model."""
    # Leftovers of the start point everywhere: many of them would link other terms.
    weights, directions = prune(*terms(vectors, signs), LEFTOVER)
    # What would be merged below the proven bound is two terms.
    for cosine in (*COSINES, 1.0):
        merged = merge_parallel(weights, directions, white.target.order, cosine)
        fewer = prune(*merged, SMALLEST_TERM)
        if len(fewer[0]) >= min(white.bound.lower, len(weights)):
            return _polished(white, *fewer)
    return _polished(white, *merged)


def _polished(white, weights, directions):
    promising = PROMISING if white.bound.saturated else 2 * PROMISING
    vectors, signs = join(weights, directions, white.target.order)
    # The entries of the core are no finer.
    result = polish(white.target, vectors, signs, promising=promising, tol=COARSENESS)
    return result.vectors, signs, result.residual
