# SPDX-License-Identifier: BSD-3-Clause
"""The search: an exact answer if there is one, else the fewest terms that leave noise.

Noise is whatever may be left: that of samples, of a tensor, or the user's alpha.
"""

from dataclasses import replace
from functools import partial
from math import inf, isfinite, sqrt

from ..machine.threads import few_threads
from ..refine import (
    SMALLEST_TERM,
    STEPS,
    join,
    reduce_to_rank,
    reduce_to_tolerance,
)
from ..solvers.course import Course
from ..solvers.monitor import Monitor, SearchStopped
from .answer import answer_of, without_errors
from .best_rank import best_fit
from .certain import exact_fit, fit_of_anything
from .descent import search_gd
from .epochs import make_epochs, record_fit
from .few_entries import exact_fit_of_few_entries
from .fewest import FewestTerms, Fit, strongest_fit
from .noisy import cases_of
from .penalised import read_off, search_penalised, width_of

# Share of what is left, for each entry left free, after terms that pay. With a half
# unstructured tensors of 60 features are gone on with, with a quarter exact ones of
# five terms for each of 40 features are given up.
PAYS = 1 / 3

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
        alpha = SMALLEST_TERM
        if options.noise != 0 and options.rank is None:
            alpha, report = _alpha_of_noise(target, options, random_source)
    descend = SOLVERS[options.solver]
    found = descend(target, replace(options, alpha=alpha), random_source, init)
    if options.refine:
        try:
            return refined(target, found, options, random_source)
        except KeyboardInterrupt:
            if found.ending is not None or not options.monitor.keeps_interrupted:
                raise
        found = replace(found, ending="interrupted")
        return refined(target, found, options, random_source)
    if report is None:
        return found
    told = partial(without_errors, report, found, alpha)
    return replace(found, noise=told, significant=report.significant)


def _alpha_of_noise(target, options, random_source):
    """The penalty that is what the rule finds noise to be, and its report."""
    rule = replace(options, refine=True, solver="lbfgs", monitor=Monitor())
    found = search_fewest(target, rule, random_source)
    report, alpha = found.noise(), SMALLEST_TERM
    if not report.significant:  # the strongest term is kept, shrunk to a half
        alpha = 0.5 * abs(float(found.weights[0])) / sqrt(target.squared_norm)
    elif isfinite(report.alpha):  # of more unknowns than entries nothing is known
        alpha = max(alpha, report.alpha)
    # No more digits than are known: rounding shall not set the descent apart.
    return float(f"{alpha:.3g}"), report


def search_fewest(target, options, random_source, init=None):
    """The fewest terms that are exact, or leave no more than may be left."""
    course, answers = Course(options.monitor), []
    for case in cases_of(target, options):
        epochs = make_epochs(options, random_source, course)
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

    with few_threads(problem.n_features):
        try:
            fit, explained = _fewest(case, epochs, start, find_exact, tell)
        except (SearchStopped, KeyboardInterrupt) as end:
            course.survive(end)
            fit, explained = _so_far(case, course, told), False
        return answer_of(case, fit, explained, course)


def _fewest(case, epochs, start, find_exact, tell):
    """A fit, and whether no more is left than may be."""
    problem, noise, options = case.problem, case.noise, case.options
    if noise.may_be_exact:
        exact = None
        if noise.wants_exact and options.rank is None and start is None:
            exact = exact_fit_of_few_entries(problem, options, epochs)
        exact = exact or find_exact(problem, options, epochs, start)
        if exact is not None:
            return within_rank(case, exact, epochs, tell), True
    given = Fit.empty(problem.coarse)
    if start is not None:
        given = Fit.of(problem.coarse, *join(*start, problem.order))
    if options.rank is not None:
        fit = within_rank(case, given, epochs, tell)
        return fit, case.is_exact(fit)
    if noise.wants_exact:
        fit = fit_of_anything(problem, options, noise.alpha, epochs, start)
        if fit is None:
            fit = _as_many_as_pay(case, given, tell)
        return fit, case.is_exact(fit)
    terms = terms_of(case, tell)
    fit, explained = terms.search(given)
    return terms.refine(fit, problem.fine), explained


