# SPDX-License-Identifier: BSD-3-Clause
"""A small dense symmetric tensor with each repeated entry stored once."""

from functools import lru_cache
from math import comb

import numpy as np


@lru_cache(maxsize=64)
def monomial_table(n_features, degree):
    """Index the monomials of a degree in some variables, each once.

    Returns
    -------
    levels : tuple of pairs of int arrays (parent, last)
        One pair for each degree from 2 on: monomial ``k`` of a degree is monomial
        ``parent[k]`` of the degree below times variable ``last[k]``, and indices
        never decrease.
    indices : ndarray of shape (n_monomials, degree)
        The sorted indices of each monomial of the last degree.
    multiplicity : ndarray of shape (n_monomials,)
        How many entries of a symmetric tensor of order ``degree`` each one stands for.
    """
    indices = np.arange(n_features)[:, None]
    # Length of the run of equal indices at the end of each monomial.
    repeats = np.ones(n_features, dtype=int)
    multiplicity = np.ones(n_features)
    levels = []
    for step in range(2, degree + 1):
        counts = n_features - indices[:, -1]
        parent = np.repeat(np.arange(len(indices)), counts)
        offset = np.arange(len(parent)) - np.repeat(np.cumsum(counts) - counts, counts)
        last = indices[parent, -1] + offset
        repeats = np.where(offset == 0, repeats[parent] + 1, 1)
        multiplicity = multiplicity[parent] * step / repeats
        indices = np.column_stack([indices[parent], last])
        levels.append((parent, last))
    return tuple(levels), indices, multiplicity


def n_monomials(n_features, degree):
    """Distinct entries of a symmetric tensor, ``C(d + degree - 1, degree)``."""
    return comb(n_features + degree - 1, degree)


def monomials(vectors, degree):
    """Distinct entries of ``v^{⊗degree}`` of each column ``(d, m)``, one row each."""
    values = vectors
    for parent, last in monomial_table(len(vectors), degree)[0]:
        # `take` is about twice as fast as an index here.
        values = values.take(parent, axis=0) * vectors.take(last, axis=0)
    return values


class CompactTarget:
    """A dense symmetric tensor as a matrix ``(d, C(d + l - 2, l - 1))``.

    It is the mode-1 unfolding without its repeated columns.

    Parameters
    ----------
    tensor : ndarray of shape (d,) * order
        Symmetric.

    Notes
    -----
    ``contract(V) = T_(1) diag(multiplicity) K(V)`` with ``K`` the monomials of degree
    ``l - 1``: one matrix product, ``(l - 1)!`` times smaller than with the whole
    unfolding.
    """

    def __init__(self, tensor):
        self.order = tensor.ndim
        self.n_features = len(tensor)
        _, indices, self.multiplicity = monomial_table(self.n_features, self.order - 1)
        flat = np.ravel_multi_index(indices.T, (self.n_features,) * (self.order - 1))
        self.unfolding = tensor.reshape(self.n_features, -1).take(flat, axis=1)
        self._weighted = self.unfolding * self.multiplicity
        self.squared_norm = float(np.vdot(self.unfolding, self._weighted))

    def contract(self, vectors):
        """Columns ``T(v, ..., v, ·)`` for the columns of ``vectors (d, m)``."""
        return self._weighted @ monomials(vectors, self.order - 1)

    def difference(self, signs, vectors):
        """``||D||^2`` and ``D(u_i^{l-1}, ·)`` for ``D = T - sum_i a_i u_i^{⊗l}``.

        From the explicit difference, so that nothing cancels.
        """
        powers = monomials(vectors, self.order - 1)
        gap = self.unfolding - (vectors * signs) @ powers.T
        weighted = gap * self.multiplicity
        return float(np.vdot(gap, weighted)), weighted @ powers
