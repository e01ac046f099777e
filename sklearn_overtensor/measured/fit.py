# SPDX-License-Identifier: BSD-3-Clause
"""Least-squares fits of terms to measurements: Levenberg-Marquardt."""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import LinAlgError, cho_factor, cho_solve

from .terms import Terms

# Steps of a fit, and of one whose last digits are wanted.
MAX_STEPS, LAST_DIGITS = 50, 200
# Steps that a coarse fit looks back at.
CREEPING = 3
# Decrease of the objective that is rounding, and the longest step that is.
ROUNDING, SETTLED = 1e-15, 1e-11


@dataclass(frozen=True)
class Fit:
    """Terms fitted to measurements, and what they leave.

    Attributes
    ----------
    terms : Terms
    r : ndarray of shape (n,)
        The remainder.
    squared : float
        Its mean square.
    """

    terms: Terms
    r: np.ndarray
    squared: float

    @classmethod
    def as_it_is(cls, measurements, terms):
        """Terms that are not fitted, and what they leave."""
        r = measurements.residual(terms)
        return cls(terms, r, measurements._square(r))

    @classmethod
    def of(cls, measurements, terms, precision=0.0, exact=0.0):
        """The least-squares fit from a start.

        Parameters
        ----------
        measurements : Measurements
        terms : Terms
        precision : float, default=0.0
            Stop when three steps together lower the mean square by a smaller share. 0:
            as far as rounding lets it.
        exact : float, default=0.0
            Mean square at which a coarse fit is exact.
        """
        if len(terms) == 0:
            return cls(terms, measurements.y, measurements.squared_norm)
        terms, r, squared = _descend(measurements, terms, precision, exact)
        return cls(terms, r, squared)


@np.errstate(over="ignore", invalid="ignore")  # steps too far, which are not taken
def _descend(measurements, terms, precision, exact):
    r, downhill = measurements.slope(terms)
    squared = measurements._square(r)
    damping, growth, history, fresh = 0.0, 2.0, [squared], True
    n_steps = MAX_STEPS if precision else LAST_DIGITS
    for _ in range(3 * n_steps):
        if len(history) > n_steps or squared == 0:
            break
        if fresh:
            matrix, _ = measurements.normal_matrix(terms)
            largest = matrix.diagonal().max()
            least = 1e-3 if len(history) == 1 else 1e-14
            damping, fresh = max(damping, least * largest), False
        step = solve_damped(matrix, downhill.ravel(), damping).reshape(downhill.shape)
        trial = terms.moved(step)
        left, slope = measurements.slope(trial)
        value = measurements._square(left)
        promised = float(np.vdot(step, damping * step + downhill))
        if promised <= ROUNDING * squared:
            # Beyond what the objective resolves a smaller gradient is progress.
            if not np.linalg.norm(slope) < 0.5 * np.linalg.norm(downhill):
                break
            gain = 1.0
        else:
            gain = (squared - value) / promised
        if gain > 0:  # not of NaN
            settled = np.linalg.norm(step) <= SETTLED * np.linalg.norm(terms.vectors)
            terms, r, downhill, squared = trial, left, slope, value
            history.append(squared)
            damping *= max(0.1, 1 - (2 * min(gain, 1) - 1) ** 3)
            growth, fresh = 2.0, True
            if settled or (precision and _is_enough(history, precision, exact)):
                break
        else:
            damping, growth = damping * growth, 2 * growth
            if growth > 2.0**30:
                break
    return terms, r, squared


def solve_damped(matrix, right, damping):
    """``(H + damping I)^{-1}`` times one or more columns; NaN where it is singular."""
    shifted = matrix.copy()
    shifted.ravel()[:: len(matrix) + 1] += damping
    try:
        factor = cho_factor(shifted, overwrite_a=True, check_finite=False)
    except LinAlgError:
        return np.full(right.shape, np.nan)
    return cho_solve(factor, right, check_finite=False)


def _is_enough(history, precision, exact):
    if history[-1] <= exact:
        return True
    creeps = history[-1 - CREEPING :][0] - history[-1] < precision * history[-1]
    return creeps and len(history) > CREEPING
