# SPDX-License-Identifier: BSD-3-Clause
"""An exact answer, where there is one: read off, or found by one search or another."""

from itertools import cycle
from math import inf

import numpy as np

from ..compression import generic_rank
from ..noise.kinds import TOO_FEW_ENTRIES
from ..refine import (
    Fit,
    descend_many,
    levenberg_marquardt,
    merge_parallel,
    polish,
    prune,
    refit,
)
from ..settings import SETTINGS
from ..solvers.start import random_models
from .epochs import descend, record_fit, spare, start_signs, terms
from .penalised import read_off, wide_model, width_of


def exact_fit(problem, options, epochs, start=None):
    """Terms that are exact and no accident, or None: so few fit special tensors alone.

    ``start`` is a Fit of the problem that the search may go on from.
    """
    told = _told_by_algebra(problem, options, epochs)
    return told or exact_fit_searched(problem, options, epochs, start)


def exact_fit_shown(problem, options, epochs, start=None):
    """The same where flattenings show that there is no noise, which would fill them."""
    told = _told_by_algebra(problem, options, epochs)
    if told is not None or problem.bound.saturated:
        return told
    return exact_fit_searched(problem, options, epochs, start)


def exact_fit_searched(problem, options, epochs, start=None):
    """The same where algebra does not tell it."""
    if problem.white is None or (options.rank or inf) < problem.bound.lower:
        return None
    telling, _ = _widths(problem, options)
    fit = _search(problem, telling, options, epochs, start)
    return fit if fit is not None and problem.is_identifiable(len(fit)) else None


def exact_fit_of_few_entries(problem, options, epochs):
    """The fewest terms that are exact, however likely that is.

    None for larger tensors, and for those whose terms linear algebra reads off.

    In few dimensions the terms of a penalised descent line up with a few directions,
    and some real ranks are out of its reach. Least squares from many starts is cheap.
    """
    few = problem.n_entries <= TOO_FEW_ENTRIES
    if not few or problem.algebraic_fit or problem.white is None:
        return None
    white, generic = problem.white, generic_rank(problem.n_features, problem.order)
    # Real ranks are seldom above the generic one, and never above twice of it:
    # Blekherman and Teitler, "On maximum, typical and generic ranks", Math. Ann., 2015.
    most = min(options.n_components or inf, 2 * generic)
    for width in range(white.bound.lower, int(most) + 1):
        found = _smallest_exact(white, width, epochs)
        if found is not None:
            fit = problem.finish_exact(found, options.tol)
            record_fit(fit, problem.fine, epochs.course)
            return fit
    return None


def _smallest_exact(white, width, epochs):
    """The smallest of the exact models of so many terms that starts lead to."""
    target, count = white.target, SETTINGS.rank_starts
    signs = start_signs(width, white.bound, target.order)
    starts = random_models(target.n_features, count, width, epochs.random_state)
    models, squared = descend_many(target, starts, np.tile(signs, (count, 1)), tol=0.0)
    near = squared <= SETTINGS.smallest_term**2 * target.squared_norm
    starts = (Fit(model, signs, target.order) for model in models[near])
    fits = [levenberg_marquardt(target, start) for start in starts]
    exact = [fit for fit in fits if fit.residual(target) <= white.exact_tol]
    return min(exact, key=lambda fit: np.linalg.norm(fit.vectors), default=None)


def _told_by_algebra(problem, options, epochs):
    """The fit that linear algebra tells, or None."""
    fit, tol = None, options.tol
    allowed = min(options.n_components or inf, options.rank or inf)
    if allowed >= problem.n_features:
        fit = problem.algebraic_fit or _told_by_leading_directions(problem, tol)
    if fit is None or len(fit) > allowed:
        return None
    record_fit(fit, problem.fine, epochs.course)
    return fit


def _told_by_leading_directions(problem, tol):
    leading = problem.leading_terms(tol)
    if leading is None:
        return None
    fit = refit(problem.fine, leading)
    return fit if fit.residual(problem.fine) <= tol else None


def fit_of_anything(problem, options, alpha, epochs, start=None):
    """As many terms as any tensor of this size has; None where a model is not so wide.

    They are exact where epochs find that, else those that a penalised model shows.
    """
    width = width_of(problem, options)
    if problem.white is None or width < generic_rank(problem.n_features, problem.order):
        return None
    _, others = _widths(problem, options)
    fit = _search(problem, others, options, epochs)
    if fit is not None:
        return fit
    return read_off(problem.fine, wide_model(problem, options, alpha, epochs, start))


