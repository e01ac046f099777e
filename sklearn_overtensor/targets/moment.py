# SPDX-License-Identifier: BSD-3-Clause
"""The order-l moment of samples, contracted from the rows and never formed."""

from functools import cached_property

from .._algebra import frobenius_norm, integer_power
from ._samples import SampleTarget


class MomentTarget(SampleTarget):
    """The raw moment ``sum_n p_n x_n^{⊗l}`` of samples.

    Parameters
    ----------
    X : ndarray or torch.Tensor of shape (n_samples, n_features)
        Samples; neither copied nor changed when float32 or float64.
    order : int, default=3
        Order ``l >= 3`` of the moment.
    sample_weight : array-like of shape (n_samples,) or None, default=None
        Non-negative weights; ``p`` is their share of the sum. None: uniform.
    backend : {"numpy", "pytorch"} or None, default=None
        Where to work; None: where ``X`` lives.
    device : str or None, default=None
        A PyTorch device; None: that of ``X``.

    Raises
    ------
    ValueError
        For samples or weights that are malformed, not finite or empty.

    Notes
    -----
    ``contract(V) = X' diag(p) (X V)^{∘(l-1)}``: ``O(n d m)``. Rows are visited in
    blocks, so that memory is that of ``X`` plus ``O(d m)`` and a bounded block.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_overtensor.targets import MomentTarget
    >>> target = MomentTarget(np.array([[1.0, 0.0], [0.0, 2.0]]))
    >>> target.contract(np.eye(2))
    array([[0.5, 0. ],
           [0. , 4. ]])
    """

    def __init__(self, X, order=3, sample_weight=None, *, backend=None, device=None):
        super().__init__(X, order, sample_weight, backend, device)

    @cached_property
    def squared_norm(self) -> float:
        """Squared norm: over pairs of rows, or of the dense moment if cheaper."""
        if self._dense_is_cheaper():
            norm = frobenius_norm(self.context.xp, self.to_dense())
            return norm * norm  # a float's ** would raise on overflow
        return self._pair_sum(self.order)

    def to_dense(self):
        """The moment as an array; ``MemoryError`` when it cannot fit."""
        self._require_dense()
        return self._dense_moment(self.order)

    def compressed(self, basis):
        """The core ``T*(Q, ..., Q)`` for ``Q (d, k)``: the moment of ``X Q``."""
        self._require_dense(basis.shape[1])
        return self._dense_moment(self.order, self.context.asarray(basis))

    def _contract(self, V):
        xp, total = self.context.xp, 0
        for rows, probability in self._blocks(3 * V.shape[1]):
            projection = integer_power(xp.dot(rows, V), self.order - 1)
            total = total + xp.dot(
                xp.transpose(rows), probability[:, None] * projection
            )
        return total
