# SPDX-License-Identifier: BSD-3-Clause
"""A search by the solver that is asked for, refined or as it is."""

from dataclasses import replace
from functools import partial
from math import isfinite, sqrt

from ..coordinates import CompressedProblem
from ..machine.threads import few_threads
from ..refine import refit
from ..settings import SETTINGS
from ..solvers.course import Course
from ..solvers.gradient_descent import gradient_descent, make_schedule, warm_components
from ..solvers.monitor import Monitor, SearchStopped
from ..solvers.objective import TwoHomogeneousObjective
from ..solvers.result import SolverResult
from .answer import answer_of, without_errors
from .epochs import as_components, make_epochs
from .noisy import cases_of
from .penalised import read_off, wide_model
from .rule import (
    findings,
    reduced,
    search_fewest,
    terms_of,
    within_rank,
    without_needless,
)


def search(target, options, random_source, init=None):
    """Decompose a target, with the alpha that is given or what noise asks for.

    ``random_source()`` makes the RandomState of the starts. ``init`` is a model to
    start from, ``weights, V`` in the target's units. Returns a SolverResult.
    """
    if options.refine and options.solver == "lbfgs":
        return search_fewest(target, options, random_source, init)
    alpha, report = options.alpha, None
    if alpha == "auto":
        alpha = SETTINGS.smallest_term
        if options.noise != 0 and options.rank is None:
            alpha, report = _alpha_of_noise(target, options, random_source)
    solve = SOLVERS[options.solver]
    found = solve(target, replace(options, alpha=alpha), random_source, init)
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
    report, alpha = found.noise(), SETTINGS.smallest_term
    if not report.significant:  # the strongest term is kept, shrunk to a half
        alpha = 0.5 * abs(float(found.weights[0])) / sqrt(target.squared_norm)
    elif isfinite(report.alpha):  # of more unknowns than entries nothing is known
        alpha = max(alpha, report.alpha)
    # No more digits than are known: rounding shall not set the descent apart.
    return float(f"{alpha:.3g}"), report


def refined(target, found, options, random_source):
    """The least-squares fit of what a solver found, without what noise explains."""
    course, answers = Course(options.monitor, found.epochs, found.ending), []
    for case in cases_of(target, options):
        epochs = make_epochs(options, random_source, course)
        problem = case.problem
        fit = read_off(problem.fine, problem.enter(found.weights, found.V))
        explained = False
        if found.ending == "interrupted":
            fit = reduced(case, fit)
        else:
            fit = within_rank(case, _drop(case, fit), epochs, _nobody)
            explained = terms_of(case, None).explains(fit)
        answers.append(answer_of(case, fit, explained, course))
    return max(answers, key=findings)


def _nobody(fit):
    """Is told of the fits on the way where the search is over."""


def _drop(case, fit):
    if case.is_exact(fit):
        return without_needless(case, fit)
    fit, target = terms_of(case, _nobody).drop(fit), case.problem.fine
    return refit(target, fit, SETTINGS.steps)


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
    stationary = objective.is_stationary(as_components(*model.terms))
    weights, V = problem.leave(*model.terms)
    return SolverResult(
        weights, V, course.epochs, stationary, problem.contraction, course.ending
    )


def search_gd(target, options, random_source, init=None):
    """Decompose a target by Algorithm 1, with the options as they are.

    ``n_components=None`` takes ``2 d + 5`` components, more than twice the number that
    a tensor with ``r <= d`` needs.
    """
    random_state = random_source()
    schedule = make_schedule(
        target.n_features,
        target.order,
        m=options.n_components or 2 * target.n_features + 5,
        K=options.max_epochs or SETTINGS.gd_epochs,
        H=options.max_iter or SETTINGS.gd_iter,
        delta=options.init_scale,
    )
    context = target.context
    start = None
    if init is not None:
        weights, V = init
        scaled = weights / sqrt(target.squared_norm)
        start = warm_components(scaled, V, schedule, context, random_state)
    contraction = target.contraction
    course = Course(options.monitor)
    try:
        with few_threads(target.n_features):
            return gradient_descent(
                target,
                schedule,
                alpha=options.alpha,
                step_size=options.step_size,
                tol=options.tol,
                random_state=random_state,
                start=start,
                course=course,
            )
    except KeyboardInterrupt as end:
        course.survive(end)
    return SolverResult(
        *course.best_model(), course.epochs, False, contraction, course.ending
    )


SOLVERS = {"lbfgs": search_penalised, "gd": search_gd}
