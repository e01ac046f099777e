# SPDX-License-Identifier: BSD-3-Clause
"""Penalised epochs in the data's own metric, and the terms that they show."""

import numpy as np

from ..compression import generic_rank
from ..coordinates import MANY, CompressedProblem
from ..machine.threads import few_threads
from ..refine import (
    COSINES,
    LEFTOVER,
    SMALLEST_TERM,
    STEPS,
    join,
    merge_parallel,
    prune,
)
from ..solvers.course import Course
from ..solvers.monitor import SearchStopped
from ..solvers.objective import TwoHomogeneousObjective
from ..solvers.result import SolverResult
from .ascent import LITTLE, strongest_term
from .epochs import (
    MAX_EPOCHS,
    as_components,
    make_epochs,
    place,
    restart_smallest,
    start_signs,
    terms,
)
from .fewest import Fit


def width_of(problem, options):
    """The number of components: what is asked for, or ``2 r + 5``.

    That is for a rank of at least r, and not far beyond the generic one.
    """
    if options.n_components is not None:
        return options.n_components
    size, order = problem.n_features, problem.order
    width = 2 * problem.bound.lower + 5
    width = min(width, generic_rank(size, order) + 2 + size // 4)
    return max(1, width if problem.has_core else min(width, MANY))


def penalised_search(target, bound, width, alpha, max_epochs, epochs, init=None):
    """Run epochs on the penalised objective until one no longer lowers it.

    Parameters
    ----------
    target : target
        Of norm one.
    bound : RankBound
    width : int
        Number of components.
    alpha : float
        The penalty.
    max_epochs : int
    epochs : Epochs
    init : tuple of (weights, directions) or None
        A model to start from.

    Returns
    -------
    weights, directions : ndarray of shape (width,) and (d, width)
        The best penalised model.
    """
    signs = start_signs(width, bound, target.order)
    vectors = epochs.fresh(target.n_features, width)
    if init is not None:
        vectors = place(*init, signs, vectors)
    best, lowest = epochs.run(target, vectors, signs, alpha)
    for _ in range(max_epochs - 1):
        start = restart_smallest(best, signs, epochs)
        vectors, loss = epochs.run(target, start, signs, alpha)
        enough = loss > lowest * (1 - LITTLE)
        if loss < lowest:
            best, lowest = vectors, loss
        if enough:
            break
    return terms(best, signs)


def read_off(target, weights, directions):
    """The least-squares fit of the terms that a penalised model shows.

    Without the penalty a fit is closer than the model, unless components of two terms
    were merged: they are merged less then.

    Parameters
    ----------
    target : target
        Of norm one.
    weights, directions : ndarray of shape (m,) and (d, m)

    Returns
    -------
    fit : Fit
    """
    # Leftovers of the start point everywhere: many of them would link other terms.
    present = prune(weights, directions, LEFTOVER, LEFTOVER)
    if np.abs(present[0]).max() < LEFTOVER:  # the penalised answer is empty
        present = strongest_term(target)
    squared, _ = target.difference(*reversed(join(*present, target.order)))
    fits: list = []
    for cosine in COSINES:
        merged = prune(*merge_parallel(*present, target.order, cosine), SMALLEST_TERM)
        if fits and len(merged[0]) == len(fits[-1]):
            continue
        fits.append(Fit.of(target, *join(*merged, target.order), max_steps=STEPS))
        if fits[-1].squared <= squared:
            break
    return min(fits, key=lambda fit: fit.squared)


def wide_model(problem, options, alpha, epochs, init=None):
    """The penalised model of as many components as are asked for."""
    return penalised_search(
        problem.coarse,
        problem.bound,
        width_of(problem, options),
        alpha,
        options.max_epochs or MAX_EPOCHS,
        epochs,
        init,
    )


def search_penalised(target, options, random_source, init=None):
    """The penalised model as it is: its components, shrunk by alpha."""
    problem, course = CompressedProblem(target), Course(options.monitor)
    course.enter("data", problem.leave)
    epochs = make_epochs(options, random_source, course)
    with few_threads(problem.n_features):
        try:
            start = None if init is None else problem.enter(*init)
            model = wide_model(problem, options, options.alpha, epochs, start)
        except (SearchStopped, KeyboardInterrupt) as end:
            course.survive(end)
            model = problem.enter(*course.best_model())
    objective = TwoHomogeneousObjective(problem.data, options.alpha)
    stationary = objective.is_stationary(as_components(*model))
    weights, V = problem.leave(*model)
    return SolverResult(
        weights, V, course.epochs, stationary, problem.contraction, course.ending
    )
