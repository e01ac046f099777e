# SPDX-License-Identifier: BSD-3-Clause
"""A core in its best conditioned coordinates, and what is proven about it there."""

import numpy as np

from ..compression import (
    CompactTarget,
    rank_bound,
    sharpen,
    simultaneous_diagonalisation,
    whiten,
)
from .coarse import coarsen

# Relative residual of an exact model in whitened coordinates, where rounding allows it.
EXACT = 1e-9
# Rounding beyond which a residual says nothing: multiples of the core's own.
ROUNDING = 100


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
    guess : tuple of (weights, directions) or None
        Components where the bound says that they are independent: a start for the
        first epoch, which confirms or forgets it.
    """

    def __init__(self, core, eps, random_state):
        white, self.change, noise = whiten(core, noise=eps)
        self.exact_tol = max(EXACT, ROUNDING * noise)
        self.bound = rank_bound(white, random_state, tol=self.exact_tol)
        white = coarsen(white)
        self.target = CompactTarget(white)
        self.guess = None
        if self.bound.lower == len(core) and not self.bound.saturated:
            self.guess = independent_terms(white, self.target, random_state)

    def enter(self, vectors):
        """Vectors of the core's own metric, brought to these coordinates."""
        return self.change.T @ vectors

    def leave(self, vectors):
        """Bring vectors back to the core's own metric."""
        return np.linalg.solve(self.change.T, vectors)


def independent_terms(core, target, random_state):
    """As many terms as dimensions, supposing they are all: ``weights, directions``.

    None when the slices of the core show that they are not.

    Parameters
    ----------
    core : ndarray of shape (k,) * l
    target : CompactTarget
        The same.
    random_state : RandomState
    """
    directions = simultaneous_diagonalisation(core, random_state)
    if directions is None:
        return None
    weights, directions = sharpen(target, directions)
    return (weights, directions) if np.isfinite(directions).all() else None
