# SPDX-License-Identifier: BSD-3-Clause
"""Contractions of a tensor by slabs ``T[i:j]`` of its first mode: nothing is copied."""

from ..machine.memory import BLOCK_BYTES


def slab_size(n_features, order, width):
    """Rows of a slab whose contraction with so many columns is a small array."""
    return max(1, BLOCK_BYTES // (8 * n_features ** (order - 2) * max(width, 1)))


def contracted_by_slabs(xp, slabs, V, order):
    """``T(v, ..., v, ·)`` for each column of ``V (d, m)``.

    One large product takes the last mode away; what is left shrinks by a factor d for
    each further mode.

    Parameters
    ----------
    xp : TensorLy backend
    slabs : callable
        ``slabs(width)`` yields the slabs in their sequence.
    V : array of shape (d, m)
    order : int
    """
    parts = []
    for slab in slabs(V.shape[1]):
        result = xp.dot(xp.reshape(slab, (-1, V.shape[0])), V)
        for _ in range(order - 2):
            result = xp.reshape(result, (-1, *V.shape))
            result = xp.einsum("adm,dm->am", result, V)
        parts.append(result)
    return parts[0] if len(parts) == 1 else xp.concatenate(parts)


def compressed_by_slabs(xp, slabs, basis, order):
    """The core ``T(Q, ..., Q)`` for ``Q (d, k)``; arguments as above."""
    d, k = basis.shape
    core, start = 0.0, 0
    for slab in slabs(k):
        rows = basis[start : start + slab.shape[0]]
        start += slab.shape[0]
        # The last mode goes to the front of what each row has, until all are small.
        part = slab
        for _ in range(order - 1):
            part = xp.reshape(part, (len(rows), -1, d))
            part = xp.dot(part, basis)
            part = xp.reshape(xp.transpose(part, (0, 2, 1)), (len(rows), -1))
        core = core + xp.dot(xp.transpose(rows), part)
    return xp.reshape(core, (k,) * order)
