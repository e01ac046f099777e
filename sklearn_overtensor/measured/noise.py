# SPDX-License-Identifier: BSD-3-Clause
"""What noise alone can make of one more term: a share of what is left."""

from math import exp, nan, sqrt

from scipy.stats import beta, chi2

from ..noise.kinds import largest_form

# Share of what is left that noise may explain before an exact answer is looked for: a
# search in vain costs little where measurements are so few.
MUCH = 0.125


class ResidualNoise:
    """Independent noise of one size in every measurement, estimated from what is left.

    Parameters
    ----------
    measurements : Measurements
    orders : sequence of int
        Orders that terms may have; the chance is divided among them.
    significance : float
        Chance that noise alone makes a term.
    variance : float or None, default=None
        Of the noise of a measurement. None: estimated from what is left.

    Notes
    -----
    One more term ``w A_n(v^{⊗l})`` of a fixed direction takes a share ``s`` off the
    squares of f free numbers; of noise that share exceeds s with a chance of about
    ``(1 - s)^{f/2}``, and a form of it q standard deviations with one of about
    ``e^{-q^2/2}``. For the best of all directions q is the quantile of
    :func:`largest_form`, so that the share that noise explains is ``1 - e^{-q^2/f}``,
    and at least what its unknowns are worth as columns of a linear model, a quantile of
    a beta distribution. A linear part has no direction to choose; its q is the root of
    a quantile of chi-squared.
    """

    def __init__(self, measurements, orders, significance, variance=None):
        d, chance = measurements.n_features, significance / max(len(orders), 1)
        self._n_features, self._chance = d, chance
        self._count = measurements.n_free
        self._variance = variance
        self.quantiles = {
            order: largest_form(d, order, chance)
            if order > 1
            else sqrt(chi2.isf(chance, d))
            for order in orders
        }

    def n_free(self, terms):
        """Measurements that the unknowns of the terms leave free."""
        return self._count - terms.vectors.size

    def n_unexplained(self, terms):
        """The same where the terms may be noise, which takes what it can."""
        taken = sum(self.quantiles[int(order)] ** 2 for order in terms.orders)
        return self._count - max(taken, terms.vectors.size)

    def explained(self, orders, squared, n_free):
        """How much of a mean square more terms of these orders may take off noise.

        Parameters
        ----------
        orders : sequence of int
        squared : float
            The mean square that is left without them.
        n_free : float
            Measurements that are free then.
        """
        taken = sum(self.quantiles[int(order)] ** 2 for order in orders)
        if self._variance is not None:
            return taken * self._variance / self._count
        unknowns = len(orders) * self._n_features
        if n_free <= unknowns:
            return squared
        shape = unknowns / 2, (n_free - unknowns) / 2
        return squared * max(1 - exp(-taken / n_free), beta.isf(self._chance, *shape))

    def hides(self, fit):
        """Whether a term may take so much of a remainder and still pass as noise.

        Of few measurements it may, and so an exact answer would be missed.
        """
        if self._variance is not None:
            return False
        free = self.n_free(fit.terms)
        shares = [self.explained([order], 1.0, free) for order in self.quantiles]
        return max(shares) > MUCH

    def variance(self, squared, terms):
        """That of the noise of a measurement; NaN where nothing is free."""
        if self._variance is not None:
            return self._variance
        free = self.n_free(terms)
        return squared * (self._count / free) if free > 0 else nan
