# SPDX-License-Identifier: BSD-3-Clause
"""The default search: an exact answer if there is one, else the terms alpha keeps."""

from functools import partial
from math import inf

import numpy as np

from .._monitor import SearchStopped
from .._threads import few_threads
from ..compression import generic_rank
from ..refine import join, split, weight_sum
from ..solvers.course import Course
from ..solvers.result import SolverResult
from .epochs import EpochLog, terms
from .exact import FIRST_ALPHA, MAX_EXPLORED, exact_search, widths_to_try
from .finish import MAX_ENTRIES, best_so_far, fewest, finish, within_rank
from .memory import Memory
from .penalised import default_width, penalised_search, refit
from .problem import CompressedProblem
from .warm import warm_search

# K, H and delta where the user leaves them open.
MAX_EPOCHS, MAX_ITER, INIT_SCALE = 60, 200, 1e-3
# K where the rank is known but near the generic one: some need 20 epochs on average.
MAX_EPOCHS_NEAR_GENERIC = 240
# Most components unasked, where nothing is known about the rank and each costs a pass.
MAX_IMPLICIT_WIDTH = 200
# Share of the generic rank that is near it, and unknowns of a tensor from which many
# epochs are not better spent on more terms: small ones of low real rank need few.
NEAR_GENERIC, MANY_UNKNOWNS = 0.7, 60
# Residual of alpha's terms over alpha above which what they leave is noise, which is
# not to be fitted.
NOISE_PER_ALPHA = 50.0
# Distinct entries of cores where widths that fit any tensor cost so little that they
# are tried whatever alpha's terms leave.
FEW_ENTRIES = 30
# Costs within this factor of each other are the same.
SAME_COST = 1.02
# The same for an exact model of hardly more terms, and how many more those are.
NEAR_COST, FEW_MORE = 1.25, 1.5


def search_lbfgs(target, options, random_source, init=None):
    """Decompose a target by L-BFGS epochs in compressed coordinates.

    First over-parametrised epochs on the whitened core look for an exact model; it is
    reduced to the fewest terms. If there is none, or only one so large that any tensor
    has it, penalised epochs in the data's own metric find the terms that alpha keeps,
    which are then fitted by least squares.

    Parameters
    ----------
    target : target
    options : SearchOptions
    random_source : callable
        Makes the RandomState of the starts.
    init : tuple of (weights, V) or None
        A model to start from, in the target's units.

    Returns
    -------
    result : SolverResult
    """
    problem = CompressedProblem(target)
    if init is not None:
        init = problem.enter(*init)
    return search_problem(problem, options, random_source, Memory(init))


def search_problem(problem, options, random_source, memory, precision=0.0):
    """The same for a problem in small coordinates and what is known about it.

    Parameters
    ----------
    problem : CompressedProblem
    options : SearchOptions
    random_source : callable
        Makes the RandomState of the starts, the same for every alpha.
    memory : Memory
        Of earlier searches on this problem; it is kept up to date.
    precision : float, default=0.0
        Decrease of the objective by three steps of a fit that is not worth them, for a
        target of norm one. 0: every fit goes down to rounding.

    Returns
    -------
    result : SolverResult
    """
    with few_threads(problem.n_features if problem.contraction == "dense" else inf):
        if options.refine and may_be_independent(problem, options):
            model = problem.independent_model
            if model is not None:
                log = start_log(options, 1, random_source)
                return read_off(problem, *model, log)
        log = start_log(options, default_epochs(problem), random_source)
        log.precision = precision
        try:
            if options.refine:
                model = _refined(problem, options, log, memory)
            else:
                *model, _ = _unrefined(problem, options, log, memory)
        except SearchStopped:
            model = best_so_far(problem, options, log)
        except KeyboardInterrupt:
            if not log.course.survives_interrupt():
                raise
            model = best_so_far(problem, options, log)
        alpha = 0.0 if options.refine else options.alpha
        return finish(problem, model, alpha, log.course)


def exact_model(problem, options, log, init):
    """Weights and directions of an exact model that is no accident, or None.

    One of so few terms fits special tensors alone. ``init`` is in small coordinates.
    """
    telling = [
        width
        for width in _widths(problem, options)
        if not problem.bound.saturated
        or (
            problem.is_identifiable(width)
            and width * problem.n_features <= MAX_EXPLORED
        )
    ]
    too_few = options.rank is not None and options.rank < problem.bound.lower
    if problem.white is None or not telling or too_few:
        return None
    model = _exact(problem, telling, log, Memory(init))
    if model is None or not problem.is_identifiable(len(model[1])):
        return None
    return split(*within_rank(problem, *model, options, log), problem.order)


def start_log(options, most_epochs, random_source):
    """The budget of a search, where the user leaves it open."""
    auto = options.init_scale == "auto"
    return EpochLog(
        max_epochs=options.max_epochs or most_epochs,
        max_iter=options.max_iter or MAX_ITER,
        init_scale=INIT_SCALE if auto else options.init_scale,
        random_source=random_source,
        course=Course(options.monitor),
    )


def may_be_independent(problem, options):
    """Whether as many terms as dimensions are allowed."""
    allowed = [limit for limit in (options.n_components, options.rank) if limit]
    return min(allowed, default=problem.n_features) >= problem.n_features


