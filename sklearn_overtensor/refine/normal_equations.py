# SPDX-License-Identifier: BSD-3-Clause
"""The normal equations of the plain model in closed form, and ways to solve them."""

import numpy as np
from scipy.linalg.lapack import dposv, dpotrf
from scipy.sparse.linalg import LinearOperator, cg

from ..algebra.cp import ROUNDING, integer_power

# Least eigenvalue of the normal matrix, over their mean, of a model that stands alone:
# 1e-6 and more in the benchmarks, where a needless term makes it 1e-11 at most.
ISOLATED = 1e-9
# Most unknowns for which a normal matrix is made, of 50 MB: to ask whether it is
# regular, for standard errors, and where more components are tried than there may be.
MAX_UNKNOWNS = 2500


def gram_blocks(signs, vectors, order):
    """``A`` and ``B`` of the normal matrix with blocks ``A_ij I + B_ij u_j u_i'``.

    ``A_ij = l a_i a_j g^{l-1}``, ``B_ij = l (l-1) a_i a_j g^{l-2}``, ``g = u_i'u_j``.
    """
    gram = vectors.T @ vectors
    powers = order * np.outer(signs, signs) * integer_power(gram, order - 2)
    return powers * gram, (order - 1) * powers


def normal_matrix(vectors, identity, cross, out=None):
    """The ``dm x dm`` normal matrix, unknowns ordered as ``vectors.ravel()``.

    ``out`` is memory for it: fresh pages for each step would cost as much as the work.
    """
    n_features, m = vectors.shape
    if out is None:
        out = np.empty((n_features, m, n_features, m))
    # [p, i, q, j] = B_ij u_j[p] u_i[q]
    left = cross * vectors[:, None]
    np.multiply(left[:, :, None], vectors.T[:, :, None], out=out)
    np.einsum("pipj->pij", out)[...] += identity
    return out.reshape(m * n_features, m * n_features)


def is_isolated(vectors, signs, order):
    """Whether no path of models with the same tensor leads away from this one.

    That is so where the normal matrix is regular, here beyond ``ISOLATED`` of its mean
    eigenvalue. One term more than a tensor needs makes it singular: the other terms
    can take over a part of it. Of models too large for the matrix nothing is said.
    """
    if vectors.size > MAX_UNKNOWNS:
        return False
    matrix = normal_matrix(vectors, *gram_blocks(signs, vectors, order))
    diagonal = matrix.ravel()[:: len(matrix) + 1]
    diagonal -= ISOLATED * diagonal.mean()
    return dpotrf(matrix.T, lower=True, overwrite_a=True)[1] == 0


def solve_across(identity, gradient, damping):
    """Damped step off the span of the vectors: there ``J'J`` is ``A`` alone.

    None where the factorisation breaks down.
    """
    matrix = identity.copy()
    matrix.ravel()[:: len(matrix) + 1] += damping
    _, step, info = dposv(matrix.T, gradient.T, lower=True, overwrite_a=True)
    return step.T if info == 0 else None


def solve_by_cholesky(vectors, identity, cross, gradient, damping, out=None):
    """Damped step, or None where the factorisation breaks down."""
    matrix = normal_matrix(vectors, identity, cross, out)
    matrix.ravel()[:: len(matrix) + 1] += damping
    # Symmetric, so its transpose is the Fortran order that LAPACK takes without a copy.
    _, step, info = dposv(matrix.T, gradient.ravel(), lower=True, overwrite_a=True)
    return step.reshape(gradient.shape) if info == 0 else None


def solve_by_conjugate_gradients(vectors, identity, cross, gradient, damping, rtol):
    """Damped step whose equations hold up to a share ``rtol`` of the gradient."""
    shape = vectors.shape
    rows, size = vectors.T, vectors.size
    # x'J'Jx is l^2 times the squared norm of the symmetric part of the tensor
    # sum_i a_i u_i^{l-1} x_i, and the part A_ij I alone l times that of the whole: near
    # enough, for parallel terms too, which the diagonal blocks would not be.
    ridge = damping + ROUNDING * identity.diagonal().max()
    inverse = np.linalg.inv(identity + ridge * np.eye(len(identity)))

    def multiply(flat):
        x = flat.reshape(shape)
        return (x @ identity + vectors @ (cross * (rows @ x)).T + damping * x).ravel()

    def precondition(flat):
        return (flat.reshape(shape) @ inverse).ravel()

    step, _ = cg(
        LinearOperator((size, size), matvec=multiply, dtype=float),
        gradient.ravel(),
        rtol=rtol,
        maxiter=200,
        M=LinearOperator((size, size), matvec=precondition, dtype=float),
    )
    return step.reshape(shape)
