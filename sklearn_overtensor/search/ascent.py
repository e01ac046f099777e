# SPDX-License-Identifier: BSD-3-Clause
"""The strongest rank-one terms of a tensor: ascents of ``|T(v, ..., v)|``.

They say for which alpha a penalised model is optimal. The objective is convex in the
measure that puts weights on directions, so a model with residual ``R`` is a global
minimum if, and only if, its terms are stationary and ``|R(v, ..., v)| <= alpha`` for
every unit ``v``; at odd order for ``R(v, ..., v)`` alone, which is the same.
"""

from math import inf

import numpy as np
from numpy.random import RandomState

from ..algebra.cp import ROUNDING, cp_contract
from ..settings import SETTINGS
from ..solvers.start import random_columns


class Remainder:
    """What a model leaves of a target of norm one: ``T* - sum_i w_i v_i^{⊗l}``."""

    def __init__(self, target, weights, directions):
        self.order, self.n_features = target.order, target.n_features
        self.weights, self.directions = weights, directions
        self._target = target

    @classmethod
    def of_nothing(cls, target):
        """What no terms leave: the target."""
        return cls(target, np.empty(0), np.empty((target.n_features, 0)))

    def starts(self):
        """Unit columns to ascend from."""
        return starts_of(self.n_features)

    def contract(self, V):
        """Columns ``R(v, ..., v, ·)``."""
        model = cp_contract(np, self.weights, self.directions, V, self.order)
        return self._target.contract(V) - model


def ascend(target, starts, n_steps, tol=0.0):
    """Power iterations from several starts at once, unit columns ``(d, p)``.

    A start stops when its value grows relatively by no more than ``tol``. Returns the
    points, and the values ``T(v, ..., v)`` of either sign there.

    Notes
    -----
    The shifted symmetric higher-order power method (Kolda and Mayo, SIAM J. Matrix
    Anal. Appl. 32, 2011), ``v <- sign(T(v^l)) T(v^{l-1}, ·) + s v`` with the shift
    ``s = |T(v^l)|``, which keeps it from oscillating. It is slow where two maxima are
    near each other; Nesterov's momentum, begun anew where a value falls (O'Donoghue and
    Candès, Found. Comput. Math. 15, 2015), takes half as many steps in all.
    """
    # Each start moves once: where the form is zero, as along the axes of a tensor with
    # nothing on its diagonal, its gradient need not be.
    points, ahead = starts.copy(), starts.copy()
    values, ages = np.full(starts.shape[1], inf), np.zeros(starts.shape[1])
    climbing = np.arange(starts.shape[1])
    for step in range(n_steps + 1):
        here = ahead[:, climbing]
        image = target.contract(here)
        now = np.einsum("dp,dp->p", here, image)
        growth = np.abs(now) - np.abs(values[climbing])
        values[climbing] = now
        moves = np.abs(growth) > tol * np.abs(now)
        if step == n_steps or not moves.any():
            break
        climbing, growth = climbing[moves], growth[moves]
        moved = _power_step(here[:, moves], image[:, moves], now[moves])
        ages[climbing] = np.where(growth < 0, 0, ages[climbing] + 1)
        momentum = ages[climbing] / (ages[climbing] + 3)
        further = moved + momentum * (moved - points[:, climbing])
        points[:, climbing] = moved
        ahead[:, climbing] = further / np.linalg.norm(further, axis=0)
    return ahead, values


def _power_step(points, images, values):
    moved = np.where(values < 0, -1.0, 1.0) * images + np.abs(values) * points
    lengths = np.linalg.norm(moved, axis=0)
    return np.where(lengths > 0, moved / np.where(lengths > 0, lengths, 1.0), points)


def starts_of(n_features, count=SETTINGS.ascent_starts):
    """Unit columns to ascend from, the same every time: the axes, and so many others.

    Where axes are many, twice as many others instead.
    """
    if n_features > SETTINGS.many:
        return random_columns(n_features, 2 * count, RandomState(0))
    extra = random_columns(n_features, count, RandomState(0))
    return np.column_stack([np.eye(n_features), extra])


def strongest_terms(remainder):
    """Strongest rank-one terms of a remainder, no two of them nearly parallel.

    As far as ascents from the axes, fixed directions and the model's terms can tell:
    weights ``R(v, ..., v)``, the largest in size first, and directions ``(d, k)``.
    """
    points = np.column_stack([remainder.starts(), remainder.directions])
    while (count := points.shape[1]) > SETTINGS.ascent_starts:
        points, values = ascend(remainder, points, SETTINGS.first_ascent)
        kept = _distinct(points, values, SETTINGS.cosines[1])
        points = points[:, kept[: max(SETTINGS.ascent_starts, count // 2)]]
    points, values = ascend(remainder, points, SETTINGS.steps, SETTINGS.little)
    kept = _distinct(points, values, SETTINGS.cosines[0])
    return values[kept], points[:, kept]


def _distinct(points, values, same):
    """Indices of points, the strongest first, no two of them nearly parallel."""
    overlap = np.abs(points.T @ points) > same
    distinct: list = []
    for index in np.argsort(-np.abs(values), kind="stable"):
        if not overlap[index, distinct].any():
            distinct.append(index)
    return distinct


def strongest_term(target):
    """The rank-one term that a penalty keeps last: ``weights (1,), directions (d, 1)``.

    As far as a few ascents can tell.
    """
    values, points = strongest_terms(Remainder.of_nothing(target))
    return values[:1], points[:, :1]


def alpha_max(target):
    """The least alpha whose penalised answer is empty, and a bound of it.

    The former is ``max |T(v, ..., v)|`` over unit ``v``, the spectral norm of a tensor
    of norm one, as far as ascents from fixed starts can tell: never above it. The bound
    is the largest singular value of the mode-1 unfolding, whose bilinear form has
    ``T(v, ..., v)`` among its values; 1 for a target without an array.

    Notes
    -----
    At the empty model the objective ``1/2 ||T* - T||^2 + alpha sum_i |w_i|`` has the
    one-sided slopes ``alpha ∓ T*(v, ..., v)`` along ``±w v^{⊗l}``; it is convex in the
    weights, so the empty model is a minimum exactly if all of them are non-negative.
    The spectral norm of a tensor is NP-hard to certify (Hillar and Lim, J. ACM 60,
    2013), hence the two numbers.
    """
    _, starts = strongest_terms(Remainder.of_nothing(target))
    _, values = ascend(target, starts, SETTINGS.steps, ROUNDING)
    largest = float(np.abs(values).max())
    return largest, max(largest, target.bound_of_forms())
