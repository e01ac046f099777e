# SPDX-License-Identifier: BSD-3-Clause
"""The order-l cumulant of samples, contracted from the rows or formed once."""

from functools import cached_property, partial
from math import comb
from typing import Any

import numpy as np

from .._typing import AnyArray, Backend, Contraction, Device, Weights
from ..algebra.cp import frobenius_norm
from ..algebra.scale import times_power_of_two
from ..machine.backend import to_numpy
from ..rows import kernels
from ._base import Target
from ._contraction import MAX_CORE
from ._cumulants import cumulant_arrays, dense_cumulant, without_constants
from ._samples import SampleTarget


class CumulantTarget(SampleTarget):
    """The plug-in cumulant of order l of samples, centred at their weighted mean.

    Cumulants of independent variables add up, and those of a Gaussian vanish from order
    3 on. So the cumulant of a linear mixture of independent sources has the mixing
    directions as its components, with Gaussian noise or without.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        Samples of any kind that :class:`MomentTarget` takes. Sparse rows are centred
        implicitly.
    order : int, default=3
        Order ``l >= 3`` of the cumulant.
    sample_weight : array-like of shape (n_samples,) or None, default=None
        Non-negative weights; ``p`` is their share of the sum. None: uniform.
    contraction : {"auto", "implicit", "dense"}, default="auto"
        As in :class:`MomentTarget`.
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
    order. At orders 3 and 4 the polynomial in z is ``z^{l-1}`` and a multiple of z,
    whose share comes from the covariance. The rows are then visited once. From order 5
    on, or with 4,096 features, they are visited twice: for the moments and for the
    product.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_overtensor.targets import CumulantTarget
    >>> X = np.random.default_rng(0).exponential(size=(200_000, 1))
    >>> third = CumulantTarget(X, order=3).contract(np.ones((1, 1)))
    >>> bool(abs(third[0, 0] - 2.0) < 0.2)  # the third cumulant of Exp(1) is 2
    True
    """

    statistic = "cumulant"

    def __init__(
        self,
        X: AnyArray,
        order: int = 3,
        sample_weight: Weights = None,
        *,
        contraction: Contraction = "auto",
        backend: Backend = None,
        device: Device = None,
    ) -> None:
        super().__init__(X, order, sample_weight, contraction, backend, device)
        self._arrays_to_form = cumulant_arrays(order)
        self.mean = self.rows.mean()
        self.rows = self.rows.centred(self.mean)

    @cached_property
    def covariance(self) -> AnyArray:
        """``E[z z']`` of the centred samples, ``(d, d)``."""
        return self._moment(2)

    @cached_property
    def second_moment(self) -> AnyArray:
        """``E z z'`` of the centred rows, float64 NumPy; zero for constant features."""
        moment, mean = to_numpy(self.covariance).astype(float), to_numpy(self.mean)
        return without_constants(moment, mean, self.n_samples, self.context.eps)

    def _of_rows_over(self, exponent):
        other = super()._of_rows_over(exponent)
        other.mean = times_power_of_two(self.mean, -exponent)
        return other

    def in_subspace(self, basis: AnyArray) -> Target:
        """The cumulant of the rows ``X Q`` for ``Q (d, k)``, contracted from them."""
        other: Any = super().in_subspace(basis)
        xp = self.context.xp
        other.mean = xp.dot(xp.transpose(self.context.asarray(basis)), self.mean)
        return other

    def _form(self, basis=None):
        moment = partial(self._moment, basis=basis)
        return dense_cumulant(self.context.xp, moment, self.order)

    def influence(self, moments: list[Any]) -> dict[int, Any]:
        """``sum_k dκ/dmu_k (y^k - mu_k - k mu_{k-1} y)``: the mean moves with a row."""
        moments = [moments[0], 0 * moments[1], *moments[2:]]
        slopes = _cumulant_slopes(moments, self.order)
        influence = dict.fromkeys(range(self.order + 1), 0.0)
        for k in range(2, self.order + 1):
            influence[k] = influence[k] + slopes[k]
            influence[1] = influence[1] - k * slopes[k] * moments[k - 1]
            influence[0] = influence[0] - slopes[k] * moments[k]
        return influence

    def _norm_from_rows(self):
        """From pairs of rows, at orders 3 and 4.

        At order 4, ``K = M_4 - S`` where ``S`` sums ``M_2 ⊗ M_2`` over the three
        pairings of the modes, and

        ``||K||^2 = ||M_4||^2 - 6 E[(z'M_2 z)^2] + 3 ||M_2||^4 + 6 ||M_2 M_2||^2``

        with ``z`` the centred sample: of the nine pairs of pairings three are equal
        and six are crossed.
        """
        if self.order == 3:
            return self._moment_norm(3)
        if self.order > 4:
            self._require_dense()
            norm = frobenius_norm(self.context.xp, self._form())
            return norm * norm
        xp, covariance = self.context.xp, self.covariance
        square = xp.dot(covariance, covariance)
        cross = float(
            self.rows.total(kernels.quadratic_square, 2 * self.n_features, covariance)
        )
        variance = float(xp.sum(covariance**2))  # a float's ** would raise on overflow
        gaussian = 3 * variance * variance + 6 * float(xp.sum(square**2))
        return max(self._moment_norm(4) - 6 * cross + gaussian, 0.0)

    def _rounded(self, square):
        variance = float(self.rows.total(kernels.mass, self.n_features, 2))
        return rounded_norm(square, self.order, variance, self.mean, self.context.eps)

    def _contract_rows(self, V):
        xp, order = self.context.xp, self.order
        width = (order + 2) * V.shape[1]
        if order == 3:
            return self.rows.total(kernels.contraction, width, V, 2)
        if order == 4 and self.n_features**2 <= MAX_CORE:
            # E[z^3 x] - 3 E[z^2] E[z x], where only the first reads the rows.
            image = xp.dot(self.covariance, V)
            variances = xp.sum(V * image, axis=0)
            total = self.rows.total(kernels.contraction, width, V, 3)
            return total - 3 * variances * image
        powers = tuple(range(2, order + 1))
        sums = self.rows.total(kernels.power_sums, width, V, powers)
        slopes = _cumulant_slopes([0.0, 0.0, *sums], order)
        # sum_k (k / l) slopes[k] z^{k-1}; slopes[l] is one.
        coefficients = [0 * sums[0] + (k / order) * slopes[k] for k in range(2, order)]
        coefficients = xp.stack(coefficients)
        return self.rows.total(kernels.polynomial, width, V, coefficients)


def rounded_norm(square, order, variance, mean, eps):
    """A cumulant's squared norm; zero where it is what rounding alone can leave.

    ``variance`` is the trace of the covariance.
    """
    eps = 10 * eps
    constant = variance <= eps**2 * (variance + float((mean**2).sum()))
    # NumPy's, since a float's ** would raise on overflow.
    if constant or square <= eps**2 * np.float64(variance) ** order:
        return 0.0
    return square


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
