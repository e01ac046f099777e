# SPDX-License-Identifier: BSD-3-Clause
"""Where the components of a mixture are, by the moments of its rows."""

import warnings
from dataclasses import dataclass
from functools import cached_property
from math import sqrt

import numpy as np
from sklearn.cluster import kmeans_plusplus
from sklearn.exceptions import ConvergenceWarning

from ...decompose.function import overparam_symmetric_cp
from ...targets import HermiteMomentTarget
from ...targets._contraction import SMALL_CORE
from .variance import ROUNDING, MomentMatrix, signal_directions

# A level of noise that always asks for one more term: as many are found as are allowed,
# the strongest first. A search with rank= finds hardly better ones in ten times the
# time, and EM then ends at the same likelihood.
NO_NOISE = 1e-6


@dataclass(frozen=True)
class Start:
    """A mixture of spherical Gaussians of one variance.

    Attributes
    ----------
    weights : ndarray of shape (k,)
    means : ndarray of shape (k, n_features)
    variance : float
    order : int
        Of the moment that they are from.
    """

    weights: np.ndarray
    means: np.ndarray
    variance: float
    order: int


class MixtureMoments:
    """Rows along the principal axes of their covariance, and their moments.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
        Centred, of sizes about one.
    order : {"auto", 3, 4}
    significance : float
    random_state : RandomState

    Notes
    -----
    A moment of order l of the rows ``z = (c, x - mean)``, with the noise of x taken
    out, is ``sum_i pi_i (c, mu_i - mean)^{⊗l}``: a term for each component. Along axes
    in which the means do not differ there is nothing but noise: they are left out, and
    tell the variance.
    """

    def __init__(self, X, order, significance, random_state):
        self._order, self._significance = order, significance
        self._random_state = random_state
        values, axes = np.linalg.eigh(X.T @ X / len(X))
        kept = np.flatnonzero(values > ROUNDING * values[-1])[::-1]
        self._values, self._axes = values[kept], axes[:, kept]
        self._rows = X @ self._axes

    def found(self):
        """As many components as cannot be told from noise: a ``Start``."""
        n_axes = signal_directions(self._values, len(self._rows), self._significance)
        if n_axes == 0:
            return self.given(1)
        # Along one axis alone any third moment is one of two components.
        n_axes = max(n_axes, min(2, len(self._values)))
        start = self._decompose(n_axes, None, significance=self._significance)
        if n_axes == len(self._values):
            # How many there are says more of their variance.
            again = len(start.weights)
            start = self._decompose(n_axes, again, significance=self._significance)
        return start if len(start.weights) else self.given(1)

    def given(self, n_components):
        """So many components: a ``Start``.

        What moments do not tell is drawn from the rows as k-means++ does.
        """
        n_axes = min(n_components - 1, len(self._values))
        if n_axes == 0:
            values = self._values if len(self._values) else np.zeros(1)
            centre = np.zeros((1, len(self._axes)))
            start = Start(np.ones(1), centre, values.mean(), self._order_of(0))
        else:
            start = self._decompose(
                n_axes, n_components, n_components=n_components, noise=NO_NOISE
            )
        missing = n_components - len(start.weights)
        if missing == 0:
            return start
        drawn, _ = kmeans_plusplus(
            self._rows if self._rows.size else np.zeros((len(self._rows), 1)),
            missing,
            random_state=0,  # the number of components is to depend on no seed
        )
        drawn = drawn[:, : len(self._values)] @ self._axes.T
        weights = np.append(start.weights, np.full(missing, 1 / n_components))
        means = np.concatenate([start.means, drawn])
        return Start(weights / weights.sum(), means, start.variance, start.order)

    def _decompose(self, n_axes, number, **options):
        """The terms that stand for components, largest weight first."""
        variance, order = self._variance(n_axes, number), self._order_of(n_axes)
        values, rows = self._values[:n_axes], self._rows[:, :n_axes]
        constant = sqrt(values.sum())
        target = HermiteMomentTarget(
            np.column_stack([np.full(len(rows), constant), rows]),
            order,
            noise_covariance=np.diag([0.0] + [variance] * n_axes),
        )
        with warnings.catch_warnings():
            # That nothing is told from noise means one component here.
            warnings.simplefilter("ignore", ConvergenceWarning)
            result = overparam_symmetric_cp(
                target, random_state=self._random_state, **options
            )
        heights = result.components[:, 0] / constant
        shares = result.weights * heights**order
        # A share that is not positive stands for no component, nor does one that is
        # less than a row.
        real = (shares * len(rows) >= 1) & (np.abs(heights) * len(rows) > 1)
        points = result.components[real, 1:] / heights[real, None]
        shares = shares[real]
        means = points @ self._axes[:, :n_axes].T
        ranking = np.argsort(-shares, kind="stable")
        return Start(
            shares[ranking] / max(shares.sum(), 1e-300),
            means[ranking],
            variance,
            order,
        )

    def _variance(self, n_axes, number):
        if n_axes < len(self._values):
            return float(self._values[n_axes:].mean())
        return self._matrix.variance(number)

    @cached_property
    def _matrix(self):
        return MomentMatrix(self._rows, self._values)

    def _order_of(self, n_axes):
        """Order 3, but for more components than axes, where its terms are too many."""
        if self._order != "auto":
            return self._order
        more = n_axes == len(self._values) > 0
        return 4 if more and (n_axes + 1) ** 4 <= SMALL_CORE else 3
