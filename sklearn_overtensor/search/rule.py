# SPDX-License-Identifier: BSD-3-Clause
"""The search: an exact answer if there is one, else the fewest terms that leave noise.

Noise is whatever may be left: that of samples, of a tensor, or the user's alpha.
"""

from dataclasses import replace
from math import inf

import numpy as np

from ..machine.threads import few_threads
from ..noise.kinds import WhiteNoise, is_sampled
from ..refine import Fit, reduce_to_rank, reduce_to_tolerance, refit
from ..settings import SETTINGS
from ..solvers.course import Course
from ..solvers.monitor import SearchStopped
from .answer import answer_of
from .best_rank import best_fit
from .epochs import make_epochs, record_fit, spare
from .exact import (
    exact_fit,
    exact_fit_of_few_entries,
    exact_fit_searched,
    exact_fit_shown,
    fit_of_anything,
)
from .fewest import FewestTerms, strongest_fit
from .noisy import cases_of
from .penalised import read_off, width_of


def search_fewest(target, options, random_source, init=None):
    """The fewest terms that are exact, or leave no more than may be left."""
    course, answers = Course(options.monitor), []
    for case in cases_of(target, options):
        epochs = make_epochs(options, random_source, course)
        start = None if init is None else case.problem.enter(*init)
        answers.append(fewest_of(case, epochs, start))
        if course.ending is not None:
            return answers[-1]
    return max(answers, key=findings)  # the first of equal ones


def findings(answer):
    """What the better of two answers has more of."""
    return answer.explains, answer.significant, len(answer.weights), answer.evidence


def fewest_of(case, epochs, start=None, find_exact=None):
    """The same in small coordinates, where terms to start from are a Fit."""
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
        find = find_exact or exact_fit_for(case)
        exact = exact or find(problem, options, epochs, start)
        if exact is not None:
            return within_rank(case, exact, epochs, tell), True
    given = Fit.empty(problem.coarse)
    if start is not None:
        given = refit(problem.coarse, start)
    if options.rank is not None:
        fit = within_rank(case, given, epochs, tell)
        return fit, case.is_exact(fit)
    if noise.wants_exact:
        fit = (
            _exact_terms(case, given, tell)
            or fit_of_anything(problem, options, noise.alpha, epochs, start)
            or _as_many_as_pay(case, given, tell)
        )
        return fit, case.is_exact(fit)
    terms = terms_of(case, tell)
    fit, explained = terms.search(given)
    fit = without_needless(case, terms.refine(fit, problem.fine))
    open_still = noise.is_estimated and problem.bound.saturated
    if open_still and not (case.is_exact(fit) or _stands_out(case, fit)):
        exact = exact_fit_searched(problem, options, epochs, start)
        if exact is not None:
            return exact, True
    return fit, explained


def exact_fit_for(case):
    """How an exact answer is looked for first.

    Samples have noise whatever alpha is, and a tensor may have: then by what is quick.
    """
    noise = case.noise
    noisy = noise.is_estimated or (is_sampled(case.target) and not noise.wants_exact)
    return exact_fit_shown if noisy else exact_fit


def _stands_out(case, fit):
    """Whether a fit does of what is left, so that this is noise, not more exact terms.

    A search for those that is stuck has terms of every weight down to the limit, or has
    taken most of the entries.
    """
    problem, (weights, directions) = case.problem, fit.terms
    limits = case.noise.limits(directions, fit.squared, len(fit))
    few = 2 * len(fit) * problem.n_features <= problem.n_entries
    far = bool(np.all(np.abs(weights) > SETTINGS.gap * limits))
    return len(fit) > 0 and few and far


def _exact_terms(case, fit, tell):
    """Terms that the loop adds as if there were noise, if they are exact; else None."""
    problem, significance = case.problem, case.options.significance
    noise = WhiteNoise(problem.n_features, problem.order, significance)
    most = width_of(problem, case.options)
    terms = terms_of(replace(case, noise=noise), tell, most)
    fit, _ = terms.search(fit)
    if not case.is_exact(fit):
        return None
    return without_needless(case, terms.refine(fit, problem.fine))


def _as_many_as_pay(case, fit, tell):
    """A fit with as many terms as a model is wide, and more as long as they pay.

    They do where they take most of what is left, for each entry left free: terms that
    fit mere noise leave as much as before.
    """
    problem, most, left = case.problem, width_of(case.problem, case.options), 1.0
    while True:
        fit, _ = terms_of(case, tell, most).search(fit)
        free = 1 - len(fit) * problem.n_features / problem.n_entries
        now = fit.squared / (free * problem.fine.squared_norm) if free > 0 else inf
        done = case.is_exact(fit) or len(fit) < most or case.options.n_components
        if done or now > SETTINGS.pays * left:
            return without_needless(case, refit(problem.fine, fit))
        left, most = now, most + spare(most)


def terms_of(case, tell, most=None):
    """The loop that adds terms, at most so many, and drops them."""
    problem, options = case.problem, case.options
    if case.noise.is_noise:  # more terms than that have more unknowns than entries
        room = max(1, (problem.n_entries - 1) // problem.n_features)
        most = min(room, most or options.n_components or inf)
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
        fit = read_off(problem.fine, problem.enter(*course.best_model()))
        if course.ending == "stopped":
            fit = without_needless(case, fit)
    return reduced(case, fit)


def reduced(case, fit):
    """Brought to the rank by removals: who interrupts does not wait for more."""
    rank, target = case.options.rank, case.problem.fine
    if rank is None or len(fit) <= rank:
        return fit
    return reduce_to_rank(target, fit, rank)


def without_needless(case, fit):
    """The fewest terms that are exact."""
    problem, tol = case.problem, case.options.tol
    if not case.is_exact(fit):
        return fit
    if problem.white is None:
        floor = problem.bound.lower
        return reduce_to_tolerance(problem.fine, fit, tol=tol, floor=floor)
    whitened = problem.white.enter(fit).measured(problem.white.target)
    fewer = problem.finish_exact(whitened, tol)
    return fewer if case.is_exact(fewer) else fit
