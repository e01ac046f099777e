# SPDX-License-Identifier: BSD-3-Clause
"""The dense cumulant tensor from the dense central moments."""

from itertools import combinations
from math import comb

from ..symmetry import mean_over_permutations

# Largest order at which transposing each block by itself takes fewer transposes than
# the symmetric part of their sum.
FEW_BLOCKS = 5


def dense_cumulant(xp, central_moment, order):
    """The array of the cumulant, by recursion on the block that holds the first mode.

    ``K_n = M_n - sum_B K_B ⊗ M_{rest}`` over the blocks B of 2 to n - 2 modes that
    hold the first one: blocks of one mode have no cumulant, and rests of one mode no
    moment, since the first central moment is zero.

    Parameters
    ----------
    xp : TensorLy backend
    central_moment : callable
        ``central_moment(k)`` is the dense central moment of order k.
    order : int
        Order of the cumulant.

    Notes
    -----
    There are ``2^{n-1}`` blocks, so at high order they are summed by their sizes k,
    ``C(n-1, k-1)`` each, and the symmetric part of the sum is taken: all of it is
    symmetric but for the choice of the first mode.
    """
    moments = {k: central_moment(k) for k in range(2, order + 1)}
    cumulants: dict = {}
    # That of order - 1 is in no product.
    for n in (*range(2, order - 1), order):
        cumulants[n] = xp.copy(moments[n])
        if n > 3:
            cumulants[n] -= _of_blocks(xp, cumulants, moments, n)
    return cumulants[order]


def _of_blocks(xp, cumulants, moments, n):
    """``sum_B K_B ⊗ M_{rest}``, of order n."""
    total = 0.0
    for k in range(2, n - 1):
        product = xp.tensordot(cumulants[k], moments[n - k], axes=0)
        if n > FEW_BLOCKS:
            total = total + comb(n - 1, k - 1) * product
            continue
        for others in combinations(range(1, n), k - 1):
            modes = [0, *others]
            modes += [mode for mode in range(n) if mode not in modes]
            axes = [modes.index(mode) for mode in range(n)]
            total = total + xp.transpose(product, axes)
    return mean_over_permutations(xp, total) if n > FEW_BLOCKS else total
