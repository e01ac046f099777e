# SPDX-License-Identifier: BSD-3-Clause
"""What the moment and the cumulant share: weighted rows, visited in blocks."""

import numpy as np

from .._algebra import integer_power, khatri_rao_power
from .._backend import context_of
from .._checks import check_sample_weights, check_samples
from .._memory import BLOCK_BYTES
from ._base import Target

# Blocks of the kernel matrix of all pairs of rows, which is read once.
PAIR_BYTES = 64 * 2**20


class SampleTarget(Target):
    """Rows of ``X (n, d)`` with probabilities, and block-wise sums over them.

    Parameters
    ----------
    X : ndarray or torch.Tensor of shape (n_samples, n_features)
        Samples; neither copied nor changed when float32 or float64.
    order : int
        Order of the statistic.
    sample_weight : array-like of shape (n_samples,) or None
        Non-negative weights; normalised to sum to one. None: uniform.
    backend, device : str or None
        As in :class:`DenseTarget`.
    """

    def __init__(self, X, order, sample_weight, backend, device):
        context = context_of(X, backend, device)
        self.X = check_samples(X, context)
        super().__init__(order, self.X.shape[1], context)
        weight = check_sample_weights(sample_weight, self.X.shape[0])
        self.probability = context.asarray(weight / weight.sum())

    @property
    def n_samples(self) -> int:
        """Number of rows."""
        return self.X.shape[0]

    def _blocks(self, row_width, n_bytes=None):
        """Yield ``(rows, probabilities)`` whose temporaries stay under the limit.

        ``row_width`` is the number of floats that a caller makes of each row.
        """
        n_bytes = BLOCK_BYTES if n_bytes is None else n_bytes
        size = max(1, int(n_bytes // (8 * max(row_width, self.n_features))))
        for start in range(0, self.n_samples, size):
            stop = start + size
            yield self._rows(start, stop), self.probability[start:stop]

    def _rows(self, start, stop):
        return self.X[start:stop]

    def _dense_moment(self, order, basis=None):
        """The array ``sum_n p_n x_n^{⊗order}``, as one product per block of rows.

        With a basis ``Q (d, k)`` it is the moment of the rows of ``X Q``.
        """
        xp = self.context.xp
        d = self.n_features if basis is None else basis.shape[1]
        left_order = order - order // 2
        total = 0
        for rows, probability in self._blocks(2 * d**left_order):
            columns = xp.transpose(rows if basis is None else xp.dot(rows, basis))
            left = khatri_rao_power(xp, columns, left_order)
            right = khatri_rao_power(xp, columns, order // 2) if order > 1 else None
            weighted = left * probability
            total = total + (
                xp.sum(weighted, axis=1)
                if right is None
                else xp.dot(weighted, xp.transpose(right))
            )
        return xp.reshape(total, (d,) * order)

    def _pair_sum(self, power):
        """``sum_{n,n'} p_n p_n' (x_n' x_n')^power``, the norm of a moment squared."""
        xp, total = self.context.xp, 0.0
        columns = xp.transpose(self._rows(0, self.n_samples))
        with np.errstate(over="ignore"):  # an infinite norm gets an error of its own
            for rows, probability in self._blocks(2 * self.n_samples, PAIR_BYTES):
                kernel = integer_power(xp.dot(rows, columns), power)
                total += float(xp.dot(probability, xp.dot(kernel, self.probability)))
        return max(total, 0.0)

    def _dense_is_cheaper(self) -> bool:
        """Whether the dense statistic costs less than a sum over pairs of rows."""
        return 2 * self.n_features ** (self.order - 1) <= self.n_samples
