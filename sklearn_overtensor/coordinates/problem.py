# SPDX-License-Identifier: BSD-3-Clause
"""The target in small coordinates, and the way back."""

from functools import cached_property
from math import inf, sqrt

import numpy as np

from ..algebra.cp import ROUNDING, multilinear
from ..algebra.monomials import n_monomials
from ..compression import (
    ColumnSpace,
    CompactTarget,
    ProjectedTarget,
    RankBound,
    column_space,
)
from ..machine.backend import load_backend, to_numpy
from ..machine.random import random_state_of
from ..machine.threads import few_threads
from ..refine import Fit, polish, reduce_to_tolerance
from ..settings import SETTINGS
from ..targets._contraction import MAX_CORE, SMALL_CORE
from .algebraic import algebraic_fit
from .coarse import coarsen
from .whitened import WhitenedCore


class CompressedProblem:
    """A target of norm one in the column space of its unfolding.

    Parameters
    ----------
    target : target
    metric : Metric or None, default=None
        Coordinates to work in instead, in which the noise of samples is alike in all
        directions.

    Attributes
    ----------
    scale : float
        Norm of the target.
    basis : ndarray or sparse array of shape (d, k)
        Orthonormal; components in small coordinates are ``basis' v``.
    data : CompactTarget or ProjectedTarget
        The target in small coordinates, in the data's own metric.
    has_core : bool
        Whether the core is formed: for its contractions, or since it is small.
    fine, coarse : CompactTarget or ProjectedTarget
        The same from the core where it is formed, for fits within a search, and with
        coarser entries, for descent; see :func:`coarsen`.
    white : WhitenedCore or None
        The same whitened. None without a core.
    contraction : {"dense", "implicit"}
        Whether ``data`` is the core or contracts with the target itself.
    n_entries : int
        Distinct entries of the core.
    bound : RankBound
        What flattenings prove about the rank.
    """

    def __init__(self, target, metric=None):
        self.order = target.order
        self._eps = target.context.eps
        tol = max(ROUNDING, SETTINGS.times_rounding * self._eps)
        # Beyond it there is no core, and a basis makes nothing cheaper, unless that of
        # the span of few rows, which holds it.
        limit = int(MAX_CORE ** (1 / self.order))
        if target.has_few_rows():
            limit = inf
        limit = min(limit, target.most_directions)
        if metric is None:
            space = column_space(target, self._sketches(), tol, limit)
            if space.basis.shape[1] > target.most_directions:
                space = ColumnSpace(target.leading())
            self.lift = space.basis
        else:
            space, self.lift = ColumnSpace(metric.change), metric.lift
        self.basis = space.basis
        self.n_features = self.basis.shape[1]
        self.n_entries = n_monomials(self.n_features, self.order)
        self.contraction = self._cheaper_contraction(target)
        self.has_core = self.contraction == "dense" or self._is_small(target)
        if metric is not None and not metric.rows_fit:
            self.has_core = True
        projected = self.basis
        if self.has_core:
            core = to_numpy(space.core(target)).astype(float, copy=False)
        if metric is None:
            self.scale = sqrt(target.squared_norm)
        elif self.has_core:
            self.scale = float(np.linalg.norm(core)) or 1.0
        else:
            target, projected = target.in_subspace(self.basis), None
            self.scale = target.usual_size()
        if self.has_core:
            self._core = core / self.scale
        if self.contraction == "dense" or (metric is not None and self.has_core):
            self.data = CompactTarget(self._core)
        else:
            self.data = ProjectedTarget(
                target, projected, self.scale, None if projected is not None else 1.0
            )
        compact = isinstance(self.data, CompactTarget) or not self.has_core
        self.fine = self.data if compact else CompactTarget(self._core)

    @staticmethod
    def _sketches():
        # Their seed is fixed: they find what is there, whatever it is, and the start of
        # the search depends on the user's seed and on shapes only.
        return random_state_of(0)

    def _is_small(self, target):
        # What a small core tells of the rank is known to every search, also where
        # contractions are implicit: it costs less, and where alpha is below the noise,
        # rounding alone decides between many fits.
        small = self.n_features**self.order <= SMALL_CORE
        return small and target.compressed is not None

    def _cheaper_contraction(self, target):
        if target.compressed is None or self.n_features**self.order > MAX_CORE:
            return "implicit"
        return target.contraction_in(self.n_features)

    @cached_property
    def coarse(self):
        """The target with coarser entries."""
        return CompactTarget(coarsen(self._core)) if self.has_core else self.data

    @cached_property
    def white(self):
        """The whitened target."""
        if not self.has_core:
            return None
        with few_threads(self.n_features):
            return WhitenedCore(self._core, self._eps, self._sketches())

    @property
    def bound(self):
        """What is proven about the rank."""
        if self.white is None:
            return RankBound(self.n_features, saturated=True)
        return self.white.bound

    def is_identifiable(self, n_terms):
        """Whether so few terms fit only special tensors: a fit is no accident."""
        if n_terms == self.bound.lower and not self.bound.saturated:
            return True
        return n_terms * self.n_features < self.n_entries

    @cached_property
    def algebraic_fit(self):
        """The fit of exact terms that are read off, or None.

        As many as a flattening has rank: there cannot be fewer.
        """
        if not self.has_core:
            return None
        return algebraic_fit(self._core, self.data, self._sketches(), self._eps)

    def leading_terms(self, tol):
        """Terms that are read off the directions above ``tol``: a Fit, or None.

        The others are rounding or noise so small that an answer may leave it. Whitened
        they would be as large as the rest. None where there are no others.
        """
        if not self.has_core:
            return None
        unfolding = self._core.reshape(self.n_features, -1)
        values, vectors = np.linalg.eigh(unfolding @ unfolding.T)
        kept = values > tol**2 * values[-1]
        if kept.all():
            return None
        basis = vectors[:, kept]
        core = multilinear(load_backend("numpy"), self._core, basis)
        eps = tol / SETTINGS.times_rounding
        fit = algebraic_fit(core, CompactTarget(core), self._sketches(), eps)
        return None if fit is None else fit.at(basis @ fit.vectors)

    def finish_exact(self, fit, tol):
        """The fewest terms of an exact fit in whitened coordinates, polished here.

        Exact means within ``tol`` where rounding does not allow more. What flattenings
        prove of the rank of a tensor is then proven of its noise.
        """
        white = self.white
        is_exact = fit.residual(white.target) <= white.exact_tol
        fit = reduce_to_tolerance(
            white.target,
            fit,
            tol=white.exact_tol if is_exact else tol,
            precision=SETTINGS.coarseness,
            floor=self.bound.lower if is_exact else 1,
        )
        fit = polish(self.data, white.leave(fit))
        return fit if self.fine is self.data else fit.measured(self.fine)

    def enter(self, weights, V):
        """Terms in the target's units and coordinates, as a Fit in small ones."""
        fit = Fit.of_terms(np.asarray(weights) / self.scale, V, self.order)
        return fit.at(self.basis.T @ fit.vectors)

    def leave(self, weights, directions):
        """A model in small coordinates, brought back to the target's."""
        V = self.lift @ directions
        if self.lift is self.basis:
            return weights * self.scale, V
        lengths = np.linalg.norm(V, axis=0)
        lengths[lengths == 0] = 1.0
        return weights * self.scale * lengths**self.order, V / lengths

    def leave_whitened(self, weights, directions):
        """A model in whitened coordinates, brought back to the target's."""
        fit = Fit.of_terms(weights, directions, self.order)
        return self.leave(*self.white.leave(fit).terms)
