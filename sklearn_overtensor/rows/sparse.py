# SPDX-License-Identifier: BSD-3-Clause
"""Rows of a SciPy sparse array: products only, never written out as a whole."""

from .array import BlockedRows
from .blocks import SparseBlock


class SparseRows(BlockedRows):
    """Rows of a CSR array; centring stays implicit, so that zeros stay zeros."""

    def block(self, start, stop):
        """The rows from ``start`` to ``stop``."""
        rows = self.X[start:stop]
        probability = self.probability[start:stop]
        return SparseBlock(self.context.xp, rows, probability, self.offset)

    def take(self, indices):
        """Some rows, centred, as a NumPy array."""
        rows = self.X[indices].toarray()
        return rows if self.offset is None else rows - self.offset
