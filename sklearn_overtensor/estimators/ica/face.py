# SPDX-License-Identifier: BSD-3-Clause
"""From samples to sources and back, by what was fitted."""

from typing import Any

from sklearn.utils.validation import check_is_fitted

from ..._typing import AnyArray, FloatArray
from ...machine.backend import context_of, is_dask, to_numpy
from ..transformer import SampleTransformer
from .coding import sparse_codes


class SourceFace(SampleTransformer):
    """Methods of :class:`sklearn.decomposition.FastICA` after ``fit``."""

    transform_algorithm: Any
    transform_alpha: float
    mixing_: FloatArray
    whitening_: FloatArray

    def transform(self, X: AnyArray) -> AnyArray:
        """Sources of each sample: ``(X - mean_) @ components_.T``.

        Parameters
        ----------
        X : array-like, torch.Tensor, sparse array, dask array or dataframe
            Samples of shape (n_samples, n_features).

        Returns
        -------
        sources : array of shape (n_samples, n_components_)
            In the backend of ``X``; a lazy dask array for chunks. With
            ``transform_algorithm="lasso"`` the sparse estimate, for more sources than
            sensors.

        Raises
        ------
        TypeError
            For a dask collection with ``"lasso"`` and more sources than sensors.
        """
        check_is_fitted(self)
        more = self.n_components_ > len(self.whitening_)
        if self.transform_algorithm == "min_norm" or not more:
            return self._project(X, self.components_.T)
        if is_dask(X):
            raise TypeError(
                "transform_algorithm='lasso' needs the samples in memory, and X is a "
                "dask collection: set 'min_norm', or pass its parts one by one."
            )
        white = self._project(X, self.whitening_.T)
        codes = sparse_codes(
            to_numpy(white), self.whitening_ @ self.mixing_, self.transform_alpha
        )
        return context_of(white).asarray(codes)

    def inverse_transform(self, X: AnyArray) -> AnyArray:
        """Samples from sources: ``X @ mixing_.T + mean_``.

        Parameters
        ----------
        X : array-like or torch.Tensor of shape (n_samples, n_components_)
            Sources, as ``transform`` returns them.

        Returns
        -------
        samples : array of shape (n_samples, n_features)
            In the backend of ``X``.
        """
        check_is_fitted(self)
        return self._rebuild(X, self.mixing_.T)
