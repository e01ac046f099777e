# SPDX-License-Identifier: BSD-3-Clause
"""What may be left: how strong a term noise alone can look, along each direction.

One question is asked of a remainder ``R``: is ``|R(v, ..., v)|`` within the limit for
every unit ``v``? The limit is ``u`` standard errors of ``N(v, ..., v)`` for the noise
``N``, and ``u`` what the largest of all directions stays below with the probability
``1 - significance``. What differs between a tensor and samples is the standard error
alone.
"""

from functools import cached_property, lru_cache
from math import ceil, inf, lgamma, log, pi, sqrt

import numpy as np
from scipy.integrate import trapezoid
from scipy.optimize import brentq
from scipy.sparse import issparse
from scipy.stats import norm, t

from ..algebra.monomials import n_monomials
from ..machine.random import random_state_of
from ..solvers.start import random_columns

# Distinct entries up to which a tensor says nothing of its noise: one term leaves too
# few of them. Published tensors of up to 4 x 4 x 4 x 4 are of this size.
TOO_FEW_ENTRIES = 35
# Features beyond which d x d matrices of the noise cost more than the search.
MAX_SPREAD = 2048
# Directions that the usual size of the noise is the mean of.
DIRECTIONS = 64


def largest_form(n_features, order, significance):
    """What the largest form of white noise stays below, in standard deviations.

    The quantile of ``max_v |N(v, ..., v)|`` over unit ``v`` for a symmetric ``N`` whose
    distinct entries, scaled to keep the norm, are independent standard normal.

    Parameters
    ----------
    n_features, order : int
    significance : float
        Chance that white noise exceeds it.

    Notes
    -----
    ``N(v, ..., v)`` is a Gaussian field on the sphere of covariance ``(v'w)^l``. The
    chance that it exceeds a high level is the mean Euler characteristic of where it
    does [1]_, by the formula of Kac and Rice [2]_

    ``vol(S^n) ((l-1) / 2 pi)^{n/2} int_u^inf He_n(x sqrt(l/(l-1))) phi(x) dx``

    with ``n = d - 1`` and ``He_n`` the Hermite polynomial that is the mean of
    ``det(x I - G)`` for a Gaussian symmetric matrix ``G``. At even order both signs
    count and opposite points are one. Nothing is simulated: beside 300 draws the
    level of 5 % was exceeded in 4 to 7 %.

    References
    ----------
    .. [1] R. J. Adler and J. E. Taylor, Random Fields and Geometry, Springer, 2007.
    .. [2] A. Auffinger, G. Ben Arous and J. Cerny, "Random Matrices and Complexity of
       Spin Glasses", Comm. Pure Appl. Math. 66, 2013.
    """
    return _largest_form(int(n_features), int(order), float(significance))


@lru_cache(maxsize=256)
def _largest_form(n_features, order, significance):
    # From here on the polynomial is positive, and so is every maximum's share.
    lowest = 2 * sqrt((n_features - 1) * (order - 1) / order) + 1e-9
    target = log(significance)

    def excess(level):
        return _log_exceedance(level, n_features, order) - target

    if excess(lowest) <= 0:
        return lowest
    return brentq(excess, lowest, lowest + 4 * sqrt(n_features) + 40, xtol=1e-10)


def _log_exceedance(level, n_features, order):
    """Logarithm of the mean Euler characteristic above a level."""
    n = n_features - 1
    log_volume = log(2) + n_features / 2 * log(pi) - lgamma(n_features / 2)
    # The integrand falls as exp(-x^2 / 2) times a polynomial: this covers it.
    x = level + np.linspace(0, 12 / max(1.0, sqrt(level)), 2001)
    y = x * sqrt(order / (order - 1))
    logs, ratio = np.zeros_like(y), y
    for degree in range(1, n + 1):
        if degree > 1:
            ratio = y - (degree - 1) / ratio  # He_k / He_{k-1}
        logs += np.log(np.maximum(ratio, 1e-300))
    logs += norm.logpdf(x)
    peak = logs.max()
    integral = trapezoid(np.exp(logs - peak), x)
    return log_volume + n / 2 * log((order - 1) / (2 * pi)) + peak + log(integral)


class Level:
    """What a user lets be left: ``alpha``, for a target of norm one.

    Parameters
    ----------
    alpha : float
    exact : bool, default=False
        Whether an exact answer is wanted however many terms it takes.
    """

    is_noise = is_estimated = False
    may_be_exact = True

    def __init__(self, alpha, exact=False):
        self.alpha = alpha
        self.wants_exact = exact or alpha == 0

    def limits(self, points, squared, n_terms):
        """Largest ``|R(v, ..., v)|`` that may be left, for each column."""
        return np.full(points.shape[1], min(float(self.alpha), 2.0))  # all is below 1


