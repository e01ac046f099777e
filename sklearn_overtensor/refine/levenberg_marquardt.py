# SPDX-License-Identifier: BSD-3-Clause
"""Levenberg-Marquardt for the plain model."""

from dataclasses import dataclass
from functools import cached_property
from math import sqrt

import numpy as np

from .normal_equations import (
    gram_blocks,
    solve_across,
    solve_by_cholesky,
    solve_by_conjugate_gradients,
)

# Up to this many unknowns a Cholesky factor is faster than conjugate gradients.
MAX_CHOLESKY = 600
# Steps that a coarser fit looks back at.
CREEPING = 3


@dataclass(frozen=True)
class PolishResult:
    """Components, the relative residual that they leave, and how it ended.

    Attributes
    ----------
    vectors : ndarray of shape (d, m)
    residual : float
    n_iter : int
    converged : bool
    """

    vectors: np.ndarray
    residual: float
    n_iter: int
    converged: bool


@dataclass(frozen=True)
class _Point:
    """All that a step needs to know of a point."""

    vectors: np.ndarray
    squared: float  # squared residual
    value: float  # objective, with the ridge
    downhill: np.ndarray  # minus the gradient
    signs: np.ndarray
    order: int

    @cached_property
    def blocks(self):
        """Of the normal matrix; a point that is not gone on from needs none."""
        return gram_blocks(self.signs, self.vectors, self.order)

    @cached_property
    def span(self):
        """An orthonormal basis of the vectors' span, and the vectors in it."""
        return np.linalg.qr(self.vectors)


class _Problem:
    """The damped least-squares problem at one point after another."""

    def __init__(self, target, signs, ridge):
        self.target, self.signs, self.ridge = target, signs, ridge
        self.scale = sqrt(target.squared_norm)
        self._matrix = None

    def evaluate(self, vectors):
        """Evaluate the objective and what the next step needs."""
        order, ridge = self.target.order, self.ridge
        squared, contraction = self.target.difference(self.signs, vectors)
        return _Point(
            vectors,
            squared,
            0.5 * squared + 0.5 * ridge * np.vdot(vectors, vectors),
            order * self.signs * contraction - ridge * vectors,
            self.signs,
            order,
        )

    def result(self, point, n_iter, converged):
        """What is returned when this is the last point."""
        residual = sqrt(point.squared) / self.scale if self.scale else 0.0
        return PolishResult(point.vectors, residual, n_iter, bool(converged))

    def solve(self, point, damping):
        """Damped Gauss-Newton step, or None when the factorisation breaks down."""
        shift, (identity, cross) = damping + self.ridge, point.blocks
        if len(point.vectors) <= len(self.signs):
            return self._solve(point.vectors, *point.blocks, point.downhill, shift)
        basis, inner = point.span
        along = basis.T @ point.downhill
        within = self._solve(inner, identity, cross, along, shift)
        across = solve_across(identity, point.downhill - basis @ along, shift)
        if within is None or across is None:
            return None
        return basis @ within + across

    def _solve(self, vectors, identity, cross, downhill, shift):
        if vectors.size <= MAX_CHOLESKY:
            if self._matrix is None:
                self._matrix = np.empty(vectors.shape * 2)
            return solve_by_cholesky(
                vectors, identity, cross, downhill, shift, self._matrix
            )
        # Inexact Newton: as exact as the gradient is small, so superlinear at the end.
        size = self.scale ** (2 - 1 / self.target.order)
        rtol = np.clip(np.sqrt(np.linalg.norm(downhill) / size), 1e-10, 0.1)
        return solve_by_conjugate_gradients(
            vectors, identity, cross, downhill, shift, float(rtol)
        )


