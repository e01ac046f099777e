# SPDX-License-Identifier: BSD-3-Clause
"""Algorithm 1 of the paper, step by step as printed."""

from dataclasses import dataclass
from functools import partial
from math import isfinite, sqrt

import numpy as np

from ..algebra.cp import column_norms
from ..machine.backend import to_numpy
from .course import Course
from .objective import Components, TwoHomogeneousObjective
from .result import SolverResult
from .start import random_columns, random_signs

# Step sizes below this share of the first one no longer move float64 parameters.
SMALLEST_STEP_SHARE = 1e-18


@dataclass(frozen=True)
class Schedule:
    """The constants of Algorithm 1, in the paper's letters.

    Attributes
    ----------
    m, K, H : int
        Components, epochs, and iterations in an epoch.
    delta : float
        Length of every fresh component.
    scalar : float
        ``sqrt(d (m + K))``, the scalar mode of a fresh component.
    threshold : float
        ``2 sqrt(m + K) delta``, the length at which the mode switches to one.
    """

    m: int
    K: int
    H: int
    delta: float
    scalar: float
    threshold: float


def make_schedule(n_features, order, m, K, H, delta="auto"):
    """Fill in the schedule; ``delta="auto"`` starts near zero at any size.

    All m components at the switch, before their scalar falls to one, weigh at most
    ``m s^{l-2} (2 sqrt(m+K) delta)^2``. The automatic delta makes that 1e-2 of the
    target's norm, so that the start is far from the lazy regime.
    """
    scalar = sqrt(n_features * (m + K))
    if delta == "auto":
        delta = sqrt(1e-2 / (4 * m * (m + K) * scalar ** (order - 2)))
    return Schedule(m, K, H, delta, scalar, 2 * sqrt(m + K) * delta)


def gradient_descent(
    target,
    schedule,
    *,
    alpha,
    step_size,
    tol,
    random_state,
    start=None,
    course=None,
):
    """Run Algorithm 1: K epochs of a re-initialisation and H gradient steps.

    Parameters
    ----------
    target : target
        What is decomposed.
    schedule : Schedule
        m, K, H and delta.
    alpha : float
        The penalty lambda, for a target scaled to norm one.
    step_size : float or "auto"
        eta. ``"auto"`` takes, at each iteration, the largest of a halving sequence of
        steps for which the inequality of Lemma 3 holds,
        ``f(U') - f(U) <= -(eta / l) ||grad||^2``, and tries a step 1.25 times as long
        at the next one. The exact slope along the step is at least ``(2 / l)
        ||grad||^2``, so a short enough step always passes. The objective then
        decreases at every step but for re-initialisations and scalar mode switches.
        No step is longer than what keeps Lemma 5 true, ``||P_B U||^2 <= (m + K)
        delta^2`` outside of the span of the target's components. A number is taken
        as it is: both lemmas then ask for a small one.
    tol : float
        Relative residual at which an epoch ends the search.
    random_state : RandomState
        Source of the start and of the re-initialisations.
    start : Components or None
        Where to start instead of at fresh components; see :func:`warm_components`.
    course : Course or None
        Keeps the epochs; its observer is called with an :class:`Observation` for the
        start, after each re-initialisation and after each iteration.

    Returns
    -------
    result : SolverResult
    """
    objective = TwoHomogeneousObjective(target, alpha)
    context = objective.context
    if start is None:
        start = fresh_components(target.n_features, schedule, context, random_state)
    search = _Search(objective, schedule, step_size)
    course = Course() if course is None else course
    course.enter("data", objective.leave)
    components, observe = start, course.watcher(objective, epoch=0)
    if observe is not None:
        observe(0, start, objective.evaluate(start))
    for _ in range(schedule.K):
        course.begin_epoch()
        j = smallest_component(components, context)
        components = reinitialize_smallest(components, schedule, context, random_state)
        components, point, losses = search.run_epoch(
            components, course.watcher(objective, reinitialized=j)
        )
        model = partial(_model, point)
        stop = course.end_epoch(losses, point.residual, model)
        if stop or point.residual <= tol or search.diverged:
            break
    return SolverResult.from_evaluation(objective, components, point, course)


def _model(point):
    return point.weights, point.V


def fresh_components(n_features, schedule, context, random_state):
    """First lines of Algorithm 1: all components drawn from ``delta Unif(S^{d-1})``."""
    U = schedule.delta * random_columns(n_features, schedule.m, random_state)
    signs = random_signs(schedule.m, random_state)
    scalars = np.full(schedule.m, schedule.scalar)
    return Components(*(context.asarray(part) for part in (U, signs, scalars)))


