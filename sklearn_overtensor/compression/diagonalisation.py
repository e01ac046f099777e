# SPDX-License-Identifier: BSD-3-Clause
"""Simultaneous diagonalisation: independent components in less than a millisecond."""

import numpy as np


def simultaneous_diagonalisation(core, random_state):
    """Read k independent components off two random slices of a core.

    Parameters
    ----------
    core : ndarray of shape (k,) * l
        Symmetric, of rank k, with an unfolding of full row rank.
    random_state : RandomState
        Source of the directions that all modes but two are contracted with.

    Returns
    -------
    directions : ndarray of shape (k, k) or None
        Unit columns. They are the components up to rounding, which close eigenvalues
        magnify; see :func:`sharpen`. None when the slices show that there are no such
        components: they have complex eigenvalues, or none.

    Notes
    -----
    A slice is ``M = V D V'`` with ``D_ii = w_i prod_j (v_i'a_j)``, so the components
    are the eigenvectors of ``M_1 M_2^{-1}`` [1]_.

    References
    ----------
    .. [1] R. A. Harshman, "Foundations of the PARAFAC procedure", UCLA Working Papers
       in Phonetics 16, 1970, where the method is credited to R. Jennrich.
    """
    first, second = random_slices(core, random_state)
    try:
        # The slices are symmetric: M_1 M_2^{-1} is the transpose of M_2^{-1} M_1.
        _, directions = np.linalg.eig(np.linalg.solve(second, first).T)
    except np.linalg.LinAlgError:
        return None
    return None if np.iscomplexobj(directions) else directions


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


def random_slices(core, random_state):
    """Two slices: all modes but two contracted with random directions, the last same.

    The last direction is shared by both at order four and more: all but the largest
    product is then made once.
    """
    while core.ndim > 3:
        core = core @ random_state.standard_normal(len(core))
    slices = core @ random_state.standard_normal((len(core), 2))
    return slices[..., 0], slices[..., 1]
