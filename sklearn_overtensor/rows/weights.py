# SPDX-License-Identifier: BSD-3-Clause
"""Sums of weights of samples, of any magnitude; the rows that they are worth."""

from dataclasses import dataclass
from math import frexp

import numpy as np

from ..algebra.scale import is_safe

# Whole numbers up to this are exact in floating point.
LARGEST_COUNT = 2.0**53


@dataclass(frozen=True)
class WeightSums:
    """What is known of weights by sums over them; those of two parts add up.

    Attributes
    ----------
    largest : float
    total : float
        Their sum; infinite, or rounded, where that is out of range.
    share, squares : float
        Sums of the weights over the largest, and of the squares of that.
    whole : bool
        Whether all are whole numbers.
    """

    largest: float = 0.0
    total: float = 0.0
    share: float = 0.0
    squares: float = 0.0
    whole: bool = True

    @classmethod
    def of(cls, weight):
        """Those of non-negative weights ``(n,)``."""
        largest = float(weight.max(initial=0.0))
        if largest == 0:
            return cls()
        share = weight / largest  # the sum and squares may over- or underflow
        with np.errstate(over="ignore"):
            total = float(weight.sum())
        whole = largest <= LARGEST_COUNT and bool(np.all(weight == np.round(weight)))
        return cls(largest, total, float(share.sum()), float((share**2).sum()), whole)

    def __add__(self, other):
        largest = max(self.largest, other.largest)
        if largest == 0:
            return self
        mine, theirs = self.largest / largest, other.largest / largest
        return type(self)(
            largest,
            self.total + other.total,
            mine * self.share + theirs * other.share,
            mine**2 * self.squares + theirs**2 * other.squares,
            self.whole and other.whole,
        )

    @property
    def count(self):
        """How many rows of weight one a sum over weighted rows is worth.

        Whole numbers are counts, as scikit-learn takes them: a row of weight two is two
        rows. Others have no unit, and are worth ``(sum w)^2 / sum w^2`` rows (Kish).
        """
        if self.whole or self.largest == 0:
            return self.total
        return self.share**2 / self.squares

    @property
    def scaled_total(self):
        """Their sum over ``2**exponent``, and that exponent: 0 where it is safe."""
        if self.largest == 0 or is_safe(self.total, "float64"):
            return self.total, 0
        mantissa, exponent = frexp(self.largest)
        return mantissa * self.share, exponent
