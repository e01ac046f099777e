# SPDX-License-Identifier: BSD-3-Clause
"""From the last model of a search, or the best of one cut short, to its result."""

from .._objective import TwoHomogeneousObjective
from ..refine import (
    reduce_to_rank,
    reduce_to_tolerance,
    settle,
    split,
    squared_residual,
)
from ..solvers.result import SolverResult
from .best_rank import best_fit
from .epochs import as_components
from .penalised import refit

# Distinct entries of the largest cores for which widths that fit any tensor are tried.
MAX_ENTRIES = 250


def finish(problem, model, alpha, course):
    """Bring a model in small coordinates back, and tell whether it is stationary."""
    weights, directions = model
    objective = TwoHomogeneousObjective(problem.data, alpha)
    stationary = objective.is_stationary(as_components(weights, directions))
    weights, V = problem.leave(weights, directions)
    return SolverResult(
        weights, V, course.epochs, stationary, problem.contraction, course.ending
    )


def refined(problem, model, options, log):
    """Weights and directions of a penalised model, refitted and reduced."""
    vectors, signs, residual = refit(problem.fine, *model, options.alpha, log.max_iter)
    if residual <= options.tol:
        vectors, signs = fewest(problem, vectors, signs, options.tol)
    return split(*within_rank(problem, vectors, signs, options, log), problem.order)


def best_so_far(problem, options, log):
    """Weights and directions that a search keeps which was stopped or interrupted.

    Who interrupts does not wait for the best fit of a rank: a fit is brought to the
    rank by removals then.
    """
    model = problem.enter(*log.course.best_model())
    if not options.refine:
        return model
    if log.course.ending == "stopped":
        return refined(problem, model, options, log)
    fit = refit(problem.fine, *model, options.alpha, log.max_iter)[:2]
    if options.rank is not None:
        fit = reduce_to_rank(problem.fine, *fit, options.rank)
    return split(*fit, problem.order)


def within_rank(problem, vectors, signs, options, log):
    """The model if it has at most ``rank`` terms and is exact, else the best fit."""
    squared, _ = squared_residual(problem.data, signs, vectors)
    exact = squared <= options.tol**2
    if options.rank is not None and not (exact and len(signs) <= options.rank):
        vectors, signs = best_fit(problem.fine, vectors, signs, options.rank, log)
    elif exact:
        return vectors, signs
    return settle(problem.data, vectors, signs), signs


def fewest(problem, vectors, signs, tol):
    """Fewest terms that meet ``tol``; of a large tensor without structure, as it is."""
    if problem.n_entries > MAX_ENTRIES and not problem.is_identifiable(len(signs)):
        return vectors, signs
    floor = problem.bound.lower
    return reduce_to_tolerance(problem.fine, vectors, signs, tol=tol, floor=floor)
