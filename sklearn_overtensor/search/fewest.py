# SPDX-License-Identifier: BSD-3-Clause
"""The fewest terms whose remainder cannot be told from noise.

Terms are added while the remainder is stronger along some direction than noise gets,
and then dropped while it is not. Each state is a least-squares fit: nothing is shrunk.
"""

import numpy as np

from ..refine import Fit, refit, removal_order
from ..settings import SETTINGS
from .ascent import Remainder, strongest_term, strongest_terms


class FewestTerms:
    """Fewest terms of one target of norm one that leave nothing but noise.

    ``exact`` is the squared norm of a remainder that is rounding. ``tell`` is told of
    each fit on the way.

    Notes
    -----
    Two looks are taken at a remainder. The first is at its strongest directions: are
    they within the limits of noise? Many missing terms together look like noise of a
    higher level, and two parallel ones like one. So the second look is ahead: if ``j``
    more terms, for ``j`` of 1, 2, 4 and so on up to one more than there are, take more
    than ``j`` times the square of the limit, then they are not noise either, and twice
    as many are looked at next. Where the level of the noise is known one more is
    enough.
    """

    def __init__(self, target, noise, max_terms, exact, tell):
        self._target, self._noise, self._tell = target, noise, tell
        self._max_terms, self._exact = max_terms, exact
        self._seen: tuple = None, None

    def search(self, start):
        """From a fit to the fewest terms, and whether noise explains what they leave.

        It does not if ``max_terms`` are too few.
        """
        fit, explained = self._add(start)
        if explained and fit.squared > self._exact:
            fit = self.drop(fit)
        return fit, explained

    def refine(self, fit, target):
        """The fit to the entries as they are, as closely as noise makes worth while.

        In a flat valley a hundred steps more would move terms by 1e-3, and elsewhere
        for rows in another order (digits).
        """
        precision = 0.0
        if self._noise.is_noise:
            precision = self._precision(self._strongest(fit)[2])
        return refit(target, fit, SETTINGS.steps, precision)

    def _add(self, fit):
        while True:
            if fit.squared <= self._exact:
                return fit, True
            room = self._max_terms - len(fit)
            weights, directions, limits = self._strongest(fit)
            missing = np.abs(weights) > limits
            if not missing.any():
                larger = self._look_ahead(fit, room)
                if larger is None:
                    return fit, True
                fit = larger
            elif room <= 0:
                return fit, False
            else:
                added = np.flatnonzero(missing)[:room]
                larger = fit.plus(weights[added], directions[:, added])
                fit = self._refitted(larger, limits)
            self._tell(fit)

    def explains(self, fit):
        """Whether noise explains what a fit leaves."""
        weights, _, limits = self._strongest(fit)
        return fit.squared <= self._exact or bool(np.all(np.abs(weights) <= limits))

    def _precision(self, limits):
        return SETTINGS.precision * float(limits[0]) ** 2

    def _refitted(self, fit, limits):
        return refit(self._target, fit, precision=self._precision(limits))

    def drop(self, fit):
        """Without the terms that noise explains, one after the other."""
        while len(fit):
            _, _, limits = self._strongest(fit)
            for index in removal_order(fit)[: SETTINGS.removals]:
                fewer = self._refitted(fit.without(index), limits)
                if self._is_needless(fewer, fit):
                    fit = fewer
                    self._tell(fit)
                    break
            else:
                break
        return fit

    def _is_needless(self, fewer, fit):
        """Whether noise explains what the smaller of two fits leaves."""
        weights, _, limits = self._strongest(fewer)
        within = bool(np.all(np.abs(weights) <= limits))
        return within and fewer.squared - fit.squared <= limits[0] ** 2

    def _strongest(self, fit):
        """The strongest distinct terms of a remainder, and the limits of noise.

        Of the last fit they are known: a fit that is gone on from is looked at again.
        """
        if self._seen[0] is fit:
            return self._seen[1]
        remainder = Remainder(self._target, *fit.terms)
        weights, directions = strongest_terms(remainder)
        limits = self._noise.limits(directions, fit.squared, len(fit))
        self._seen = fit, (weights, directions, limits)
        return weights, directions, limits

    def _look_ahead(self, fit, room):
        """The fit with more terms that noise does not explain, or None."""
        ahead, paid, allowed, more = fit, None, 0.0, 1
        most = len(fit) + min(len(fit) + 1 if self._noise.is_estimated else 1, room)
        while len(ahead) < most:
            weights, directions, _ = self._strongest(ahead)
            weights = weights[: min(more, most - len(ahead))]
            directions = directions[:, : len(weights)]
            limits = self._noise.limits(directions, fit.squared, len(fit))
            allowed += float(np.sum(limits**2))
            if not allowed < fit.squared:
                break
            ahead = self._refitted(ahead.plus(weights, directions), limits)
            if fit.squared - ahead.squared > allowed:
                fit, paid, allowed, more = ahead, ahead, 0.0, 2 * more
            elif paid is not None:
                break
            else:
                more = len(ahead) - len(fit)  # twice as many in all
        return paid


def strongest_fit(target):
    """The best single term."""
    return refit(target, Fit.of_terms(*strongest_term(target), target.order))
