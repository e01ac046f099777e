# SPDX-License-Identifier: BSD-3-Clause
"""An exact answer, where there is one: read off, or found by epochs without noise."""

import numpy as np

from ..compression import generic_rank
from ..refine import join, split
from ..refine.normal_equations import MAX_UNKNOWNS
from .epochs import MAX_EPOCHS, record_fit
from .exact import exact_search, widths_to_try
from .fewest import Fit
from .penalised import read_off, wide_model, width_of


def exact_fit(problem, options, epochs, init=None):
    """Terms that are exact and no accident: so few fit special tensors alone.

    Parameters
    ----------
    problem : CompressedProblem
    options : SearchOptions
    epochs : Epochs
    init : tuple of (weights, directions) or None
        Terms to start from, in small coordinates.

    Returns
    -------
    fit : Fit or None
    """
    allowed = [limit for limit in (options.n_components, options.rank) if limit]
    if min(allowed, default=problem.n_features) >= problem.n_features:
        fit = _read_off(problem, options.tol)
        if fit is not None and len(fit) <= min(allowed, default=np.inf):
            record_fit(fit, problem.fine, epochs.course)
            return fit
    if problem.white is None or (options.rank or np.inf) < problem.bound.lower:
        return None
    telling, _ = _widths(problem, options)
    fit = _search(problem, telling, options, epochs, init)
    return fit if fit is not None and problem.is_identifiable(len(fit)) else None


def _read_off(problem, tol):
    """The fit that linear algebra tells, or None."""
    model = problem.algebraic_model
    if model is not None:
        *model, residual = model
        return Fit(*model, residual**2)
    model = problem.leading_model(tol)
    if model is None:
        return None
    fit = Fit.of(problem.fine, *model[:2])
    return fit if fit.squared <= tol**2 * problem.fine.squared_norm else None


def fit_of_anything(problem, options, alpha, epochs, init=None):
    """As many terms as any tensor of this size has; None where a model is not so wide.

    They are exact where epochs find that, else those that a penalised model shows.
    """
    width = width_of(problem, options)
    if problem.white is None or width < generic_rank(problem.n_features, problem.order):
        return None
    _, others = _widths(problem, options)
    fit = _search(problem, others, options, epochs, None)
    if fit is not None:
        return fit
    return read_off(problem.fine, *wide_model(problem, options, alpha, epochs, init))


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
        few = width * size <= MAX_UNKNOWNS and problem.is_identifiable(width)
        (telling if known or few else others).append(width)
    return telling, others


def _search(problem, widths, options, epochs, init):
    """An exact model found at one of the widths, reduced and polished, or None."""
    if not widths:
        return None
    white = problem.white
    epochs.course.enter("whitened", problem.leave_whitened)
    if init is None:
        init = white.guess
    else:
        vectors, signs = join(*init, problem.order)
        init = split(white.enter(vectors), signs, problem.order)
    max_epochs = options.max_epochs or MAX_EPOCHS
    found = exact_search(white, widths, max_epochs, epochs, init, options.tol)
    epochs.course.enter("data", problem.leave)
    if found is None:
        return None
    *model, residual = found
    if residual <= white.exact_tol:
        return Fit.at(problem.fine, *problem.finish_exact(*model))
    # What is proven of the rank is so of a tensor with its noise.
    return Fit.at(problem.fine, *problem.finish_exact(*model, options.tol, 1))
