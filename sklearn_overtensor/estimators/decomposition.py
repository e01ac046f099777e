# SPDX-License-Identifier: BSD-3-Clause
"""What every estimator here shares once it has weights and components."""

from math import sqrt
from typing import Any

import numpy as np
from sklearn.utils.validation import check_is_fitted
from tensorly.cp_tensor import CPTensor

from .._typing import AnyArray, FloatArray, Weights
from ..algebra.scale import check_weights
from ..machine.backend import to_numpy
from ..results.residual import explained_share
from ..results.result import as_cp_tensor
from ..targets import as_target
from ..targets.known import KnownEntries, mask_of
from ..targets.measured import Measured
from .transformer import SampleTransformer


class SymmetricDecomposition(SampleTransformer):
    """Base class: from input to target, and from a CP model to scikit-learn's API.

    A subclass has ``fit``, which calls ``_make_target`` and then ``_store``, and may
    have the parameters ``order``, ``statistic``, ``backend`` and ``device``.
    """

    # Whether fit and score take objects with ``contract``, too.
    _takes_targets = False

    weights_: FloatArray
    components_: FloatArray
    mean_: FloatArray
    n_components_: int
    n_features_in_: int
    order_: int
    reconstruction_err_: float

    def transform(self, X: AnyArray) -> AnyArray:
        """Code of each sample that reproduces it best from the components.

        ``(X - mean_) @ pinv(components_)``; components that agree in half of their
        digits count as one.

        Parameters
        ----------
        X : array-like, torch.Tensor, sparse array, dask array or dataframe
            Samples of shape (n_samples, n_features).

        Returns
        -------
        code : array of shape (n_samples, n_components_)
            In the backend of ``X``; a lazy dask array for chunks.
        """
        check_is_fitted(self)
        # Directions that agree in half of their digits are one.
        cutoff = sqrt(np.finfo(self.components_.dtype).eps)
        return self._project(X, np.linalg.pinv(self.components_, rcond=cutoff))

    def inverse_transform(self, X: AnyArray) -> AnyArray:
        """Samples from codes: ``X @ components_ + mean_``.

        Parameters
        ----------
        X : array-like or torch.Tensor of shape (n_samples, n_components_)
            Codes, as ``transform`` returns them.

        Returns
        -------
        samples : array of shape (n_samples, n_features)
            In the backend of ``X``.
        """
        check_is_fitted(self)
        return self._rebuild(X, self.components_)

    def score(self, X: AnyArray, y: Any = None, sample_weight: Weights = None) -> float:
        """Share of the squared norm of a new target that the model explains.

        ``1 - ||T_X - T||^2 / ||T_X||^2``: one for a perfect model, zero for an empty
        one, negative for a model that is worse than none.

        Parameters
        ----------
        X : array-like, torch.Tensor, sparse array, dask array or dataframe
            Samples, whose moment or cumulant is the target, or what ``fit`` takes.
        y : Ignored
            Present for API consistency.
        sample_weight : array-like of shape (n_samples,), default=None
            Non-negative weights of the samples.

        Returns
        -------
        score : float
            Larger is better; minus infinity for a model that is larger than the
            target by more than floats can hold.
        """
        check_is_fitted(self)
        target = self._make_target(X, sample_weight, reset=False)
        if target.order != self.order_:
            raise ValueError(
                f"The model has order {self.order_}, the tensor to score has order "
                f"{target.order}."
            )
        if isinstance(target, KnownEntries):
            return target.explained_share(self.weights_, self.components_.T)
        return explained_share(target, self.weights_, self.components_.T)

    @property
    def cp_tensor_(self) -> CPTensor:
        """The model as a TensorLy ``CPTensor``, which ``tl.cp_to_tensor`` rebuilds."""
        check_is_fitted(self)
        return as_cp_tensor(self.weights_, self.components_, self.order_)

    def _make_target(self, X, sample_weight, reset):
        """The target of samples or of a tensor; ``reset`` as in ``validate_data``."""
        if hasattr(X, "contract") or isinstance(X, Measured):
            mask = None
            self._check_target_object(X, reset)
        else:
            mask = mask_of(X, getattr(self, "missing_values", None))
            X = self._validated(X if mask is None else np.asarray(to_numpy(X)), reset)
        target = as_target(
            X,
            order=getattr(self, "order", 3) if reset else self.order_,
            statistic=getattr(self, "statistic", "moment"),
            contraction=getattr(self, "contraction", "auto"),
            sample_weight=sample_weight,
            backend=getattr(self, "backend", None),
            device=getattr(self, "device", None),
            mask=mask,
        )
        if reset:
            self.n_features_in_ = target.n_features
        elif target.n_features != self.n_features_in_:
            raise ValueError(self._wrong_width(target.n_features))
        return target

    def _check_target_object(self, target, reset):
        """Refuse a target where rows or arrays are needed; it has no feature names."""
        if not self._takes_targets:
            raise TypeError(
                f"{type(self).__name__} takes samples or a tensor, got the target "
                f"{type(target).__name__}: pass it to OverparamSymmetricCP instead."
            )
        if reset and hasattr(self, "feature_names_in_"):
            del self.feature_names_in_

    def _store(self, result, target):
        """Keep a result's model as NumPy attributes, in the precision of the data."""
        attributes = model_attributes(
            result.weights, result.components, **kept_of_target(target)
        )
        largest = np.abs(result.weights).max(initial=0.0)
        check_weights(attributes["weights_"], largest)
        for name, value in attributes.items():
            setattr(self, name, value)
        self.reconstruction_err_ = result.reconstruction_err

    def _store_search(self, result, target):
        """Keep the model and the course of its search."""
        self._store(result, target)
        self.loss_curve_ = result.loss_curve
        self.residual_curve_ = result.residual_curve
        self.epoch_ends_ = result.epoch_ends
        self.epoch_coordinates_ = result.epoch_coordinates
        self.n_iter_, self.n_epochs_ = result.n_iter, result.n_epochs
        self.status_, self.contraction_ = result.status, result.contraction
        self.alpha_, self.noise_ = result.alpha, result.noise
        dtype = self.weights_.dtype
        self.weights_std_ = result.weights_std.astype(dtype)
        self.components_std_ = result.components_std.astype(dtype)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        return tags


def kept_of_target(target):
    """What an estimator keeps of its target beside the model: small, in NumPy."""
    mean = np.zeros(target.n_features) if target.mean is None else target.mean
    return {
        "order": target.order,
        "mean": to_numpy(mean),
        "dtype": target.context.dtype,
    }


def model_attributes(weights, components, order, mean, dtype):
    """Attributes of an estimator fitted with a model, in the precision of the data."""
    with np.errstate(all="ignore"):
        weights = weights.astype(dtype)
    return {
        "weights_": weights,
        "components_": components.astype(dtype),
        "n_components_": len(weights),
        "order_": order,
        "mean_": mean.astype(dtype),
    }
