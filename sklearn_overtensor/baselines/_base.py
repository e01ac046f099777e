# SPDX-License-Identifier: BSD-3-Clause
"""What the baselines share: a target before, a model after; some need the tensor."""

from math import sqrt
from types import SimpleNamespace

from .._algebra import canonical_order
from .._checks import check_norm
from .._decomposition import SymmetricDecomposition
from .._residual import explicit_residual, relative_residual


class Baseline(SymmetricDecomposition):
    """Base class of estimators that see no more of a target than its contractions."""

    def _checked_target(self, X, sample_weight):
        """The target of samples or of a tensor; not zero."""
        target = self._make_target(X, sample_weight, reset=True)
        check_norm(target)
        return target

    def _keep_terms(self, weights, V, target):
        """Store a model of the target scaled to norm one as fitted attributes."""
        weights, components = canonical_order(weights, V.T, target.order)
        weights = weights * sqrt(target.squared_norm)
        error = relative_residual(target, weights, components.T)
        model = SimpleNamespace(
            weights=weights, components=components, reconstruction_err=error
        )
        self._store(model, target)


class DenseBaseline(SymmetricDecomposition):
    """Base class of estimators that need the whole tensor in memory."""

    def _prepare(self, X, sample_weight):
        """The target, and its array scaled to norm one as our own solvers see it."""
        target = self._make_target(X, sample_weight, reset=True)
        check_norm(target)
        return target, target.to_dense() / sqrt(target.squared_norm)

    def _keep(self, weights, V, target, tensor):
        """Store a model of the scaled tensor, NumPy arrays, as fitted attributes."""
        weights, components = canonical_order(weights, V.T, target.order)
        error = explicit_residual(tensor, target.context, weights, components.T)
        model = SimpleNamespace(
            weights=weights * sqrt(target.squared_norm),
            components=components,
            reconstruction_err=error,
        )
        self._store(model, target)
