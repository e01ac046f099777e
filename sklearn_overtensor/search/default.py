# SPDX-License-Identifier: BSD-3-Clause
"""The default search: an exact answer if there is one, else the terms alpha keeps."""

import numpy as np
from sklearn.utils import check_random_state

from .._objective import Components, TwoHomogeneousObjective
from ..refine import join, reduce_to_tolerance, split
from ..solvers import SolverResult, epoch_printer
from .best_rank import best_fit
from .epochs import EpochLog, terms
from .exact import exact_search, widths_to_try
from .penalised import default_width, penalised_search, refit
from .problem import CompressedProblem

# K, H and delta where the user leaves them open.
MAX_EPOCHS, MAX_ITER, INIT_SCALE = 60, 200, 1e-3
# Costs within this factor of each other are the same.
SAME_COST = 1.002


def search_lbfgs(target, options, random_state, init=None):
    """Decompose a target by L-BFGS epochs in compressed coordinates.

    First over-parametrised epochs on the whitened core look for an exact model; it is
    reduced to the fewest terms. If there is none, or only one so large that any tensor
    has it, penalised epochs in the data's own metric find the terms that alpha keeps,
    which are then fitted by least squares.

    Parameters
    ----------
    target : target
    options : SearchOptions
    random_state : RandomState
    init : tuple of (weights, V) or None
        A model to start from, in the target's units.

    Returns
    -------
    result : SolverResult
    """
    problem = CompressedProblem(target)
    auto = options.init_scale == "auto"
    log = EpochLog(
        max_epochs=options.max_epochs or MAX_EPOCHS,
        max_iter=options.max_iter or MAX_ITER,
        init_scale=INIT_SCALE if auto else options.init_scale,
        random_state=check_random_state(random_state),
        report=epoch_printer(options.verbose),
    )
    if init is not None:
        init = problem.enter(*init)
    if options.refine:
        model = _refined(problem, options, log, init)
        return finish(problem, model, 0.0, log.losses, log.n_epochs)
    vectors, signs = penalised_search(
        problem.coarse,
        problem.bound,
        _width(problem, options),
        options.alpha,
        log,
        init,
    )
    model = terms(vectors, signs)
    return finish(problem, model, options.alpha, log.losses, log.n_epochs)


def finish(problem, model, alpha, losses, n_epochs):
    """Bring a model in small coordinates back, and tell whether it is stationary."""
    weights, directions = model
    objective = TwoHomogeneousObjective(problem.data, alpha)
    signs = np.where(weights < 0, -1.0, 1.0)
    point = Components(directions * np.sqrt(np.abs(weights)), signs, np.abs(signs))
    stationary = objective.is_stationary(point)
    weights, V = problem.leave(weights, directions)
    return SolverResult(weights, V, np.asarray(losses), n_epochs, stationary)


def _width(problem, options):
    if options.n_components is not None:
        return options.n_components
    return default_width(problem.bound, problem.n_features, problem.order)


def _refined(problem, options, log, init):
    """Weights and directions of the refined model, in small coordinates."""
    rank, found = options.rank, None
    if problem.white is not None and (rank is None or rank >= problem.bound.lower):
        found = _exact(problem, options, log, init)
    if found is not None and problem.is_identifiable(len(found[1])):
        vectors, signs = problem.finish_exact(*found)
    else:
        width = _width(problem, options)
        model = penalised_search(
            problem.coarse, problem.bound, width, options.alpha, log, init
        )
        kept = refit(problem.data, *terms(*model))
        vectors, signs = _cheaper(problem, kept, found, options)
    if rank is not None and len(signs) > rank:
        vectors, signs = best_fit(problem.data, vectors, signs, rank, log)
    return split(vectors, signs, problem.order)


def _exact(problem, options, log, init):
    """An exact model in whitened coordinates, or None."""
    if options.n_components is not None:
        widths = [options.n_components]
    else:
        widths = widths_to_try(problem.bound, problem.n_features, problem.order)
    if init is not None:
        vectors, signs = join(*init, problem.order)
        init = split(problem.change.T @ vectors, signs, problem.order)
    return exact_search(
        problem.white, problem.bound, widths, log, tol=problem.exact_tol, init=init
    )


def _cheaper(problem, kept, found, options):
    """The terms that alpha keeps, or an exact model so large that any tensor has one.

    The refitted terms cost ``residual^2 / 2 + alpha sum |w|``, the exact model its
    ``alpha sum |w|``. Under noise the latter needs large weights; where the tensor is
    exact it does not.
    """
    vectors, signs, residual = kept
    if residual <= options.tol:
        vectors, signs = reduce_to_tolerance(
            problem.data,
            vectors,
            signs,
            tol=options.tol / 10,
            floor=problem.bound.lower,
        )
    if found is None:
        return vectors, signs
    exact_vectors, exact_signs = problem.finish_exact(*found)
    if residual <= options.tol:
        if len(signs) <= len(exact_signs):
            return vectors, signs
        return exact_vectors, exact_signs
    cost = 0.5 * residual**2 + options.alpha * _weight_sum(vectors, problem.order)
    exact_cost = options.alpha * _weight_sum(exact_vectors, problem.order)
    if exact_cost <= SAME_COST * cost:
        return exact_vectors, exact_signs
    return vectors, signs


def _weight_sum(vectors, order):
    return np.sum(np.linalg.norm(vectors, axis=0) ** order)
