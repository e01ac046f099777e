# SPDX-License-Identifier: BSD-3-Clause
"""Rows of an array in memory, or mapped from a file, visited in blocks."""

import math

import numpy as np

from ..algebra.scale import times_power_of_two
from ..machine.backend import contiguous, to_numpy
from ..machine.memory import block_bytes
from ._base import Rows
from .blocks import DenseBlock


class BlockedRows(Rows):
    """Rows that can be sliced: sums are taken block by block.

    Parameters
    ----------
    X : array or csr_array of shape (n, d)
        Checked already; neither copied nor changed.
    probability : array of shape (n,)
        In the context.
    context : ArrayContext
    offset : array of shape (d,) or None
        In units of the rows: after their scaling.
    exponent : int, default=0
        The rows are those of ``X`` times ``2**exponent``.
    weight : float or None, default=None
        Rows of weight one that these are worth. None: one each.
    """

    # Floats that a kernel may make of a block, in multiples of those that it returns.
    per_result = 1

    def __init__(self, X, probability, context, offset=None, exponent=0, weight=None):
        self.X, self.probability, self.context = X, probability, context
        self.offset, self.exponent = offset, exponent
        self.n_samples, self.n_features = X.shape
        self.weight = float(self.n_samples) if weight is None else weight

    def centred(self, offset):
        """The same rows with ``offset`` taken off each."""
        return self._with(offset, self.exponent)

    def scaled(self, exponent):
        """The same rows times ``2**exponent``."""
        offset = self.offset
        if offset is not None:
            offset = times_power_of_two(offset, exponent)
        return self._with(offset, self.exponent + exponent)

    def _with(self, offset, exponent):
        return type(self)(
            self.X, self.probability, self.context, offset, exponent, self.weight
        )

    def total(self, kernel, width, *arguments):
        """Sum a kernel over blocks of rows that fit in the cache."""
        arguments = [self._localised(argument) for argument in arguments]
        size = self._block_rows(width)
        total, start = 0, 0
        while start < self.n_samples:
            total = total + kernel(self.block(start, start + size), *arguments)
            start += size
            size = max(size, int(self.per_result * math.prod(total.shape) // width))
        return total

    def _block_rows(self, width=1):
        """Rows of a block, of which a kernel makes ``width`` numbers each."""
        size = block_bytes(self.context) // (8 * max(int(width), self.n_features))
        return max(1, size)

    def _localised(self, argument):
        if isinstance(argument, int | tuple | None):
            return argument
        # Each product with a sparse block would make the copy anew.
        return contiguous(self.context.asarray(argument))

    def projected(self, basis):
        """The rows times a basis ``Q (d, k)``, centred and scaled as they are here.

        They are written out, ``n k`` numbers.
        """
        basis = self._localised(basis)
        size = self._block_rows(basis.shape[1])
        blocks = [
            self.block(start, start + size).project(basis)
            for start in range(0, self.n_samples, size)
        ]
        rows = self.context.xp.concatenate(blocks)
        return ArrayRows(rows, self.probability, self.context, weight=self.weight)

    def masses(self, power):
        """``||x_n||^power`` of every row, in float64 NumPy."""
        size = self._block_rows()
        lengths = [
            self.block(start, start + size).squared_norms()
            for start in range(0, self.n_samples, size)
        ]
        squares = to_numpy(self.context.xp.concatenate(lengths)).astype(float)
        return squares ** (power / 2)

    def draw(self, positions, power):
        """Rows at positions of the cumulated mass."""
        masses = self.masses(power)
        cumulated = np.cumsum(to_numpy(self.probability).astype(float) * masses)
        found = np.searchsorted(cumulated, positions * cumulated[-1], side="right")
        found = np.minimum(found, self.n_samples - 1)
        return self.take(found), masses[found], cumulated[-1]

    def gathered(self):
        """All rows and their probabilities."""
        rows = self.take(np.arange(self.n_samples))
        return rows.astype(float), to_numpy(self.probability).astype(float)

    def block(self, start, stop):
        """The rows from ``start`` to ``stop``, centred."""
        raise NotImplementedError

    def take(self, indices):
        """Some rows, centred, as a NumPy array."""
        raise NotImplementedError


class ArrayRows(BlockedRows):
    """Rows of a NumPy array (also one mapped from a file) or a torch tensor."""

    def block(self, start, stop):
        """The rows from ``start`` to ``stop``, centred."""
        rows = times_power_of_two(
            self.context.asarray(self.X[start:stop]), self.exponent
        )
        if self.offset is not None:
            rows = rows - self.offset
        return DenseBlock(self.context.xp, rows, self.probability[start:stop])

    def take(self, indices):
        """Some rows, centred, as a NumPy array."""
        rows = times_power_of_two(to_numpy(self.X[indices]), self.exponent)
        return rows if self.offset is None else rows - to_numpy(self.offset)