def _widths(problem, options):
    """Widths at which an exact model is no accident, and those where it may be."""
    bound, size = problem.bound, problem.n_features
    if options.n_components is None:
        widths = widths_to_try(bound, size, problem.order)
    else:  # nothing exact has fewer terms than the bound
        widths = [options.n_components] * (options.n_components >= bound.lower)
    telling: list = []
    others = []
    for width in widths:
        known = not (bound.saturated or telling)
        # A width near the generic rank is tried in vain on every tensor with noise:
        # only where it is cheap.
        cheap = width * size <= SETTINGS.max_cholesky
        wider = width if cheap else width + spare(size)
        few = width * size <= SETTINGS.max_unknowns and problem.is_identifiable(wider)
        (telling if known or few else others).append(width)
    return telling, others


def widths_to_try(bound, n_features, order):
    """Numbers of components to try in turn, as a list.

    Enough to escape local minima, short of what makes any tensor fit. One number where
    the rank is known. Else they grow, by way of the largest that fits special tensors
    alone, to a little beyond the generic rank or to too many unknowns.
    """
    rank, generic = bound.lower, generic_rank(n_features, order)
    widths = [rank + min(spare(rank), spare(generic - rank))]
    if bound.saturated:
        for last in (generic - 1, generic + spare(n_features)):
            while widths[-1] < min(last, SETTINGS.max_unknowns / n_features):
                widths.append(min(last, widths[-1] + spare(widths[-1])))
    return widths


def _search(problem, widths, options, epochs, start=None):
    """An exact model found at one of the widths, reduced and polished, or None."""
    if not widths:
        return None
    white, max_epochs = problem.white, options.max_epochs or SETTINGS.max_epochs
    epochs.course.enter("whitened", problem.leave_whitened)
    start = white.guess if start is None else white.enter(start)
    fit = exact_search(white, widths, max_epochs, epochs, start, options.tol)
    epochs.course.enter("data", problem.leave)
    return None if fit is None else problem.finish_exact(fit, options.tol)


def exact_search(white, widths, max_epochs, epochs, start=None, tol=0.0):
    """Run epochs until a model without penalty is exact, in whitened coordinates.

    Each width is tried from one start. If the rank is known there is one width, which
    is tried from new starts until the epochs are used. The first goes on from the terms
    of ``start``; where these are exact once polished, they are the answer, and count as
    an epoch of one evaluation. A relative residual of ``tol`` will do, as where noise
    is so small. Returns a Fit or None.
    """
    target, bound, course = white.target, white.bound, epochs.course
    last = course.n_epochs + max_epochs
    if start is not None:
        fit = _polished(white, start)
        if fit.residual(target) <= white.exact_tol:
            record_fit(fit, target, course, SETTINGS.smallest_term)
            return fit
    if len(widths) == 1 and not bound.saturated:
        # New starts with and without spare components: near the generic rank either
        # may be the one that works. Large models find their terms at once or not at
        # all: the moment of the digits has the flattening of 90 terms, and not so few.
        cheap = widths[0] * target.n_features <= SETTINGS.max_cholesky
        widths = widths[0], max(min(bound.lower, widths[0]), 1)
        widths = cycle(widths) if cheap else widths
    for width in widths:
        if course.n_epochs >= last:
            break
        model = ExactModel(white, width, start)
        n_epochs = min(SETTINGS.epochs_per_start, last - course.n_epochs)
        descend(model, SETTINGS.smallest_term, n_epochs, epochs)
        if model.fit.residual(target) <= max(white.exact_tol, tol):
            return model.fit
        start = None
    return None


class ExactModel:
    """Components, of which the terms are read off and polished after each epoch.

    Those of a start stand among them from the first.
    """

    def __init__(self, white, width, start=None):
        self.target, self.fit = white.target, start
        self.signs = start_signs(width, white.bound, white.target.order)
        self._white = white

    def start(self, epochs):
        """The terms found so far, and tiny components."""
        return epochs.start(self.target.n_features, self.signs, self.fit)

    def is_enough(self, vectors, loss):
        """Whether the terms are exact, or no more epochs will make them so."""
        self.fit = _terms_of(self._white, vectors, self.signs)
        residual = self.fit.residual(self.target)
        return residual <= self._white.exact_tol or residual > SETTINGS.promising


def _terms_of(white, vectors, signs):
    """Merge, prune and polish a 2-homogeneous model."""
    order = white.target.order
    # Leftovers of the start point everywhere: many of them would link other terms.
    weights, directions = prune(*terms(vectors, signs), SETTINGS.leftover)
    # What would be merged below the proven bound is two terms.
    for cosine in (*SETTINGS.cosines, 1.0):
        merged = merge_parallel(weights, directions, order, cosine)
        fewer = prune(*merged, SETTINGS.smallest_term)
        if len(fewer[0]) >= min(white.bound.lower, len(weights)):
            return _polished(white, Fit.of_terms(*fewer, order))
    return _polished(white, Fit.of_terms(*merged, order))


def _polished(white, start):
    # The entries of the core are no finer than that.
    tol, promising = SETTINGS.coarseness, SETTINGS.promising
    return polish(white.target, start, promising=promising, tol=tol)
