# SPDX-License-Identifier: BSD-3-Clause
"""The residual of a CP model against a target: explicit whenever the tensor fits."""

from math import hypot, sqrt

from ._algebra import cp_squared_norm, frobenius_norm, khatri_rao_power
from ._backend import ArrayContext
from ._memory import BLOCK_BYTES, dense_bytes, fits_in_memory


def relative_residual(target, weights, V) -> float:
    """``||T* - sum_i w_i v_i^{⊗l}||_F / ||T*||_F``.

    Parameters
    ----------
    target : target
        With a method ``to_dense`` the difference is formed, block by block; Gram
        matrices cancel near 1e-8 and serve only when the tensor does not fit.
    weights : ndarray of shape (k,)
    V : ndarray of shape (d, k)
    """
    if has_dense_form(target):
        return explicit_residual(target.to_dense(), target.context, weights, V)
    return gram_residual(target, weights, V)


def has_dense_form(target) -> bool:
    """Whether a target can be written out within the memory at hand."""
    if not hasattr(target, "to_dense"):
        return False
    if hasattr(target, "tensor"):
        return True
    return fits_in_memory(dense_bytes(target.n_features, target.order))


def explicit_residual(tensor, context, weights, V) -> float:
    """Relative residual from the difference of two arrays, in bounded blocks."""
    xp, order = context.xp, tensor.ndim
    weights, V = context.asarray(weights), context.asarray(V)
    left = khatri_rao_power(xp, V, order - order // 2) * weights
    right = xp.transpose(khatri_rao_power(xp, V, order // 2))
    unfolding = xp.reshape(tensor, (left.shape[0], right.shape[1]))
    rows = max(1, BLOCK_BYTES // (8 * right.shape[1]))
    norms = [
        frobenius_norm(xp, unfolding[i : i + rows] - xp.dot(left[i : i + rows], right))
        for i in range(0, left.shape[0], rows)
    ]
    return hypot(*norms) / frobenius_norm(xp, tensor)  # hypot: tiny norms stay


def gram_residual(target, weights, V) -> float:
    """Relative residual from contractions; resolves no less than about 1e-8."""
    context = getattr(target, "context", ArrayContext())
    xp = context.xp
    weights, V = context.asarray(weights), context.asarray(V)
    contraction = context.asarray(target.contract(V))
    inner = float(xp.dot(weights, xp.sum(V * contraction, axis=0)))
    model = float(cp_squared_norm(xp, weights, V, target.order))
    square = target.squared_norm - 2 * inner + model
    return sqrt(max(square, 0.0) / target.squared_norm)
