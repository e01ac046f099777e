# SPDX-License-Identifier: BSD-3-Clause
"""Searches of one target along a sequence of alphas."""

from dataclasses import replace

import numpy as np
from scipy.optimize import nnls

from ..algebra.cp import ROUNDING, integer_power
from ..coordinates import CompressedProblem
from ..machine.threads import few_threads
from ..noise.kinds import Level
from ..results.residual import forms_of
from ..solvers.course import Course
from ..solvers.monitor import Monitor
from .ascent import alpha_max
from .by_solver import search
from .epochs import make_epochs
from .noisy import Case
from .rule import exact_fit_for, fewest_of


def largest_alpha(target):
    """The alpha from which on no term is needed, for any target."""
    return alpha_max(CompressedProblem(target).coarse)[0]


def search_path(target, alphas, options, random_source):
    """Decompose a target for each alpha, the largest first: yields their results.

    Of a search for one alpha alone it has the options, whose alpha is not read, and the
    source of random numbers.

    With refinement by L-BFGS the small coordinates and the search for an exact model,
    which do not depend on alpha, are done once; terms are added to those of the alpha
    before. Other searches start anew for each alpha.
    """
    if not _goes_on(options):
        for alpha in alphas:
            yield search(target, replace(options, alpha=float(alpha)), random_source)
        return
    problem = CompressedProblem(target)
    course = Course(options.monitor)
    cases = [
        Case(target, problem, Level(alpha), replace(options, alpha=alpha))
        for alpha in map(float, alphas)
    ]
    with few_threads(problem.n_features):
        epochs = make_epochs(options, random_source, course)
        exact = exact_fit_for(cases[-1])(problem, options, epochs)
    start = None
    for case in cases:
        own = Course(options.monitor, list(course.epochs))
        epochs = make_epochs(options, random_source, own)
        found = fewest_of(case, epochs, start, find_exact=lambda *_: exact)
        start = problem.enter(found.weights, found.V)
        yield found


def search_path_end(larger, target, options, random_source, init=None):
    """What a path finds at ``options.alpha``, after the larger alphas.

    They come in decreasing order; the monitor is told of the last search alone. A path
    starts at no model.
    """
    if not _goes_on(options) or len(larger) == 0:
        return search(target, options, random_source, init)
    silent = replace(options, monitor=Monitor())
    *_, last = search_path(target, larger, silent, random_source)
    return search(target, options, random_source, (last.weights, last.V))


def _goes_on(options):
    """Whether a path goes on from the terms of the alpha before."""
    return options.solver == "lbfgs" and options.refine


def penalised_objective(target, weights, V, alpha):
    """The least penalised objective with these directions and signs.

    ``1/2 ||T* - T||^2 + alpha sum_i |w_i|`` for the target scaled to norm one: a
    non-negative least-squares problem in the sizes of the weights.
    """
    signs = np.where(weights < 0, -1.0, 1.0)
    gram = np.outer(signs, signs) * integer_power(V.T @ V, target.order)
    values, axes = np.linalg.eigh(gram)
    kept = values > ROUNDING * values[-1]
    root, axes = np.sqrt(values[kept]), axes[:, kept]
    pull = signs * forms_of(target, V) / np.sqrt(target.squared_norm) - alpha
    goal = axes.T @ pull / root
    _, distance = nnls(root[:, None] * axes.T, goal)
    return 0.5 * (1 + distance**2 - float(goal @ goal))
