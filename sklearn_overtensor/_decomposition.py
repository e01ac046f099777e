# SPDX-License-Identifier: BSD-3-Clause
"""What every estimator here shares once it has weights and components."""

from typing import Any

import numpy as np
from scipy.sparse import issparse
from sklearn.base import (
    BaseEstimator,
    ClassNamePrefixFeaturesOutMixin,
    TransformerMixin,
)
from sklearn.utils.validation import check_is_fitted, validate_data
from tensorly.cp_tensor import CPTensor

from ._backend import context_of, is_dask, is_torch, to_numpy
from ._checks import (
    check_values,
    refuse_dates,
    refuse_masked,
    refuse_no_array,
    refuse_sparse_tensor,
)
from ._chunks import as_dask_array, encode_chunks
from ._residual import explained_share
from ._result import as_cp_tensor
from ._scale import check_weights
from ._typing import AnyArray, FloatArray, Weights
from .persistence import PersistenceMixin
from .targets import as_target
from .targets.known import KnownEntries, mask_of
from .targets.measured import Measured


class SymmetricDecomposition(
    PersistenceMixin, ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator
):
    """Base class: from input to target, and from a CP model to scikit-learn's API.

    A subclass has ``fit``, which calls ``_make_target`` and then ``_store``, and may
    have the parameters ``order``, ``statistic``, ``backend`` and ``device``.
    """

    # Where scikit-learn's HTML representation links to: the pages of doc/api.rst.
    _doc_link_module = "sklearn_overtensor"
    _doc_link_template = (
        "https://sklearn-overtensor.readthedocs.io/en/latest/"
        "generated/{estimator_module}.{estimator_name}.html"
    )

    weights_: FloatArray
    components_: FloatArray
    mean_: FloatArray
    n_components_: int
    n_features_in_: int
    order_: int
    reconstruction_err_: float

    def transform(self, X: AnyArray) -> AnyArray:
        """Code of each sample that reproduces it best from the components.

        ``(X - mean_) @ pinv(components_)``.

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
        if is_dask(X):
            return encode_chunks(self, self._validated(X, reset=False))
        context, X = self._check_samples(X)
        inverse = context.asarray(np.linalg.pinv(self.components_))
        mean = context.asarray(self.mean_)
        if issparse(X):  # centred implicitly
            return X @ inverse - mean @ inverse
        return context.xp.dot(X - mean, inverse)

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
        context = context_of(X)
        X = check_values(X, context, ndim=2)
        if X.shape[1] != self.n_components_:
            raise ValueError(
                f"X has {X.shape[1]} columns, but {type(self).__name__} found "
                f"{self.n_components_} components."
            )
        samples = context.xp.dot(X, context.asarray(self.components_))
        return samples + context.asarray(self.mean_)

    def score(self, X: AnyArray, y: Any = None, sample_weight: Weights = None) -> float:
        """Share of the squared norm of a new target that the model explains.

        ``1 - ||T_X - T||^2 / ||T_X||^2``: one for a perfect model, zero for an empty
        one, negative for a model that is worse than none.

        Parameters
        ----------
        X : array-like, torch.Tensor, sparse array, dask array or dataframe
            Samples, whose moment or cumulant is the target, or a symmetric tensor.
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

    @property
    def _n_features_out(self):
        return self.n_components_

    def _make_target(self, X, sample_weight, reset):
        """The target of samples or of a tensor; ``reset`` as in ``validate_data``."""
        if hasattr(X, "contract") or isinstance(X, Measured):
            raise TypeError(
                f"{type(self).__name__} takes samples or a tensor, got the target "
                f"{type(X).__name__}: pass it to overparam_symmetric_cp instead."
            )
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

    def _validated(self, X, reset, transform=False):
        """Input by scikit-learn's checks; names of features are kept and compared.

        Of torch tensors and dask collections it reads the names and the shape alone.
        What is an array already is left to the target, which checks it the same way.
        """
        refuse_no_array(X)
        if is_torch(X) or is_dask(X):
            named, X = X, as_dask_array(X) if is_dask(X) else X
            if hasattr(named, "columns"):
                named = named._meta  # an empty frame of pandas
            if X.ndim == 2:
                validate_data(self, named, reset=reset, skip_check_array=True)
            return X
        if type(X) is np.ndarray and not transform:
            return validate_data(
                self, X, reset=reset, ensure_2d=False, skip_check_array=True
            )
        refuse_sparse_tensor(X)
        refuse_masked(X)
        refuse_dates(X)
        return validate_data(
            self,
            X,
            reset=reset,
            accept_sparse="csr",
            ensure_2d=False,
            allow_nd=True,
            dtype=[np.float64, np.float32],
        )

    def _check_samples(self, X):
        X = self._validated(X, reset=False, transform=True)
        context = context_of(X)
        if is_torch(X):
            X = check_values(X, context)
        if X.ndim > 2:
            raise ValueError(
                f"transform codes samples, a matrix (n_samples, n_features), got shape "
                f"{tuple(X.shape)}. The decomposition of a tensor is in cp_tensor_, "
                "weights_ and components_."
            )
        if X.ndim == 1:
            raise ValueError(
                "Expected 2D array, got 1D array instead. Reshape your data using "
                "X.reshape(1, -1) if it holds a single sample."
            )
        if X.shape[1] != self.n_features_in_:
            raise ValueError(self._wrong_width(X.shape[1]))
        return context, X

    def _wrong_width(self, n_features):
        return (
            f"X has {n_features} features, but {type(self).__name__} is expecting "
            f"{self.n_features_in_} features as input."
        )

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
        self.n_iter_ = result.n_iter
        self.n_epochs_ = result.n_epochs
        self.status_ = result.status
        self.contraction_ = result.contraction
        self.alpha_, self.noise_ = result.alpha, result.noise
        dtype = self.weights_.dtype
        self.weights_std_ = result.weights_std.astype(dtype)
        self.components_std_ = result.components_std.astype(dtype)

    def __sklearn_is_fitted__(self):
        """A fit that raised, or was interrupted too early, has left no model."""
        return hasattr(self, "components_")

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        tags.input_tags.sparse = True
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags


def kept_of_target(target):
    """What an estimator keeps of its target beside the model: small, in NumPy."""
    mean = getattr(target, "mean", np.zeros(target.n_features))
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
