# SPDX-License-Identifier: BSD-3-Clause
"""Hyperedges as independent events: how chance moves a tensor, where terms show."""

from functools import cached_property
from typing import Any

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.linalg import LinearOperator, eigsh

from ..machine.random import random_state_of
from ._contraction import SMALL_CORE
from ._orbit_sums import blocks
from ._orbits import multiplicities, products_of_others

# Precision of directions: chance turns them by far more.
EIGEN_TOL = 1e-6
# Orbits that variances are summed over, drawn once: more change them by less than 1 %.
MAX_DRAWN = 2**16


class Events:
    """Events, one for each hyperedge that was seen, each with a chance of its own.

    Parameters
    ----------
    indices : ndarray of int of shape (nnz, order)
        Sorted orbits.
    values, squares : ndarray of shape (nnz,)
        Sum of the weights of the events of each, and of their squares.
    n_features : int

    Notes
    -----
    A number of rare events varies as much as it is large. So the form of an orbit
    along ``v``, ``q = l!/(...) v_i v_j v_k``, adds ``q^2`` to the variance for each
    event, as rows do to that of a mean.
    """

    def __init__(self, indices, values, squares, n_features):
        self._indices, self._values, self._squares = indices, values, squares
        self._n_features, self._counts = n_features, multiplicities(indices)
        # Most directions that a search sees: their core is small.
        self.most_directions = round(SMALL_CORE ** (1 / indices.shape[1]))

    @cached_property
    def _drawn(self):
        """Some of the orbits, and what each stands for: events, their squares."""
        n, share = len(self._values), 1.0
        chosen: Any = slice(None)
        if n > MAX_DRAWN:
            chosen = random_state_of(0).choice(n, MAX_DRAWN, replace=False)
            share = n / MAX_DRAWN
        indices, counts = self._indices[chosen], self._counts[chosen]
        events = share * np.abs(self._values[chosen])
        return indices, counts, events, share * self._squares[chosen]

    def _sums(self, V):
        """Over the events along columns: ``sum |q|`` and ``sum q^2``."""
        indices, counts, events, squares = self._drawn
        sizes, variances = np.zeros(V.shape[1]), np.zeros(V.shape[1])
        for block in blocks(len(events), 3 * V.shape[1]):
            forms = np.abs(counts[block, None] * V[indices[block, 0]])
            for column in indices[block, 1:].T:
                forms *= np.abs(V[column])
            sizes += events[block] @ forms
            variances += squares[block] @ (forms * forms)
        return sizes, variances

    def form_variances(self, V):
        """Variances of the forms ``T(v, ..., v)`` for columns of ``V (d, m)``."""
        return self._sums(V)[1]

    def effective_rows(self, V):
        """Events that each form rests on, ``(sum |q|)^2 / sum q^2``."""
        sizes, variances = self._sums(V)
        return sizes**2 / np.maximum(variances, np.finfo(float).tiny)

    def form_gradient_gram(self, V, basis):
        """Covariance of the gradients of the forms along a basis, ``(k m, k m)``."""
        indices, counts, _, squares = self._drawn
        size = basis.shape[1] * V.shape[1]
        gram = np.zeros((size, size))
        for block in blocks(len(counts), 3 * size):
            factors = [V[column] for column in indices[block].T]
            slopes: Any = 0.0
            for column, others in zip(
                indices[block].T, products_of_others(factors), strict=True
            ):
                slopes = slopes + basis[column][:, :, None] * others[:, None, :]
            slopes = slopes.reshape(-1, size)
            slopes *= (counts[block] * np.sqrt(squares[block]))[:, None]
            gram += slopes.T @ slopes
        return gram

    def leading(self):
        """The directions of the unfolding that stand out of chance.

        Returns
        -------
        basis : ndarray of shape (d, k)
            At most ``most_directions``.

        Notes
        -----
        Eigenvectors of ``T_(1) T_(1)'`` without its diagonal, which holds the squares
        of single entries and so nodes of many hyperedges. Chance makes eigenvalues of
        both signs, equally large; terms make positive ones.
        """
        unfolding = self._unfolding()
        diagonal = np.asarray(unfolding.multiply(unfolding).sum(axis=1)).ravel()
        d = self._n_features
        start = random_state_of(0).standard_normal(d)
        anywhere = start[:, None] / np.linalg.norm(start)
        if unfolding.nnz == 0:
            return anywhere

        def hollow(v):
            return unfolding @ (unfolding.T @ v) - diagonal * v

        matrix = LinearOperator((d, d), matvec=hollow, dtype=float)
        values, V = eigsh(
            matrix, self.most_directions, which="LA", v0=start, tol=EIGEN_TOL
        )
        lowest = eigsh(
            matrix, 1, which="SA", v0=start, tol=EIGEN_TOL, return_eigenvectors=False
        )
        kept = values > max(-float(lowest[0]), 0.0)
        kept[np.argmax(values)] = True
        V = V[:, kept]
        # No hyperedge may have all of its nodes there.
        return V if self._sums(V.sum(axis=1)[:, None])[0] > 0 else anywhere

    def _unfolding(self):
        """Nodes by what is left of an orbit without one of them, each counted once."""
        indices, order = self._indices, self._indices.shape[1]
        nodes, rests, values = [], [], []
        for mode in range(order):
            others = np.delete(indices, mode, axis=1)
            # Of equal indices one is taken out.
            first = np.ones(len(indices), dtype=bool)
            if mode:
                first = indices[:, mode] != indices[:, mode - 1]
            copies = multiplicities(others[first]) if order > 2 else 1.0
            nodes.append(indices[first, mode])
            rests.append(others[first])
            values.append(self._values[first] * np.sqrt(copies))
        numbers = _numbers(np.concatenate(rests), self._n_features)
        # What is left once belongs to one node: it is on the diagonal alone.
        shared = (np.bincount(numbers) > 1)[numbers]
        nodes, values = np.concatenate(nodes)[shared], np.concatenate(values)[shared]
        numbers = np.unique(numbers[shared], return_inverse=True)[1]
        shape = self._n_features, int(numbers.max(initial=0)) + 1
        return csr_array((values.astype(float), (nodes, numbers)), shape=shape)

    def over(self, divisor):
        """The same for values over a number."""
        values, squares = self._values / divisor, self._squares / divisor**2
        return type(self)(self._indices, values, squares, self._n_features)


def _numbers(rows, n_features):
    """A number for each row of indices, the same for equal ones."""
    numbers = rows[:, 0].astype(np.int64)
    for column in rows[:, 1:].T:
        numbers = np.unique(numbers * n_features + column, return_inverse=True)[1]
    return numbers
