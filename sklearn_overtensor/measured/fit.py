# SPDX-License-Identifier: BSD-3-Clause
"""Least-squares fits of terms to measurements."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from ..refine import creeps, damped_steps, solve_damped
from .measurements import Measurements
from .terms import MixedTerms

# Steps of a fit, and of one whose last digits are wanted.
MAX_STEPS, LAST_DIGITS = 50, 200
# First damping, and the least that keeps a singular matrix regular, over its diagonal.
FIRST, LEAST = 1e-3, 1e-14


@dataclass(frozen=True)
class MixedFit:
    """Terms fitted to measurements, and what they leave.

    Attributes
    ----------
    terms : MixedTerms
    r : ndarray of shape (n,)
        The remainder.
    squared : float
        Its mean square.
    """

    terms: MixedTerms
    r: np.ndarray
    squared: float

    @classmethod
    def as_it_is(cls, measurements, terms):
        """Terms that are not fitted, and what they leave."""
        r = measurements.residual(terms)
        return cls(terms, r, measurements.mean_square(r))

    @classmethod
    def of(cls, measurements, terms, precision=0.0, exact=0.0):
        """The least-squares fit from a start.

        Parameters
        ----------
        measurements : Measurements
        terms : MixedTerms
        precision : float, default=0.0
            Stop when three steps together lower the mean square by a smaller share. 0:
            as far as rounding lets it.
        exact : float, default=0.0
            Mean square at which a coarse fit is exact.
        """
        if len(terms) == 0:
            return cls(terms, measurements.y, measurements.squared_norm)
        point = _descended(measurements, terms, precision, exact)
        return cls(point.terms, point.r, point.squared)


@dataclass(frozen=True)
class _Point:
    """All that a step needs to know of terms."""

    measurements: Measurements
    terms: MixedTerms
    r: np.ndarray
    downhill: np.ndarray

    @classmethod
    def at(cls, measurements, terms):
        """The terms and what they leave."""
        return cls(measurements, terms, *measurements.slope(terms))

    @property
    def vectors(self):
        """Of the terms."""
        return self.terms.vectors

    @cached_property
    def squared(self):
        """Mean square of what is left."""
        return self.measurements.mean_square(self.r)

    @property
    def value(self):
        """The objective."""
        return 0.5 * self.squared

    @cached_property
    def matrix(self):
        """The normal matrix; a point that is not gone on from needs none."""
        return self.measurements.normal_matrix(self.terms)[0]


class _Problem:
    """Least squares over the vectors of terms."""

    def __init__(self, measurements, terms):
        self._measurements, self._terms = measurements, terms

    def evaluate(self, vectors):
        """The point with these vectors."""
        return _Point.at(self._measurements, replace(self._terms, vectors=vectors))

    def solve(self, point, damping):
        """The damped Gauss-Newton step; NaN where the matrix is singular."""
        damping = max(damping, LEAST * point.matrix.diagonal().max())
        step = solve_damped(point.matrix.copy(), point.downhill.ravel(), damping)
        return step.reshape(point.downhill.shape)


@np.errstate(over="ignore", invalid="ignore")  # steps too far, which are not taken
def _descended(measurements, terms, precision, exact):
    def is_enough(values, point):
        if not precision:
            return False
        return creeps(values, precision * values[-1]) or point.squared <= exact

    start = _Point.at(measurements, terms)
    if start.squared == 0:
        return start
    damping = FIRST * start.matrix.diagonal().max()
    n_steps = MAX_STEPS if precision else LAST_DIGITS
    problem = _Problem(measurements, terms)
    return damped_steps(problem, start, damping, n_steps, is_enough)
