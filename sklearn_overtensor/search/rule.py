# SPDX-License-Identifier: BSD-3-Clause
"""The search: an exact answer if there is one, else the fewest terms that leave noise.

Noise is whatever may be left: that of samples, of a tensor, or the user's alpha.
"""

from dataclasses import replace
from functools import partial
from math import inf, isfinite

from .._monitor import Monitor, SearchStopped
from .._threads import few_threads
from ..refine import join, reduce_to_rank, reduce_to_tolerance, split
from ..solvers.course import Course
from .answer import answer_of, without_errors
from .best_rank import best_fit
from .certain import exact_fit, exact_fit_of_anything
from .descent import search_gd
from .epochs import make_epochs, record_fit
from .fewest import FewestTerms, Fit, strongest_fit
from .noisy import NOISE_FREE_ALPHA, cases_of
from .penalised import read_off, search_penalised, width_of

SOLVERS = {"lbfgs": search_penalised, "gd": search_gd}


def search(target, options, random_source, init=None):
    """Decompose a target, with the alpha that is given or what noise asks for.

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
    if options.refine and options.solver == "lbfgs":
        return search_fewest(target, options, random_source, init)
    alpha, report = options.alpha, None
    if alpha == "auto":
        alpha = NOISE_FREE_ALPHA
        if options.noise != 0 and options.rank is None:
            # The penalty is what the rule finds noise to be.
            rule = replace(options, refine=True, solver="lbfgs", monitor=Monitor())
            report = search_fewest(target, rule, random_source).noise()
            if isfinite(report.alpha):  # of more unknowns than entries nothing is known
                alpha = max(alpha, report.alpha)
    descend = SOLVERS[options.solver]
    found = descend(target, replace(options, alpha=alpha), random_source, init)
    if options.refine:
        return refined(target, found, options, random_source)
    if report is None:
        return found
    return replace(found, noise=partial(without_errors, report, found, alpha))


def search_fewest(target, options, random_source, init=None):
    """The fewest terms that are exact, or leave no more than may be left."""
    course = Course(options.monitor)
    epochs = make_epochs(options, random_source, course)
    answers = []
    for case in cases_of(target, options):
        start = None if init is None else case.problem.enter(*init)
        answers.append(fewest_of(case, epochs, start))
        if course.ending is not None:
            return answers[-1]
    return max(answers, key=_findings)  # the first of equal ones


def _findings(answer):
    return answer.explains, answer.significant, len(answer.weights), answer.evidence


def fewest_of(case, epochs, start=None, find_exact=exact_fit):
    """The same in small coordinates.

    Parameters
    ----------
    case : Case
    epochs : Epochs
    start : tuple of (weights, directions) or None
        Terms to start from.
    find_exact : callable
        As :func:`exact_fit`.

    Returns
    -------
    result : SolverResult
    """
    problem, course, told = case.problem, epochs.course, []
    course.enter("data", problem.leave)

    def tell(fit):
        told.append(fit)
        if record_fit(fit, problem.coarse, course):
            raise SearchStopped

    with few_threads(problem.n_features if problem.has_core else inf):
        try:
            fit, explained = _fewest(case, epochs, start, find_exact, tell)
        except SearchStopped:
            fit, explained = _so_far(case, course, told), False
        except KeyboardInterrupt:
            if not course.survives_interrupt():
                raise
            fit, explained = _so_far(case, course, told), False
        return answer_of(case, fit, explained, course)


def _fewest(case, epochs, start, find_exact, tell):
    """A fit, and whether no more is left than may be."""
    problem, noise, options = case.problem, case.noise, case.options
    exact = None
    if noise.may_be_exact:
        exact = find_exact(problem, options, epochs, start)
    if exact is None:
        given = Fit.empty(problem.coarse)
        if start is not None:
            given = Fit.of(problem.coarse, *join(*start, problem.order))
        fit, explained = terms_of(case, tell).search(given)
        if noise.wants_exact and not case.is_exact(fit):
            exact = exact_fit_of_anything(problem, options, epochs)
    if exact is not None:
        fit, explained = exact, True
    return within_rank(case, fit, epochs.random_source), explained


def terms_of(case, tell):
    """The loop that adds terms and drops them."""
    problem, options = case.problem, case.options
    limits = [max(1, (problem.n_entries - 1) // problem.n_features)]
    if not case.noise.is_noise:
        limits.append(width_of(problem, options.n_components))
    limits += [most for most in (options.n_components, options.rank) if most]
    # Coarse entries: rows in another order, whose sums differ by rounding, take the
    # same way.
    return FewestTerms(problem.coarse, case.noise, min(limits), case.exact, tell)


def within_rank(case, fit, random_source):
    """The fit if it has at most ``rank`` terms and is exact, else the best of those."""
    rank, target = case.options.rank, case.problem.fine
    if rank is None or (case.is_exact(fit) and len(fit) <= rank):
        return fit
    if len(fit) == 0:
        fit = strongest_fit(target)
    best = best_fit(target, fit.vectors, fit.signs, rank, random_source())
    return Fit.at(target, *split(*best, target.order))


def _so_far(case, course, told):
    """The last fit of a search that was ended, or what its best epoch shows."""
    if told:
        return _reduced(case, told[-1])
    problem = case.problem
    return _reduced(case, read_off(problem.fine, *problem.enter(*course.best_model())))


def _reduced(case, fit):
    """Brought to the rank by removals: who interrupts does not wait for more."""
    rank, target = case.options.rank, case.problem.fine
    if rank is None:
        return fit
    fewer = reduce_to_rank(target, fit.vectors, fit.signs, rank)
    return Fit.at(target, *split(*fewer, target.order))


def refined(target, found, options, random_source):
    """The least-squares fit of what a solver found, without what noise explains."""
    course = Course(options.monitor, found.epochs, found.ending)
    answers = []
    for case in cases_of(target, options):
        problem = case.problem
        fit = read_off(problem.fine, *problem.enter(found.weights, found.V))
        explained = False
        if found.ending == "interrupted":
            fit = _reduced(case, fit)
        else:
            fit = within_rank(case, _without_needless(case, fit), random_source)
            explained = terms_of(case, None).explains(fit)
        answers.append(answer_of(case, fit, explained, course))
    return max(answers, key=_findings)


def _without_needless(case, fit):
    if not case.is_exact(fit):
        return terms_of(case, lambda fit: None).drop(fit)
    target = case.problem.fine
    fewer = reduce_to_tolerance(
        target,
        fit.vectors,
        fit.signs,
        tol=case.options.tol,
        floor=case.problem.bound.lower,
    )
    return Fit.at(target, *split(*fewer, target.order))
