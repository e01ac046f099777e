# SPDX-License-Identifier: BSD-3-Clause
"""The last digits of a fit that is not exact: accelerated Gauss-Newton steps."""

import numpy as np

from ..settings import SETTINGS
from .plain_fit import LeastSquares


def settle(target, fit):
    """Bring the gradient of a good fit down to rounding.

    With a residual Gauss-Newton converges linearly, and Levenberg-Marquardt stops where
    the objective no longer resolves its steps: about 1e-7 from the minimum. Equal
    problems, whose rounding differs, would get answers so far apart.

    The target has norm one. A fit that is near no minimum of ``||T - M||`` is left
    alone.

    Anderson acceleration of ``u -> u + step(u)``: the next point is the combination of
    the last ones whose steps cancel best. It asks for gradients alone, and converges
    about as Newton's method with conjugate gradients would.
    """
    problem, vectors = LeastSquares(target, fit.signs), fit.vectors
    start = best = point = problem.evaluate(vectors)
    size = target.order * problem.scale * np.linalg.norm(vectors) ** (target.order - 1)
    points, steps, stale = [], [], 0
    for _ in range(SETTINGS.steps):
        if stale == SETTINGS.creeping or _slope(best) <= SETTINGS.settled * size:
            break
        step = problem.solve(point, 0.0)
        if not np.isfinite(step).all():
            break
        if not points and np.linalg.norm(step) > SETTINGS.near * np.linalg.norm(
            vectors
        ):
            break
        points.append(point.vectors.ravel())
        steps.append(step.ravel())
        point = problem.evaluate(_accelerated(points, steps).reshape(vectors.shape))
        stale = 0 if _slope(point) < _slope(best) else stale + 1
        if _slope(point) < _slope(best):
            best = point
    # A gradient vanishes at saddles, too. Without explicit differences an objective is
    # known to the rounding of the target's squared norm, however small it is itself.
    worst = start.value + SETTINGS.settled * target.squared_norm
    if best.value > worst:
        best = start
    return fit.at(best.vectors, best.squared)


def _slope(point):
    return np.linalg.norm(point.downhill)


def _accelerated(points, steps):
    if len(points) == 1:
        return points[0] + steps[0]
    moves, changes = np.diff(points, axis=0), np.diff(steps, axis=0)
    shares = np.linalg.lstsq(changes.T, steps[-1], rcond=None)[0]
    return points[-1] + steps[-1] - shares @ (moves + changes)
