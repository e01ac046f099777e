# SPDX-License-Identifier: BSD-3-Clause
"""The fewest terms that leave nothing of the measurements but noise."""

import numpy as np

from ..refine import solve_damped
from ..search.ascent import strongest_terms
from ..settings import SETTINGS
from .fit import MixedFit
from .measurements import Correlation
from .rounds import Rounds
from .terms import MixedTerms

# Share of the limit of noise that a fit on the way is exact to.
PRECISION = 1e-2
# Damping of a normal matrix, over its trace, that keeps a singular one regular.
SINGULAR = 1e-12
# Rounds of adding and dropping.
MAX_ROUNDS = 60


class FewestMixedTerms:
    """Fewest terms for one set of measurements.

    Parameters
    ----------
    measurements : Measurements
    noise : ResidualNoise
    orders : sequence of int
    max_terms : int
        Most terms.
    exact : float
        Mean square of a remainder that is rounding.
    rounds : Rounds or None, default=None
        Who is told of the rounds of adding and dropping.

    Notes
    -----
    A term is needed if without it the mean square grows by more than noise explains;
    one is missing if some direction explains more. See :class:`ResidualNoise`.
    """

    def __init__(self, measurements, noise, orders, max_terms, exact, rounds=None):
        self._of, self._noise, self._orders = measurements, noise, tuple(orders)
        self._max_terms, self._exact = max_terms, exact
        self._rounds = Rounds() if rounds is None else rounds

    def search(self, terms):
        """From a start to the fewest terms.

        Returns
        -------
        fit : MixedFit
        explained : bool
            Whether noise explains what is left; not if ``max_terms`` are too few.
        """
        self._rounds.begin()
        # Most terms of an over-parametrised start are not worth a fit.
        light = self._without_light(MixedFit.as_it_is(self._of, terms.canonical()))
        fit = self._fit(self.drop(light).terms)
        self._rounds.end(fit)
        for _ in range(MAX_ROUNDS):
            if self.is_exact(fit):
                return fit, True
            missing = self.missing(fit)
            if len(missing) == 0:
                return fit, True
            room = self._max_terms - len(fit.terms)
            if room <= 0 or self._rounds.stopped:
                return fit, False
            self._rounds.begin()
            larger = self.drop(self._fit(fit.terms.plus(*missing[:room])))
            needless = not larger.squared < fit.squared
            fit = fit if needless else larger
            self._rounds.end(fit)
            if needless:
                return fit, True
        return fit, False

    def is_exact(self, fit):
        """Whether rounding alone is left, and not for want of measurements."""
        return fit.squared <= self._exact and self._noise.n_free(fit.terms) > 0

    def of_rank(self, terms, rank):
        """A fit of so many terms, or of fewer that are exact."""
        self._rounds.begin()
        fit = self.at_most(self._fit(terms.canonical()), rank)
        self._rounds.end(fit)
        while len(fit.terms) < rank and not fit.squared <= self._exact:
            if self._rounds.stopped:
                break
            self._rounds.begin()
            larger = self._with_strongest(fit)
            grows = len(larger.terms) > len(fit.terms)
            fit = larger if grows else fit
            self._rounds.end(fit)
            if not grows:
                break
        return fit

    def _with_strongest(self, fit):
        """Fitted with the one term that explains most of what is left."""
        found = [self.strongest(fit, order) for order in self._orders]
        best = np.argmax([gains[0] for *_, gains in found])
        weights, directions, _ = found[best]
        new = MixedTerms.of_order(weights[:1], directions[:, :1], self._orders[best])
        return self._fit(fit.terms.plus(new).canonical())

    def at_most(self, fit, limit):
        """A fit of at most so many terms: the cheapest go, whatever they explain."""
        while len(fit.terms) > limit:
            cheapest = Removal(self._of, fit.terms).ranking[0]
            kept = np.arange(len(fit.terms)) != cheapest
            fit = self._fit(fit.terms.take(kept))
        return fit

    def _fit(self, terms):
        quantile = min(self._noise.quantiles.values())
        precision = PRECISION * min(quantile**2 / self._of.count, 1.0)
        return MixedFit.of(self._of, terms, precision, self._exact)

    def drop(self, fit):
        """Fewer terms while noise explains what the others leave."""
        while len(fit.terms):
            terms = fit.terms.canonical()
            if len(terms) < len(fit.terms):
                fit = self._fit(terms)
                continue
            fewer = self._fewer(MixedFit(terms, fit.r, fit.squared))
            if fewer is None:
                break
            fit = fewer
        return fit

    def _without_light(self, fit):
        """Without the lightest terms that are noise even if no other makes up for them.

        Their number is found by bisection.
        """
        terms = fit.terms
        sizes = np.linalg.norm(terms.vectors, axis=0) ** terms.orders
        ranking = np.argsort(sizes, kind="stable")
        few, many, best = 0, len(terms) + 1, fit
        while many - few > 1:
            count = (few + many) // 2
            kept = np.sort(ranking[count:])
            fewer = MixedFit.as_it_is(self._of, terms.take(kept))
            if self._is_enough(fewer, fit, terms.orders[ranking[:count]]):
                few, best = count, fewer
            else:
                many = count
        return best

    def _fewer(self, fit):
        """A fit with fewer terms that is as good but for noise, or None."""
        removal = Removal(self._of, fit.terms)
        free = self._noise.n_unexplained(fit.terms)
        for dropped in removal.candidates():
            orders, cost = fit.terms.orders[dropped], removal.cost(dropped)
            explained = self._noise.explained(orders, fit.squared + cost, free)
            if len(dropped) > 1 and cost > explained:
                continue
            kept = np.delete(np.arange(removal.count), dropped)
            fewer = self._fit(fit.terms.take(kept))
            if self._is_enough(fewer, fit, orders):
                return fewer
        return None

    def _is_enough(self, fewer, fit, orders):
        if self.is_exact(fewer) or self._noise.n_free(fit.terms) <= 0:
            return True
        if self.is_exact(fit):
            return False
        free = self._noise.n_unexplained(fewer.terms)
        explained = self._noise.explained(orders, fewer.squared, free)
        return fewer.squared - fit.squared <= explained

    def missing(self, fit):
        """Terms that explain more of a remainder than noise could, strongest first."""
        free = self._noise.n_free(fit.terms)
        found, excess = [], []
        for order in self._orders:
            explained = self._noise.explained([order], fit.squared, free)
            if not explained < fit.squared:
                continue
            weights, directions, gains = self.strongest(fit, order)
            for i in np.flatnonzero(gains > explained):
                found.append(
                    MixedTerms.of_order(weights[[i]], directions[:, [i]], order)
                )
                excess.append(gains[i] / max(explained, 1e-300))
        ranking = np.argsort(-np.array(excess), kind="stable")
        room = max(1, int(free / 2 / self._of.n_features))
        return [found[i] for i in ranking[:room]]

    def strongest(self, fit, order):
        """Distinct directions along which a remainder is strongest."""
        correlation = Correlation(self._of, fit.r, order)
        _, V = strongest_terms(correlation)
        Z = self._of.probes(V, order)
        probability = self._of.probability
        forms, squares = (probability * fit.r) @ Z, probability @ (Z * Z)
        if len(fit.terms):
            matrix, cross = self._of.normal_matrix(fit.terms, Z)
            shared = solve_damped(matrix, cross, SINGULAR * np.trace(matrix))
            squares = squares - np.einsum("kp,kp->p", cross, shared)
            # What a coarse fit has left to its own terms is no new one's.
            forms = forms - self._of.slope(fit.terms)[1].ravel() @ shared
        squares = np.maximum(squares, SINGULAR * (probability @ (Z * Z)) + 1e-300)
        gains = forms**2 / squares
        kept = np.argsort(-gains, kind="stable")
        return (forms / squares)[kept], V[:, kept], gains[kept]