def _as_many_as_pay(case, fit, tell):
    """A fit with as many terms as a model is wide, and more as long as they pay.

    They do where what is left, for each entry left free, is ``PAYS`` of what it was:
    terms that fit mere noise leave as much as before.
    """
    problem, most, left = case.problem, width_of(case.problem, case.options), 1.0
    while True:
        fit, _ = terms_of(case, tell, most).search(fit)
        free = 1 - len(fit) * problem.n_features / problem.n_entries
        now = fit.squared / (free * problem.fine.squared_norm) if free > 0 else inf
        done = case.is_exact(fit) or len(fit) < most or case.options.n_components
        if done or now > PAYS * left:
            return Fit.of(problem.fine, fit.vectors, fit.signs)
        left, most = now, most + most // 4


def terms_of(case, tell, most=None):
    """The loop that adds terms, at most so many, and drops them."""
    problem, options = case.problem, case.options
    if case.noise.is_noise:  # more terms than that have more unknowns than entries
        most = max(1, (problem.n_entries - 1) // problem.n_features)
        most = min(most, options.n_components or inf)
    elif most is None:
        most = width_of(problem, options)
    # Coarse entries: rows in another order, whose sums differ by rounding, take the
    # same way.
    return FewestTerms(problem.coarse, case.noise, most, case.exact, tell)


def within_rank(case, fit, epochs, tell):
    """The fit if it has at most ``rank`` terms and is exact, else the best of those."""
    rank, target = case.options.rank, case.problem.fine
    if rank is None or (case.is_exact(fit) and len(fit) <= rank):
        return fit
    if len(fit) == 0:
        fit = strongest_fit(target)
    return best_fit(target, fit, rank, epochs.random_state, tell)


def _so_far(case, course, told):
    """The last fit of a search that was ended, or what its best epoch shows."""
    problem = case.problem
    if told:
        fit = told[-1]
    else:
        fit = read_off(problem.fine, *problem.enter(*course.best_model()))
        if course.ending == "stopped":
            fit = _without_needless(case, fit)
    return _reduced(case, fit)


def _reduced(case, fit):
    """Brought to the rank by removals: who interrupts does not wait for more."""
    rank, target = case.options.rank, case.problem.fine
    if rank is None or len(fit) <= rank:
        return fit
    return Fit.at(target, *reduce_to_rank(target, fit.vectors, fit.signs, rank))


def refined(target, found, options, random_source):
    """The least-squares fit of what a solver found, without what noise explains."""
    course, answers = Course(options.monitor, found.epochs, found.ending), []
    for case in cases_of(target, options):
        epochs = make_epochs(options, random_source, course)
        problem = case.problem
        fit = read_off(problem.fine, *problem.enter(found.weights, found.V))
        explained = False
        if found.ending == "interrupted":
            fit = _reduced(case, fit)
        else:
            fit = within_rank(case, _drop(case, fit), epochs, _nobody)
            explained = terms_of(case, None).explains(fit)
        answers.append(answer_of(case, fit, explained, course))
    return max(answers, key=_findings)


def _nobody(fit):
    """Is told of the fits on the way where the search is over."""


def _drop(case, fit):
    if case.is_exact(fit):
        return _without_needless(case, fit)
    fit, target = terms_of(case, _nobody).drop(fit), case.problem.fine
    return Fit.of(target, fit.vectors, fit.signs, max_steps=STEPS)


def _without_needless(case, fit):
    """The fewest terms that are exact."""
    problem, target = case.problem, case.problem.fine
    if not case.is_exact(fit):
        return fit
    tol, floor = case.options.tol / 10, problem.bound.lower
    fewer = reduce_to_tolerance(target, fit.vectors, fit.signs, tol=tol, floor=floor)
    return Fit.at(target, *fewer)
