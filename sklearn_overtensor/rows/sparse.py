# SPDX-License-Identifier: BSD-3-Clause
"""Rows of a SciPy sparse array: products only, never written out as a whole."""

from copy import copy

from ..algebra.scale import times_power_of_two
from . import kernels
from .array import BlockedRows
from .blocks import SparseBlock


class SparseRows(BlockedRows):
    """Rows of a CSR array; centring stays implicit, so that zeros stay zeros."""

    # The products of a few sparse rows take less time than to add up what they give.
    per_result = 4

    def block(self, start, stop):
        """The rows from ``start`` to ``stop``."""
        rows = times_power_of_two(self.X[start:stop], self.exponent)
        probability = self.probability[start:stop]
        return SparseBlock(self.context.xp, rows, probability, self.offset)

    def mean(self):
        """``sum_n p_n x_n``, in float64: a second pass would round as the first."""
        rows, weight = copy(self), self.probability.astype(float)
        rows.probability = weight / weight.sum()
        return self.context.asarray(rows.total(kernels.mean, self.n_features))

    def take(self, indices):
        """Some rows, centred, as a NumPy array."""
        rows = times_power_of_two(self.X[indices].toarray(), self.exponent)
        return rows if self.offset is None else rows - self.offset