class WhiteNoise:
    """Noise of a tensor: independent, of one size in every direction.

    Parameters
    ----------
    n_features, order : int
        Of the tensor that it is part of, also where a search works in a subspace.
    significance : float
    size : float or None, default=None
        Norm of the noise, for a target of norm one. None: estimated from what is left.
    """

    is_noise = True
    wants_exact = False

    def __init__(self, n_features, order, significance, size=None):
        self.n_entries = n_monomials(n_features, order)
        self.n_features = n_features
        # Two looks are taken at a remainder, see ``search/fewest.py``.
        self.quantile = largest_form(n_features, order, significance / 2)
        self.size = size
        self.is_estimated = self.may_be_exact = size is None

    def n_free(self, n_terms):
        """Entries that so many fitted terms leave free."""
        return self.n_entries - n_terms * self.n_features

    def standard_error(self, squared, n_terms):
        """That of ``N(v, ..., v)``, from the squared norm that the terms leave."""
        if self.size is not None:
            return self.size / sqrt(self.n_entries)
        free = self.n_free(n_terms)
        return sqrt(squared / free) if free > 0 else inf

    def limits_in_data(self, target, V, squared, n_terms):
        """Limits along unit columns of the data, for the target over its norm."""
        return self.limits(V, squared, n_terms)

    def gradient_covariance(self, fit):
        """The factor of the normal matrix that is the covariance of ``J'N``."""
        return self.standard_error(fit.squared, len(fit)) ** 2

    def limits(self, points, squared, n_terms):
        """Largest ``|R(v, ..., v)|`` that is noise, for each column of ``points``."""
        count = points.shape[1]
        if self.size is not None:
            return np.full(count, self.quantile * self.standard_error(squared, n_terms))
        free = self.n_free(n_terms)
        if free <= 2:
            return np.full(count, inf)
        # The estimate and the form are of the same numbers: Student's t instead of the
        # normal distribution, and a share of the norm instead of a multiple.
        level = t.isf(norm.sf(self.quantile), free - 1)
        return np.full(count, sqrt(squared * level**2 / (free - 1 + level**2)))


class SamplingNoise:
    """Noise of the moment or cumulant of samples: that of a mean over the rows.

    Parameters
    ----------
    target : SampleTarget
    change : ndarray of shape (d, k)
        From the coordinates of the search to those of the rows.
    scale : float
        What the target is divided by in the search.
    significance : float
    """

    is_noise = True
    is_estimated = may_be_exact = wants_exact = False

    def __init__(self, target, change, scale, significance):
        self._target, self._change, self._scale = target, change, scale
        dimension = effective_dimension(target, change)
        self.quantile = largest_form(dimension, target.order, significance / 2)

    def limits(self, points, squared, n_terms):
        """As for :class:`WhiteNoise`; what is left plays no part."""
        variances = self._target.form_variances(self._change @ points)
        variances = np.maximum(variances, self._usual_variance)
        return self.quantile * np.sqrt(variances) / self._scale

    @cached_property
    def _usual_variance(self):
        """Mean variance over directions drawn once.

        Where the estimate of a form happens to be small, so is that of its variance:
        of the fourth cumulants of normal rows one in two data sets would have had a
        direction beyond the limit (n = 5,000, d = 10).
        """
        size = self._change.shape[1]
        drawn = random_columns(size, DIRECTIONS, random_state_of(0))
        return float(np.mean(self._target.form_variances(self._change @ drawn)))

    def limits_in_data(self, target, V, squared, n_terms):
        """Limits along unit columns of the data, for the target over its norm."""
        variances = target.form_variances(V)
        return self.quantile * np.sqrt(variances / target.squared_norm)

    @property
    def rows_needed(self):
        """Rows that a term must rest on for it to be told from noise, whatever it is.

        Fewer cannot make a sum of so many standard errors; see ``effective_rows``.
        """
        return self.quantile**2

    def gradient_covariance(self, fit):
        """Covariance of the gradients ``N(u_i^{l-1}, ·) l``, all in one matrix."""
        change = self._change.toarray() if issparse(self._change) else self._change
        gram = self._target.form_gradient_gram(change @ fit.vectors, change)
        return gram / self._scale**2


def is_sampled(target):
    """Whether a target is a statistic of samples that knows of its noise."""
    # The second moment is not asked for where rows are: of many features it is large.
    rows = target.spread is not None or target.second_moment is not None
    return rows or target.leading is not None


def effective_dimension(target, change):
    """Number of directions that the noise of samples fills.

    ``(tr G)^2 / tr G^2``, rounded up, for the Gram matrix G of the unfolding of the
    noise: all where it is alike in all, few where some are far longer than the others.
    """
    size = change.shape[1]
    if target.leading is not None:  # that were chosen by what they show
        size = min(target.n_features, target.most_directions)
    if size > MAX_SPREAD or target.spread is None:
        return size
    gram = target.spread(change.toarray() if issparse(change) else change)
    largest = float(np.abs(gram).max())
    if not 0 < largest < inf:
        return size
    gram = gram / largest  # its square may be out of range
    share = float(np.trace(gram)) ** 2 / float(np.sum(gram**2))
    return min(size, max(1, ceil(share)))
