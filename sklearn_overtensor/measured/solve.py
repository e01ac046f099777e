# SPDX-License-Identifier: BSD-3-Clause
"""From measurements to terms: descend, then the fewest that leave noise."""

from dataclasses import dataclass, replace
from math import sqrt

import numpy as np

from .descent import descend, descend_to_few, tiny_terms
from .fewest import FewestMixedTerms
from .fit import MixedFit
from .noise import ResidualNoise
from .rounds import Rounds
from .terms import heaviest

# Price of a term on the way down, for measurements of variance one: the correlation
# with what is left that is not worth a term yet.
START_ALPHA = 1e-2
# Terms beyond the number of features that the descent starts with, and the least.
SPARE, FEWEST_FEATURES = 5, 10
# Most unknowns of a start, as a share of the measurements.
MOST_UNKNOWNS = 0.8
# Relative residual of terms that are exact.
EXACT = 1e-6


@dataclass(frozen=True)
class MeasuredOptions:
    """What a search is asked for.

    Attributes
    ----------
    orders : tuple of int
        Orders that terms may have.
    n_components : int or None
        Width of the start for each order, and the most terms.
    rank : int or None
        Most terms of the best fit, whatever the noise.
    alpha : float or "auto"
    significance : float
    tol : float
    noise : float or "auto"
        Norm of the noise over that of the values without it.
    """

    orders: tuple
    n_components: int | None = None
    rank: int | None = None
    alpha: float | str = "auto"
    significance: float = 0.05
    tol: float = EXACT
    noise: float | str = "auto"

    def __post_init__(self):
        for name in ("n_components", "rank"):
            if getattr(self, name) is not None:  # NumPy's integers are no int
                object.__setattr__(self, name, int(getattr(self, name)))


@dataclass(frozen=True)
class Found:
    """What a search found.

    Attributes
    ----------
    fit : MixedFit
    status : {"exact", "within_noise", "noise", "stationary", "iteration_limit", \
"stopped", "interrupted"}
    alpha : float
    variance : float
        Of the noise of a measurement; NaN for a fit with a price.
    """

    fit: MixedFit
    status: str
    alpha: float
    variance: float


def solve_measured(
    measurements,
    options,
    random_state,
    init=None,
    watcher=None,
    keeps_interrupted=False,
):
    """The fewest terms that noise asks for, or those that a price leaves.

    Parameters
    ----------
    measurements : Measurements
    options : MeasuredOptions
    random_state : RandomState
    init : MixedTerms or None, default=None
        Terms that the start has beside the tiny ones.
    watcher : object or None, default=None
        Who is told of the rounds, see :class:`Rounds`: the descent, and what follows.
    keeps_interrupted : bool, default=False
        Whether Ctrl-C ends the search with the terms of the last round, if one has
        ended; else it is raised.

    Returns
    -------
    found : Found
    """
    if measurements.squared_norm == 0 or measurements.n_features == 0:
        fit = MixedFit.of(measurements, _nothing(measurements))
        exact = measurements.squared_norm == 0
        status, alpha = "exact" if exact else "noise", options.alpha
        return Found(fit, status, 0.0 if alpha == "auto" else alpha, fit.squared)
    start, rounds = _start(measurements, options, random_state), Rounds(watcher)
    start = start if init is None else start.plus(init)
    has_price = options.alpha != "auto" and options.rank is None
    try:
        search = _with_price if has_price else _fewest
        found = search(measurements, options, start, rounds)
    except KeyboardInterrupt:
        if rounds.latest is None or not keeps_interrupted:
            raise
        return _interrupted(measurements, options, rounds.latest)
    if rounds.stopped and found.status != "exact":
        return replace(found, status="stopped")
    return found


def _interrupted(measurements, options, fit):
    """The terms of the last round, fitted again."""
    given = [options.n_components, options.rank, len(fit.terms)]
    terms = heaviest(fit.terms, min(limit for limit in given if limit is not None))
    fit = MixedFit.of(measurements, terms)
    return Found(fit, "interrupted", np.nan, np.nan)


def _fewest(measurements, options, start, rounds):
    noise = noise_of(measurements, options)
    # As many unknowns as measurements would fit anything.
    limit = max(int((measurements.count - 1) // measurements.n_features), 1)
    for given in (options.n_components, options.rank):
        limit = limit if given is None else min(limit, given)
    exact = options.tol**2 * measurements.squared_norm
    search = FewestMixedTerms(measurements, noise, options.orders, limit, exact, rounds)
    rounds.begin()
    start = descend(measurements, start, START_ALPHA)[0].canonical()
    rounds.end(MixedFit.as_it_is(measurements, start))
    if options.rank is not None:
        fit, explained = search.of_rank(heaviest(start, 2 * limit), limit), False
    else:
        most = int(MOST_UNKNOWNS * measurements.count / measurements.n_features)
        start = heaviest(start, max(most, 1))
        fit, explained = search.search(start)
        if not (search.is_exact(fit) or rounds.stopped) and noise.hides(fit):
            rounds.begin()
            fit, explained = _exact_or(fit, explained, measurements, options, start)
            rounds.end(fit)
    explained = explained and len(fit.terms) <= limit
    fit = MixedFit.of(measurements, search.at_most(fit, limit).terms)
    if search.is_exact(fit):
        return Found(fit, "exact", 0.0, 0.0)
    free = max(noise.n_free(fit.terms), 2)
    largest = max(
        noise.explained([order], fit.squared, free) for order in options.orders
    )
    status = "within_noise" if explained else "stationary"
    if len(fit.terms) == 0:
        status = "noise"
    alpha = sqrt(largest / measurements.squared_norm)
    return Found(fit, status, alpha, noise.variance(fit.squared, fit.terms))


def _exact_or(fit, explained, measurements, options, start):
    """An exact fit of at least two measurements an unknown, else what there is."""
    most = int(measurements.n_free / 2 / measurements.n_features)
    if most <= len(fit.terms):
        return fit, explained
    none = noise_of(measurements, replace(options, noise=0.0))
    exact = options.tol**2 * measurements.squared_norm
    search = FewestMixedTerms(measurements, none, options.orders, most, exact)
    found, _ = search.search(heaviest(start, most))
    return (found, True) if search.is_exact(found) else (fit, explained)


def noise_of(measurements, options):
    """The noise of measurements, estimated or given; none for a given rank."""
    variance = None
    if options.noise != "auto":
        share = options.noise**2 / (1 + options.noise**2)
        variance = share * measurements.squared_norm
    return ResidualNoise(measurements, options.orders, options.significance, variance)


def _with_price(measurements, options, start, rounds):
    terms, converged = descend_to_few(measurements, start, options.alpha, rounds)
    if options.n_components is not None and len(terms) > options.n_components:
        fewer = heaviest(terms, options.n_components)
        terms, converged = descend_to_few(measurements, fewer, options.alpha, rounds)
    fit = MixedFit.as_it_is(measurements, terms)
    status = "stationary" if converged else "iteration_limit"
    return Found(fit, status, options.alpha, np.nan)


def _start(measurements, options, random_state):
    d, given = measurements.n_features, options.n_components
    # One linear form is all of them, and d squares of each sign are all of those.
    all_of = {1: 1, 2: 2 * d}
    if given is None:
        wide = max(d, FEWEST_FEATURES) + SPARE
        most = max(int(measurements.count // d), 1)
        widths = {k: min(all_of.get(k, wide), most) for k in options.orders}
    else:
        widths = {k: min(all_of.get(k, given), given) for k in options.orders}
    return tiny_terms(measurements, widths, random_state)


def _nothing(measurements):
    return tiny_terms(measurements, {}, None)
