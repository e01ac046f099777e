# SPDX-License-Identifier: BSD-3-Clause
"""The contract of rows: weighted sums of a function of blocks of them."""

from abc import ABC, abstractmethod
from typing import Any

from ..algebra.monomials import n_monomials
from . import kernels


class Rows(ABC):
    """Samples with probabilities, known by sums over them.

    Attributes
    ----------
    n_samples : int
        Number of rows n.
    n_features : int
        Their length d.
    context : ArrayContext
        Backend, dtype and device that sums are formed and returned in.
    weight : float
        Rows of weight one that these are worth, for standard errors.
    offset : array of shape (d,) or None
        What is taken off every row: a mean, for central moments.
    """

    n_samples: int
    n_features: int
    context: object
    offset = None
    # projected(Q): the rows times Q, where they are at hand.
    projected: Any = None
    weight: float

    @abstractmethod
    def total(self, kernel, width, *arguments):
        """Sum ``kernel(block, *arguments)`` over blocks of all rows.

        Parameters
        ----------
        kernel : callable
            A function of a module (it is sent to workers) that takes a block of rows
            and returns an array of any shape; see ``rows/kernels.py``.
        width : int
            Floats that the kernel makes of each row: blocks are as many rows as keep
            them in the cache.
        *arguments
            Passed on; arrays are brought to the rows' context.
        """

    @abstractmethod
    def centred(self, offset):
        """The same rows with ``offset (d,)`` taken off each; nothing is copied."""

    @abstractmethod
    def scaled(self, exponent):
        """The same rows times ``2**exponent``; nothing is copied."""

    @abstractmethod
    def draw(self, positions, power):
        """Rows at positions in [0, 1) of the cumulated ``p_n ||x_n||^power``.

        Returns
        -------
        rows : ndarray of shape (len(positions), d)
        masses : ndarray of shape (len(positions),)
            ``||x_n||^power`` of each.
        total : float
            ``sum_n p_n ||x_n||^power``.
        """

    @abstractmethod
    def gathered(self):
        """All rows and their probabilities, as float64 NumPy: for few of them."""

    def mean(self):
        """``sum_n p_n x_n``, in two passes: of a constant that constant."""
        first = self.total(kernels.mean, self.n_features)
        offset = first if self.offset is None else self.offset + first
        return first + self.centred(offset).total(kernels.mean, self.n_features)

    def size(self) -> float:
        """Largest mean size of a feature, ``max sum_n p_n |x_n|``."""
        return float(self.total(kernels.mean_size, self.n_features).max())

    def moment(self, order, basis=None):
        """Distinct entries of ``sum_n p_n x_n^{⊗order}``, as ``expand`` takes them.

        With a basis ``Q (d, k)`` those of the rows of ``X Q``.
        """
        d = self.n_features if basis is None else basis.shape[1]
        left, right = order - order // 2, order // 2
        width = n_monomials(d, left) + n_monomials(d, right)
        return self.total(kernels.unfolding, width, left, right, basis)

    def augmented_moment(self, order, constant):
        """The same of the rows ``(constant, x_n)``, one entry longer."""
        left, right = order - order // 2, order // 2
        d = self.n_features + 1
        width = n_monomials(d, left) + n_monomials(d, right)
        return self.total(kernels.augmented_unfolding, width, left, right, constant)
