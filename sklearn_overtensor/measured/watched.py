# SPDX-License-Identifier: BSD-3-Clause
"""The rounds of a search as the epochs of a decomposition."""

from functools import partial
from math import sqrt

import numpy as np

from ..refine import split
from ..solvers.course import Course


class WatchedRounds:
    """What the rounds of a search of a tensor tell those who watch it.

    Parameters
    ----------
    monitor : Monitor
    measurements : Measurements
    change : ndarray of shape (d, k)
        From the coordinates of the search to those of the tensor.
    order : int

    Attributes
    ----------
    course : Course
        A round is an epoch of one evaluation. Its objective is half of the squared
        relative residual.
    """

    def __init__(self, monitor, measurements, change, order):
        self.course = Course(monitor)
        self._squared_norm = measurements.squared_norm
        self._change, self._order = change, order

    def begin_epoch(self):
        """Tell of a round that begins."""
        self.course.begin_epoch()

    def end_epoch(self, make):
        """Record a round; return whether there shall be no more."""
        (fit,) = make()
        squared = fit.squared / self._squared_norm
        model = partial(self.model_of, fit)
        return self.course.end_epoch([0.5 * squared], sqrt(squared), model, latest=True)

    def model_of(self, fit):
        """Weights and unit directions of the tensor; one of weight zero for none."""
        if len(fit.terms) == 0:
            return np.zeros(1), np.eye(len(self._change), 1)
        vectors = self._change @ fit.terms.vectors
        return split(vectors, fit.terms.signs, self._order)
