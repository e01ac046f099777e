# SPDX-License-Identifier: BSD-3-Clause
"""``alpha="auto"``: an exact answer if there is one, else what noise cannot explain."""

from dataclasses import dataclass, replace
from functools import partial
from math import inf, sqrt

import numpy as np
from scipy.sparse import issparse

from .._monitor import SearchStopped
from .._noise import TOO_FEW_ENTRIES, SamplingNoise, WhiteNoise, is_sampled
from .._objective import TwoHomogeneousObjective
from .._standard_errors import standard_errors
from .._threads import few_threads
from ..refine import join, settle, split, squared_residual
from ..solvers.result import SolverResult
from .ascent import Remainder, strongest_terms
from .epochs import as_components
from .fewest import SAME_DIRECTION, FewestTerms, Fit
from .metric import noise_metric
from .problem import CompressedProblem

# Most fits on the way up: each adds up to two dozen terms.
MAX_FITS = 60


@dataclass(frozen=True)
class NoiseReport:
    """What a search says of the noise.

    Attributes
    ----------
    alpha : float
        Largest form that noise has along the terms, for a target of norm one.
    inflation : float
        Norm of the noise over that of what the terms leave, which fits some of it.
    significant : bool
        Whether any term is more than noise.
    weights_std, components_std : ndarray of shape (k,) and (d, k)
        Standard errors.
    sampled : bool
        Whether the noise is that of sampling, which an exact fit has, too.
    """

    alpha: float
    inflation: float
    significant: bool
    weights_std: np.ndarray
    components_std: np.ndarray
    sampled: bool


def noisy_problems(target, options):
    """A target in the coordinates where terms may stand out of its noise.

    A tensor is taken as it is. A cumulant of samples goes where its noise is alike in
    all directions. A moment is searched there, and in the data's own coordinates: in
    the former all directions are equally long, so that terms stand out which are short
    in the data, but not those which are nothing but long.

    Yields
    ------
    problem : CompressedProblem
    noise : WhiteNoise or SamplingNoise
    """
    metrics = [noise_metric(target) if options.noise == "auto" else None]
    if metrics[0] is not None and getattr(target, "statistic", None) == "moment":
        metrics.append(None)
        options = replace(options, significance=options.significance / 2)
    for metric in metrics:
        problem = CompressedProblem(target, metric)
        yield problem, noise_of(target, problem, options)


def noise_of(target, problem, options):
    """The noise of a target in coordinates that were chosen without it."""
    given = options.noise if options.noise != "auto" else None
    sampled = is_sampled(target)
    few = problem.n_entries <= TOO_FEW_ENTRIES
    # Of rows that are gone the remainder tells more than their second moment.
    if given is None and sampled and (few or hasattr(target, "spread")):
        return SamplingNoise(target, problem.basis, problem.scale, options.significance)
    size = None if given is None else given / sqrt(1 + given**2)
    return WhiteNoise(problem.n_features, problem.order, options.significance, size)


def says_nothing_of_noise(problem, noise):
    """Whether a tensor is too small to tell its own noise from terms."""
    white = isinstance(noise, WhiteNoise) and noise.size is None
    return white and problem.n_entries <= TOO_FEW_ENTRIES


