# SPDX-License-Identifier: BSD-3-Clause
"""What every estimator here shares with scikit-learn: input, projection, names."""

import numpy as np
from scipy.sparse import issparse
from sklearn.base import (
    BaseEstimator,
    ClassNamePrefixFeaturesOutMixin,
    TransformerMixin,
)
from sklearn.utils.validation import validate_data

from .._typing import FloatArray
from ..checks import (
    check_values,
    refuse_no_array,
    refuse_no_numbers,
    refuse_sparse_tensor,
)
from ..machine.backend import context_of, is_dask, is_torch
from ..persistence import PersistenceMixin
from ..rows.chunks import as_dask_array, encode_chunks
from .all_or_nothing import AllOrNothing
from .documented import DocumentedMixin


class SampleTransformer(
    AllOrNothing,
    DocumentedMixin,
    PersistenceMixin,
    ClassNamePrefixFeaturesOutMixin,
    TransformerMixin,
    BaseEstimator,
):
    """Base class of estimators that map rows of any kind by a matrix.

    A subclass has ``fit``, and keeps ``components_``, ``mean_`` and ``n_components_``.
    """

    components_: FloatArray
    mean_: FloatArray
    n_components_: int
    n_features_in_: int

    def _project(self, X, matrix):
        """``(X - mean_) @ matrix`` in the backend of ``X``; lazy for chunks."""
        if is_dask(X):
            return encode_chunks(self._validated(X, reset=False), matrix, self.mean_)
        context, X = self._check_samples(X)
        matrix, mean = context.asarray(matrix), context.asarray(self.mean_)
        if issparse(X):  # centred implicitly
            return X @ matrix - mean @ matrix
        return context.xp.dot(X - mean, matrix)

    def _rebuild(self, X, matrix):
        """``X @ matrix + mean_`` for codes ``X``."""
        context = context_of(X)
        X = check_values(X, context, ndim=2)
        if X.shape[1] != self.n_components_:
            raise ValueError(
                f"X has {X.shape[1]} columns, but {type(self).__name__} found "
                f"{self.n_components_} components."
            )
        samples = context.xp.dot(X, context.asarray(matrix))
        return samples + context.asarray(self.mean_)

    @property
    def _n_features_out(self):
        return self.n_components_

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
        refuse_no_numbers(X)
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

    def __sklearn_is_fitted__(self):
        """A fit that raised, or was interrupted too early, has left no model."""
        return hasattr(self, "components_")

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = getattr(self, "backend", None) != "pytorch"
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags
