# SPDX-License-Identifier: BSD-3-Clause
"""How much a statistic of samples would change with other samples: sums over rows."""

from functools import cached_property
from math import sqrt
from typing import Any

import numpy as np
from scipy.special import factorial, factorial2

from .._typing import AnyArray
from ..machine.backend import to_numpy
from ..rows import kernels


class SamplingNoiseMixin:
    """What the rows of a statistic say of its noise.

    It needs ``rows``, ``context``, ``order`` and ``n_features`` of a target, and its
    ``influence``.
    """

    rows: Any
    context: Any
    order: int
    n_features: Any
    _moment: Any

    @cached_property
    def second_moment(self) -> AnyArray:
        """``sum_n p_n x_n x_n'``, float64 NumPy."""
        return to_numpy(self._moment(2)).astype(float)

    def form_variances(self, V: AnyArray) -> Any:
        """Variances of the forms ``T(v, ..., v)`` that sampling gives them.

        Parameters
        ----------
        V : array of shape (d, m)
            Columns of any length.

        Returns
        -------
        variances : ndarray of shape (m,)

        Notes
        -----
        ``sum_n p_n q(x_n'v)^2 / W`` with q the influence of a row on the form, a
        polynomial (``y^l - E y^l`` for a moment), and W the rows of weight one
        that all are worth: see ``Rows``.
        """
        return self._variances_along(V)[0]

    def effective_rows(self, V: AnyArray) -> Any:
        """Rows that the forms ``T(v, ..., v)`` rest on.

        Parameters
        ----------
        V : array of shape (d, m)

        Returns
        -------
        counts : ndarray of shape (m,)
            ``(sum_n |q_n|)^2 / sum_n q_n^2`` for the influence ``q_n = p_n q(x_n'v)``
            of a row on the form: all rows where all matter alike, one where one is
            everything.

        Notes
        -----
        A sum of numbers of these sizes is at most the square root of this many of its
        own standard errors, whatever their signs.
        """
        variances, influence = self._variances_along(V)
        zero = np.zeros(V.shape[1])
        rows = [influence.get(j, 0.0) + zero for j in range(self.order + 1)]
        V, coefficients = self.context.asarray(V), self.context.asarray(np.array(rows))
        width = 3 * V.shape[1]
        sizes = self.rows.total(kernels.polynomial_size, width, V, coefficients)
        variances = np.maximum(variances, np.finfo(float).tiny)
        return to_numpy(sizes).astype(float) ** 2 / variances

    def _variances_along(self, V):
        """Variances of the forms, and the influence of a row that they come from."""
        moments = self._form_moments(V, 2 * self.order)
        constants, _ = self.direction_constants(self.context.asarray(V))
        influence = self.influence([*moments[: self.order + 1], *constants])
        variances = np.zeros(V.shape[1])
        for i, left in influence.items():
            for j, right in influence.items():
                variances += left * right * moments[i + j]
        return np.maximum(variances, 0.0) / self.rows.weight, influence

    def _form_moments(self, V, highest):
        """``E y^k`` of the forms ``y = x'v``, for k from 0 on."""
        V, powers = self.context.asarray(V), tuple(range(1, highest + 1))
        width = (highest + 1) * V.shape[1]
        sums = to_numpy(self.rows.total(kernels.power_sums, width, V, powers))
        return [np.ones(V.shape[1]), *sums.astype(float)]

    def form_gradient_gram(self, V: AnyArray, basis: AnyArray) -> Any:
        """Covariance of the gradients of the forms that sampling gives them.

        Parameters
        ----------
        V : ndarray of shape (d, m)
        basis : ndarray of shape (d, k)
            The gradients are taken along its columns.

        Returns
        -------
        gram : ndarray of shape (k m, k m)
            ``sum_n p_n g_n g_n' / W`` for the gradients ``g_n (k, m)``, flattened, of
            ``q(x_n'v_i)`` in ``v_i``.
        """
        order, basis = self.order, self.context.asarray(basis)
        V = self.context.asarray(V)
        moments = self._form_moments(V, order)
        slopes = [
            k * self._moment_gradient(k, V, basis) if k else 0.0
            for k in range(order + 1)
        ]
        constants, constant_slopes = self.direction_constants(V, basis)
        moments, slopes = [*moments, *constants], [*slopes, *constant_slopes]
        influence = self.influence(moments)
        along = np.array(
            [j * (influence.get(j, 0.0) + 0 * moments[0]) for j in range(1, order + 1)]
        )
        shift = np.zeros((order + 1, basis.shape[1], V.shape[1]))
        for k in range(1, len(moments)):
            # The derivative of a polynomial by an imaginary step is exact.
            moved = [m + (1e-30j if k == j else 0) for j, m in enumerate(moments)]
            for j, value in self.influence(moved).items():
                shift[j] += np.imag(value) * 1e30 * slopes[k]
        width = 2 * basis.shape[1] * V.shape[1]
        shifted = tuple(j for j in range(order + 1) if shift[j].any())
        gram = self.rows.total(
            kernels.gradient_gram, width, V, basis, along, shift, shifted
        )
        return to_numpy(gram).astype(float) / self.rows.weight

    def _moment_gradient(self, k, V, basis):
        """``E[(x'v)^{k-1} B'x]`` for the columns of V, ``(k, m)``."""
        xp = self.context.xp
        if k == 1:
            mean = xp.dot(xp.transpose(basis), self.rows.mean())
            return to_numpy(mean).astype(float)[:, None] * np.ones(V.shape[1])
        image = self.rows.total(kernels.contraction, 3 * V.shape[1], V, k - 1)
        return to_numpy(xp.dot(xp.transpose(basis), image)).astype(float)

    def direction_constants(
        self, V: AnyArray, basis: AnyArray = None
    ) -> tuple[list[Any], list[Any]]:
        """Numbers of each direction that its influence depends on beside moments.

        And their gradients along a basis, ``(k, m)`` each; there are none here.
        """
        return [], []

    def influence(self, moments: list[Any]) -> dict[int, Any]:
        """Of a row on a form: coefficients of ``y^j``, by j.

        ``moments[k]`` is ``E y^k``, of the centred rows for a cumulant.
        """
        raise NotImplementedError

    def spread(self, basis: AnyArray) -> Any:
        """How the noise lies along the columns of a basis ``B (d, k)``, ``(k, k)``.

        ``sum_n p_n ||z_n||^{2(l-1)} z_n z_n'`` for ``z_n = B'x_n``: the leading part of
        the mean of ``N_(1) N_(1)'`` for the unfolding of the noise, times n.
        """
        k = basis.shape[1]
        gram = self.rows.total(kernels.spread, 2 * k, basis, self.order - 1)
        return to_numpy(gram).astype(float)

    def usual_size(self) -> float:
        """A cheap bound of the norm: ``(sum_n p_n ||x_n||^{2l})^{1/2}``."""
        mass = self.rows.total(kernels.mass, self.n_features, 2 * self.order)
        return sqrt(float(mass))


def variances_of_normal_rows(statistic, order, spread):
    """Variances of the influences that normal rows about zero have on forms.

    ``l! s^l`` for a cumulant, and ``((2l-1)!! - ((l-1)!!)^2 [l even]) s^l`` for a
    moment, for the variances ``s = v'Cv`` of the rows along the forms' vectors.
    """
    if statistic == "cumulant":
        return float(factorial(order)) * spread**order
    factor = float(factorial2(2 * order - 1))
    if order % 2 == 0:
        factor -= float(factorial2(order - 1)) ** 2
    return factor * spread**order
