# SPDX-License-Identifier: BSD-3-Clause
"""The best fit with at most so many terms: least squares from many starts."""

import numpy as np

from ..algebra.cp import ROUNDING, do_cancel
from ..refine import (
    Fit,
    descend_many,
    levenberg_marquardt,
    reduce_to_rank,
    refit,
    removal_order,
)
from ..settings import SETTINGS
from ..solvers.start import random_models
from .ascent import Remainder, strongest_terms


def best_fit(target, fit, rank, random_state, tell):
    """At most ``rank`` terms that fit best, as far as many starts can tell.

    A fit of one term or more, reduced or widened, is one of the starts: ``tell`` is
    told of each step. The others are random, and some have more terms.
    """
    fit = reduce_to_rank(target, fit, rank)
    tell(fit)
    while len(fit) < rank:
        fit = _plus_strongest(target, fit)
        tell(fit)
    found = [fit]
    n_unknowns = rank * min(rank, target.n_features)  # within the span of the vectors
    step = max(n_unknowns**3, rank * target.n_features**target.order)
    n_starts = int(min(SETTINGS.rank_starts, SETTINGS.rank_budget / step))
    if n_starts:
        start = _best_of_starts(target, rank, n_starts, random_state)
        found.append(levenberg_marquardt(target, start))
    return _tamed(target, min(found, key=lambda fit: fit.squared))


def _best_of_starts(target, rank, count, random_state):
    """The best of several models from random vectors.

    At even order signs are random, too: each split has its own best fit.
    """
    width = rank + SETTINGS.rank_excess
    signs = np.ones((count, width))
    if target.order % 2 == 0:
        signs = random_state.choice([-1.0, 1.0], signs.shape)
    vectors = random_models(target.n_features, count, width, random_state)
    while True:
        vectors, squared = descend_many(
            target, vectors, signs, max_iter=SETTINGS.coarse_steps, ridge=SETTINGS.ridge
        )
        if signs.shape[1] == rank:
            break
        vectors, signs = _drop_cheapest(vectors, signs, target.order)
    kept = np.argsort(squared, kind="stable")[: (count + 1) // 2]  # the better half
    vectors, signs = vectors[kept], signs[kept]
    vectors, squared = descend_many(target, vectors, signs)
    best = np.argmin(squared)
    return Fit(vectors[best], signs[best], target.order)


def _drop_cheapest(vectors, signs, order):
    """Without the term of each model whose removal costs least."""
    keep = [
        np.delete(np.arange(signs.shape[1]), removal_order(Fit(*model, order))[0])
        for model in zip(vectors, signs, strict=True)
    ]
    keep = np.array(keep)
    return (
        np.take_along_axis(vectors, keep[:, None], axis=2),
        np.take_along_axis(signs, keep, axis=1),
    )


def _plus_strongest(target, fit):
    """With the strongest term of what is left."""
    weights, directions = strongest_terms(Remainder(target, *fit.terms))
    larger = refit(target, fit.plus(weights[:1], directions[:, :1]))
    return levenberg_marquardt(target, larger)


def _tamed(target, fit):
    """Smaller weights where they cost next to nothing.

    When no best fit exists (border rank), terms grow without limit and cancel while
    the residual hardly moves. A ridge keeps them finite, as strong as may cost that
    little.
    """
    if not do_cancel(fit.terms[0], 1.0):
        return fit
    limit = (np.sqrt(fit.squared) + SETTINGS.tame_loss) ** 2
    ridge = SETTINGS.ridge
    while ridge > ROUNDING:
        ridge /= 10
        tamed = levenberg_marquardt(target, fit, ridge=ridge)
        if tamed.squared <= limit:
            return tamed
    return fit
