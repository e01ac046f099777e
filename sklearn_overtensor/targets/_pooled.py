# SPDX-License-Identifier: BSD-3-Clause
"""Weighted moments of parts of samples, and how those of two parts add up."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Self

import numpy as np

from ..algebra.monomials import expand, fold, shifted_moment, unfold
from ..algebra.scale import exponent_of, is_safe_power, times_power_of_two
from ..machine.backend import load_backend, to_numpy


@dataclass(frozen=True)
class PooledMoments:
    """Moments of weighted rows about one point; as it stands, those of no rows.

    Attributes
    ----------
    weight : float
        Sum of the weights of the rows over ``2**weight_exponent``.
    mean : ndarray of shape (n_features,) or None
        What the moments are about: the mean of the rows, or zero; None for no rows.
    by_order : dict of int to ndarray
        Distinct entries of each moment, float64. They are those of the rows over
        ``2**exponent``, where others would be out of range.
    exponent : int
        That exponent.
    weight_exponent : int
        Zero, but for weights whose sum is out of range.
    """

    weight: float = 0.0
    mean: Any = None
    by_order: dict[int, Any] = field(default_factory=dict)
    exponent: int = 0
    weight_exponent: int = 0

    @classmethod
    def of_rows(
        cls,
        rows: Any,
        weight: float,
        orders: Iterable[int],
        *,
        central: bool,
        weight_exponent: int = 0,
    ) -> Self:
        """Those of rows, about their mean or about zero."""
        orders, exponent = tuple(orders), 0
        if not is_safe_power(rows.size(), 2 * max(orders), rows.context.dtype):
            exponent = exponent_of(rows.size())
            rows = rows.scaled(-exponent)
        mean = np.zeros(rows.n_features)
        if central:
            found = rows.mean()
            rows = rows.centred(found)
            mean = times_power_of_two(to_numpy(found), exponent).astype(float)
        by_order = {k: _distinct_moment(rows, k) for k in orders} if weight else {}
        return cls(weight, mean, by_order, exponent, weight_exponent)

    def about(self, mean: Any, exponent: int) -> dict[int, Any]:
        """The moments about another point and in other units, by order."""
        change = exponent - self.exponent
        moments = {
            k: times_power_of_two(moment, -k * change)
            for k, moment in self.by_order.items()
        }
        shift = times_power_of_two(self.mean - mean, -exponent)
        if not shift.any():
            return moments
        known = {0: np.ones(1), 1: np.zeros(len(shift)), **moments}
        return {k: shifted_moment(known, shift, k) for k in moments}

    def merged(self, other: Self) -> Self:
        """Those of the rows of both, about their common mean."""
        parts = [part for part in (self, other) if part.weight > 0]
        if not parts:
            return other if self.mean is None else self
        units = max(part.weight_exponent for part in parts)
        weights = [np.ldexp(p.weight, p.weight_exponent - units) for p in parts]
        weight = float(sum(weights))
        shares = [float(part / weight) for part in weights]
        first = parts[0].mean  # differences, so that a constant stays one
        mean = first + sum(
            p * (part.mean - first) for p, part in zip(shares, parts, strict=True)
        )
        exponent = max(part.exponent for part in parts)
        moved = [part.about(mean, exponent) for part in parts]
        by_order = {
            k: sum(p * moments[k] for p, moments in zip(shares, moved, strict=True))
            for k in moved[0]
        }
        return type(self)(weight, mean, by_order, exponent, units)

    def dense(self, order: int) -> Any:
        """The moment of one order as an array, of the rows over ``2**exponent``."""
        d = len(self.mean)
        distinct = unfold(self.by_order[order], d, order)
        return expand(load_backend("numpy"), distinct, d, order)

    def over_power_of_two(self) -> Self:
        """Those of the rows over ``2**exponent``, which are held already."""
        mean = times_power_of_two(self.mean, -self.exponent)
        return replace(self, mean=mean, exponent=0)


def _distinct_moment(rows, order):
    """``sum_n p_n x_n^{⊗order}``, each distinct entry once, in float64."""
    return fold(to_numpy(rows.moment(order)).astype(float), rows.n_features, order)
