# SPDX-License-Identifier: BSD-3-Clause
"""The dense cumulant tensor from the dense central moments."""

from itertools import combinations
from math import comb

import numpy as np

from ..symmetry import mean_over_permutations

# Largest order at which transposing each block by itself takes fewer transposes than
# the symmetric part of their sum.
FEW_BLOCKS = 5


def cumulant_arrays(order):
    """Arrays of the size of a cumulant that forming it takes."""
    return 3 if order > FEW_BLOCKS else 2


def without_constants(covariance, mean, n_samples, eps):
    """A covariance without what rounding leaves of features that are constant.

    Parameters
    ----------
    covariance : ndarray of shape (d, d)
    mean : array of shape (d,)
    n_samples : int
        That the mean is a sum over, in double precision at least.
    eps : float
        Of the rows.
    """
    eps = max(10 * eps, n_samples * np.finfo(float).eps)
    deviations = np.sqrt(np.maximum(np.diag(covariance), 0.0))
    varies = deviations > eps * np.abs(mean)
    return np.where(np.outer(varies, varies), covariance, 0.0)


def dense_cumulant(xp, central_moment, order):
    """The array of the cumulant, by recursion on the block that holds the first mode.

    ``K_n = M_n - sum_B K_B ⊗ M_{rest}`` over the blocks B of 2 to n - 2 modes that
    hold the first one: blocks of one mode have no cumulant, and rests of one mode no
    moment, since the first central moment is zero.

    Parameters
    ----------
    xp : TensorLy backend
    central_moment : callable
        ``central_moment(k)`` makes a new array of the central moment of order k.
    order : int
        Order of the cumulant.

    Notes
    -----
    There are ``2^{n-1}`` blocks, so at high order they are summed by their sizes k,
    ``C(n-1, k-1)`` each, and the symmetric part of the sum is taken: all of it is
    symmetric but for the choice of the first mode.
    """
    # Moments and cumulants of order - 1 are in no product.
    moments = {k: central_moment(k) for k in range(2, order - 1)}
    cumulants: dict = {}
    for n in moments:
        cumulants[n] = _without_blocks(xp, xp.copy(moments[n]), cumulants, moments)
    return _without_blocks(xp, central_moment(order), cumulants, moments)


def _without_blocks(xp, total, cumulants, moments):
    """``total - sum_B K_B ⊗ M_{rest}``, in place as far as it goes."""
    order = total.ndim
    for k in range(2, order - 1):
        for modes, count in _places(k, order):
            for i, part in enumerate(total):  # no product of the size of the total
                product = xp.tensordot(cumulants[k][i], moments[order - k], axes=0)
                part -= count * xp.transpose(product, modes)
    return mean_over_permutations(xp, total) if order > FEW_BLOCKS else total


def _places(k, order):
    """Where blocks of k modes with the first are, and how many of them are there.

    Their other modes and those of the rest are given as a transposition.
    """
    if order > FEW_BLOCKS:
        yield list(range(order - 1)), comb(order - 1, k - 1)
        return
    for others in combinations(range(1, order), k - 1):
        rest = [mode for mode in range(1, order) if mode not in others]
        modes = [*others, *rest]
        yield [modes.index(mode) for mode in range(1, order)], 1
