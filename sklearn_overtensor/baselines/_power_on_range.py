# SPDX-License-Identifier: BSD-3-Clause
"""The subspace power method on an array; the proofs are in ``SubspacePowerCP``."""

from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
from scipy.linalg import LinAlgError

from ..algebra.monomials import monomial_table, monomials
from ..compression import CompactTarget, least_squares_weights
from ..solvers.start import random_columns
from ._subspace import column_space_core, flattening_range

# From this value of F on, Newton's steps are tried in place of power iterations.
NEAR = 0.99
# 1 - F of a component: exact data leave the error of the deflations before it, squared.
ROUNDING = 1e-10


@dataclass(frozen=True)
class PowerTerms:
    """What the subspace power method found.

    Attributes
    ----------
    weights : ndarray of shape (k,)
    directions : ndarray of shape (d, k)
        Unit columns.
    n_failed : int
        Terms that no start reached: the best of what was found stands for them.
    n_iter : int
        Iterations of all starts.
    """

    weights: Any
    directions: Any
    n_failed: int
    n_iter: int


def subspace_power(tensor, random_state, *, most=None, n_init, max_iter, tol, eps):
    """Decompose a symmetric array of norm one by the subspace power method.

    Parameters
    ----------
    tensor : ndarray of shape (d,) * l
    random_state : RandomState
    most : int or None
        Most terms; None: the rank of the flattening.
    n_init, max_iter, tol
        As in ``SubspacePowerCP``.
    eps : float
        Machine epsilon of the data.

    Returns
    -------
    terms : PowerTerms
    """
    basis, core = column_space_core(tensor, random_state, eps)
    space = _Range(core, most, eps)
    directions = np.empty((len(core), space.dimension))
    n_failed = n_iter = 0
    for column in range(space.dimension):
        best, best_value = None, -1.0
        for _ in range(n_init):
            start = random_columns(len(core), 1, random_state)[:, 0]
            x, value, steps = space.ascend(start, max_iter, tol)
            n_iter += steps
            if value > best_value:
                best, best_value = x, value
            if best_value >= 1 - space.slack:
                break
        else:
            n_failed += 1
        directions[:, column] = best
        space.deflate(best)
    weights = least_squares_weights(CompactTarget(core), directions)
    return PowerTerms(weights, basis @ directions, n_failed, n_iter)


class _Range:
    """The range of a flattening, without the terms that were found.

    Attributes
    ----------
    dimension : int
    slack : float
        ``1 - F`` of a component, at most.
    """

    def __init__(self, core, most, eps):
        self.degree = core.ndim - core.ndim // 2
        space = flattening_range(core, most, eps)
        self.dimension = len(space.values)
        self.slack = max(ROUNDING, space.gap**2)
        multiplicity = monomial_table(len(core), self.degree - 1)[2]
        # (k, d, monomials of degree n - 1): contracted from the right.
        self._slices = space.slices * multiplicity
        # At even order the flattening is symmetric: its ranges are the same.
        self._right = space.right
        self._inverse = np.diag(1 / space.values)

    def _jacobian(self, x):
        """``P(x^{n-1}, ·)`` in the coordinates of the range, ``(k, d)``."""
        k, d, _ = self._slices.shape
        powers = x if self.degree == 2 else monomials(x[:, None], self.degree - 1)[:, 0]
        return (self._slices.reshape(k * d, -1) @ powers).reshape(k, d)

    def ascend(self, x, max_iter, tol):
        """Power iterations from ``x``: the end, its F, and their number."""
        n = self.degree
        bound = sqrt(2 * (n - 1) / n)
        before, safe, n_iter = 0.0, None, 0
        while n_iter < max_iter:
            n_iter += 1
            jacobian = self._jacobian(x)
            image = jacobian @ x
            value = image @ image
            if value < before:  # Newton's step went too far
                x, before = safe, 0.0
                continue
            gradient = image @ jacobian
            level = min(max(value, 0.5), 1.0)
            moved = _unit(gradient + bound * sqrt(level * (1 - level)) * x)
            if value > NEAR:
                before, safe = value, moved
                move = _newton_step(jacobian, image, gradient - value * x, x, n)
                moved = _unit(x + move)
            gap, x = moved - x, moved
            if gap @ gap <= tol * tol:
                break
        return x, float(value), n_iter

    def deflate(self, x):
        """Take the term in direction ``x`` out."""
        left = self._jacobian(x) @ x
        right = left
        if self._right is not None:
            degree = self.degree - 1
            scale = np.sqrt(monomial_table(len(x), degree)[2])
            right = self._right @ (scale * monomials(x[:, None], degree)[:, 0])
        # What the deflated flattening and its transpose map to zero.
        gone_left, gone_right = right @ self._inverse, self._inverse @ left
        first = _reflection(gone_left)
        second = first if self._right is None else _reflection(gone_right)
        self._slices = _reflected(self._slices, first)
        if self._right is not None:
            self._right = _reflected(self._right, second)
        self._inverse = _reflected(_reflected(self._inverse, second).T, first).T


def _newton_step(jacobian, image, residual, x, n):
    """Step to where the gradient is ``F x``, as far as it is linear.

    At a component the map ``y -> gradient`` has the derivative ``n J'J`` across ``x``.
    """
    across = jacobian - np.outer(image, x)
    matrix = across.T @ (-n * across)
    matrix.flat[:: len(x) + 1] += image @ image
    try:
        return np.linalg.solve(matrix, residual)
    except LinAlgError:
        return residual


def _unit(vector):
    return vector / sqrt(vector @ vector)


def _reflection(vector):
    """Unit normal of the reflection that takes a vector to the last axis."""
    size = sqrt(vector @ vector)
    if size == 0:
        return np.eye(len(vector))[-1]
    normal = vector / size
    normal[-1] += 1.0 if normal[-1] >= 0 else -1.0
    return _unit(normal)


def _reflected(array, normal):
    """The first axis reflected, its last place left out."""
    image = np.tensordot(2 * normal, array, axes=1)
    return array[:-1] - np.multiply.outer(normal[:-1], image)
