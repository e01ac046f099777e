# SPDX-License-Identifier: BSD-3-Clause
r"""How precise orthogonal sources are, and whether they may be taken for orthogonal.

A nonlinearity g moves an unmixing row :math:`i` towards source :math:`j` by the mean
over the rows of :math:`q_i(s_i) s_j`, where

.. math:: q_i(y) = \frac{g(y) - E g - E[g'] y}{E[y g] - E[g']}.

For the order-l cumulant that is :math:`g(y) = y^{l-1}` (l = 3, 4), for the polish the
derivative of ``log cosh``. All that follows are sums over rows of products of
:math:`q_i(s_i)` and :math:`s_j`, so they run on rows of any kind.
"""

from functools import cached_property, partial

import numpy as np
from scipy.stats import chi2

from ...machine.backend import to_numpy


def power(y, degree):
    """``y^degree`` and its derivative."""
    return y**degree, degree * y ** (degree - 1)


def logcosh(y):
    """The derivative of ``log cosh y`` and its own derivative."""
    value = np.tanh(y)
    return value, 1 - value**2


class Precision:
    """Spread of orthogonal sources that a nonlinearity finds.

    Parameters
    ----------
    rows : Rows
        Centred.
    unmixing : ndarray of shape (k, d)
        Of sources ``s_i`` of unit variance.
    nonlinearity : callable
        :func:`logcosh`, or :func:`power` with a degree.
    balance : bool
        Whether the nonlinearity weighs each source by its strength ``|E[y g] - E[g']|``
        as FastICA's symmetric updates do. The nearest orthogonal matrix weighs all
        alike.

    Notes
    -----
    To first order the mixing column ``a_i`` moves by ``sum_j t_ij a_j`` with

    ``t_ij = (h_i E[q_i s_j] - h_j E[q_j s_i] + h_j E[s_i s_j]) / (h_i + h_j)``

    for ``i != j`` and weights ``h``, ``t_ii = (E s_i^2 - 1) / 2``, and by
    ``E[q_i z]`` along each direction that is no source. For independent sources these
    are uncorrelated.
    """

    def __init__(self, rows, unmixing, nonlinearity, balance):
        self.rows, self.unmixing = rows, unmixing
        first = self._total(_means, nonlinearity=nonlinearity)
        self._terms = mean, product, slope, square = first
        strength = product - slope
        # Of a source that the nonlinearity cannot see.
        strength[strength == 0] = np.finfo(float).tiny ** 0.25
        self.weights = np.abs(strength) if balance else np.ones(len(strength))
        variance = square - mean**2 - 2 * slope * product + slope**2
        self.other = np.maximum(variance, 0.0) / strength**2
        centre = np.stack([mean, slope, strength])
        second = self._total(_products, nonlinearity=nonlinearity, centre=centre)
        self._qq_ss, self._qs_qs, self._ss_ss, self._qs_ss = second

    @cached_property
    def moves(self):
        """Variances of ``t_ij`` for one row, ``(k, k)``."""
        mine, theirs = np.meshgrid(self.weights, self.weights, indexing="ij")
        total = (
            mine**2 * self._qq_ss
            + theirs**2 * (self._qq_ss.T + self._ss_ss - 2 * self._qs_ss.T)
            + 2 * mine * theirs * (self._qs_ss - self._qs_qs)
        )
        total /= (mine + theirs) ** 2
        np.fill_diagonal(total, (self._ss_ss.diagonal() - 1) / 4)
        return np.maximum(total, 0.0)

    def error(self, n_others):
        """Sum of the variances of all moves, for one row."""
        return self.moves.sum() + n_others * self.other.sum()

    def mixing_std(self, mixing, variances):
        """Standard errors of ``mixing (d, k)``, for the features' ``variances``."""
        rest = np.maximum(variances - (mixing**2).sum(axis=1), 0.0)
        total = mixing**2 @ self.moves.T + np.outer(rest, self.other)
        return np.sqrt(total / self.rows.weight)

    def prefers_oblique(self, directions, significance, error, n_others):
        """Whether unit directions in white coordinates are better left as they are.

        Where Gaussian noise of the sensors whitens what are no sources, orthogonal
        directions are off by half of the overlaps ``b_i'b_j``. To first order these are
        the mean of ``q_i s_j + q_j s_i - s_i s_j`` without noise, and their squares
        over the variances chi-squared. They are to be significant, and the bias to be
        larger than what the variances would gain, from those here to ``error``.
        """
        variances = (
            self._qq_ss
            + self._qq_ss.T
            + self._ss_ss
            + 2 * (self._qs_qs - self._qs_ss - self._qs_ss.T)
        )
        pairs = np.triu_indices(len(directions), 1)
        squares = self.rows.weight * (directions @ directions.T)[pairs] ** 2
        chance = chi2.sf((squares / variances[pairs]).sum(), len(squares))
        bias = (squares - variances[pairs]).sum() / 2
        apart = self._qq_ss.copy()
        np.fill_diagonal(apart, self.moves.diagonal())
        gain = apart.sum() + n_others * self.other.sum() - error
        return chance < significance and bias > gain

    def _total(self, kernel, **settings):
        width = 8 * len(self.unmixing)
        total = self.rows.total(partial(kernel, **settings), width, self.unmixing.T)
        return to_numpy(total).astype(float)


def _means(block, V, nonlinearity):
    """``E g, E[s g], E g', E g^2`` of each source."""
    y, p = _sources(block, V)
    g, slope = nonlinearity(y)
    return np.stack([p @ g, p @ (g * y), p @ slope, p @ g**2])


def _products(block, V, nonlinearity, centre):
    """Means of products of ``q_i`` and ``s_i`` with those of ``j``."""
    y, p = _sources(block, V)
    mean, slope, strength = to_numpy(centre)
    q = (nonlinearity(y)[0] - mean - slope * y) / strength
    qy, yy = q * y, y * y
    left = [q * q, qy, yy, qy]
    return np.stack(
        [(a * p[:, None]).T @ b for a, b in zip(left, [yy, qy, yy, yy], strict=True)]
    )


def _sources(block, V):
    return to_numpy(block.project(V)), to_numpy(block.probability)
