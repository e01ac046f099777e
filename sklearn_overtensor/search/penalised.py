# SPDX-License-Identifier: BSD-3-Clause
"""Penalised epochs in the data's own metric, and the terms that they show."""

from math import inf

import numpy as np

from ..compression import generic_rank
from ..refine import Fit, merge_parallel, prune, refit
from ..settings import SETTINGS
from .ascent import strongest_term
from .epochs import descend, spare, start_signs, terms


def width_of(problem, options):
    """The number of components: what is asked for, or ``2 r + 5``.

    That is for a rank of at least r, and not far beyond the generic one.
    """
    if options.n_components is not None:
        return options.n_components
    size, order = problem.n_features, problem.order
    width = 2 * problem.bound.lower + 5
    width = min(width, generic_rank(size, order) + spare(size))
    return max(1, width if problem.has_core else min(width, SETTINGS.many))


def wide_model(problem, options, alpha, epochs, start=None):
    """The penalised model of as many components as are asked for, as a Fit."""
    width = width_of(problem, options)
    model = PenalisedModel(problem.coarse, problem.bound, width, start)
    descend(model, alpha, options.max_epochs or SETTINGS.max_epochs, epochs)
    return model.fit


class PenalisedModel:
    """The best of a few epochs; there is enough of them when one no longer lowers it.

    The target has norm one.
    """

    def __init__(self, target, bound, width, start=None):
        self.target, self.signs = target, start_signs(width, bound, target.order)
        self._given, self._best, self._lowest = start, None, inf

    def start(self, epochs):
        """The best components so far."""
        if self._best is not None:
            return self._best
        return epochs.start(self.target.n_features, self.signs, self._given)

    def is_enough(self, vectors, loss):
        """Whether the objective hardly falls."""
        enough = loss > self._lowest * (1 - SETTINGS.little)
        if loss < self._lowest:
            self._best, self._lowest = vectors, loss
        return enough

    @property
    def fit(self):
        """The components as terms, shrunk by the penalty."""
        return Fit.of_terms(*terms(self._best, self.signs), self.target.order)


def read_off(target, model):
    """The least-squares fit of the terms that a penalised model shows.

    Without the penalty a fit is closer than the model, unless components of two terms
    were merged: they are merged less then.
    """
    # Leftovers of the start point everywhere: many of them would link other terms.
    order = target.order
    present = prune(*model.terms, SETTINGS.leftover, SETTINGS.leftover)
    if np.abs(present[0]).max() < SETTINGS.leftover:  # the penalised answer is empty
        present = strongest_term(target)
    squared = Fit.of_terms(*present, order).measured(target).squared
    fits: list = []
    for cosine in SETTINGS.cosines:
        merged = prune(*merge_parallel(*present, order, cosine), SETTINGS.smallest_term)
        if fits and len(merged[0]) == len(fits[-1]):
            continue
        fits.append(refit(target, Fit.of_terms(*merged, order), SETTINGS.steps))
        if fits[-1].squared <= squared:
            break
    return min(fits, key=lambda fit: fit.squared)
