# SPDX-License-Identifier: BSD-3-Clause
"""A symmetric core as a sum of powers: slices, eigenvectors, divided differences."""

from functools import lru_cache

import numpy as np

from ._subspace import fix_signs

# Eigenvalues below this share of the largest of their slice count as rounding.
NEGLIGIBLE = 1e-15


def spectral_terms(core):
    """Powers that sum to a symmetric array; the proof is in :class:`SpectralCP`.

    Parameters
    ----------
    core : ndarray of shape (k,) * l
        Symmetric, of order l >= 2.

    Returns
    -------
    weights : ndarray of shape (n,)
    vectors : ndarray of shape (n, k)
        ``core = sum_t weights[t] vectors[t]^{⊗l}``, with ``n`` at most
        :func:`spectral_bound`.
    """
    k, order = len(core), core.ndim
    if order == 2:
        values, columns = np.linalg.eigh(core)
        kept = np.abs(values) > NEGLIGIBLE * np.max(np.abs(values), initial=0)
        return values[kept], fix_signs(columns[:, kept]).T
    if k == 1:
        return core.reshape(1), np.ones((1, 1))
    weights, vectors = _times_first(*spectral_terms(_divided_by_first(core)), order)
    rest = core[(slice(1, None),) * order]  # the monomials without x_1
    rest_weights, rest_vectors = spectral_terms(rest)
    rest_vectors = np.pad(rest_vectors, ((0, 0), (1, 0)))
    return np.append(weights, rest_weights), np.vstack([vectors, rest_vectors])


@lru_cache(maxsize=256)
def spectral_bound(k, order):
    """Most terms of :func:`spectral_terms`, ``N(l, k)`` of :class:`SpectralCP`."""
    if order == 2:
        return k
    if k == 1:
        return 1
    return (order - 1) * spectral_bound(k, order - 1) + 1 + spectral_bound(k - 1, order)


def difference_nodes(order):
    """Return l distinct nodes that sum to zero, zero first.

    Chebyshev's nodes, which keep the weights of divided differences small. An even
    number of them is shifted until one is zero, and the positive ones are stretched
    until they balance the negative ones.
    """
    nodes = np.cos((2 * np.arange(order) + 1) * np.pi / (2 * order))
    nodes -= nodes[(order - 1) // 2]
    positive, negative = nodes[nodes > 0], nodes[nodes < 0]
    positive *= -np.sum(negative) / np.sum(positive)
    nodes = np.concatenate([[0.0], positive, negative])
    return nodes / np.max(np.abs(nodes))


def _divided_by_first(core):
    """The form F of degree l - 1 with ``x_1 F`` = the monomials that contain x_1.

    A monomial ``x^α`` has the coefficient ``l! / α! T_α``, so the entry of F at
    ``β = α - e_1`` is ``l / (β_1 + 1)`` times that of the first slice.
    """
    k, order = len(core), core.ndim
    count = np.zeros((k,) * (order - 1))  # how many of the indices are the first one
    for axis in range(order - 1):
        np.moveaxis(count, axis, 0)[0] += 1
    return core[0] * order / (count + 1)


def _times_first(weights, vectors, order):
    """``x_1 sum_t w_t (y_t'x)^{l-1}`` as powers: l - 1 a term, and one of ``x_1``."""
    first = np.eye(1, vectors.shape[1])
    nodes = difference_nodes(order)
    gaps = nodes[:, None] - nodes + np.eye(order)
    factors = 1 / np.prod(gaps, axis=1) / order
    shared = factors[0] * np.sum(weights)
    moved = first + nodes[1:, None, None] * vectors
    return (
        np.append(np.outer(factors[1:], weights).ravel(), shared),
        np.vstack([moved.reshape(-1, vectors.shape[1]), first]),
    )
