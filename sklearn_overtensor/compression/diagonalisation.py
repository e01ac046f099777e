# SPDX-License-Identifier: BSD-3-Clause
"""Simultaneous diagonalisation: independent components in less than a millisecond."""

import numpy as np

from ..algebra.monomials import monomial_table, unfold
from .rank_bound import flattening


def simultaneous_diagonalisation(core, random_state, degree=1):
    """Read components off two random slices of a core.

    Parameters
    ----------
    core : ndarray of shape (d,) * l
        Symmetric, of rank k, with an unfolding of full row rank.
    random_state : RandomState
        Source of the directions that modes are contracted with.
    degree : int, default=1
        ``m < l / 2``: the components' powers ``v_i^{⊗m}`` must be independent. They
        are where ``k <= d``, with ``m = 1``, and, of most tensors, where k is at most
        the number of monomials of degree m.

    Returns
    -------
    directions : ndarray of shape (d, k) or None
        Unit columns. They are the components up to rounding, which close eigenvalues
        magnify; see :func:`sharpen`. None when the slices show that there are no such
        components: they have complex eigenvalues, or, of a degree above one, full rank.

    Notes
    -----
    All modes but 2 m are contracted with random ``a_j``. What is left is, with m modes
    as rows and m as columns, ``M = V D V'`` with ``D_ii = w_i prod_j (v_i'a_j)`` and
    the columns ``v_i^{⊗m}`` of V, so these are the eigenvectors of ``M_1 M_2^{-1}``
    [1]_ in the range of M. Monomials that are equal are taken once.

    References
    ----------
    .. [1] R. A. Harshman, "Foundations of the PARAFAC procedure", UCLA Working Papers
       in Phonetics 16, 1970, where the method is credited to R. Jennrich.
    """
    slices = random_slices(core, random_state, degree)
    first, second = slices if degree == 1 else map(flattening, slices)
    powers = common_factors(first, second)
    if powers is None or degree == 1:
        return powers
    if powers.shape[1] == len(powers):
        return None
    entries = powers / np.sqrt(monomial_table(len(core), degree)[2])[:, None]
    matrices = np.moveaxis(unfold(entries, len(core), degree, 1), 2, 0)
    # Of v v^{⊗(m-1)}' the one singular vector is v.
    return np.linalg.svd(matrices, full_matrices=False)[0][:, :, 0].T


def common_factors(first, second, rank=None):
    """Unit columns of V where two symmetric matrices are ``V D_1 V'`` and ``V D_2 V'``.

    Parameters
    ----------
    first, second : ndarray of shape (n, n)
    rank : int or None, default=None
        Of the matrices; None: what stands out of rounding in the first.

    Returns
    -------
    factors : ndarray of shape (n, rank) or None
    """
    try:
        values, axes = np.linalg.eigh(first)
        sizes = np.abs(values)
        if rank is None:
            rank = np.sum(sizes > 10 * len(sizes) * np.finfo(float).eps * sizes.max())
        kept = np.argsort(-sizes)[:rank]
        values, axes = values[kept], axes[:, kept]
        ratios, factors = np.linalg.eig(axes.T @ second @ axes / values)
    except np.linalg.LinAlgError:
        return None
    # From NumPy 2.5 on real ones come as complex numbers, too.
    if rank == 0 or ratios.imag.any():
        return None
    return axes @ factors.real


def sharpen(target, directions):
    """Weights of independent terms, and directions with their error squared.

    Parameters
    ----------
    target : CompactTarget
    directions : ndarray of shape (k, k)
        Nearly the components of a target of rank k.

    Returns
    -------
    weights : ndarray of shape (k,)
    directions : ndarray of shape (k, k)
        Unit columns. Neither array is finite when ``directions`` are dependent.

    Notes
    -----
    With ``S`` the inverse of ``V`` and ``s_i`` its rows, the tensor ``T(S, ..., S)``
    would be diagonal if ``V`` were right. It is a Newton step towards that:
    ``v_i + e_i`` gives ``T(s_i, ..., s_i, s_j) = w_i (δ_ij + s_j'e_i)`` to first order,
    so what stands beside the diagonal is the error of ``v_i`` in the basis ``V``.
    """
    try:
        inverse = np.linalg.inv(directions)
    except np.linalg.LinAlgError:
        nothing = np.full(directions.shape, np.nan)
        return nothing[0], nothing
    with np.errstate(all="ignore"):
        forms = inverse @ target.contract(inverse.T)
        weights = forms.diagonal()
        directions = directions @ (forms / weights)
        lengths = np.sqrt(np.sum(directions**2, axis=0))
        return weights * lengths**target.order, directions / lengths


def random_slices(core, random_state, degree=1):
    """Two slices: all modes but ``2 degree`` contracted with random directions.

    All but the last direction are shared by both: all but one product are made once.
    """
    while core.ndim > 2 * degree + 1:
        core = core @ random_state.standard_normal(len(core))
    slices = core @ random_state.standard_normal((len(core), 2))
    return slices[..., 0], slices[..., 1]