class Removal:
    """What a fit would lose with some of its terms, by its linearisation.

    A term ``f_i = J_i u_i / l_i`` that the Jacobian of the others cannot make up for
    costs ``c' ([H^{-1}]_SS)^{-1} c`` for the unknowns S of what is dropped.
    """

    def __init__(self, measurements, terms):
        d, self.count = terms.vectors.shape
        matrix, _ = measurements.normal_matrix(terms)
        inverse = solve_damped(matrix, np.eye(len(matrix)), SINGULAR * np.trace(matrix))
        self._inverse = inverse.reshape(d, self.count, d, self.count)
        self._shares = terms.vectors / terms.orders
        self.ranking = np.argsort(
            [self.cost([i]) for i in range(self.count)], kind="stable"
        )

    def cost(self, dropped):
        """Growth of the mean square without some terms."""
        inner = self._inverse[:, dropped][:, :, :, dropped]
        shares = self._shares[:, dropped].ravel()
        size = len(shares)
        return float(shares @ np.linalg.solve(inner.reshape(size, size), shares))

    def candidates(self):
        """Sets of terms to drop: many of the cheapest, then single ones."""
        size = self.count // 2
        while size > 1:
            yield self.ranking[:size]
            size //= 2
        for i in self.ranking[: SETTINGS.removals]:
            yield np.array([i])