def search_automatic(whole, problem, noise, options, log, init=None):
    """Fewest terms whose remainder noise explains.

    Parameters
    ----------
    whole : target
        As it was given.
    problem : CompressedProblem
        The same in small coordinates.
    noise : WhiteNoise or SamplingNoise
    options : SearchOptions
    log : EpochLog
    init : tuple of (weights, directions) or None
        Terms to start from, in small coordinates.

    Returns
    -------
    result : SolverResult
    """
    # Coarse entries: rows in another order, whose sums differ by rounding, take the
    # same way.
    target, order = problem.coarse, problem.order
    log.course.enter("data", problem.leave)

    objective = TwoHomogeneousObjective(target, 0.0)

    def tell(fit):
        best[0] = fit
        if record_fit(fit, objective, log.course):
            raise SearchStopped

    identifiable = max(1, (problem.n_entries - 1) // problem.n_features)
    limit = min(options.n_components or inf, identifiable)
    exact = options.tol**2 * target.squared_norm
    fewest = FewestTerms(target, noise, limit, exact, MAX_FITS, tell)
    best = [Fit.empty(target)]
    explained = False
    with few_threads(problem.n_features if problem.has_core else inf):
        try:
            start = best[0]
            if init is not None:
                start = Fit.of(target, *join(*init, order))
            best[0], explained = fewest.search(start)
        except SearchStopped:
            pass
        except KeyboardInterrupt:
            if not log.course.survives_interrupt():
                raise
        return _result(whole, problem, noise, objective, best[0], explained, log)


def _result(whole, problem, noise, objective, fit, explained, log):
    target, order = problem.fine, problem.order
    significant = len(fit) > 0
    if not significant:
        fit = strongest_fit(target)
    fit = Fit.of(target, fit.vectors, fit.signs, max_steps=100)
    settled = settle(target, fit.vectors, fit.signs)
    fit = Fit(settled, fit.signs, squared_residual(target, fit.signs, settled)[0])
    if not log.course.n_epochs:
        record_fit(fit, objective, log.course)
    weights, directions = split(fit.vectors, fit.signs, order)
    stationary = objective.is_stationary(as_components(weights, directions))
    limits = noise.limits(directions, fit.squared, len(fit))
    evidence = float(np.min(np.abs(weights) / np.maximum(limits, 1e-300)))
    report = partial(report_of, whole, problem, noise, fit, significant)
    weights, V = problem.leave(weights, directions)
    return SolverResult(
        weights,
        V,
        log.course.epochs,
        stationary,
        problem.contraction,
        log.course.ending,
        report,
        explains=explained,
        significant=significant,
        evidence=evidence,
    )


def record_fit(fit, objective, course):
    """Record a fit as an epoch of one evaluation; return whether the search ends."""
    course.begin_epoch()
    terms = partial(split, fit.vectors, fit.signs, objective.order)
    model = as_components(*terms())
    evaluation = objective.evaluate(model)
    observe = course.watcher(objective)
    if observe is not None:
        observe(1, model, evaluation)
    return course.end_epoch([evaluation.loss], evaluation.residual, terms)


def strongest_fit(target):
    """The best single term."""
    nothing = np.empty(0), np.empty((target.n_features, 0))
    weights, directions = strongest_terms(Remainder(target, *nothing), SAME_DIRECTION)
    return Fit.of(target, *join(weights[:1], directions[:, :1], target.order))


def report_of_found(target, problem, noise, found):
    """The same for terms in the target's coordinates, fitted with any alpha."""
    order = problem.order
    weights, V = problem.enter(found.weights, found.V)
    lengths = np.linalg.norm(V, axis=0)
    lengths[lengths == 0] = 1.0
    vectors, signs = join(weights * lengths**order, V / lengths, order)
    squared, _ = squared_residual(problem.fine, signs, vectors)
    return report_of(target, problem, noise, Fit(vectors, signs, squared), True)


def report_of(target, problem, noise, fit, significant):
    """What is said of the noise once the terms are known."""
    order = problem.order
    _, directions = split(fit.vectors, fit.signs, order)
    _, V = problem.leave(np.ones(len(fit)), directions)
    limits = noise.limits_in_data(target, V, fit.squared, len(fit))
    free = problem.n_entries - len(fit) * problem.n_features
    # A sparse basis is the identity.
    lift = None if issparse(problem.lift) else problem.lift
    sampled = is_sampled(target)
    if sampled and not hasattr(target, "form_gradient_gram"):
        noise = None  # rows that are gone do not say how each would move the terms
    weights_std, components_std = standard_errors(fit, noise, order, lift)
    return NoiseReport(
        alpha=float(np.max(limits)),
        inflation=sqrt(problem.n_entries / max(free, 1)),
        significant=significant,
        weights_std=weights_std * problem.scale,
        components_std=components_std,
        sampled=sampled,
    )
