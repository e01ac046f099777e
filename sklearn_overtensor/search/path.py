# SPDX-License-Identifier: BSD-3-Clause
"""Searches of one target along a sequence of alphas."""

from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.random import RandomState

from .._residual import gram_residual
from ..solvers.result import SolverResult
from .ascent import alpha_max
from .default import search_problem
from .descent import search_gd
from .memory import Memory
from .problem import CompressedProblem


@dataclass(frozen=True)
class PathPoint:
    """What a path finds at one alpha.

    Attributes
    ----------
    found : SolverResult
    objective : float
        The lowest penalised objective, for a target of norm one.
    """

    found: SolverResult
    objective: float


def largest_alpha(target):
    """The alpha from which on the penalised answer is empty, for any target."""
    return alpha_max(CompressedProblem(target).coarse)[0]


def search_path(target, alphas, options, seed, precision=0.0):
    """Decompose a target for each alpha, the largest first.

    Parameters
    ----------
    target : target
    alphas : ndarray of shape (n_alphas,)
        In decreasing order.
    options : SearchOptions
        Its ``alpha`` is not read.
    seed : int
        What a search for one alpha alone would get.
    precision : float, default=0.0
        As in :func:`search_problem`.

    Yields
    ------
    point : PathPoint
        One for each alpha, in their order.

    Notes
    -----
    For ``solver="lbfgs"`` the small coordinates, the bound of the rank and the search
    for an exact model, which do not depend on alpha, are done once; the penalised
    epochs start from the terms of the alpha before. Algorithm 1 starts from tiny
    components each time, as printed.
    """
    if options.solver == "gd":
        for alpha in alphas:
            yield _descent(target, replace(options, alpha=float(alpha)), seed)
        return
    problem, memory = CompressedProblem(target), Memory()
    for alpha in alphas:
        memory.objective = None
        found = search_problem(
            problem,
            replace(options, alpha=float(alpha)),
            partial(RandomState, seed),
            memory,
            precision,
        )
        objective = memory.objective
        if objective is None:  # an exact model made the penalty needless
            objective = _objective(target, found, alpha)
        yield PathPoint(found, objective)


def _descent(target, options, seed):
    found = search_gd(target, options, partial(RandomState, seed))
    return PathPoint(found, float(np.min(found.loss_curve)))


def _objective(target, found, alpha):
    """``1/2 ||T* - T||^2 + alpha sum_i |w_i|`` for the target scaled to norm one."""
    residual = gram_residual(target, found.weights, found.V)
    size = np.abs(found.weights).sum() / np.sqrt(target.squared_norm)
    return 0.5 * residual**2 + alpha * float(size)