def warm_components(weights, V, schedule, context, random_state):
    """Start from a CP model, ``w_i = a_i ||u_i||^2``, in its second scalar mode.

    Components beyond those of the model are fresh; if the model has more than m, its
    heaviest m are kept. The weights are those of the target scaled to norm one.
    """
    kept = np.argsort(-np.abs(weights), kind="stable")[: schedule.m]
    U = schedule.delta * random_columns(len(V), schedule.m, random_state)
    signs = random_signs(schedule.m, random_state)
    scalars = np.full(schedule.m, schedule.scalar)
    k = len(kept)
    U[:, :k] = V[:, kept] * np.sqrt(np.abs(weights[kept]))
    signs[:k] = np.where(weights[kept] < 0, -1.0, 1.0)
    scalars[:k] = 1.0
    return Components(*(context.asarray(part) for part in (U, signs, scalars)))


def smallest_component(components, context):
    """Index j of the component with the smallest norm among all columns of U.

    The paper leaves open which of several it is; here it is the first.
    """
    norms = to_numpy(column_norms(context.xp, components.U))
    # At the start all norms are delta up to rounding, which is another one in each
    # backend: norms that agree in half of their digits are the same.
    smallest = norms <= norms.min() * (1 + sqrt(context.eps))
    return int(np.argmax(smallest))


def reinitialize_smallest(components, schedule, context, random_state):
    """First line of an epoch: redraw the component of smallest norm."""
    n_features, m = components.U.shape
    fresh = np.arange(m) == smallest_component(components, context)
    column = schedule.delta * random_columns(n_features, 1, random_state)
    sign = float(random_signs(1, random_state)[0])
    mask = context.asarray(fresh)
    return Components(
        U=components.U * (1 - mask) + context.asarray(column) * mask,
        signs=components.signs * (1 - mask) + sign * mask,
        scalars=components.scalars * (1 - mask) + schedule.scalar * mask,
    )


class _Search:
    """H gradient steps with scalar mode switches; keeps the step size."""

    def __init__(self, objective, schedule, step_size):
        self.objective = objective
        self.schedule = schedule
        self.automatic = step_size == "auto"
        self.step = 1.0 / objective.order if self.automatic else float(step_size)
        self.taken = 0.0  # the step before it was made longer for the next iteration
        self.diverged = False  # a step of the user's own was far too long

    def run_epoch(self, components, observe=None):
        """Take H steps; return the components, their evaluation and the losses.

        Steps that overflow end the epoch at the best point that it had.
        """
        objective, losses = self.objective, []
        point = objective.evaluate(components)
        best = components, point
        if observe is not None:
            observe(0, components, point)
        for iteration in range(1, self.schedule.H + 1):
            gradient = objective.algorithm_gradient(components, point)
            with np.errstate(over="ignore", invalid="ignore"):
                moved, moved_point = self._descend(components, point, gradient)
            if not isfinite(moved_point.loss):
                self.diverged = True
                return *best, losses or [point.loss]
            components, point = self._switch_modes(moved, moved_point)
            losses.append(point.loss)
            if observe is not None:
                observe(iteration, components, point, self.taken, moved_point.loss)
            if point.loss < best[1].loss:
                best = components, point
        return components, point, losses

    def _descend(self, components, point, gradient):
        """``U' <- U - eta grad``, then c and ĉ follow the new norms."""
        objective = self.objective
        if self.automatic:
            self.step = min(self.step, objective.longest_step(components, point))
        moved = _moved(components, gradient, self.step)
        moved_point = objective.evaluate(moved)
        self.taken = self.step
        if not self.automatic:
            return moved, moved_point
        square = float(objective.context.xp.sum(gradient**2))
        rounding = 4 * objective.context.eps * (1 + point.loss)
        while not (
            moved_point.loss
            <= point.loss - self.step / objective.order * square + rounding
        ):
            if self.step < SMALLEST_STEP_SHARE:
                self.taken = 0.0
                return components, point
            self.step /= 2
            moved = _moved(components, gradient, self.step)
            moved_point = objective.evaluate(moved)
        self.taken = self.step
        self.step *= 1.25
        return moved, moved_point

    def _switch_modes(self, components, point):
        """Scalar mode switch: a norm passes the threshold for the first time."""
        xp = self.objective.context.xp
        # A fresh component starts below the threshold, so a component in its first
        # mode and above the threshold has just passed it.
        passes = (components.scalars != 1) & (point.norms > self.schedule.threshold)
        if not bool(xp.any(passes)):
            return components, point
        ones = components.scalars * 0 + 1
        scalars = xp.where(passes, ones, components.scalars)
        components = Components(components.U, components.signs, scalars)
        return components, self.objective.with_scalars(components, point)


def _moved(components, gradient, step):
    return Components(
        components.U - step * gradient, components.signs, components.scalars
    )
