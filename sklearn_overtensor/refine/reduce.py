# SPDX-License-Identifier: BSD-3-Clause
"""Fewer terms: parallel ones merged, light ones pruned, needless ones removed."""

import numpy as np
from scipy.linalg import pinvh
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from ..algebra.cp import ROUNDING, do_cancel, integer_power
from ..settings import SETTINGS
from .fit import Fit
from .normal_equations import is_isolated
from .plain_fit import levenberg_marquardt, polish


def merge_parallel(weights, directions, order, cosine=SETTINGS.cosines[0]):
    """Replace each group of near-parallel terms of one effective sign by one term.

    Terms at least as parallel as ``cosine`` are linked; groups are the linked sets.

    ``w (-v)^{⊗l} = (-1)^l w v^{⊗l}``: at odd order the sign moves into the direction
    first; at even order ``v`` and ``-v`` are the same term and are aligned before
    their mean is taken.
    """
    if order % 2:
        directions = directions * np.where(weights < 0, -1.0, 1.0)
        weights = np.abs(weights)
    overlap = directions.T @ directions
    near = (np.abs(overlap) if order % 2 == 0 else overlap) > cosine
    near &= np.sign(weights)[:, None] == np.sign(weights)[None, :]
    count, labels = connected_components(coo_array(near), directed=False)
    # Each term is aligned to the heaviest of its group.
    heaviest = np.zeros(count, dtype=int)
    ascending = np.argsort(np.abs(weights))
    heaviest[labels[ascending]] = ascending
    flip = np.where(overlap[np.arange(len(weights)), heaviest[labels]] < 0, -1.0, 1.0)
    sums = np.zeros((len(directions), count))
    # Over a power of two near the largest, or the squares of tiny ones would be zero.
    sizes = np.abs(weights)
    sizes = np.ldexp(sizes, -np.frexp(sizes.max(initial=0.0))[1])
    np.add.at(sums.T, labels, (directions * flip * sizes).T)
    merged = np.bincount(labels, weights=weights, minlength=count)
    norms = np.linalg.norm(sums, axis=0)
    keep = norms > 0
    return merged[keep], sums[:, keep] / norms[keep]


def prune(weights, directions, threshold, floor=0.0):
    """Drop terms lighter than ``threshold`` times the heaviest, or than ``floor``.

    The heaviest always stays.
    """
    sizes = np.abs(weights)
    keep = sizes >= min(max(threshold * sizes.max(), floor), sizes.max())
    return weights[keep], directions[:, keep]


def removal_order(fit):
    """Terms from the cheapest to remove, as indices.

    Taking term i away raises the squared residual by ``w_i^2 / (G^{∘l})^{-1}_ii`` when
    the weights of the others are refitted.
    """
    weights, directions = fit.terms
    gram = integer_power(directions.T @ directions, fit.order)
    inverse = pinvh(gram, rtol=ROUNDING)
    return np.argsort(weights**2 / np.maximum(inverse.diagonal(), 1e-300))


def _shrunk(target, fit):
    """The model under a weak ridge, without what that drives to zero.

    A strong one would drive light terms to zero, too. A weak one takes many steps along
    the valley of models with the same tensor.
    """
    fit = levenberg_marquardt(target, fit, ridge=SETTINGS.ridge / 10, tol=0.0)
    merged = merge_parallel(*fit.terms, fit.order, cosine=SETTINGS.cosines[1])
    return Fit.of_terms(*prune(*merged, SETTINGS.smallest_term), fit.order)


def _candidates(target, fit):
    """Models with fewer terms, the likeliest first, made only when asked for."""
    # With terms to spare a model moves without a loss, and a ridge moves it to where
    # they are zero. One that stands alone it moves nowhere: hardly any has such terms.
    removals = 1
    if not is_isolated(fit):
        removals, shrunk = SETTINGS.removals, _shrunk(target, fit)
        if len(shrunk) < len(fit):
            yield shrunk
        else:
            yield from map(shrunk.without, removal_order(shrunk)[:removals])
    yield from map(fit.without, removal_order(fit)[:removals])


def reduce_to_tolerance(target, fit, *, tol, precision=1e-15, floor=1):
    """Fewest terms that still meet ``tol``; a removal is kept only when they do.

    The fit is within that relative residual already. A polish ends at ``precision``, no
    smaller than what the target resolves. Fewer terms than the proven bound, ``floor``,
    are not tried.
    """
    while len(fit) > floor:
        size = np.abs(fit.terms[0]).sum()
        for start in _candidates(target, fit):
            if len(start) < floor:
                continue
            fewer = polish(target, start, tol=precision)
            # Weights that cancel are on their way to a limit that they do not reach.
            if fewer.residual(target) <= tol and not do_cancel(fewer.terms[0], size):
                fit = fewer
                break
        else:
            break
    return fit


def reduce_to_rank(target, fit, rank):
    """At most ``rank`` terms: remove the cheapest, refit, and polish at the end."""
    while len(fit) > rank:
        # Far above the rank half of them go at once: a refit for each would cost more
        # than it corrects.
        count = -(-(len(fit) - rank) // 2)
        fewer = fit.without(removal_order(fit)[:count])
        fit = levenberg_marquardt(target, fewer, max_iter=SETTINGS.coarse_steps)
    return levenberg_marquardt(target, fit)
