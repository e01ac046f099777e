# SPDX-License-Identifier: BSD-3-Clause
"""Distinct entries of symmetric tensors: the monomials of a degree, each once."""

from functools import lru_cache
from math import comb

import numpy as np

from ..machine.backend import take_rows

# Pairs of monomials that are numbered at a time: their indices are many times as long.
MANY_PAIRS = 2**16


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
        values = take_rows(values, parent) * take_rows(vectors, last)
    return values


@lru_cache(maxsize=64)
def _entry_numbers(n_features, degree):
    """Positions of the monomials in the flat array, ascending."""
    indices = monomial_table(n_features, degree)[1]
    return np.ravel_multi_index(indices.T, (n_features,) * degree)


def _number(indices, n_features):
    """Which monomial each column of sorted indices ``(degree, n)`` is."""
    entries = np.ravel_multi_index(indices, (n_features,) * len(indices))
    return np.searchsorted(_entry_numbers(n_features, len(indices)), entries)


@lru_cache(maxsize=16)
def _monomial_of_entry(n_features, degree):
    """Which monomial each entry of ``v^{⊗degree}`` is, ``(d**degree,)``."""
    entries = np.indices((n_features,) * degree).reshape(degree, -1)
    return _number(np.sort(entries, axis=0), n_features)


def expand(xp, unfolding, n_features, order):
    """The symmetric array whose distinct entries an unfolding holds.

    Parameters
    ----------
    xp : TensorLy backend
    unfolding : array
        Rows are the monomials of degree ``order - order // 2``, columns those of
        degree ``order // 2``.
    n_features, order : int
        Shape of the result, ``(n_features,) * order``.
    """
    rows = _monomial_of_entry(n_features, order - order // 2)
    if order > 1:
        # Both at once: no array between the unfolding and the result.
        columns = _monomial_of_entry(n_features, order // 2)
        entries = unfolding[rows[:, None], columns]
    else:
        entries = unfolding[rows]
    return xp.reshape(entries, (n_features,) * order)


@lru_cache(maxsize=64)
def _halves(n_features, degree):
    """Row and column of each monomial in the unfolding that ``expand`` takes."""
    indices, left = monomial_table(n_features, degree)[1].T, degree - degree // 2
    rows = _number(indices[:left], n_features)
    columns = _number(indices[left:], n_features) if degree > 1 else 0 * rows
    return rows, columns


@lru_cache(maxsize=64)
def unions(n_features, degree, left):
    """Monomial of each entry of that unfolding: its inverse."""
    rows = monomial_table(n_features, left)[1]
    columns = monomial_table(n_features, degree - left)[1]
    numbers = np.empty((len(rows), len(columns)), dtype=np.int64)
    size = max(1, MANY_PAIRS // len(columns))
    for start in range(0, len(rows), size):
        block = rows[start : start + size]
        first = np.repeat(block, len(columns), axis=0)
        second = np.tile(columns, (len(block), 1))
        pairs = np.sort(np.concatenate([first, second], axis=1), axis=1)
        numbers[start : start + size] = _number(pairs.T, n_features).reshape(
            len(block), -1
        )
    return numbers


def distinct_entries(indices, values, n_features):
    """The distinct entries from the nonzero ones and their sorted indices."""
    entries = np.zeros(n_monomials(n_features, indices.shape[1]), dtype=values.dtype)
    entries[_number(indices.T, n_features)] = values
    return entries


def fold(unfolding, n_features, degree):
    """The distinct entries, each once, of an unfolding as :func:`expand` takes it."""
    return unfolding[_halves(n_features, degree)]


def unfold(entries, n_features, degree, left=None):
    """The unfolding that :func:`expand` takes, from the distinct entries.

    ``left``: degree of the monomials that are rows, if another one is wanted.
    """
    if left is None:
        left = degree - degree // 2
    return entries[unions(n_features, degree, left)]


def times_vector(entries, vector, degree):
    """Distinct entries of the symmetric product of a tensor with a vector.

    Parameters
    ----------
    entries : ndarray
        Distinct entries of a tensor of order ``degree >= 0``.
    vector : ndarray of shape (n_features,)
    degree : int

    Returns
    -------
    product : ndarray
        Those of the mean of ``T ⊗ v`` over the modes that ``v`` may stand in.
    """
    if degree == 0:
        return entries[0] * vector
    indices = monomial_table(len(vector), degree + 1)[1].T
    product = 0.0
    for last, rest in zip(indices, _rests(len(vector), degree + 1), strict=True):
        product = product + entries[rest] * vector[last]
    return product / (degree + 1)


@lru_cache(maxsize=64)
def _rests(n_features, degree):
    """Which monomial is left of each when its first, second, ... index is taken out."""
    indices = monomial_table(n_features, degree)[1].T
    return [
        _number(np.delete(indices, mode, axis=0), n_features) for mode in range(degree)
    ]


def shifted_moment(moments, shift, order):
    """Distinct entries of ``E[(z + shift)^{⊗order}]``, by Horner's rule."""
    total = moments[0]
    for degree in range(1, order + 1):
        total = times_vector(total, shift, degree - 1)
        total = total + comb(order, degree) * moments[degree]
    return total
