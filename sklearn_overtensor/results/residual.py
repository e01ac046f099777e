# SPDX-License-Identifier: BSD-3-Clause
"""The residual of a CP model against a target: explicit whenever the tensor fits."""

from math import hypot, inf, isfinite, sqrt

import numpy as np

from ..algebra.cp import cp_squared_norm, frobenius_norm, khatri_rao_power
from ..algebra.scale import in_safe_units, is_safe, times_power_of_two
from ..machine.backend import to_numpy
from ..machine.memory import block_bytes


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
        tensor, norm = target.to_dense(), sqrt(target.squared_norm)
        context = target.context
        return explicit_difference(tensor, context, weights, V) / norm
    return gram_residual(target, weights, V)


def has_dense_form(target) -> bool:
    """Whether a target can be written out within the memory at hand."""
    # A proof that costs more than the search is not asked for.
    return target.to_dense is not None and target.forming_is_affordable()


def explained_share(target, weights, V) -> float:
    """``1 - ||T* - T||^2 / ||T*||^2``: the score, from contractions with the model.

    Minus infinity for a model so much larger than the target that floats end.

    A target of norm zero is explained by a model of norm zero alone: 1, else 0.
    """
    target, exponent = in_safe_units(target)
    context = target.context
    xp, norm = context.xp, target.squared_norm
    if norm == 0:
        return 0.0 if np.any(weights) else 1.0
    V = context.asarray(V)
    with np.errstate(all="ignore"):  # a model out of range is that much too large
        weights = context.asarray(times_power_of_two(weights, -exponent))
        inner = float(xp.dot(weights, xp.sum(V * target.contract(V), axis=0)))
        model = float(cp_squared_norm(xp, weights, V, target.order))
    # An estimated norm is at least what the model explains.
    share = (2 * inner - model) / max(norm, 2 * inner - model)
    return share if isfinite(share) else -inf


def explicit_residual(tensor, context, weights, V) -> float:
    """Relative residual from the difference of two arrays."""
    norm = frobenius_norm(context.xp, tensor)
    return explicit_difference(tensor, context, weights, V) / norm


def explicit_difference(tensor, context, weights, V) -> float:
    """Norm ``||T - sum_i w_i v_i^{⊗l}||_F`` of a symmetric array and a model.

    In small blocks, from the entries whose second index is not below the first ones of
    their block: the others are the same ones again.
    """
    xp, order, d = context.xp, tensor.ndim, tensor.shape[0]
    weights, V = context.asarray(weights), context.asarray(V)
    inner = khatri_rao_power(xp, V, order - order // 2 - 1)
    right = xp.transpose(khatri_rao_power(xp, V, order // 2))
    step = inner.shape[0] // d  # rows of the product for each second index
    tensor = xp.reshape(tensor, (d, inner.shape[0], right.shape[1]))
    count = max(1, block_bytes(context) // (8 * inner.shape[0] * right.shape[1]))

    def blocks():
        for start in range(0, d, count):
            first = V[start : start + count] * weights
            own = tensor[start : start + count, start * step :]
            rows = first[:, None, :] * inner[None, start * step :, :]
            rows = xp.reshape(rows, (own.shape[0] * own.shape[1], len(weights)))
            block = xp.reshape(xp.dot(rows, right), tuple(own.shape))
            block -= own
            block[:, : len(first) * step] *= sqrt(0.5)  # all but these are there twice
            yield xp.reshape(block, (-1,))

    with np.errstate(over="ignore"):
        # One number for all blocks: each that is read makes a GPU wait.
        square = 2 * float(sum(xp.dot(block, block) for block in blocks()))
    if is_safe(square, context.dtype):
        return sqrt(square)
    # hypot: tiny norms stay
    return sqrt(2) * hypot(*[frobenius_norm(xp, block) for block in blocks()])


def gram_residual(target, weights, V) -> float:
    """Relative residual from contractions; resolves no less than about 1e-8.

    Where the norm of the target is an estimate, no less than its standard error.
    """
    context = target.context
    xp = context.xp
    weights, V = context.asarray(weights), context.asarray(V)
    contraction = context.asarray(target.contract(V))
    inner = float(xp.dot(weights, xp.sum(V * contraction, axis=0)))
    model = float(cp_squared_norm(xp, weights, V, target.order))
    square = target.squared_norm - 2 * inner + model
    least = target.norm_error
    return sqrt(max(square / target.squared_norm, least))


def forms_of(target, V):
    """The forms ``T(v, ..., v)`` along columns, ``(m,)``, in NumPy."""
    context = target.context
    image = to_numpy(target.contract(context.asarray(V))).astype(float)
    return np.einsum("dm,dm->m", V, image)
