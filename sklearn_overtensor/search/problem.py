# SPDX-License-Identifier: BSD-3-Clause
"""The target in small coordinates, and the way back."""

from math import sqrt

import numpy as np

from .._backend import ArrayContext, to_numpy
from .._monomials import n_monomials
from .._threads import few_threads
from ..compression import (
    CompactTarget,
    ProjectedTarget,
    RankBound,
    column_space,
    rank_bound,
    simultaneous_diagonalisation,
    whiten,
)
from ..refine import polish, reduce_to_tolerance

# Entries of the largest core that is held densely, 128 MiB; beyond it the search uses
# contractions alone.
MAX_CORE = 2**24
# Relative residual of an exact model in whitened coordinates, where rounding allows it.
EXACT = 1e-9
# Rounding beyond which a residual says nothing: multiples of the core's own.
ROUNDING = 100
# Relative error in norm that coarser entries make, below what counts as exact.
COARSENESS = 1e-10


def coarsen(core):
    """Round the entries of a core of norm one; its norm moves by at most 1e-10.

    A search that starts at a symmetric point near zero amplifies the last bits of the
    target. Cores that differ by rounding, as they do between backends or when rows
    come in another order, are equal after this, and so are the paths of their
    searches. What a search finds is polished on the exact core.
    """
    quantum = COARSENESS / sqrt(core.size)
    return np.round(core / quantum) * quantum


class CompressedProblem:
    """A target of norm one in the column space of its unfolding.

    Parameters
    ----------
    target : target

    Attributes
    ----------
    scale : float
        Norm of the target.
    basis : ndarray of shape (d, k)
        Orthonormal; components in small coordinates are ``basis' v``.
    data : CompactTarget or ProjectedTarget
        The target in small coordinates, in the data's own metric.
    coarse : CompactTarget or ProjectedTarget
        The same with coarser entries, for searches; see :func:`coarsen`.
    white : CompactTarget or None
        The same whitened: its components are ``change' u``. None when the core is too
        large, or the target offers no ``compressed``.
    guess : tuple of (weights, directions) or None
        Components of ``white`` where the bound says that they are independent: a start
        for the first epoch, which confirms or forgets it.
    contraction : {"dense", "implicit"}
        Whether ``data`` is the core or contracts with the target itself.
    n_entries : int
        Distinct entries of the core.
    bound : RankBound
        What flattenings prove about the rank.
    """

    def __init__(self, target):
        self.scale = sqrt(target.squared_norm)
        self.order = target.order
        eps = getattr(target, "context", ArrayContext()).eps
        # The seed of these sketches is fixed: they find what is there, whatever it is,
        # and the start of the search depends on the user's seed and on shapes only.
        sketches = np.random.RandomState(0)
        tol = max(1e-12, ROUNDING * eps)
        self.basis = column_space(target, sketches, tol)
        self.n_features = self.basis.shape[1]
        self.n_entries = n_monomials(self.n_features, self.order)
        self.bound = RankBound(self.n_features, saturated=True)
        self.white = self.change = self.guess = None
        self.exact_tol = max(EXACT, ROUNDING * eps)
        self.contraction = self._cheaper_contraction(target)
        if self.contraction == "dense":
            core = to_numpy(target.compressed(self.basis)).astype(float) / self.scale
            self.data = CompactTarget(core)
            self.coarse = CompactTarget(coarsen(core))
            with few_threads(self.n_features):
                self._whiten(core, eps, sketches)
        else:
            self.data = self.coarse = ProjectedTarget(target, self.basis, self.scale)

    def _cheaper_contraction(self, target):
        if not hasattr(target, "compressed") or self.n_features**self.order > MAX_CORE:
            return "implicit"
        if hasattr(target, "contraction_in"):
            return target.contraction_in(self.n_features)
        return "dense"

    def _whiten(self, core, eps, sketches):
        white, self.change, noise = whiten(core, noise=eps)
        self.exact_tol = max(EXACT, ROUNDING * noise)
        self.bound = rank_bound(white, sketches, tol=self.exact_tol)
        white = coarsen(white)
        self.white = CompactTarget(white)
        if self.bound.lower == self.n_features and not self.bound.saturated:
            self.guess = simultaneous_diagonalisation(white, sketches)

    def is_identifiable(self, n_terms):
        """Whether so few terms fit only special tensors: a fit is no accident."""
        if n_terms == self.bound.lower and not self.bound.saturated:
            return True
        return n_terms * self.n_features < self.n_entries

    def finish_exact(self, vectors, signs):
        """Reduce in the well-conditioned coordinates, polish in the data's own."""
        vectors, signs = reduce_to_tolerance(
            self.white, vectors, signs, tol=self.exact_tol, floor=self.bound.lower
        )
        vectors = np.linalg.solve(self.change.T, vectors)
        result = polish(self.data, vectors, signs, max_iter=50, tol=1e-15, patience=8)
        return result.vectors, signs

    def enter(self, weights, V):
        """A model in the target's units and coordinates, brought to small ones."""
        return np.asarray(weights) / self.scale, self.basis.T @ V

    def leave(self, weights, directions):
        """A model in small coordinates, brought back to the target's."""
        return weights * self.scale, self.basis @ directions
