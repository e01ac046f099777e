# SPDX-License-Identifier: BSD-3-Clause
"""The normal equations of the plain model in closed form, and ways to solve them."""

import numpy as np
from scipy.linalg.lapack import dposv, dpotrf
from scipy.sparse.linalg import LinearOperator, cg

from ..algebra.cp import ROUNDING, integer_power
from ..settings import SETTINGS


def gram_blocks(signs, vectors, order):
    """``A`` and ``B`` of the normal matrix with blocks ``A_ij I + B_ij u_j u_i'``.

    ``A_ij = l a_i a_j g^{l-1}``, ``B_ij = l (l-1) a_i a_j g^{l-2}``, ``g = u_i'u_j``,
    for one model, vectors ``(d, m)``, or many, ``(n, d, m)``, here and below.
    """
    gram = transposed(vectors) @ vectors
    powers = order * integer_power(gram, order - 2)
    powers *= signs[..., :, None] * signs[..., None, :]
    return powers * gram, (order - 1) * powers


def transposed(matrix):
    """One matrix, or each of many."""
    return np.swapaxes(matrix, -1, -2)


def normal_matrix(vectors, identity, cross, out=None):
    """The ``dm x dm`` normal matrix, unknowns ordered as ``vectors.ravel()``.

    ``out`` is memory for it: fresh pages for each step would cost as much as the work.
    """
    *count, n_features, m = vectors.shape
    if out is None:
        out = np.empty((*count, n_features, m, n_features, m))
    # [p, i, q, j] = B_ij u_j[p] u_i[q]
    left = cross[..., None, :, :] * vectors[..., None, :]
    right = transposed(vectors)[..., None, :, :, None]
    np.multiply(left[..., None, :], right, out=out)
    np.einsum("...pipj->...pij", out)[...] += identity[..., None, :, :]
    return out.reshape(*count, m * n_features, m * n_features)


def is_isolated(fit):
    """Whether no path of models with the same tensor leads away from this one.

    That is so where the normal matrix is regular, here by a share of its mean
    eigenvalue. One term more than a tensor needs makes it singular: the other terms
    can take over a part of it. Of models too large for the matrix nothing is said.
    """
    if fit.vectors.size > SETTINGS.max_unknowns:
        return False
    blocks = gram_blocks(fit.signs, fit.vectors, fit.order)
    matrix = normal_matrix(fit.vectors, *blocks)
    diagonal = matrix.ravel()[:: len(matrix) + 1]
    diagonal -= SETTINGS.isolated * diagonal.mean()
    return dpotrf(matrix.T, lower=True, overwrite_a=True)[1] == 0


def solve_damped(matrix, right, damping):
    """``(M + damping I)^{-1} right`` for one matrix, or many, which it overwrites.

    NaN where one is not positive definite; of many none may be singular.
    """
    np.einsum("...ii->...i", matrix)[...] += np.asarray(damping)[..., None]
    if matrix.ndim > 2:
        return np.linalg.solve(matrix, right)
    # Symmetric, so its transpose is the Fortran order that LAPACK takes without a copy.
    _, step, info = dposv(matrix.T, right, lower=True, overwrite_a=True)
    return step if info == 0 else np.full(right.shape, np.nan)


def solve_across(identity, gradient, damping):
    """Damped step off the span of the vectors: there ``J'J`` is ``A`` alone."""
    return transposed(solve_damped(identity.copy(), transposed(gradient), damping))


def solve_directly(vectors, identity, cross, gradient, damping, out=None):
    """Damped step from the whole normal matrix."""
    matrix = normal_matrix(vectors, identity, cross, out)
    flat = gradient.reshape(*gradient.shape[:-2], -1, 1)
    return solve_damped(matrix, flat, damping).reshape(gradient.shape)


class _Enough(Exception):
    """Conjugate gradients slow down at this step."""


def solve_by_conjugate_gradients(vectors, identity, cross, gradient, damping):
    """Damped step, as exact as pays.

    It ends where an iteration lowers the model by no more than half of what those
    before did on average: the quadratic test of Nash and Sofer, "Assessing a search
    direction within a truncated-Newton method", Oper. Res. Lett. 9, 1990. In a flat
    valley the residual of the equations says too little: there it asks for thousands of
    iterations.
    """
    shape = vectors.shape
    rows, size = vectors.T, vectors.size
    # x'J'Jx is l^2 times the squared norm of the symmetric part of the tensor
    # sum_i a_i u_i^{l-1} x_i, and the part A_ij I alone l times that of the whole: near
    # enough, for parallel terms too, which the diagonal blocks would not be.
    ridge = damping + ROUNDING * identity.diagonal().max()
    inverse = np.linalg.inv(identity + ridge * np.eye(len(identity)))
    right, decreases = gradient.ravel(), [0.0]

    def multiply(flat):
        x = flat.reshape(shape)
        return (x @ identity + vectors @ (cross * (rows @ x)).T + damping * x).ravel()

    def precondition(flat):
        return (flat.reshape(shape) @ inverse).ravel()

    def stop_if_slow(step):
        # Twice the decrease of the model: an iterate solves its own subspace's part.
        decreases.append(float(right @ step))
        last, count = decreases[-1], len(decreases) - 1
        if not count * (last - decreases[-2]) > 0.5 * last:
            raise _Enough(step)

    try:
        step, _ = cg(
            LinearOperator((size, size), matvec=multiply, dtype=float),
            right,
            M=LinearOperator((size, size), matvec=precondition, dtype=float),
            callback=stop_if_slow,
        )
    except _Enough as enough:
        (step,) = enough.args
    return step.reshape(shape)
