# SPDX-License-Identifier: BSD-3-Clause
"""A core in its best conditioned coordinates, and what is proven about it there."""

import numpy as np

from ..compression import CompactTarget, rank_bound, whiten
from ..settings import SETTINGS
from .algebraic import algebraic_fit
from .coarse import coarsen


class WhitenedCore:
    """A core after the change of basis that makes its components most orthogonal.

    Parameters
    ----------
    core : ndarray of shape (k,) * l
        Of norm one, with an unfolding of full row rank.
    eps : float
        Relative size of the rounding in ``core``.
    random_state : RandomState
        Source of sketches.

    Attributes
    ----------
    target : CompactTarget
        The whitened core, with coarser entries; see :func:`coarsen`.
    change : ndarray of shape (k, k)
        Its components are ``change' u``.
    exact_tol : float
        Relative residual of an exact model in these coordinates.
    bound : RankBound
        What flattenings prove about the rank.
    guess : Fit or None
        Exact terms that can be read off here: the first epoch confirms them.
    """

    def __init__(self, core, eps, random_state):
        white, self.change, noise = whiten(core, noise=eps)
        self.exact_tol = max(SETTINGS.exact, SETTINGS.times_rounding * noise)
        self.bound = rank_bound(white, random_state, tol=self.exact_tol)
        white = coarsen(white)
        self.target = CompactTarget(white)
        self.guess = None
        if not self.bound.saturated:
            eps = self.exact_tol / SETTINGS.times_rounding
            self.guess = algebraic_fit(white, self.target, random_state, eps)

    def enter(self, fit):
        """Terms in the core's own metric, brought to these coordinates."""
        return fit.at(self.change.T @ fit.vectors)

    def leave(self, fit):
        """Bring terms back to the core's own metric."""
        return fit.at(np.linalg.solve(self.change.T, fit.vectors))
