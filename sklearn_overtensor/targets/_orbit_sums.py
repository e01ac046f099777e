# SPDX-License-Identifier: BSD-3-Clause
"""Contractions of a symmetric tensor that is given by orbits, block by block."""

from functools import reduce

import numpy as np
from scipy.sparse import csr_array
from sklearn.utils import gen_batches

from ..machine.memory import BLOCK_BYTES
from ._orbits import products_of_others


def contract_orbits(indices, shares, V):
    """``T(v, ..., v, ·)`` for each column of V.

    Parameters
    ----------
    indices : ndarray of int of shape (nnz, order)
    shares : ndarray of shape (nnz,)
        The value of each orbit times the number of its entries.
    V : ndarray of shape (d, m)
    """
    total = np.zeros_like(V)
    if V.shape[1] == 0:
        return total
    order = indices.shape[1]
    # A block adds up d rows: it has more entries than that.
    for block in blocks(len(shares), 2 * order * V.shape[1], least=len(V)):
        rows = indices[block]
        products = products_of_others([V[column] for column in rows.T])
        selection = csr_array(
            (
                np.tile(shares[block] / order, order).astype(V.dtype),
                rows.T.ravel(),
                np.arange(rows.size + 1, dtype=rows.dtype),
            ),
            shape=(rows.size, len(V)),
        )
        total += selection.T @ np.concatenate(products)
    return total


def core_of_orbits(indices, shares, basis):
    """``T(Q, ..., Q)`` for ``Q (d, k)``, up to the sequence of its modes.

    Returns
    -------
    core : ndarray of shape ``(k,) * order``
        Its mean over permutations of the modes is the core.
    """
    k, order = basis.shape[1], indices.shape[1]
    left = order - order // 2
    core = np.zeros((k**left, k ** (order // 2)), dtype=basis.dtype)
    for block in blocks(len(shares), k**left):
        factors = [basis[column] for column in indices[block].T]
        products = reduce(_rowwise, factors[:left]) * shares[block, None]
        core += products.T @ reduce(_rowwise, factors[left:])
    return core.reshape((k,) * order)


def blocks(count, width, least=1):
    """Slices for temporaries of that many floats each."""
    return gen_batches(count, max(BLOCK_BYTES // (8 * width), least, 1))


def _rowwise(left, right):
    """Row by row the products of all pairs of entries."""
    return (left[:, :, None] * right[:, None, :]).reshape(len(left), -1)
