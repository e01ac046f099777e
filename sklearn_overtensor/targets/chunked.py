# SPDX-License-Identifier: BSD-3-Clause
"""A symmetric tensor that comes as a dask array, read slab by slab."""

from math import hypot, sqrt
from secrets import randbits
from typing import Any

import numpy as np

from .._typing import AnyArray
from ..algebra.cp import frobenius_norm, is_identity
from ..algebra.scale import exponent_of, times_power_of_two
from ..checks import SYMMETRY_TOLERANCE, check_values
from ..machine.backend import ArrayContext, to_numpy
from ..machine.random import random_state_of
from ._base import Target
from ._slabs import compressed_by_slabs, contracted_by_slabs, slab_size

# Bytes of rows that are read at a time.
SLAB_BYTES = 2**26
# Columns that symmetry is asked along.
N_SKETCHES = 3


class ChunkedTensor(Target):
    """A symmetric tensor whose array is a dask array, larger than memory.

    Parameters
    ----------
    tensor : dask array of shape (d,) * order
        Each pass computes it slab by slab, ``T[i:j]``, of at most 64 MiB: smaller
        chunks along the first mode alone are read once a pass.

    Raises
    ------
    ValueError
        As :class:`DenseTarget`, which is for arrays that NumPy holds or maps.

    Notes
    -----
    The first pass takes the norm and asks for symmetry as a sketch does: forms of
    random directions must not depend on their sequence.
    """

    contraction = "dense"

    def __init__(self, tensor: Any) -> None:
        shape = tensor.shape
        if len(set(shape)) > 1 or not all(size == size for size in shape):
            raise ValueError(
                "A symmetric tensor is cubical (modes of one length), got shape "
                f"{shape}."
            )
        if tensor.dtype.kind not in "fiub":
            raise ValueError(
                f"A tensor of real numbers is needed, got dtype {tensor.dtype}. "
                "Complex data not supported."
            )
        single = tensor.dtype == np.float32
        context = ArrayContext(dtype="float32" if single else "float64")
        super().__init__(len(shape), int(shape[0]), context)
        self._tensor, self._exponent = tensor, 0
        self._check()

    def _check(self):
        # New ones each time, as for arrays: nobody can make a tensor that avoids them.
        shape = self.n_features, N_SKETCHES
        drawn = random_state_of(randbits(64)).standard_normal(shape)
        # No sum along these, and no difference of two, is larger than the entries.
        u = self.context.asarray(drawn / (2 * np.abs(drawn).sum(axis=0)))
        norms, lasts, largest, start = [], [], 0.0, 0
        first: Any = 0.0
        for slab in self._slabs(N_SKETCHES):
            slab = check_values(slab, self.context, name="tensor")
            largest = max(largest, float(np.abs(slab).max()))
            exponent = exponent_of(largest)  # squares may be out of range
            inner = np.linalg.norm(times_power_of_two(slab, -exponent))
            norms.append(float(np.ldexp(inner, exponent)))
            lasts.append(slab.reshape(-1, self.n_features) @ u)
            rows = u[start : start + len(slab)]
            first = first + rows.T @ slab.reshape(len(slab), -1)
            start += len(slab)
        self._norm = hypot(*norms)
        self._largest = largest
        shape = *(self.n_features,) * (self.order - 1), N_SKETCHES
        last = np.concatenate(lasts).reshape(shape)
        gaps = (
            last.reshape(-1, N_SKETCHES) - first.T,
            last - last.swapaxes(0, 1),
        )
        # Gaussian columns of length sqrt(d) keep norms in the mean.
        size = float(np.linalg.norm(u)) / sqrt(self.n_features)
        distance = max(frobenius_norm(np, gap) for gap in gaps) / size
        if distance > SYMMETRY_TOLERANCE[self.context.dtype] * self._norm:
            raise ValueError(
                f"The tensor is not symmetric: it differs from its transposes by about "
                f"{distance / self._norm:.2g} of its norm."
            )

    def _slabs(self, width):
        d = self.n_features
        most = max(1, SLAB_BYTES // (8 * d ** (self.order - 1)))
        small = slab_size(d, self.order, width)
        for begin, end in _ranges(self._tensor.chunks[0], most):
            part = np.asarray(self._tensor[begin:end].compute())
            part = part.astype(self.context.dtype, copy=False)
            if self._exponent:
                part = times_power_of_two(part, -self._exponent)
            for start in range(0, len(part), small):
                yield part[start : start + small]

    @property
    def squared_norm(self) -> float:
        """Squared Frobenius norm of the tensor."""
        norm = float(np.ldexp(self._norm, -self._exponent))
        return norm * norm

    def over_power_of_two(self) -> tuple[Target, int]:
        """The tensor over a power of two near its largest entry, and the exponent."""
        other = object.__new__(type(self))
        vars(other).update(vars(self))
        exponent = exponent_of(float(np.ldexp(self._largest, -self._exponent)))
        other._exponent = self._exponent + exponent
        return other, exponent

    def to_dense(self) -> AnyArray:
        """The array, on request; ``MemoryError`` when it cannot fit."""
        self._require_dense()
        return np.concatenate(list(self._slabs(1)))

    def forming_is_affordable(self) -> bool:
        """A residual comes from Gram matrices."""
        return False

    def compressed(self, basis: AnyArray) -> AnyArray:
        """The core ``T*(Q, ..., Q)`` for a basis ``Q (d, k)``."""
        if is_identity(to_numpy(basis)):
            return self.to_dense()
        basis = self.context.asarray(basis)
        return compressed_by_slabs(self.context.xp, self._slabs, basis, self.order)

    def _contract(self, V):
        return contracted_by_slabs(self.context.xp, self._slabs, V, self.order)


def _ranges(chunks, most):
    """Rows of each chunk, in parts of at most so many."""
    begin = 0
    for size in chunks:
        for start in range(begin, begin + size, most):
            yield start, min(start + most, begin + size)
        begin += size
