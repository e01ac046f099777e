# SPDX-License-Identifier: BSD-3-Clause
"""Whether to contract from the rows or to form the statistic once, by the cost."""

from ..algebra.monomials import n_monomials

CONTRACTIONS = ("auto", "implicit", "dense")

# Entries of the largest array that is formed unasked, and of the largest core that a
# search holds: 128 MiB of float64.
MAX_CORE = 2**24
# Entries of an array so small that the calls cost more than the arithmetic.
SMALL_CORE = 2**18
# Columns that a search contracts with, in multiples of the dimension: about 500
# iterations of a model of twice as many components.
COLUMNS_PER_FEATURE = 1000


def cheaper_contraction(n_samples, n_features, order):
    """``"dense"`` or ``"implicit"``, whichever a search is done with sooner.

    In floating-point operations for N columns, ``n_samples`` n and ``n_features`` d:
    ``4 n d N`` from the rows, and :func:`forming_cost` and ``2 d^l N`` with the array.
    The choice reads sizes alone, so that a search is the same on every machine.
    """
    entries = n_features**order
    if entries > MAX_CORE:
        return "implicit"
    if entries <= SMALL_CORE:
        return "dense"
    n_columns = COLUMNS_PER_FEATURE * n_features
    dense = forming_cost(n_samples, n_features, order) + 2 * entries * n_columns
    implicit = 4 * n_samples * n_features * n_columns
    return "dense" if dense <= implicit else "implicit"


def forming_cost(n_samples, n_features, order):
    """Operations that form an array of samples: one product of distinct entries."""
    left = n_monomials(n_features, order - order // 2)
    right = n_monomials(n_features, order // 2)
    # An even order multiplies a matrix by its own transpose: half of it suffices.
    return (1 if left == right else 2) * n_samples * left * right
