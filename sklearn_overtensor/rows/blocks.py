# SPDX-License-Identifier: BSD-3-Clause
"""A block of rows: its products with columns, whatever way it is stored."""

from typing import Any

import numpy as np

from ..machine.backend import contiguous


class DenseBlock:
    """Rows in an array of any backend.

    Parameters
    ----------
    xp : TensorLy backend
    rows : array of shape (n, d)
        Centred already.
    probability : array of shape (n,)
    """

    def __init__(self, xp, rows, probability):
        self.xp, self.rows, self.probability = xp, rows, probability

    def project(self, V):
        """``X V``."""
        return self.xp.dot(self.rows, V)

    def lift(self, values):
        """``X' P`` for ``P (n, m)``."""
        return self.xp.dot(self.xp.transpose(self.rows), values)

    def columns(self, basis=None):
        """``X'``, or ``(X Q)'`` for a basis ``Q``, as an array."""
        rows = self.rows if basis is None else self.project(basis)
        return contiguous(self.xp.transpose(rows))

    def squared_norms(self):
        """Squared length of each row."""
        return self.xp.sum(self.rows * self.rows, axis=1)


class SparseBlock:
    """Rows of a CSR array, centred implicitly: they are never written out.

    Parameters
    ----------
    xp : TensorLy backend
        NumPy's.
    rows : csr_array of shape (n, d)
    probability : ndarray of shape (n,)
    offset : ndarray of shape (d,) or None
    """

    def __init__(self, xp, rows, probability, offset):
        self.xp, self.rows, self.probability = xp, rows, probability
        self.offset: Any = offset

    def project(self, V):
        """``(X - 1 offset') V``."""
        product = self.rows @ V
        if self.offset is not None:
            product -= self.offset @ V
        return product

    def lift(self, values):
        """``(X - 1 offset')' P``."""
        product = self.rows.T @ values
        if self.offset is not None:
            product -= self.offset[:, None] * values.sum(axis=0)
        return product

    def columns(self, basis=None):
        """``X'``, or ``(X Q)'`` for a basis ``Q``, as an array: that of this block."""
        if basis is None:
            basis = np.eye(self.rows.shape[1], dtype=self.rows.dtype)
        return contiguous(self.project(basis).T)

    def squared_norms(self):
        """Squared length of each row."""
        squares = self.rows.power(2).sum(axis=1)
        if self.offset is not None:
            squares = squares - 2 * (self.rows @ self.offset)
            squares = squares + self.offset @ self.offset
        return squares
