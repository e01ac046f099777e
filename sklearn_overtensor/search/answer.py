# SPDX-License-Identifier: BSD-3-Clause
"""From a fit in small coordinates to what is returned and said of the noise."""

from dataclasses import dataclass, replace
from functools import partial
from math import sqrt
from typing import Any

import numpy as np
from scipy.sparse import issparse

from ..noise.kinds import TOO_FEW_ENTRIES, SamplingNoise, is_sampled
from ..noise.standard_errors import standard_errors
from ..refine import settle
from ..results.residual import forms_of
from ..solvers.objective import TwoHomogeneousObjective
from ..solvers.result import SolverResult
from .epochs import as_components, record_fit
from .fewest import strongest_fit
from .noisy import noise_of


@dataclass(frozen=True)
class NoiseReport:
    """What a search says of the noise."""

    alpha: float  # largest form it has along the terms, for a target of norm one
    inflation: float  # its norm over that of what the terms leave, which fits some
    significant: bool  # whether any term is more than noise
    weights_std: np.ndarray  # standard errors, (k,)
    components_std: np.ndarray  # and (d, k)
    effective_rows: Any = None  # those that each term rests on, (k,)
    rows_needed: float = 0.0  # so many a term needs to be told from noise


def answer_of(case, fit, explained, course):
    """What is found, in the target's coordinates and with what is said of the noise."""
    problem, noise = case.problem, case.noise
    target = problem.fine
    significant = len(fit) > 0 or not noise.is_noise
    if len(fit) == 0:
        fit = strongest_fit(target)
    stationary = case.is_exact(fit)
    if not stationary:  # down to rounding, for the same answer every time
        fit = settle(target, fit)
        model = as_components(*fit.terms)
        stationary = TwoHomogeneousObjective(target, 0.0).is_stationary(model)
    if not course.n_epochs:
        record_fit(fit, target, course)
    weights, directions = fit.terms
    limits = noise.limits(directions, fit.squared, len(fit))
    evidence = float(np.min(np.abs(weights) / np.maximum(limits, 1e-300)))
    weights, V = problem.leave(weights, directions)
    if not significant:  # the best weight in the data's own metric
        weights = forms_of(case.target, V)
    return SolverResult(
        weights,
        V,
        course.epochs,
        stationary,
        problem.contraction,
        course.ending,
        partial(report_of, case, fit, significant),
        explains=explained and noise.is_noise,
        significant=significant,
        evidence=evidence,
        generic=is_generic(problem, len(fit)),
    )


def is_generic(problem, n_terms):
    """Whether any tensor of this size is fitted exactly by so many terms.

    They have as many unknowns as it has distinct entries. Of small ones that says
    nothing: a special one may have no fewer.
    """
    n_unknowns = n_terms * problem.n_features
    return n_unknowns >= problem.n_entries > TOO_FEW_ENTRIES


def report_of(case, fit, significant):
    """What is said of the noise, once the terms are known."""
    target, problem, noise = case.target, case.problem, case.noise
    if not noise.is_noise:  # a level says nothing of how far noise moves the terms
        noise = noise_of(target, problem, case.options)
    _, V = problem.leave(np.ones(len(fit)), fit.terms[1])
    limits = noise.limits_in_data(target, V, fit.squared, len(fit))
    free = problem.n_entries - len(fit) * problem.n_features
    told = {}
    if isinstance(noise, SamplingNoise) and target.effective_rows is not None:
        told = {
            "effective_rows": target.effective_rows(V),
            "rows_needed": noise.rows_needed,
        }
    # A sparse basis is the identity.
    lift = None if issparse(problem.lift) else problem.lift
    if is_sampled(target) and target.form_gradient_gram is None:
        noise = None  # rows that are gone do not say how each would move the terms
    weights_std, components_std = standard_errors(fit, noise, lift)
    return NoiseReport(
        alpha=float(np.max(limits)),
        inflation=sqrt(problem.n_entries / max(free, 1)),
        significant=significant,
        weights_std=weights_std * problem.scale,
        components_std=components_std,
        **told,
    )


def without_errors(report, found, alpha):
    """The report on terms that are no least-squares fit: it has no standard errors."""
    return replace(
        report,
        alpha=alpha,
        weights_std=np.full(len(found.weights), np.nan),
        components_std=np.full(found.V.shape, np.nan),
        effective_rows=None,
    )