@np.errstate(over="ignore", invalid="ignore")  # steps too far, which are not taken
def levenberg_marquardt(
    target,
    vectors,
    signs,
    *,
    ridge=0.0,
    max_iter=100,
    tol=1e-15,
    patience=None,
    promising=np.inf,
    precision=0.0,
):
    r"""Minimise ``||T - sum_i a_i u_i^{⊗l}||^2 / 2 + ridge ||U||^2 / 2``, signs fixed.

    Parameters
    ----------
    target : Contracted
    vectors : ndarray of shape (d, m)
        The start.
    signs : ndarray of shape (m,)
        1 or -1.
    ridge : float, default=0.0
        For a target of norm one. It acts as a 2/l quasi-norm of the weights.
    max_iter : int, default=100
        Most accepted steps.
    tol : float, default=1e-15
        Relative residual at which it stops.
    patience : int or None, default=None
        Give up when so many iterations have not halved the objective.
    promising : float, default=inf
        A start that leaves a larger relative residual is returned as it is.
    precision : float, default=0.0
        Stop when ``CREEPING`` steps together lower the objective by less, for a target
        of norm one. 0: as far as rounding lets it.

    Returns
    -------
    result : PolishResult

    Notes
    -----
    A step solves ``(J'J + (ridge + damping) I) step = -gradient``. Block (i, j) of
    ``J'J`` is ``l a_i a_j [g^{l-1} I + (l-1) g^{l-2} u_j u_i']``, ``g = u_i'u_j``; its
    product with a direction costs ``O(m^2 d)``, so that large problems are solved by
    preconditioned conjugate gradients. The damping follows the gain ratio (Nielsen's
    rule). Where the promised decrease drowns in the rounding of the objective, a step
    counts if it makes the gradient smaller, which converges to machine precision when
    the residual is not zero, too.
    """
    problem = _Problem(target, signs, ridge)
    point = problem.evaluate(vectors)
    converged = sqrt(point.squared) <= tol * problem.scale
    if converged or sqrt(point.squared) > promising * problem.scale:
        return problem.result(point, 0, converged)
    # A start that fits already is near a solution: full steps converge at once there.
    caution = min(1.0, 1e3 * sqrt(2 * point.value) / max(problem.scale, 1e-300))
    stiffness = target.order * point.blocks[0].diagonal().max()
    damping = max(1e-2 * caution * stiffness, 1e-300)

    def is_enough(values, point):
        return (
            sqrt(point.squared) <= tol * problem.scale
            or (patience and _stalls(values, patience))
            or (precision and _creeps(values, precision))
        )

    point, n_steps, converged = descend(problem, point, damping, max_iter, is_enough)
    converged |= sqrt(point.squared) <= tol * problem.scale
    return problem.result(point, n_steps, converged)


def descend(problem, point, damping, max_iter, is_enough):
    """Steps of Levenberg-Marquardt from a point of a least-squares problem.

    Parameters
    ----------
    problem : object
        ``evaluate(vectors)`` gives a point with ``vectors``, ``value`` (the objective)
        and ``downhill`` (minus its gradient); ``solve(point, damping)`` a step, or None
        where the damped normal matrix is singular.
    point : object
        The first.
    damping : float
        Of the first step; it follows the gain ratio (Nielsen's rule).
    max_iter : int
        Most accepted steps.
    is_enough : callable
        ``is_enough(values, point)`` after each accepted step ends the descent; the
        values are those of all points.

    Returns
    -------
    point : object
        The last.
    n_steps : int
        Accepted.
    converged : bool
        Whether rounding left nothing to gain.
    """
    growth, values, converged = 2.0, [point.value], False
    for _ in range(4 * max_iter):
        if converged or len(values) > max_iter:
            break
        step = problem.solve(point, damping)
        if step is not None and np.isfinite(step).all():
            trial = problem.evaluate(point.vectors + step)
            gain, converged = _gain(point, trial, step, damping)
            if gain > 0:
                point, growth = trial, 2.0
                damping *= max(0.1, 1 - (2 * min(gain, 1) - 1) ** 3)
                values.append(point.value)
                if is_enough(values, point):
                    break
                continue
        damping *= growth
        growth *= 2
    return point, len(values) - 1, converged


def _gain(point, trial, step, damping):
    """Gain ratio of a step, and whether nothing is left to gain."""
    promised = 0.5 * np.vdot(step, damping * step + point.downhill)
    if promised > 1e-13 * point.value:
        return (point.value - trial.value) / max(promised, 1e-300), False
    before, after = np.linalg.norm(point.downhill), np.linalg.norm(trial.downhill)
    return (1.0 if after < before else -1.0), after >= 0.5 * before


def _creeps(values, precision):
    return len(values) > CREEPING and values[-1 - CREEPING] - values[-1] < precision


def _stalls(values, patience):
    return len(values) > patience and values[-1] > 0.5 * values[-1 - patience]
