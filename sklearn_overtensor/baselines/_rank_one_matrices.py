# SPDX-License-Identifier: BSD-3-Clause
"""FOOBI's algebra: the matrices of rank one in a space of symmetric matrices."""

import numpy as np
from scipy.linalg import eigh

from ..machine.memory import require_memory
from ._jennrich import common_eigenvectors


def most_rank_one_matrices(n_features):
    """Most matrices of rank one that :func:`rank_one_matrices` tells apart.

    The r (r - 1) / 2 pairs of different ones must have independent minors, of which
    symmetric matrices have d^2 (d^2 - 1) / 12.
    """
    room = n_features**2 * (n_features**2 - 1) / 6
    return int((1 + np.sqrt(1 + 4 * room)) / 2)


def rank_one_matrices(basis, random_state):
    """Vectors ``a_i`` with ``a_i a_i'`` in a space of symmetric matrices.

    Parameters
    ----------
    basis : ndarray of shape (r, d, d)
        Orthonormal matrices that span the space of r matrices of rank one.
    random_state : RandomState

    Returns
    -------
    vectors : ndarray of shape (d, r)
        Unit columns.
    """
    r = len(basis)
    pencil = np.moveaxis(_kernel_of_minors(basis), 0, 2)
    coefficients = common_eigenvectors(pencil, random_state)
    matrices = np.tensordot(coefficients, basis, axes=(0, 0))
    _, vectors = np.linalg.eigh(_with_positive_trace(matrices))
    return vectors[:, :, -1].T.reshape(-1, r)


def _with_positive_trace(matrices):
    signs = np.sign(np.trace(matrices, axis1=1, axis2=2))
    return matrices * signs[:, None, None]


def _kernel_of_minors(basis):
    """The r symmetric matrices C that fulfil ``sum_st C_st Φ(H_s, H_t) = 0`` best."""
    r = len(basis)
    require_memory(
        3 * 8 * r**4,
        f"FOOBI with {r} terms, which compares all pairs of pairs of them,",
        "Ask for fewer terms, or use OverparamSymmetricCP.",
    )
    products = np.tensordot(basis, basis, axes=(2, 1)).transpose(0, 2, 1, 3)
    flat = products.reshape(r * r, -1)
    # tr(H_s H_v H_t H_u), in the sequence s, v, t, u.
    traces = flat @ products.transpose(0, 1, 3, 2).reshape(r * r, -1).T
    first, second = np.triu_indices(r)
    s, t, u, v = first[:, None], second[:, None], first, second
    gram = -2 * traces.reshape((r,) * 4)[s, v, t, u]
    gram += 1.0 * (s == u) * (t == v) + (s == v) * (t == u)
    # An entry off the diagonal stands for two.
    scale = np.where(first == second, 1, np.sqrt(2))
    gram *= np.outer(scale, scale)
    _, kernel = eigh(gram, subset_by_index=(0, r - 1), overwrite_a=True)
    matrices = np.zeros((r, r, r))
    matrices[:, first, second] = matrices[:, second, first] = kernel.T / scale
    return matrices