def read_off(problem, vectors, signs, residual, log):
    """The answer where terms are independent; it counts as an epoch of one evaluation.

    It fits up to rounding, so the gradient vanishes.
    """
    log.course.enter("data", problem.leave)
    log.record(problem.data, vectors, signs, residual, FIRST_ALPHA)
    weights, V = problem.leave(*split(vectors, signs, problem.order))
    return SolverResult(weights, V, log.course.epochs, True, problem.contraction)


def _unrefined(problem, options, log, memory):
    """Weights and directions of the penalised model as it is, and its objective."""
    log.course.enter("data", problem.leave)
    given = problem.coarse, problem.bound, _width(problem, options), options.alpha, log
    if memory.penalised is None:
        *model, lowest = penalised_search(*given, memory.init)
    else:
        *model, lowest = warm_search(*given, memory.penalised)
    memory.penalised, memory.objective = terms(*model), lowest
    return *memory.penalised, lowest


def default_epochs(problem):
    """Most epochs, where the user leaves them open."""
    rank, size = problem.bound.lower, problem.n_features
    near = rank > NEAR_GENERIC * generic_rank(size, problem.order)
    if near and not problem.bound.saturated and rank * size > MANY_UNKNOWNS:
        return MAX_EPOCHS_NEAR_GENERIC
    return MAX_EPOCHS


def _width(problem, options):
    if options.n_components is not None:
        return options.n_components
    needed = min(problem.bound.lower, options.rank or np.inf)
    width = default_width(needed, problem.n_features, problem.order)
    return width if problem.has_core else min(width, MAX_IMPLICIT_WIDTH)


def _refined(problem, options, log, memory):
    """Weights and directions of the refined model, in small coordinates."""
    rank = options.rank
    if rank is not None and rank < problem.bound.lower:
        # Nothing exact has so few terms.
        *model, _, _ = _penalised(problem, options, log, memory)
    else:
        model = _exact_or_kept(problem, options, log, memory)
    return split(*within_rank(problem, *model, options, log), problem.order)


def _exact_or_kept(problem, options, log, memory):
    telling, fitting_anything = [], []
    if problem.white is not None:
        for width in _widths(problem, options):
            known = not (problem.bound.saturated or telling)
            telling_one = known or problem.is_identifiable(width)
            (telling if telling_one else fitting_anything).append(width)
    model = _exact(problem, telling, log, memory)
    if model is None or not problem.is_identifiable(len(model[1])):
        model = _kept_by_alpha(problem, options, log, memory, model, fitting_anything)
    return model


def _widths(problem, options):
    if options.n_components is not None:
        # Nothing exact has fewer terms than the bound.
        wide_enough = options.n_components >= problem.bound.lower
        return [options.n_components] if wide_enough else []
    return widths_to_try(problem.bound, problem.n_features, problem.order)


def _exact(problem, widths, log, memory):
    """An exact model found at one of the widths, reduced and polished, or None.

    It does not depend on alpha, so it is searched for once.
    """
    if not widths:
        return None
    search = partial(_search_exact, problem, widths, log, memory.init)
    return log.once(search, memory.exact, tuple(widths))


def _search_exact(problem, widths, log, init):
    white = problem.white
    log.course.enter("whitened", problem.leave_whitened)
    if init is None:
        init = white.guess
    else:
        vectors, signs = join(*init, problem.order)
        init = split(white.enter(vectors), signs, problem.order)
    found = exact_search(
        white.target, white.bound, widths, log, tol=white.exact_tol, init=init
    )
    return None if found is None else problem.finish_exact(*found)


def _kept_by_alpha(problem, options, log, memory, exact, fitting_anything):
    """The terms that alpha keeps, or an exact model where that costs no more.

    Any tensor has an exact model with as many unknowns as it has entries. Its cost in
    the penalised objective is ``alpha sum |w|``, and under noise that needs many large
    weights: far more than the minimum of the objective, to which the exact model of a
    tensor without noise comes close. It may cost more where hardly any terms are
    missing and those kept leave less than alpha: that is no noise that alpha can tell
    from terms.
    """
    alpha = options.alpha
    *kept, residual, lowest = _penalised(problem, options, log, memory)
    if residual <= options.tol:
        kept = fewest(problem, *kept, options.tol / 10)
    elif exact is None and _may_fit_anything(problem, residual, alpha):
        exact = _exact(problem, fitting_anything, log, memory)
    if exact is None:
        return kept
    if not problem.bound.saturated or problem.is_identifiable(len(exact[1])):
        return exact
    cost = alpha * weight_sum(exact[0], problem.order)
    hardly_more = len(exact[1]) <= FEW_MORE * len(kept[1]) and residual <= alpha
    allowed = NEAR_COST if hardly_more else SAME_COST
    return exact if cost <= allowed * lowest else kept


def _penalised(problem, options, log, memory):
    """The terms that alpha keeps, fitted again.

    Returns ``vectors, signs, residual`` of the fit and the penalised objective.
    """
    *found, lowest = _unrefined(problem, options, log, memory)
    patience = log.max_iter, log.precision
    fit = refit(problem.fine, *found, options.alpha, *patience)
    return *fit, lowest


def _may_fit_anything(problem, residual, alpha):
    """Whether what alpha's terms leave may be more terms, and the search is cheap."""
    limit = MAX_ENTRIES if residual <= NOISE_PER_ALPHA * alpha else FEW_ENTRIES
    return problem.n_entries <= limit
