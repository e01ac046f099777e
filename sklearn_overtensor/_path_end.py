# SPDX-License-Identifier: BSD-3-Clause
"""The fit at the end of a path of alphas, watched like any other fit."""

from dataclasses import replace
from functools import partial

from ._monitor import Monitor
from .search.automatic import noise_of, report_of_found
from .search.default import search_problem
from .search.descent import search_gd
from .search.memory import Memory
from .search.problem import CompressedProblem

# Decrease of the objective that three steps of a fit on the way are worth: of it only
# the penalised model, which comes before that fit, goes on to the next alpha.
PRECISION = 1e-5


def search_path_end(larger, target, options, random_source, init=None):
    """What a path finds at ``options.alpha``, after the larger alphas.

    Parameters
    ----------
    larger : ndarray of shape (n_alphas,)
        The alphas before it, in decreasing order.
    target : target
    options : SearchOptions
        Its monitor is told of the epochs at its own alpha alone, whose model it is that
        an interrupt keeps; before them it is raised.
    random_source : callable
        Makes the RandomState of the starts.
    init : None
        A path starts at no model.

    Returns
    -------
    result : SolverResult
    """
    problem = CompressedProblem(target)
    found = _search_from_larger(target, problem, larger, options, random_source)
    if not options.refine:
        return found
    return replace(found, noise=partial(_report, target, problem, options, found))


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
