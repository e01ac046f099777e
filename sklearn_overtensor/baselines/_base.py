# SPDX-License-Identifier: BSD-3-Clause
"""What the baselines on dense tensors share: the tensor before, the model after."""

from math import sqrt
from types import SimpleNamespace

from .._algebra import canonical_order
from .._checks import check_norm
from .._decomposition import SymmetricDecomposition
from .._residual import explicit_residual


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
