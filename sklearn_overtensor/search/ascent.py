# SPDX-License-Identifier: BSD-3-Clause
"""The strongest rank-one terms of a tensor: ascents of ``|T(v, ..., v)|``.

They say for which alpha a penalised model is optimal. The objective is convex in the
measure that puts weights on directions, so a model with residual ``R`` is a global
minimum if, and only if, its terms are stationary and ``|R(v, ..., v)| <= alpha`` for
every unit ``v``; at odd order for ``R(v, ..., v)`` alone, which is the same.
"""

import numpy as np
from numpy.random import RandomState

from .._algebra import cp_contract
from ..solvers.start import random_columns

# Starts beside the axes, and power iterations of a quick look.
STARTS, STEPS = 24, 30
# Starts and iterations where the largest value is wanted to the last digits.
MANY_STARTS, MANY_STEPS, CONVERGED = 64, 500, 1e-13


class Remainder:
    """What a model leaves of a target of norm one: ``T* - sum_i w_i v_i^{⊗l}``."""

    def __init__(self, target, weights, directions):
        self.order, self.n_features = target.order, target.n_features
        self._target, self._model = target, (weights, directions)

    def contract(self, V):
        """Columns ``R(v, ..., v, ·)``."""
        model = cp_contract(np, *self._model, V, self.order)
        return self._target.contract(V) - model


def ascend(target, starts, n_steps, tol=0.0):
    """Power iterations from several starts at once.

    Parameters
    ----------
    target : target or Remainder
        In NumPy.
    starts : ndarray of shape (d, p)
        Unit columns.
    n_steps : int
    tol : float, default=0.0
        Stop when no value grows by more, relatively.

    Returns
    -------
    points : ndarray of shape (d, p)
        Unit columns.
    values : ndarray of shape (p,)
        ``T(v, ..., v)``, of either sign.

    Notes
    -----
    The shifted symmetric higher-order power method (Kolda and Mayo, SIAM J. Matrix
    Anal. Appl. 32, 2011), ``v <- sign(T(v^l)) T(v^{l-1}, ·) + s v`` with the shift
    ``s = |T(v^l)|``, which keeps it from oscillating.
    """
    points, values = starts, np.zeros(starts.shape[1])
    for _ in range(n_steps + 1):
        image = target.contract(points)
        last, values = values, np.einsum("dp,dp->p", points, image)
        if np.all(np.abs(np.abs(values) - np.abs(last)) <= tol * np.abs(values)):
            break
        moved = np.where(values < 0, -1.0, 1.0) * image + np.abs(values) * points
        lengths = np.linalg.norm(moved, axis=0)
        points = np.where(
            lengths > 0, moved / np.where(lengths > 0, lengths, 1), points
        )
    values = np.einsum("dp,dp->p", points, target.contract(points))
    return points, values


def fixed_starts(n_features, count):
    """The axes and so many more unit columns; the same ones every time."""
    extra = random_columns(n_features, count, RandomState(0))
    return np.column_stack([np.eye(n_features), extra])


def strongest_term(target):
    """The rank-one term that a penalty keeps last: ``weights (1,), directions (d, 1)``.

    As far as a few ascents can tell.
    """
    points, values = ascend(target, fixed_starts(target.n_features, STARTS), STEPS)
    best = np.argmax(np.abs(values))
    return values[[best]], points[:, [best]]


def alpha_max(target):
    """The least alpha whose penalised answer is empty, and a bound of it.

    Parameters
    ----------
    target : target
        Of norm one, in NumPy: a :class:`CompactTarget`, or one without an array.

    Returns
    -------
    largest : float
        ``max |T(v, ..., v)|`` over unit ``v``, the spectral norm of the tensor, as far
        as ascents from fixed starts can tell: never above it.
    bound : float
        Never below it: the largest singular value of the mode-1 unfolding, whose
        bilinear form has ``T(v, ..., v)`` among its values; 1, the Frobenius norm, for
        a target without an array.

    Notes
    -----
    At the empty model the objective ``1/2 ||T* - T||^2 + alpha sum_i |w_i|`` has the
    one-sided slopes ``alpha ∓ T*(v, ..., v)`` along ``±w v^{⊗l}``; it is convex in the
    weights, so the empty model is a minimum exactly if all of them are non-negative.
    The spectral norm of a tensor is NP-hard to certify (Hillar and Lim, J. ACM 60,
    2013), hence the two numbers.
    """
    starts = fixed_starts(target.n_features, MANY_STARTS)
    _, values = ascend(target, starts, MANY_STEPS, CONVERGED)
    largest = float(np.abs(values).max())
    if not hasattr(target, "unfolding"):
        return largest, 1.0
    matrix = target.unfolding * np.sqrt(target.multiplicity)
    return largest, max(largest, float(np.linalg.norm(matrix, 2)))
