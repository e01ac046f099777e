# SPDX-License-Identifier: BSD-3-Clause
"""What the baselines share: a target before, a model after; some need the tensor."""

from math import sqrt
from types import SimpleNamespace
from typing import Any, ClassVar, Self

from .._typing import AnyArray, Backend, Device, Seed, Statistic, Weights
from ..algebra.cp import canonical_order
from ..checks import check_norm
from ..decompose.parameters import CONSTRAINTS
from ..estimators.decomposition import SymmetricDecomposition
from ..machine.memory import dense_bytes, require_memory
from ..machine.sklearn_versions import fit_context
from ..results.residual import explicit_residual, relative_residual

# Arrays of the tensor's size that a method on the whole tensor has at a time: the
# statistic, the same scaled, an unfolding, a reconstruction.
COPIES = 3


class Baseline(SymmetricDecomposition):
    """Base class of estimators that see no more of a target than its contractions.

    A subclass has ``_decompose(target)``, which keeps what it finds.
    """

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: AnyArray, y: Any = None, sample_weight: Weights = None) -> Self:
        """Decompose the moment or cumulant of samples, or a symmetric tensor.

        Parameters
        ----------
        X : array-like or torch.Tensor
            Of shape (n_samples, n_features), samples; of shape ``(d,) * order`` with
            three or more dimensions, a symmetric tensor.
        y : Ignored
            Present for API consistency.
        sample_weight : array-like of shape (n_samples,), default=None
            Non-negative weights of the samples.

        Returns
        -------
        self : object
            The fitted estimator.

        Raises
        ------
        ValueError
            For malformed input, a target of norm zero, invalid parameters, and more
            components, or another order, than the method can do.
        MemoryError
            When the arrays that the method needs do not fit.
        """
        self._decompose(self._checked_target(X, sample_weight))
        return self

    def _decompose(self, target):
        raise NotImplementedError

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
        self._keep_model(weights, components, error, target)

    def _keep_model(self, weights, components, error, target):
        model = SimpleNamespace(
            weights=weights, components=components, reconstruction_err=error
        )
        self._store(model, target)


class DenseBaseline(Baseline):
    """Base class of estimators that need the whole tensor in memory."""

    def _dense(self, target):
        """The array of a target, scaled to norm one as our own solvers see it."""
        itemsize = 4 if target.context.dtype == "float32" else 8
        require_memory(
            COPIES * dense_bytes(target.n_features, target.order, itemsize),
            f"{type(self).__name__}, which works on copies of the whole tensor of "
            f"order {target.order} in {target.n_features} features,",
            "Reduce the number of features first, for example with PCA, or use "
            "OverparamSymmetricCP, which makes no copies.",
        )
        return target.to_dense() / sqrt(target.squared_norm)

    def _keep(self, weights, V, target, tensor):
        """Store a model of the scaled tensor, NumPy arrays, as fitted attributes."""
        weights, components = canonical_order(weights, V.T, target.order)
        error = explicit_residual(tensor, target.context, weights, components.T)
        weights = weights * sqrt(target.squared_norm)
        self._keep_model(weights, components, error, target)


class DirectParameters:
    """The parameters of baselines that solve directly: nothing iterates."""

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        name: CONSTRAINTS[name]
        for name in (
            "n_components",
            "order",
            "statistic",
            "backend",
            "device",
            "random_state",
        )
    }

    def __init__(
        self,
        n_components: int | None = None,
        *,
        order: int = 3,
        statistic: Statistic = "moment",
        backend: Backend = None,
        device: Device = None,
        random_state: Seed = None,
    ) -> None:
        self.n_components = n_components
        self.order = order
        self.statistic = statistic
        self.backend = backend
        self.device = device
        self.random_state = random_state
