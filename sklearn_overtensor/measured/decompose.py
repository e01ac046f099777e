# SPDX-License-Identifier: BSD-3-Clause
"""The decomposition of a tensor that is known by measurements alone."""

import warnings
from dataclasses import replace
from math import sqrt

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_random_state

from ..algebra.cp import canonical_order, cp_squared_norm
from ..algebra.monomials import n_monomials
from ..noise.standard_errors import term_errors
from ..results.as_result import zero_result
from ..results.result import SymmetricCPResult
from ..targets.measured import MeasuredTarget
from .entries import EntryMeasurements
from .errors import covariance
from .fewest import FewestMixedTerms
from .rows import RowMeasurements, scale
from .solve import MeasuredOptions, noise_of, solve_measured
from .summary import SummaryMeasurements, summary_of
from .terms import MixedTerms
from .watched import WatchedRounds

NOISE = (
    "Nothing in the measurements can be told from noise; the strongest term is kept, "
    "and means nothing. More measurements may show more; noise=0 fits those that there "
    "are."
)
INTERRUPTED = (
    "The search was interrupted. The terms of its last round are kept; to go on from "
    "them, fit again with warm_start=True, or pass them as init."
)


def decompose_measured(
    target, options, n_init=1, n_jobs=None, random_state=None, init=None
):
    """Decompose a :class:`MeasuredTarget` or :class:`KnownEntries`.

    Parameters
    ----------
    target : Measured
    options : SearchOptions
    n_init : int, default=1
        Starts; the best answer is kept.
    n_jobs : Ignored
        For one call with tensors that are held.
    random_state : int, RandomState or None
    init : tuple of (weights, directions) or None
        A model that the first start has beside its tiny terms.

    Returns
    -------
    result : SymmetricCPResult
        Its residual is that of the measurements, over their norm.
    """
    if options.solver != "lbfgs" or not options.refine:
        raise ValueError(
            "A tensor that is known by measurements alone is searched with "
            f"solver='lbfgs' and refine=True, got solver={options.solver!r} and "
            f"refine={options.refine}."
        )
    measurements, change = _measurements(target)
    if measurements.squared_norm == 0:
        return zero_result(target, options)
    asked = MeasuredOptions(
        (target.order,),
        options.n_components,
        options.rank,
        options.alpha,
        options.significance,
        options.tol,
        options.noise,
    )
    random_state = check_random_state(random_state)
    if init is not None:
        directions = np.linalg.pinv(change) @ init[1]
        init = MixedTerms.of_order(init[0], directions, target.order)
    answers: list = []
    interrupted = False
    for i in range(n_init):
        monitor = options.monitor.of_restart(i, n_init)
        watched = WatchedRounds(monitor, measurements, change, target.order)
        monitor.begin_search()
        try:
            found = solve_measured(
                measurements,
                asked,
                random_state,
                None if i else init,
                watched,
                monitor.keeps_interrupted,
            )
        except KeyboardInterrupt:
            if not (answers and monitor.keeps_interrupted):
                raise
            interrupted = True
            break
        monitor.end_search(watched.model_of(found.fit))
        answers.append((found, watched))
        interrupted = found.status == "interrupted"
        if interrupted:
            break
    best, watched = min(answers, key=lambda answer: _preference(answer[0]))
    if interrupted and best.status != "exact":
        best = replace(best, status="interrupted")
        _warn(INTERRUPTED)
    return _result(target, measurements, change, best, watched, options)


def _measurements(target):
    """Measurements, and the way from their coordinates to those of the tensor."""
    if isinstance(target, MeasuredTarget):
        rows = _rows_of(target)
        return rows, rows.change / scale(target.order) ** (1 / target.order)
    return EntryMeasurements(target), np.eye(target.n_features)


def _rows_of(target):
    X = target.X
    if target.parts is not None:
        summary = summary_of(target.parts, target.order)
        if summary is not None:
            return SummaryMeasurements(summary, intercept=False)
        X = target.parts.whole()
    return RowMeasurements(
        X, target.y, target.probability, target.weight, intercept=False
    )


def _preference(found):
    return (
        found.status != "exact",
        found.status == "interrupted",
        len(found.fit.terms) if found.status == "exact" else 0,
        found.fit.squared,
    )


def _result(target, measurements, change, found, watched, options):
    fit, order, norm = found.fit, target.order, sqrt(measurements.squared_norm)
    if len(fit.terms) == 0:
        _warn(NOISE)
        fit = strongest_term(measurements, order)
    terms = fit.terms
    spread = covariance(measurements, terms, found.variance)
    weights, directions = watched.model_of(fit)
    weights_std, V_std = np.full(len(terms), np.nan), np.full(directions.shape, np.nan)
    if spread is not None:
        for i in range(len(terms)):
            weights_std[i], V_std[:, i] = term_errors(
                spread[:, i, :, i], terms.vectors[:, i], change, order
            )
    ranking = np.argsort(-np.abs(weights), kind="stable")
    weights, components = canonical_order(weights, directions.T, order)
    model = sqrt(max(cp_squared_norm(np, weights, components.T, order), 0.0))
    noise = options.noise
    if noise == "auto":
        noise = _relative_noise(target, found, model, norm**2)
    return SymmetricCPResult.of_epochs(
        watched.course.epochs,
        weights=weights,
        components=components,
        order=order,
        reconstruction_err=sqrt(fit.squared) / norm,
        status=found.status,
        contraction=target.contraction,
        alpha=float(found.alpha),
        noise=float(noise),
        weights_std=weights_std[ranking],
        components_std=V_std.T[ranking],
    )


def _relative_noise(target, found, model, squared_norm):
    """Norm of the noise over that of what is measured without it."""
    if found.status == "noise":
        return np.inf
    if isinstance(target, MeasuredTarget):  # of the values, for there is no array
        signal = squared_norm - found.fit.squared
        return sqrt(found.variance / signal) if signal > 0 else np.inf
    n_entries = n_monomials(target.n_features, target.order)
    return sqrt(found.variance * n_entries) / model if model else np.inf


def strongest_term(measurements, order):
    """The best single term."""
    options = MeasuredOptions((order,))
    noise = noise_of(measurements, options)
    search = FewestMixedTerms(measurements, noise, (order,), 1, 0.0)
    return search.of_rank(MixedTerms.empty(measurements.n_features), 1)


def _warn(message):
    warnings.warn(message, ConvergenceWarning, stacklevel=5)
