# SPDX-License-Identifier: BSD-3-Clause
"""The fit at the end of a path of alphas, watched like any other fit."""

from dataclasses import replace
from functools import partial
from operator import itemgetter

from joblib import delayed
from numpy.random import RandomState

from ._monitor import Monitor
from ._solve import _as_they_end, _warn_of_ending, as_result, preference
from .search.automatic import noise_of, report_of_found
from .search.default import search_problem
from .search.descent import search_gd
from .search.memory import Memory
from .search.problem import CompressedProblem

# Decrease of the objective that three steps of a fit on the way are worth: of it only
# the penalised model, which comes before that fit, goes on to the next alpha.
PRECISION = 1e-5


def solve_path_end(target, alphas, options, seeds, n_jobs=None):
    """What :func:`solve_path` finds at the last alpha, the best of all restarts.

    Parameters
    ----------
    target : target
    alphas : ndarray of shape (n_alphas,)
        In decreasing order.
    options : SearchOptions
        Its ``alpha`` is not read. Its monitor is told of the epochs at the last alpha
        alone, whose model it is that an interrupt keeps; before them it is raised.
    seeds : sequence of int
        Of the restarts, each a path of its own.
    n_jobs : int or None, default=None
        Restarts run in parallel.

    Returns
    -------
    result : SymmetricCPResult
    """
    monitor, n_restarts = options.monitor, len(seeds)
    options = replace(options, alpha=float(alphas[-1]))
    tasks = [
        delayed(_solve_restart)(
            i,
            target,
            alphas[:-1],
            replace(options, monitor=monitor.of_restart(i, n_restarts)),
            partial(RandomState, seed),
        )
        for i, seed in enumerate(seeds)
    ]
    answers, interrupted = [], False
    try:
        for index, answer, interrupted in _as_they_end(tasks, monitor, n_jobs):
            answers.append((index, answer))
            if interrupted:
                break
    except KeyboardInterrupt:
        if not (answers and monitor.keeps_interrupted):
            raise
        interrupted = True
    answers.sort(key=itemgetter(0))  # equal ones are told apart by their place
    best = min((answer for _, answer in answers), key=preference)
    if interrupted and best.status != "exact":
        best = replace(best, status="interrupted")
    _warn_of_ending(best, interrupted)
    return best


def _solve_restart(index, target, larger, options, random_source):
    """The place of a restart, its answer, and whether it was interrupted."""
    options.monitor.begin_search()
    problem = CompressedProblem(target)
    found = _search_from_larger(target, problem, larger, options, random_source)
    if options.refine:
        report = partial(_report, target, problem, options, found)
        found = replace(found, noise=report)
    options.monitor.end_search((found.weights, found.V))
    return index, as_result(found, target, options), found.ending == "interrupted"


def _report(target, problem, options, found):
    """What is said of the noise, once it is asked for."""
    noise = noise_of(target, problem, options)
    return report_of_found(target, problem, noise, found)


def _search_from_larger(target, problem, larger, options, random_source):
    """The search of ``options.alpha`` from the terms of the larger alphas."""
    if options.solver == "gd":  # starts from tiny components each time, as printed
        return search_gd(target, options, random_source)
    memory, silent = Memory(), replace(options, monitor=Monitor())
    for alpha in larger:
        on_the_way = replace(silent, alpha=float(alpha))
        search_problem(problem, on_the_way, random_source, memory, PRECISION)
    # The search for an exact answer, in which alpha has no part, is run again: who
    # watches is told of it, and finds its epochs in the curves.
    memory.exact.clear()
    return search_problem(problem, options, random_source, memory)
