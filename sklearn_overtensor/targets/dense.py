# SPDX-License-Identifier: BSD-3-Clause
"""A symmetric tensor that is held as an array."""

from functools import cached_property
from typing import Self

from .._typing import AnyArray, Backend, Device
from ..algebra.cp import frobenius_norm, is_identity, multilinear
from ..algebra.scale import exponent_of, times_power_of_two
from ..checks import check_symmetric_tensor
from ..machine.backend import ArrayContext, context_of, to_numpy
from ..machine.memory import is_mapped
from ._base import Target
from ._slabs import compressed_by_slabs, contracted_by_slabs, slab_size


class DenseTarget(Target):
    """A symmetric tensor held as an array.

    Parameters
    ----------
    tensor : ndarray or torch.Tensor of shape (d,) * order
        A real symmetric array with ``order >= 3``. It is never changed, and copied
        only when its dtype is neither float32 nor float64, or its squared norm is out
        of their range.
    backend : {"numpy", "pytorch"} or None, default=None
        Where to work; None: where the array lives.
    device : str or None, default=None
        A PyTorch device; None: the array's own.

    Raises
    ------
    ValueError
        When the array has fewer than three modes, modes of different lengths, NaN or
        infinite entries, or is not symmetric (the message says by how much).

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_overtensor.targets import DenseTarget
    >>> target = DenseTarget(np.ones((2, 2, 2)))
    >>> target.order, target.n_features, target.squared_norm
    (3, 2, 8.0)
    >>> target.contract(np.eye(2))
    array([[1., 1.],
           [1., 1.]])
    """

    contraction = "dense"

    @classmethod
    def of_formed(cls, tensor: AnyArray, context: ArrayContext) -> Self:
        """The target of an array that is symmetric by the way it was formed."""
        target = cls.__new__(cls)
        Target.__init__(target, tensor.ndim, tensor.shape[0], context)
        target.tensor = tensor
        return target

    def __init__(
        self, tensor: AnyArray, *, backend: Backend = None, device: Device = None
    ) -> None:
        context = context_of(tensor, backend, device)
        tensor = check_symmetric_tensor(tensor, context)
        super().__init__(tensor.ndim, tensor.shape[0], context)
        self.tensor = tensor

    @cached_property
    def squared_norm(self) -> float:
        """Squared Frobenius norm of the tensor."""
        norm = frobenius_norm(self.context.xp, self.tensor)
        return norm * norm  # a float's ** would raise on overflow

    def over_power_of_two(self) -> tuple[Target, int]:
        """The tensor over a power of two near its largest entry, and the exponent."""
        xp = self.context.xp
        exponent = exponent_of(float(xp.max(xp.abs(self.tensor))))
        if exponent == 0:
            return self, 0
        tensor = times_power_of_two(self.tensor, -exponent)
        return self.of_formed(tensor, self.context), exponent

    def to_dense(self) -> AnyArray:
        """The array itself."""
        return self.tensor

    def forming_is_affordable(self) -> bool:
        """It is at hand."""
        return True

    def compressed(self, basis: AnyArray) -> AnyArray:
        """The core ``T*(Q, ..., Q)`` for a basis ``Q (d, k)``."""
        if is_identity(to_numpy(basis)):
            return self.tensor
        basis = self.context.asarray(basis)
        if is_mapped(self.tensor):
            return compressed_by_slabs(self.context.xp, self._slabs, basis, self.order)
        return multilinear(self.context.xp, self.tensor, basis)

    def _slabs(self, width):
        """All of the array, in parts for temporaries of that many columns."""
        size = slab_size(self.n_features, self.order, width)
        for start in range(0, self.n_features, size):
            yield self.tensor[start : start + size]

    def _contract(self, V):
        if is_mapped(self.tensor):  # perhaps larger than memory
            return contracted_by_slabs(self.context.xp, self._slabs, V, self.order)
        # One large product with the unfolding takes the first mode away, which leaves
        # the others as they lie in memory; what is left shrinks by a factor d for each
        # further mode. Columns go in blocks of d, so that no temporary is larger than
        # the tensor.
        xp, d = self.context.xp, self.n_features
        blocks = [
            self._sketched(V[:, start : start + d])[0]
            for start in range(0, max(1, V.shape[1]), d)
        ]
        return blocks[0] if len(blocks) == 1 else xp.concatenate(blocks, axis=1)

    def sketched(self, V: AnyArray) -> tuple[AnyArray, AnyArray]:
        """``contract(V)``, and the array ``T(v, ·, ..., ·)`` for each column."""
        if is_mapped(self.tensor):
            return super().sketched(V)
        return self._sketched(self.context.asarray(V))

    def _sketched(self, V):
        xp, (d, m) = self.context.xp, V.shape
        directions = xp.transpose(V)
        result = part = xp.dot(directions, xp.reshape(self.tensor, (d, -1)))
        for _ in range(self.order - 2):
            result = xp.matmul(directions[:, None, :], xp.reshape(result, (m, d, -1)))
        part = xp.reshape(part, (m, *[d] * (self.order - 1)))
        return xp.transpose(xp.reshape(result, (m, d))), part
