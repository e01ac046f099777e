# SPDX-License-Identifier: BSD-3-Clause
"""Levenberg-Marquardt: its rule, and descents of one model or of many at once."""

import numpy as np

from ..settings import SETTINGS


def damped_steps(problem, point, damping, max_iter, is_enough):
    """Steps of Levenberg-Marquardt from a point of a least-squares problem to the last.

    ``problem.evaluate(vectors)`` gives a point with ``vectors``, ``value`` (the
    objective) and ``downhill`` (minus its gradient); ``problem.solve(point, damping)``
    a step, NaN where the damped normal matrix is singular. At most ``max_iter`` steps
    are accepted; ``is_enough(values, point)``, told of the values of all points, ends
    the descent after one.
    """
    growth, values, converged = 2.0, [point.value], False
    while len(values) <= max_iter and not converged and np.isfinite(damping):
        step, gain = problem.solve(point, damping), -1.0
        if np.isfinite(step).all():
            trial = problem.evaluate(point.vectors + step)
            gain, converged = _gain(*_changes(point, trial, step, damping))
        damping, growth = _next_damping(damping, growth, gain)
        if gain > 0:
            point = trial
            values.append(point.value)
            if is_enough(values, point):
                break
    return point


def damped_steps_of_each(problem, points, damping, max_iter, tol):
    """The same from many points of as many problems, until all of them have ended.

    ``take(rows)`` gives some of the problems, or of the points, and ``put(rows,
    others)`` replaces points. At most ``max_iter`` steps are tried; a relative decrease
    of an objective below ``tol`` ends the descent of its model.
    """
    growth, active = np.full(len(damping), 2.0), np.arange(len(damping))
    for _ in range(max_iter):
        if len(active) == 0:
            break
        here, own, shift = points.take(active), problem.take(active), damping[active]
        step = own.solve(here, shift)
        trial = own.evaluate(here.vectors + step)
        gain, converged = _gains(*_changes(here, trial, step, shift[:, None, None]))
        better = gain > 0
        points.put(active[better], trial.take(better))
        damping[active], growth[active] = _next_dampings(shift, growth[active], gain)
        little = here.value - trial.value <= tol * here.value
        active = active[~(converged | (better & little))]
    return points


def _changes(point, trial, step, damping):
    """Promised decrease, decrease, objective, squared slopes before and after."""
    return (
        0.5 * inner(step, damping * step + point.downhill),
        point.value - trial.value,
        point.value,
        inner(point.downhill, point.downhill),
        inner(trial.downhill, trial.downhill),
    )


def _gain(promised, decrease, value, before, after):
    """Gain ratio of a step, and whether nothing is left to gain.

    Where the promised decrease drowns in the rounding of the objective, one last step
    counts if it makes the gradient smaller.
    """
    if promised > SETTINGS.unresolved * value:
        return decrease / max(promised, 1e-300), False
    return (1.0 if after < before else -1.0), True


def _next_damping(damping, growth, gain):
    """Nielsen's rule: as the gain ratio says, and twice as fast at each rejection."""
    if gain > 0:
        return damping * max(1 / 3, 1 - (2 * min(gain, 1) - 1) ** 3), 2.0
    return damping * growth, 2 * growth


_gains = np.vectorize(_gain, otypes=[float, bool])
_next_dampings = np.vectorize(_next_damping, otypes=[float, float])


def inner(left, right):
    """Frobenius inner product of two matrices, or of each pair of many."""
    if left.ndim < 3:
        return np.vdot(left, right)
    return np.einsum("ndm,ndm->n", left, right)


def creeps(values, precision):
    """Whether the last few steps together lowered the objective by less."""
    return (
        len(values) > SETTINGS.creeping
        and values[-1 - SETTINGS.creeping] - values[-1] < precision
    )


def stalls(values, patience):
    """Whether so many steps have not halved the objective."""
    return len(values) > patience and values[-1] > 0.5 * values[-1 - patience]
