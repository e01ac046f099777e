# SPDX-License-Identifier: BSD-3-Clause
"""Least-squares fits of the plain model ``sum_i a_i u_i^{⊗l}``, one or many."""

from dataclasses import dataclass
from functools import cached_property
from math import sqrt

import numpy as np

from ..algebra.contracted import difference_of_grams
from ..algebra.cp import ROUNDING, do_cancel
from ..settings import SETTINGS
from .fit import Fit
from .levenberg_marquardt import (
    creeps,
    damped_steps,
    damped_steps_of_each,
    inner,
    stalls,
)
from .normal_equations import (
    gram_blocks,
    solve_across,
    solve_by_conjugate_gradients,
    solve_directly,
    transposed,
)


@dataclass(frozen=True)
class Point:
    """All that a step needs to know of a model, or of many, one row for each."""

    vectors: np.ndarray
    signs: np.ndarray
    squared: np.ndarray  # squared residual
    value: np.ndarray  # objective, with the ridge
    downhill: np.ndarray  # minus the gradient
    order: int

    @cached_property
    def blocks(self):
        """Of the normal matrix; a point that is not gone on from needs none."""
        return gram_blocks(self.signs, self.vectors, self.order)

    @cached_property
    def span(self):
        """An orthonormal basis of the vectors' span, and the vectors in it."""
        return np.linalg.qr(self.vectors)

    @cached_property
    def stiffness(self):
        """The scale of the normal matrix."""
        return np.einsum("...ii->...i", self.blocks[0]).max(axis=-1)

    def take(self, rows):
        """Some of the models."""
        arrays = self.vectors, self.signs, self.squared, self.value, self.downhill
        return Point(*(array[rows] for array in arrays), self.order)

    def put(self, rows, others):
        """Replace some of the models."""
        for name in ("vectors", "squared", "value", "downhill"):
            getattr(self, name)[rows] = getattr(others, name)


class LeastSquares:
    """The least-squares problem of a model, signs ``(m,)``, or of many, ``(n, m)``."""

    def __init__(self, target, signs, ridge=0.0):
        self.target, self.signs, self.ridge = target, signs, ridge
        self.scale = sqrt(target.squared_norm)
        self._matrix = None

    def take(self, rows):
        """Some of the models."""
        return LeastSquares(self.target, self.signs[rows], self.ridge)

    def evaluate(self, vectors):
        """The objective and what the next step needs.

        Of many models the residual comes from Gram matrices.
        """
        order, ridge, signs = self.target.order, self.ridge, self.signs
        if vectors.ndim == 2:
            squared, gap = self.target.difference(signs, vectors)
        else:
            squared, gap = difference_of_grams(self.target, signs, vectors)
        value = 0.5 * (squared + ridge * inner(vectors, vectors))
        downhill = order * signs[..., None, :] * gap - ridge * vectors
        return Point(vectors, signs, squared, value, downhill, order)

    def solve(self, point, damping):
        """Damped Gauss-Newton step; NaN where the factorisation breaks down."""
        shift = np.maximum(damping + self.ridge, SETTINGS.unresolved * point.stiffness)
        blocks, downhill = point.blocks, point.downhill
        if point.vectors.shape[-2] <= point.vectors.shape[-1]:
            return self._solve(point.vectors, *blocks, downhill, shift)
        basis, vectors = point.span
        along = transposed(basis) @ downhill
        across = solve_across(blocks[0], downhill - basis @ along, shift)
        return basis @ self._solve(vectors, *blocks, along, shift) + across

    def _solve(self, vectors, identity, cross, downhill, shift):
        if vectors.ndim > 2:
            return solve_directly(vectors, identity, cross, downhill, shift)
        if vectors.size <= SETTINGS.max_cholesky:
            if self._matrix is None:
                self._matrix = np.empty(vectors.shape * 2)
            return solve_directly(
                vectors, identity, cross, downhill, shift, self._matrix
            )
        return solve_by_conjugate_gradients(vectors, identity, cross, downhill, shift)


