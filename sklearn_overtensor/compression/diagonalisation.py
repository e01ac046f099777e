# SPDX-License-Identifier: BSD-3-Clause
"""Simultaneous diagonalisation: a guess of independent components in milliseconds."""

import numpy as np
from scipy.linalg import lstsq


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
    weights : ndarray of shape (k,)
        Least-squares weights.
    directions : ndarray of shape (k, k)
        Unit columns. They are the components up to rounding, which close eigenvalues
        magnify: a guess that a search starts from.

    Notes
    -----
    A slice is ``M = V D V'`` with ``D_ii = w_i prod_j (v_i'a_j)``, so the components
    are the eigenvectors of ``M_1 M_2^{-1}`` [1]_.

    References
    ----------
    .. [1] R. A. Harshman, "Foundations of the PARAFAC procedure", UCLA Working Papers
       in Phonetics 16, 1970, where the method is credited to R. Jennrich.
    """
    first, second = (_random_slice(core, random_state) for _ in range(2))
    # The slices are symmetric: M_1 M_2^{-1} is the transpose of M_2^{-1} M_1.
    _, vectors = np.linalg.eig(lstsq(second, first)[0].T)
    directions = vectors.real
    norms = np.linalg.norm(directions, axis=0)
    directions = directions / np.where(norms > 0, norms, 1)
    forms = core @ directions
    for _ in range(core.ndim - 1):
        forms = np.einsum("...ai,ai->...i", forms, directions)
    gram = (directions.T @ directions) ** core.ndim
    return lstsq(gram, forms)[0], directions


def _random_slice(core, random_state):
    """A core with all modes but two contracted with random directions."""
    while core.ndim > 2:
        core = core @ random_state.standard_normal(len(core))
    return core
