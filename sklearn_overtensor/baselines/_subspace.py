# SPDX-License-Identifier: BSD-3-Clause
"""Subspaces of a dense tensor, for decompositions that work inside them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.linalg import eigh, svd

from ..algebra.cp import multilinear, sign_of_largest
from ..algebra.monomials import monomial_table, unfold
from ..compression import column_space
from ..compression.rank_bound import flattening
from ..machine.backend import ArrayContext, load_backend
from ..targets import DenseTarget


def leading_subspace(tensor, most, eps):
    """Leading left singular vectors of the mode-1 unfolding, and the core in them.

    Parameters
    ----------
    tensor : ndarray of shape (d,) * l
        Symmetric and not zero.
    most : int or None
        Most vectors; None: as many as there are singular values above rounding.
    eps : float
        Machine epsilon of the data.

    Returns
    -------
    basis : ndarray of shape (d, k)
        Orthonormal columns, the first of the largest entries of each positive: signs
        that do not hang on rounding.
    core : ndarray of shape (k,) * l
        ``T(basis, ..., basis)``.
    """
    n_features = len(tensor)
    basis, values, _ = svd(tensor.reshape(n_features, -1), full_matrices=False)
    k = _rank(values, n_features, eps)
    basis = fix_signs(basis[:, : min(k, most or k)])
    return basis, multilinear(load_backend("numpy"), tensor, basis)


def fix_signs(columns):
    """Columns with the first of their largest entries positive."""
    return columns * sign_of_largest(columns.T)


def column_space_core(tensor, random_state, eps):
    """The column space ``(d, k)`` of the mode-1 unfolding, and the core in it.

    As :func:`leading_subspace` without a number of vectors, but from contractions with
    a few random directions.
    """
    target = DenseTarget.of_formed(tensor, ArrayContext())
    space = column_space(target, random_state, max(1e-12, 100 * eps))
    return space.basis, space.core(target)


@dataclass(frozen=True)
class FlatteningRange:
    """Leading singular vectors of the squarest flattening.

    Attributes
    ----------
    slices : ndarray of shape (k, d, M)
        The left ones, tensors of order ``n = ceil(l / 2)``, as unfoldings with the
        columns of :func:`~sklearn_overtensor.algebra.monomials.monomials` of degree
        n - 1.
    right : ndarray of shape (k, n_monomials) or None
        The right ones, in orthonormal coordinates; None where they are the left ones.
    values : ndarray of shape (k,)
        Singular values, with signs where left and right ones are the same.
    gap : float
        The first value left out over the last one kept, in size.
    """

    slices: Any
    right: Any
    values: Any
    gap: float


def flattening_range(core, most, eps):
    """Leading singular vectors of a flattening: at most ``most``, above rounding."""
    matrix = flattening(core).T
    if core.ndim % 2 == 0:
        values, left = eigh(matrix)
        ranking = np.argsort(-np.abs(values))
        values, left, right = values[ranking], left[:, ranking], None
    else:
        left, values, right = svd(matrix, full_matrices=False)
    sizes = np.abs(values)
    rank = _rank(sizes, len(matrix), eps)
    k = min(rank, most or rank)
    gap = sizes[k] / sizes[k - 1] if k < len(sizes) else 0.0
    d, n = len(core), core.ndim - core.ndim // 2
    entries = left[:, :k] / np.sqrt(monomial_table(d, n)[2])[:, None]
    slices = np.ascontiguousarray(np.moveaxis(unfold(entries, d, n, 1), 2, 0))
    return FlatteningRange(
        slices, None if right is None else right[:k], values[:k], gap
    )


def _rank(values, size, eps):
    """Number of values above rounding, for a matrix whose longer side is ``size``."""
    return int(np.sum(values > 10 * size * eps * values[0]))
