# SPDX-License-Identifier: BSD-3-Clause
"""Rank-one measurements ``<T, x_n^{⊗l}>``: a polynomial of rows."""

from math import factorial, prod, sqrt

import numpy as np
from numpy.polynomial.hermite_e import hermeval
from scipy.sparse import dia_array, issparse

from ..algebra.cp import integer_power, white_coordinates
from .measurements import Measurements

# Eigenvalues of the second moment, over the largest, that are rounding.
ROUNDING = 1e-13


class RowMeasurements(Measurements):
    """``A_n(v^{⊗l}) = (x_n'v)^l / c_l`` in coordinates where rows are white.

    ``c_l^2 = (2l-1)!!`` is the mean of ``(x'v)^{2l}`` over normal rows, so that terms
    of all orders are as large as their weights.

    Parameters
    ----------
    X : ndarray or csr_array of shape (n, d)
    y, probability, count, intercept
        As for :class:`Measurements`.

    Attributes
    ----------
    change : ndarray of shape (d, k)
        From vectors here to those of the rows' own coordinates.
    """

    def __init__(self, X, y, probability, count, intercept):
        self.X = X
        self.change = whitening(X, probability)
        super().__init__(y, probability, count, self.change.shape[1], intercept)

    def project(self, V, block):
        """``X V``."""
        return self.X[block] @ (self.change @ V)

    def values(self, projection, order):
        """``(x_n'v)^l / c_l``."""
        return integer_power(projection, order) / scale(order)

    def pull_back(self, R, projection, order, block):
        """``X' (R ∘ (X V)^{l-1}) / c_l``."""
        if order > 1:
            R = R * integer_power(projection, order - 1)
        return self._lift(R / scale(order), block)

    def _lift(self, R, block):
        return self.change.T @ (self.X[block].T @ R)

    def slopes(self, projection, order, block):
        """``(x_n'v)^{l-1} x_n / c_l``."""
        rows = self.X[block] @ self.change  # written out, also where X is sparse
        powers = np.ones_like(projection)
        if order > 1:
            powers = integer_power(projection, order - 1)
        return rows[:, :, None] * (powers / scale(order))[:, None, :]

    def probe(self, projection, order):
        """Hermite polynomials, ``He_l(x_n'v) / sqrt(l!)``.

        Of normal rows they do not correlate with terms of other orders, whatever these
        are, and the covariance of ``v`` and ``w`` is ``(v'w)^l``, as for a tensor.
        """
        return hermite(projection, order) / sqrt(factorial(order))

    def probe_pull_back(self, r, V, projection, order, block):
        """``sum_n r_n [He_{l-1}(z) x_n - (l-1) He_{l-2}(z) v] / sqrt(l!)``."""
        image = self._lift(r[:, None] * hermite(projection, order - 1), block)
        if order > 1:
            image -= (order - 1) * V * (r @ hermite(projection, order - 2))
        return image / sqrt(factorial(order))


def scale(order):
    """Root of the mean of ``z^{2l}`` for a standard normal z."""
    return sqrt(prod(range(1, 2 * order, 2)))


def hermite(z, order):
    """The probabilists' Hermite polynomial of that degree."""
    return hermeval(z, [0.0] * order + [1.0])


def whitening(X, probability):
    """``S (d, k)`` with ``S' C S = I`` for the second moment C of rows."""
    # Units that differ by powers of ten would drown the short ones in rounding, and
    # squares may over- or underflow.
    largest = abs(X).max(axis=0)
    largest = largest.toarray().ravel() if issparse(largest) else largest
    units = np.ldexp(1.0, np.frexp(np.where(largest > 0, largest, 1.0))[1])
    X = X @ dia_array((1 / units[None], 0), shape=(len(units),) * 2)
    if issparse(X):
        moment = (X.T @ X.multiply(probability[:, None]).tocsr()).toarray()
    else:
        moment = X.T @ (X * probability[:, None])
    sizes = np.sqrt(moment.diagonal())
    sizes[sizes == 0] = 1.0
    moment = moment / sizes / sizes[:, None]
    change, _ = white_coordinates(moment, ROUNDING * len(moment))
    return change / (units * sizes)[:, None]
