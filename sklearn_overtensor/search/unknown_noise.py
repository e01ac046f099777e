# SPDX-License-Identifier: BSD-3-Clause
"""What ``alpha="auto"`` does: the one decision between exact and noisy."""

from dataclasses import replace
from functools import partial
from math import inf

import numpy as np

from .._monitor import Monitor, SearchStopped
from .._noise import WhiteNoise
from .._threads import few_threads
from .automatic import (
    noise_of,
    noisy_problems,
    report_of_found,
    says_nothing_of_noise,
    search_automatic,
)
from .default import (
    default_epochs,
    exact_model,
    may_be_independent,
    read_off,
    search_lbfgs,
    start_log,
)
from .descent import search_gd
from .finish import best_so_far, finish
from .problem import CompressedProblem

SEARCHES = {"lbfgs": search_lbfgs, "gd": search_gd}

# The penalty where there is no noise: it finds terms down to a thousandth of the norm.
NOISE_FREE_ALPHA = 1e-3


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
    given = target, options, random_source, init
    if options.alpha != "auto":
        return _with_alpha(*given)
    if options.noise == 0 or options.rank is not None:
        return _with_alpha(target, _noise_free(options), random_source, init)
    if options.refine and options.solver == "lbfgs":
        return _fewest(*given)
    # The penalty is what the rule finds noise to be; the solver's own answer follows.
    silent = replace(options, refine=True, solver="lbfgs", monitor=Monitor())
    first = _fewest(target, silent, random_source)
    report, alpha = first.noise(), NOISE_FREE_ALPHA
    if report.alpha < inf:  # of more unknowns than entries nothing is known
        alpha = max(alpha, report.alpha)
    found = _with_alpha(target, replace(options, alpha=alpha), random_source, init)
    if not options.refine or found.ending is not None:
        report = replace(
            report,
            alpha=alpha,
            weights_std=np.full(len(found.weights), np.nan),
            components_std=np.full(found.V.shape, np.nan),
        )
        return replace(found, noise=lambda: report)
    again = _fewest(target, silent, random_source, (found.weights, found.V))
    return replace(again, epochs=found.epochs)


def _noise_free(options):
    return replace(options, alpha=NOISE_FREE_ALPHA)


def _with_alpha(target, options, random_source, init):
    found = SEARCHES[options.solver](target, options, random_source, init)
    if not options.refine:
        return found
    return replace(found, noise=partial(_report, target, options, found))


def _report(target, options, found):
    problem = CompressedProblem(target)
    noise = noise_of(target, problem, options)
    return report_of_found(target, problem, noise, found)


def _fewest(target, options, random_source, init=None):
    """An exact answer if there is one, else the fewest terms that leave noise."""
    log, answers = None, []
    for problem, noise in noisy_problems(target, options):
        if says_nothing_of_noise(problem, noise):
            return _with_alpha(target, _noise_free(options), random_source, init)
        log = log or start_log(options, default_epochs(problem), random_source)
        start = None if init is None else problem.enter(*init)
        if isinstance(noise, WhiteNoise) and noise.size is None:
            found = _exact(problem, options, log, start)
            if found is not None:
                report = partial(report_of_found, target, problem, noise, found)
                return replace(found, noise=report)
        answers.append(search_automatic(target, problem, noise, options, log, start))
        if log.course.ending is not None:
            return answers[-1]
    return max(answers, key=_findings)  # the first of equal ones


def _findings(answer):
    return answer.explains, answer.significant, len(answer.weights), answer.evidence


def _exact(problem, options, log, init):
    """An exact answer, or the best so far where the search was ended; else None."""
    with few_threads(problem.n_features if problem.contraction == "dense" else inf):
        try:
            if may_be_independent(problem, options):
                model = problem.independent_model
                if model is not None:
                    return read_off(problem, *model, log)
            model = exact_model(problem, options, log, init)
            if model is None:
                return None
        except SearchStopped:
            model = best_so_far(problem, _noise_free(options), log)
        except KeyboardInterrupt:
            if not log.course.survives_interrupt():
                raise
            model = best_so_far(problem, _noise_free(options), log)
    return finish(problem, model, 0.0, log.course)
