# SPDX-License-Identifier: BSD-3-Clause
"""Numbers that are linear in unknown symmetric tensors: what a fit asks of them."""

from abc import ABC, abstractmethod

import numpy as np

from ..search.ascent import starts_of

# Bytes of the values of all terms at a block of measurements: beyond it they are
# computed twice instead of kept.
BLOCK_BYTES = 64 * 2**20
# Distance from their mean, over it, of measurements that are all the same.
ROUNDING = 1e-14


class Measurements(ABC):
    """``y_n = b + sum_i a_i A_n(u_i^{⊗l_i})`` and noise, with linear forms ``A_n``.

    Parameters
    ----------
    y : ndarray of shape (n,)
    probability : ndarray of shape (n,)
        Of each measurement; they sum to one.
    count : float
        Measurements of weight one that all are worth.
    n_features : int
        Length of the vectors.
    intercept : bool
        Whether there is a constant b, which is always at its best.
    """

    def __init__(self, y, probability, count, n_features, intercept):
        self.probability, self.count = probability, count
        self.n_features, self.intercept = n_features, intercept
        self._mean = float(probability @ y) if intercept else 0.0
        self.y = y - self._mean
        if np.abs(self.y).max() <= ROUNDING * abs(self._mean):
            self.y = np.zeros_like(self.y)
        self.squared_norm = self.mean_square(self.y)

    @property
    def n_free(self):
        """Measurements, but for the constant."""
        return self.count - self.intercept

    @abstractmethod
    def project(self, V, block):
        """What the values of terms are made of, at a block of measurements."""

    @abstractmethod
    def values(self, projection, order):
        """``A_n(v^{⊗l})``, one column for each vector."""

    @abstractmethod
    def pull_back(self, R, projection, order, block):
        """``sum_n R_n A_n(v^{l-1}, ·)`` for each vector, ``(d, k)``."""

    @abstractmethod
    def slopes(self, projection, order, block):
        """``A_n(v^{l-1}, ·)``, of shape (n, d, k)."""

    def probe(self, projection, order):
        """What is correlated with a remainder to find terms of an order."""
        return self.values(projection, order)

    def probe_pull_back(self, r, V, projection, order, block):
        """``1/l`` times the gradient in V of the correlation with ``probe``."""
        return self.pull_back(r[:, None] + 0 * V[:1], projection, order, block)

    def _centred(self, r):
        return r - self.probability @ r if self.intercept else r

    def mean_square(self, r):
        """Of a remainder."""
        return float(self.probability @ (r * r))

    def blocks(self, width):
        """Slices of measurements for temporaries of that many floats each."""
        size = max(1, BLOCK_BYTES // (8 * max(width, 1)))
        return [slice(i, i + size) for i in range(0, len(self.y), size)]

    def residual(self, terms):
        """What the terms and the best constant leave of y."""
        return self._residual(terms, self.blocks(len(terms)))[0]

    def constant(self, terms):
        """The best constant beside the terms; 0 where there is none."""
        if not self.intercept:
            return 0.0
        left, _ = self._left(terms, self.blocks(len(terms)))
        return self._mean + float(self.probability @ left)

    def _residual(self, terms, blocks):
        left, kept = self._left(terms, blocks)
        return self._centred(left), kept

    def _left(self, terms, blocks):
        left, kept = self.y.copy(), None
        for block in blocks:
            kept = []
            for order, group in terms.groups():
                kept.append(self.project(terms.vectors[:, group], block))
                left[block] -= self.values(kept[-1], order) @ terms.signs[group]
        return left, kept

    def slope(self, terms):
        """Remainder, and half of minus the gradient of its mean square.

        Returns
        -------
        r : ndarray of shape (n,)
        downhill : ndarray of shape (d, k)
            ``l_i a_i sum_n p_n r_n A_n(u_i^{l-1}, ·)``.
        """
        blocks = self.blocks(2 * len(terms))
        r, kept = self._residual(terms, blocks)
        downhill = np.zeros_like(terms.vectors)
        for block in blocks:
            R = (self.probability[block] * r[block])[:, None]
            for i, (order, group) in enumerate(terms.groups()):
                U = terms.vectors[:, group]
                projection = kept[i] if len(blocks) == 1 else self.project(U, block)
                pulled = self.pull_back(R + 0 * U[:1], projection, order, block)
                downhill[:, group] += order * terms.signs[group] * pulled
        return r, downhill

    def normal_matrix(self, terms, others=None):
        """``J'PJ`` for the Jacobian of the values in all vectors, and ``J'PZ``.

        Parameters
        ----------
        terms : MixedTerms
        others : ndarray of shape (n, p) or None
            ``Z``, centred where there is a constant.

        Returns
        -------
        matrix : ndarray of shape (d k, d k)
            Unknowns ordered as ``vectors.ravel()``.
        cross : ndarray of shape (d k, p) or None
        """
        size = terms.vectors.size
        matrix, mean, cross = np.zeros((size, size)), np.zeros(size), None
        if others is not None:
            cross = np.zeros((size, others.shape[1]))
        for block in self.blocks(2 * size):
            J = self._jacobian(terms, block)
            weighted = J * self.probability[block, None]
            matrix += weighted.T @ J
            mean += weighted.sum(axis=0)
            if others is not None:
                cross += weighted.T @ others[block]
        if self.intercept:
            matrix -= np.outer(mean, mean)
        return matrix, cross

    def _jacobian(self, terms, block):
        parts = []
        for order, group in terms.groups():
            projection = self.project(terms.vectors[:, group], block)
            slopes = self.slopes(projection, order, block)
            parts.append(slopes * (order * terms.signs[group]))
        J = np.concatenate(parts, axis=2)
        return J.reshape(len(J), -1)

    def probes(self, V, order):
        """Probes of all measurements, centred where there is a constant."""
        values = self.probe(self.project(V, slice(None)), order)
        return values - self.probability @ values if self.intercept else values


class Correlation:
    """How a remainder correlates with the probes of an order, as a symmetric form.

    It is maximised as the remainder of a tensor is: see
    :func:`~sklearn_overtensor.search.ascent.strongest_terms`.

    Parameters
    ----------
    measurements : Measurements
    r : ndarray of shape (n,)
        The remainder.
    order : int
    """

    def __init__(self, measurements, r, order):
        self._of, self._weighted = measurements, measurements.probability * r
        self.order, self.n_features = order, measurements.n_features
        self.directions = np.empty((self.n_features, 0))

    def starts(self):
        """Unit columns to ascend from; a linear form has one maximum."""
        starts = starts_of(self.n_features)
        return starts[:, :1] if self.order == 1 else starts

    def contract(self, V):
        """``1/l`` times the gradients of the correlation along unit columns."""
        image = np.zeros_like(V)
        for block in self._of.blocks(3 * V.shape[1]):
            projection = self._of.project(V, block)
            image += self._of.probe_pull_back(
                self._weighted[block], V, projection, self.order, block
            )
        return image
