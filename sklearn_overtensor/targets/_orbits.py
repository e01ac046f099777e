# SPDX-License-Identifier: BSD-3-Clause
"""Orbits of equal entries of a sparse symmetric tensor, each by its sorted indices."""

from math import factorial

import numpy as np

from ..checks import SYMMETRY_TOLERANCE, as_real_array


def check_indices(indices, n_features, name="indices"):
    """Whole numbers ``(nnz, order)`` between 0 and ``n_features``, as an array."""
    indices = np.asarray(indices)
    if indices.ndim != 2 or indices.shape[0] == 0:
        raise ValueError(
            f"{name} must have the shape (nnz, order), one row for each orbit of equal "
            f"entries and at least one, got {indices.shape}."
        )
    if indices.dtype.kind not in "iu":
        raise ValueError(
            f"{name} must be whole numbers, got dtype {indices.dtype}. Labels of "
            "another kind get numbers by np.unique(labels, return_inverse=True)."
        )
    low, high = int(indices.min()), int(indices.max())
    if low < 0 or high >= n_features:
        raise ValueError(
            f"{name} must be from 0 to n_features - 1 = {n_features - 1}, got "
            f"{low if low < 0 else high}."
        )
    return indices


def check_entries(indices, values, n_features, order):
    """Indices and finite float values, one for each row."""
    if isinstance(n_features, bool) or n_features != int(n_features) or n_features < 1:
        raise ValueError(
            f"n_features={n_features} must be a whole number of at least 1."
        )
    indices = check_indices(indices, n_features)
    if indices.shape[1] != order:
        raise ValueError(
            f"indices of an entry of order {order} are {order} numbers, got rows of "
            f"{indices.shape[1]}."
        )
    dtype = np.asarray(values).dtype
    values = as_real_array("values", values, ndim=1)
    if len(values) != len(indices):
        raise ValueError(
            f"There must be a value for each row of indices, got {len(values)} values "
            f"and {len(indices)} rows."
        )
    return indices, values.astype(np.float32 if dtype == np.float32 else np.float64)


def sorted_orbits(indices, values):
    """Each row sorted, and the rows too; and where rows begin that differ.

    Returns
    -------
    indices : ndarray of shape (nnz, order)
    values : ndarray of shape (nnz,)
    starts : ndarray of int
        Where each orbit begins.
    """
    indices = np.sort(indices, axis=1)
    ranking = np.lexsort(indices.T[::-1])
    indices = indices[ranking]
    is_new = np.ones(len(indices), dtype=bool)
    is_new[1:] = (indices[1:] != indices[:-1]).any(axis=1)
    return indices, values[ranking], np.flatnonzero(is_new)


def distinct_orbits(indices, values):
    """Sorted orbits; an error names one that is there twice."""
    rows, values, starts = sorted_orbits(indices, values)
    if len(starts) < len(rows):
        again = np.setdiff1d(np.arange(len(rows)), starts)[0]
        entry = tuple(int(index) for index in rows[again])
        raise ValueError(
            f"The orbit of entry {entry} is given more than once: {len(rows)} rows are "
            f"{len(starts)} orbits. One row stands for all permutations of its "
            "indices. SparseTarget.from_coo takes a tensor with all of its entries, "
            "and SparseTarget.from_hyperedges adds repeated ones up."
        )
    return rows, values


def summed_orbits(indices, values):
    """Sorted orbits, the values of each added up."""
    rows, values, starts = sorted_orbits(indices, values)
    return rows[starts], np.add.reduceat(values, starts)


def whole_orbits(indices, values):
    """Sorted orbits of a tensor that has all entries of each."""
    rows, values, starts = sorted_orbits(indices, values)
    counts = np.diff(np.append(starts, len(rows)))
    spread = np.maximum.reduceat(values, starts) - np.minimum.reduceat(values, starts)
    tolerance = SYMMETRY_TOLERANCE[str(values.dtype)] * np.abs(values).max(initial=0)
    wrong = (counts != multiplicities(rows[starts])) | (spread > tolerance)
    if wrong.any():
        entry = tuple(int(index) for index in rows[starts[np.argmax(wrong)]])
        raise ValueError(
            f"The tensor is not symmetric: entry {entry} and its permutations are not "
            "all there with one value. If each is given once, pass its indices and "
            "values to SparseTarget."
        )
    return rows[starts], values[starts]


def multiplicities(rows):
    """How many entries each orbit of sorted indices stands for, ``(nnz,)``."""
    order = rows.shape[1]
    repeats, within = np.ones(len(rows)), np.ones(len(rows))
    for column in range(1, order):
        # Length of the run of equal indices that ends here.
        same = rows[:, column] == rows[:, column - 1]
        repeats = np.where(same, repeats + 1, 1.0)
        within *= repeats
    return factorial(order) / within


def products_of_others(factors):
    """For each factor the product of all others."""
    products, before, after = list(factors), None, None
    for p, factor in enumerate(factors):
        products[p] = before
        before = factor if before is None else before * factor
    for p in reversed(range(len(factors))):
        if after is not None:
            products[p] = after if products[p] is None else products[p] * after
        after = factors[p] if after is None else after * factors[p]
    return products


def check_hyperedges(edges, weights):
    """Nodes ``(nnz, order)`` and weights ``(nnz,)`` of hyperedges of one size."""
    edges = edges if isinstance(edges, np.ndarray) else [list(edge) for edge in edges]
    sizes = {len(edge) for edge in edges} if isinstance(edges, list) else set()
    if len(sizes) > 1:
        raise ValueError(
            f"A tensor has hyperedges of one size, its order, got sizes "
            f"{sorted(sizes)}: decompose those of one size at a time."
        )
    edges = np.asarray(edges)
    weights = np.ones(len(edges)) if weights is None else weights
    return edges, weights