@np.errstate(over="ignore", invalid="ignore")  # steps too far, which are not taken
def levenberg_marquardt(
    target,
    start,
    *,
    ridge=0.0,
    max_iter=SETTINGS.steps,
    tol=1e-15,
    patience=None,
    promising=np.inf,
    precision=0.0,
):
    r"""Minimise ``||T - sum_i a_i u_i^{⊗l}||^2 / 2 + ridge ||U||^2 / 2``, signs fixed.

    Parameters
    ----------
    target : Contracted
    start : Fit
        Of at least one term; it need not be fitted.
    ridge : float, default=0.0
        For a target of norm one. It acts as a 2/l quasi-norm of the weights.
    max_iter, tol
        Most accepted steps, and the relative residual at which it stops.
    patience : int or None, default=None
        Give up when so many iterations have not halved the objective.
    promising : float, default=inf
        A start that leaves a larger relative residual is returned as it is.
    precision : float, default=0.0
        Stop when a few steps together lower the objective by less, for a target of norm
        one. 0: as far as rounding lets it.

    Returns
    -------
    fit : Fit

    Notes
    -----
    A step solves ``(J'J + (ridge + damping) I) step = -gradient``. Block (i, j) of
    ``J'J`` is ``l a_i a_j [g^{l-1} I + (l-1) g^{l-2} u_j u_i']``, ``g = u_i'u_j``; its
    product with a direction costs ``O(m^2 d)``, so that large problems are solved by
    preconditioned conjugate gradients. The damping follows the gain ratio (Nielsen's
    rule). It ends where the promised decrease drowns in the rounding of the objective:
    at an exact fit to machine precision, else about 1e-7 from the minimum, from where
    :func:`settle` goes on.
    """
    problem = LeastSquares(target, start.signs, ridge)
    point, scale = problem.evaluate(start.vectors), problem.scale

    def is_enough(values, point):
        return (
            sqrt(point.squared) <= tol * scale
            or (patience and stalls(values, patience))
            or (precision and creeps(values, precision))
        )

    if tol * scale < sqrt(point.squared) <= promising * scale:
        # A start that fits already is near a solution: full steps converge at once.
        caution = min(1.0, sqrt(sqrt(2 * point.value) / max(scale, 1e-300)))
        damping = max(SETTINGS.first_damping * caution * point.stiffness, 1e-300)
        point = damped_steps(problem, point, damping, max_iter, is_enough)
    return start.at(point.vectors, point.squared)


def polish(target, start, *, tol=1e-15, promising=np.inf):
    """The fit to an exact tensor, given up when a coarse one's steps do not halve it.

    A start that leaves a relative residual beyond ``promising`` is returned as it is.
    """
    return levenberg_marquardt(
        target, start, tol=tol, patience=SETTINGS.coarse_steps, promising=promising
    )


def refit(target, start, max_steps=SETTINGS.coarse_steps, precision=0.0):
    """The fit to a noisy tensor, with the weakest ridge that keeps weights finite."""
    if len(start) == 0:
        return Fit.empty(target)
    fit = levenberg_marquardt(
        target, start, max_iter=max_steps, tol=ROUNDING, precision=precision
    )
    for ridge in (SETTINGS.ridge / 10, SETTINGS.ridge, 10 * SETTINGS.ridge):
        if not do_cancel(fit.terms[0], sqrt(target.squared_norm)):
            break
        fit = levenberg_marquardt(target, start, ridge=ridge, precision=precision)
    return fit


@np.errstate(over="ignore", invalid="ignore")
def descend_many(
    target, vectors, signs, *, max_iter=SETTINGS.steps, ridge=0.0, tol=SETTINGS.little
):
    """Minimise ``||T - M||^2 / 2 + ridge ||U||^2 / 2`` for many models at once.

    For best fits, where the residual is not small: it comes from Gram matrices. From
    vectors ``(n, d, m)`` and signs ``(n, m)`` to vectors and squared residuals
    ``(n,)``; ``max_iter`` and ``tol`` as in :func:`damped_steps_of_each`.
    """
    problem = LeastSquares(target, signs, ridge)
    points = problem.evaluate(vectors.copy())
    damping = np.maximum(SETTINGS.first_damping * points.stiffness, 1e-300)
    points = damped_steps_of_each(problem, points, damping, max_iter, tol)
    return points.vectors, points.squared
