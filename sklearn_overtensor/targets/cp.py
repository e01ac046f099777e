# SPDX-License-Identifier: BSD-3-Clause
"""A CP model, weights and components, as a target that is never expanded."""

from functools import cached_property

import numpy as np

from .._typing import AnyArray
from ..algebra.cp import cp_contract, cp_squared_norm
from ..checks import check_components
from ..machine.backend import context_of, to_numpy
from ._base import Target


class CPTarget(Target):
    """A sum of symmetric rank-one terms, ``sum_i w_i v_i^{⊗l}``, never expanded.

    Parameters
    ----------
    weights : array-like of shape (k,)
        Signed weights.
    components : array-like of shape (k, d)
        Components as rows, of any length.
    order : int, default=3
        Number of modes, ``l >= 3``.

    Raises
    ------
    ValueError
        When shapes do not agree or entries are not finite.

    Notes
    -----
    ``contract(V) = F (w ∘ (F'V)^{l-1})`` with ``F = components'``: ``O(k d m)``.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_overtensor.targets import CPTarget
    >>> target = CPTarget([2.0], np.array([[1.0, 0.0]]), order=4)
    >>> target.squared_norm
    4.0
    """

    def __init__(self, weights: AnyArray, components: AnyArray, order: int = 3) -> None:
        context = context_of(components)
        weights, components = check_components(weights, components, context)
        super().__init__(order, components.shape[1], context)
        self.weights = weights
        self.components = components

    @property
    def _factors(self):
        return self.context.xp.transpose(self.components)

    @cached_property
    def squared_norm(self) -> float:
        """Squared Frobenius norm, from the Gram matrix of the components."""
        xp = self.context.xp
        value = cp_squared_norm(xp, self.weights, self._factors, self.order)
        return max(float(value), 0.0)

    def over_power_of_two(self) -> tuple[Target, int]:
        """The model over a power of two near its largest weight, and the exponent.

        The weight is that of a component with entries of at most one.
        """
        weights, components = to_numpy(self.weights), to_numpy(self.components)
        sizes = np.frexp(np.abs(components).max(axis=1))[1]
        mantissas, exponents = np.frexp(weights)
        exponents = exponents + self.order * sizes
        present = (weights != 0) & components.any(axis=1)
        if not present.any():
            return self, 0
        exponent = int(exponents[present].max())
        weights = np.ldexp(mantissas, exponents - exponent)
        components = self.context.asarray(np.ldexp(components, -sizes[:, None]))
        return type(self)(weights, components, self.order), exponent

    def to_dense(self) -> AnyArray:
        """The array; ``MemoryError`` when it cannot fit."""
        return self._dense_sum(self.weights, self._factors)

    def compressed(self, basis: AnyArray) -> AnyArray:
        """The core ``T*(Q, ..., Q)`` for a basis ``Q (d, k)``."""
        xp = self.context.xp
        basis = self.context.asarray(basis)
        return self._dense_sum(self.weights, xp.dot(xp.transpose(basis), self._factors))

    def _contract(self, V):
        xp = self.context.xp
        return cp_contract(xp, self.weights, self._factors, V, self.order)
