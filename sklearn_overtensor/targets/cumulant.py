# SPDX-License-Identifier: BSD-3-Clause
"""The order-l cumulant of samples, contracted from the rows and never formed."""

from functools import cached_property, partial
from math import comb

from .._algebra import frobenius_norm
from ._partitions import dense_cumulant
from ._samples import SampleTarget


class CumulantTarget(SampleTarget):
    """The plug-in cumulant of order l of samples, centred at their weighted mean.

    Cumulants of independent variables add and those of a Gaussian vanish from order
    3 on, so the cumulant of a linear mixture of independent sources has the mixing
    directions as its components, Gaussian noise or not.

    Parameters
    ----------
    X : ndarray or torch.Tensor of shape (n_samples, n_features)
        Samples; neither copied nor changed when float32 or float64.
    order : int, default=3
        Order ``l >= 3`` of the cumulant.
    sample_weight : array-like of shape (n_samples,) or None, default=None
        Non-negative weights; ``p`` is their share of the sum. None: uniform.
    backend : {"numpy", "pytorch"} or None, default=None
        Where to work; None: where ``X`` lives.
    device : str or None, default=None
        A PyTorch device; None: that of ``X``.

    Raises
    ------
    ValueError
        For samples or weights that are malformed, not finite or empty.

    Notes
    -----
    For ``z = (x - mean)'v`` the contraction ``K(v, ..., v)`` is the l-th cumulant of
    the scalar ``z``, a polynomial ``P`` of its central moments ``mu_k = E z^k``. Its
    gradient in ``v`` gives, with ``dmu_k/dv = k E[z^{k-1} (x - mean)]``,

    ``contract(v) = (1/l) sum_{k=2}^l k dP/dmu_k E[z^{k-1} (x - mean)]``.

    The polynomial follows from the recursion
    ``kappa_n = mu_n - sum_{j=2}^{n-2} C(n-1, j-1) kappa_j mu_{n-j}``, and its
    derivatives from differentiating that recursion, so that one formula serves every
    order. Rows are visited in blocks, twice: for the moments, then for the product.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_overtensor.targets import CumulantTarget
    >>> X = np.random.default_rng(0).exponential(size=(200_000, 1))
    >>> third = CumulantTarget(X, order=3).contract(np.ones((1, 1)))
    >>> bool(abs(third[0, 0] - 2.0) < 0.2)  # the third cumulant of Exp(1) is 2
    True
    """

    def __init__(self, X, order=3, sample_weight=None, *, backend=None, device=None):
        super().__init__(X, order, sample_weight, backend, device)
        xp = self.context.xp
        self.mean = xp.dot(self.probability, self.X)

    def _rows(self, start, stop):
        return self.X[start:stop] - self.mean

    def to_dense(self):
        """The cumulant as an array; ``MemoryError`` when it cannot fit."""
        self._require_dense()
        return dense_cumulant(self.context.xp, self._dense_moment, self.order)

    def compressed(self, basis):
        """The core ``T*(Q, ..., Q)`` for ``Q (d, k)``: the cumulant of ``X Q``."""
        self._require_dense(basis.shape[1])
        moment = partial(self._dense_moment, basis=self.context.asarray(basis))
        return dense_cumulant(self.context.xp, moment, self.order)

    @cached_property
    def squared_norm(self) -> float:
        """Squared norm: over pairs of rows at orders 3 and 4, else of the array.

        At order 4, ``K = M_4 - S`` where ``S`` sums ``M_2 ⊗ M_2`` over the three
        pairings of the modes, and

        ``||K||^2 = ||M_4||^2 - 6 E[(z'M_2 z)^2] + 3 ||M_2||^4 + 6 ||M_2 M_2||^2``

        with ``z`` the centred sample: of the nine pairs of pairings three are equal
        and six are crossed.
        """
        if self.order > 4 or self._dense_is_cheaper():
            norm = frobenius_norm(self.context.xp, self.to_dense())
            square = norm * norm
        elif self.order == 3:
            square = self._pair_sum(3)
        else:
            square = self._squared_norm_of_fourth()
        return square if square > self._rounding() else 0.0

    def _rounding(self):
        """Squared norm that rounding alone can leave of a cumulant that is zero."""
        xp, eps = self.context.xp, 10 * self.context.eps
        variance = 0.0
        for rows, probability in self._blocks(self.n_features):
            variance += float(xp.dot(probability, xp.sum(rows**2, axis=1)))
        spread = variance + float(xp.sum(self.mean**2))
        if variance <= eps**2 * spread:  # constant samples
            return float("inf")
        return eps**2 * variance**self.order

    def _squared_norm_of_fourth(self):
        xp = self.context.xp
        covariance = self._dense_moment(2)
        cross = 0.0
        for rows, probability in self._blocks(2 * self.n_features):
            quadratic = xp.sum(xp.dot(rows, covariance) * rows, axis=1)
            cross += float(xp.dot(probability, quadratic**2))
        square = xp.dot(covariance, covariance)
        gaussian = 3 * float(xp.sum(covariance**2)) ** 2 + 6 * float(xp.sum(square**2))
        return max(self._pair_sum(4) - 6 * cross + gaussian, 0.0)

    def _contract(self, V):
        xp, order = self.context.xp, self.order
        width = (order + 2) * V.shape[1]
        moments = [0.0] * (order + 1)
        for rows, probability in self._blocks(width):
            projection = xp.dot(rows, V)
            power = projection
            for k in range(2, order + 1):
                power = power * projection
                moments[k] = moments[k] + xp.dot(probability, power)
        slopes = _cumulant_slopes(moments, order)
        total = 0
        for rows, probability in self._blocks(width):
            projection = xp.dot(rows, V)
            # sum_k (k / l) slopes[k] z^{k-1}, by Horner's rule; slopes[l] is one.
            polynomial = projection
            for k in range(order - 1, 1, -1):
                polynomial = (polynomial + (k / order) * slopes[k]) * projection
            total = total + xp.dot(
                xp.transpose(rows), probability[:, None] * polynomial
            )
        return total


def _cumulant_slopes(moments, order):
    """``dkappa_order/dmu_k`` for k = 0..order, by differentiating the recursion.

    ``moments[k]`` is the central moment ``mu_k`` (a number or an array); the first
    central moment is zero and so are cumulants and slopes of index below 2.
    """
    cumulants = [0.0] * (order + 1)
    slopes = [[0.0] * (order + 1) for _ in range(order + 1)]
    for n in range(2, order + 1):
        cumulants[n] = moments[n]
        slopes[n][n] = 1.0
        for j in range(2, n - 1):
            factor = comb(n - 1, j - 1)
            cumulants[n] = cumulants[n] - factor * cumulants[j] * moments[n - j]
            slopes[n][n - j] = slopes[n][n - j] - factor * cumulants[j]
            for k in range(2, n - 1):
                slopes[n][k] = slopes[n][k] - factor * slopes[j][k] * moments[n - j]
    return slopes[order]
