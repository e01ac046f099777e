# SPDX-License-Identifier: BSD-3-Clause
"""What flattenings of a tensor say about its rank, before any search."""

from dataclasses import dataclass, replace
from itertools import combinations
from math import comb

import numpy as np

from ..algebra.monomials import monomial_table, n_monomials

# Flattenings wider than this are read through that many random columns.
MAX_WIDTH = 400


@dataclass(frozen=True)
class RankBound:
    """What flattenings prove about the symmetric rank.

    Attributes
    ----------
    lower : int
        No decomposition has fewer terms.
    saturated : bool
        Whether the flattening has full rank, so that the rank may well be larger.
        When it has not, the rank of a generic tensor of that structure is ``lower``.
    positive, negative : int
        At even order, the least number of terms of each sign; else zero.
    """

    lower: int
    saturated: bool
    positive: int = 0
    negative: int = 0


def generic_rank(n_features, order):
    """Terms that a generic symmetric tensor needs over the complex numbers.

    ``ceil(C(d+l-1, l) / d)``, but for four exceptions (Alexander and Hirschowitz,
    J. Algebraic Geom. 4, 1995).
    """
    rank = -(-n_monomials(n_features, order) // n_features)
    return rank + ((order, n_features) in {(3, 5), (4, 3), (4, 4), (4, 5)})


def _sketch(matrix, random_state, symmetric):
    """At most MAX_WIDTH random combinations of the rows and of the columns.

    Rank and inertia below that width survive.
    """
    rows, columns = matrix.shape

    def mix(size):
        if size <= MAX_WIDTH:
            return np.eye(size)
        return random_state.standard_normal((size, MAX_WIDTH))

    left = mix(rows)
    right = left if symmetric else mix(columns)
    return left.T @ matrix @ right


def flattening(core):
    """The squarest unfolding, each monomial once, scaled to keep the norm."""
    order, size = core.ndim, len(core)
    half = order // 2
    sides = []
    for degree in (half, order - half):
        _, indices, multiplicity = monomial_table(size, degree)
        sides.append(
            (np.ravel_multi_index(indices.T, (size,) * degree), np.sqrt(multiplicity))
        )
    (rows, row_scale), (columns, column_scale) = sides
    matrix = core.reshape(size**half, -1)[np.ix_(rows, columns)]
    return matrix * row_scale[:, None] * column_scale


def koszul_rank(slices, tol):
    """Rank of the Young flattening of slices ``(n, d, d)`` of a cubic, ``n`` odd.

    A term ``v^{⊗3}`` gives it the rank ``C(n - 1, (n - 1) / 2)``, so its rank over that
    number bounds that of the tensor: up to 3/2 (3 slices) or 5/3 (5 slices) times d.

    Notes
    -----
    With ``n = 2 p + 1`` it is the map ``Λ^p R^n ⊗ R^d -> Λ^{p+1} R^n ⊗ R^d``,
    ``e_S ⊗ y -> sum_j (e_j ∧ e_S) ⊗ T_j y`` (Landsberg and Ottaviani, Theory of
    Computing 11, 2015).
    """
    n_slices, size, _ = slices.shape
    degree = n_slices // 2
    sources = list(combinations(range(n_slices), degree))
    images = {
        subset: index
        for index, subset in enumerate(combinations(range(n_slices), degree + 1))
    }
    blocks = np.zeros((len(images), size, len(sources), size))
    for column, subset in enumerate(sources):
        for extra in set(range(n_slices)) - set(subset):
            sign = (-1) ** sum(index < extra for index in subset)
            blocks[images[tuple(sorted((*subset, extra)))], :, column] = (
                sign * slices[extra]
            )
    return numerical_rank(blocks.reshape(len(images) * size, -1), tol)


def numerical_rank(matrix, tol):
    """Number of singular values above ``tol`` times the largest."""
    sizes = np.linalg.svd(matrix, compute_uv=False)
    return int(np.sum(sizes > tol * sizes[0]))


def _cubic_bound(core, random_state, tol):
    size = len(core)
    bound = RankBound(size, True)
    for n_slices, n_blocks in ((3, 3), (5, 10)):
        if not bound.saturated or n_blocks * size > 3 * MAX_WIDTH:
            break
        forms = random_state.standard_normal((n_slices, size))
        rank = koszul_rank(np.tensordot(forms, core, axes=1), tol)
        # What a generic cubic gives: a sum of more terms than the flattening can tell.
        terms = random_state.standard_normal((size, 3 * size))
        generic = koszul_rank(
            np.einsum("am,bm,jm->jab", terms, terms, forms @ terms, optimize=True), tol
        )
        per_term = comb(n_slices - 1, n_slices // 2)
        bound = RankBound(max(bound.lower, -(-rank // per_term)), rank >= generic)
    return bound


def rank_bound(core, random_state, tol=1e-9):
    """Lower bound of the symmetric rank of a dense core.

    Parameters
    ----------
    core : ndarray of shape (k,) * l
        Its unfolding has full row rank.
    random_state : RandomState
        Source of sketches.
    tol : float, default=1e-9
        Singular values below ``tol`` times the largest count as zero.

    Returns
    -------
    bound : RankBound
    """
    order, size = core.ndim, len(core)
    bound = _bound_of_flattenings(core, random_state, tol)
    # Any tensor has the generic rank, whatever the singular values of this one are: of
    # rows in single precision the smallest may be lost.
    generic = bound.lower >= generic_rank(size, order)
    return replace(bound, saturated=bound.saturated or generic)


def _bound_of_flattenings(core, random_state, tol):
    order, size = core.ndim, len(core)
    if order == 3:
        return _cubic_bound(core, random_state, tol)
    matrix = _sketch(flattening(core), random_state, order % 2 == 0)
    if order % 2:
        rank = numerical_rank(matrix, tol)
        return RankBound(max(rank, size), rank == min(matrix.shape))
    values = np.linalg.eigvalsh(matrix)
    cut = tol * np.abs(values).max()
    positive, negative = int(np.sum(values > cut)), int(np.sum(values < -cut))
    return RankBound(
        max(positive + negative, size),
        positive + negative == len(values),
        positive,
        negative,
    )
