# SPDX-License-Identifier: BSD-3-Clause
"""Equation (2) of the paper: its value, its gradients, and plain descent on it."""

from math import isfinite, sqrt
from typing import Any, NamedTuple

import numpy as np

from ..algebra.cp import column_norms, cp_contract

# Steps below this share of the first one no longer move float64 parameters.
SMALLEST_STEP_SHARE = 1e-18


class VanillaPoint(NamedTuple):
    """The objective at a point, with its gradients and the rounding in its value."""

    loss: float
    gradient_U: Any
    gradient_c: Any
    rounding: float


class VanillaObjective:
    """``f_v(U, C) = 1/2 ||sum_i c_i u_i^{⊗l} - T*||^2`` for a target of norm one.

    Parameters
    ----------
    target : target
        Scaled by its norm here.
    """

    def __init__(self, target):
        self.target = target
        self.context = target.context
        self.order = target.order
        self.scale = sqrt(target.squared_norm)

    def evaluate(self, U, c):
        """Value and gradients at components ``U (d, m)`` and coefficients ``c (m,)``.

        ``l c_i (T - T*)(u_i^{l-1}, ·)`` and ``(T - T*)(u_i^l)``; the model's tensor is
        never built.
        """
        xp, order = self.context.xp, self.order
        pull = self.target.contract(U) / self.scale
        model = cp_contract(xp, c, U, U, order)
        # <T, T>/2 - <T, T*> + <T*, T*>/2, each through the contractions.
        data = float(xp.dot(c, xp.sum(U * (0.5 * model - pull), axis=0))) + 0.5
        size = float(xp.sum(xp.abs(c) * column_norms(xp, U) ** order))
        return VanillaPoint(
            # A NaN stays one: max would hide it.
            loss=0.0 if data < 0 else data,
            gradient_U=order * c * (model - pull),
            gradient_c=xp.sum(U * (model - pull), axis=0),
            rounding=4 * self.context.eps * (1 + size) ** 2,
        )


def descend(objective, U, c, *, max_iter, step_size, tol):
    """Gradient descent on both ``U`` and ``c``.

    Parameters
    ----------
    objective : VanillaObjective
    U : array of shape (d, m)
        Start of the components.
    c : array of shape (m,)
        Start of the coefficients.
    max_iter : int
        Most steps.
    step_size : float or "auto"
        ``"auto"`` halves the step until ``f(x') <= f(x) - step / 2 ||grad||^2`` and
        tries 1.25 times as long a step next time, never more than ``1 / l``: without
        that limit the steps would grow without bound at the saddle that they are here
        to show.
    tol : float
        Relative residual that ends the descent.

    Returns
    -------
    U, c : arrays
        The last point with a finite objective.
    losses : list of float
        Objective after each step.
    diverged : bool
        Whether a step overflowed.
    """
    automatic = step_size == "auto"
    longest = 1.0 / objective.order
    step = longest if automatic else float(step_size)
    losses: list[float] = []
    point = objective.evaluate(U, c)
    for _ in range(max_iter):
        square = _square(objective.context.xp, point)
        while True:
            with np.errstate(over="ignore", invalid="ignore"):
                moved = U - step * point.gradient_U, c - step * point.gradient_c
                new = objective.evaluate(*moved)
            slack = max(point.rounding, new.rounding)
            if not automatic or new.loss <= point.loss - step / 2 * square + slack:
                break
            step /= 2
            if step < SMALLEST_STEP_SHARE * longest:
                return U, c, losses or [point.loss], False
        if not isfinite(new.loss):
            return U, c, losses or [point.loss], True
        (U, c), point = moved, new
        losses.append(point.loss)
        if sqrt(2 * point.loss) <= tol:
            break
        if automatic:
            step = min(1.25 * step, longest)
    return U, c, losses, False


def _square(xp, point):
    """Squared norm of the whole gradient."""
    return float(xp.sum(point.gradient_U**2) + xp.sum(point.gradient_c**2))
