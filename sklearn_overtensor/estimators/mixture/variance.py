# SPDX-License-Identifier: BSD-3-Clause
"""The variance that all components of a mixture share, from moments of low order.

Both estimators are one principle: taken out of a matrix of moments, the largest
variance that leaves it positive semidefinite.
"""

from math import sqrt

import numpy as np
from scipy.optimize import brentq
from scipy.stats import gamma

from ...targets import HermiteMomentTarget

# Axes that the moment matrix is of: its 91 monomials see up to 90 components.
MAX_AXES = 12
# Eigenvalues over the largest that are rounding.
ROUNDING = 1e-12


def signal_directions(values, n_samples, significance):
    """How many of the leading eigenvalues of a covariance are more than noise.

    Parameters
    ----------
    values : ndarray of shape (d,)
        Largest first.
    n_samples : int
    significance : float
        Chance that one counts which is noise.

    Notes
    -----
    The largest eigenvalue of p features of noise alone exceeds the quantile of the
    Tracy-Widom distribution, centred and scaled as in [1]_, with that chance; the
    distribution is approximated by that of a gamma variable [2]_. One eigenvalue that
    is left over tells nothing: then all are signal.

    References
    ----------
    .. [1] S. Kritchman and B. Nadler, "Determining the number of components in a
       factor model from limited noisy data", Chemometr. Intell. Lab. Syst. 94, 2008.
    .. [2] M. Chiani, "Distribution of the largest eigenvalue for real Wishart and
       Gaussian random matrices and a simple approximation for the Tracy-Widom
       distribution", J. Multivariate Anal. 129, 2014.
    """
    quantile = gamma.isf(significance, 46.446, scale=0.186054) - 9.84801
    root = sqrt(n_samples - 1)
    for count in range(len(values) - 1):
        side = sqrt(len(values) - count)
        centre = (root + side) ** 2
        width = (root + side) * (1 / root + 1 / side) ** (1 / 3)
        limit = (centre + quantile * width) / n_samples
        if values[count] <= limit * values[count:].mean():
            return count
    return len(values)


class MomentMatrix:
    """Mean products of all monomials of degree at most two, without noise.

    Parameters
    ----------
    rows : ndarray of shape (n, d)
        Centred, along the principal axes.
    values : ndarray of shape (d,)
        Their variances, largest first.

    Notes
    -----
    Of a mixture of k components of variance s, the matrix ``M(s)`` that has their
    noise taken out is that of k points, and so of rank k where there are at least as
    many monomials; of a smaller variance it is positive definite. So s is the least
    root of ``det M`` [1]_, as it is the least eigenvalue of the covariance, the same
    matrix of degree one, where k <= d. Rows are in units of their standard deviations,
    and the matrix in those of ``M(0)``. Of more than 12 axes those of least variance
    are taken: along any of them the mixture has the same variance.

    References
    ----------
    .. [1] B. G. Lindsay, "Moment matrices: applications in mixtures", Ann. Statist. 17,
       1989.
    """

    def __init__(self, rows, values):
        rows, values = rows[:, -MAX_AXES:], values[-MAX_AXES:]
        self.largest = float(values[-1])
        rows = np.column_stack([np.ones(len(rows)), rows / np.sqrt(values)])
        shares = np.append(0.0, self.largest / values)
        # M is a quadratic polynomial: its values at three variances tell all.
        first, middle, last = (
            _without_noise(rows, np.diag(t * shares)) for t in (0.0, 0.5, 1.0)
        )
        scales, vectors = np.linalg.eigh(first)
        kept = scales > ROUNDING * scales[-1]
        change = vectors[:, kept] / np.sqrt(scales[kept])
        self._coefficients = [
            change.T @ matrix @ change
            for matrix in (
                first,
                4 * middle - 3 * first - last,
                2 * (first + last) - 4 * middle,
            )
        ]

    def variance(self, n_components=None):
        """The variance, of that many components; None: any number of them.

        The root of the sum of the eigenvalues that are zero without sampling noise;
        where none need be, or how many is not known, of the least.
        """
        size = len(self._coefficients[0])
        n_null = 1 if n_components is None else max(1, size - n_components)

        def excess(t):
            matrix = sum(c * t**j for j, c in enumerate(self._coefficients))
            return np.linalg.eigvalsh(matrix)[:n_null].sum()

        if excess(1.0) >= 0:
            return self.largest
        return self.largest * brentq(excess, 0.0, 1.0)


def _without_noise(rows, covariance):
    """The unfolding of the fourth moment along distinct pairs."""
    tensor = HermiteMomentTarget(rows, 4, noise_covariance=covariance).to_dense()
    d = rows.shape[1]
    i, j = np.triu_indices(d)
    pairs = i * d + j
    return tensor.reshape(d * d, d * d)[np.ix_(pairs, pairs)]
