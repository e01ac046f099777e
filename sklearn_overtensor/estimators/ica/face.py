# SPDX-License-Identifier: BSD-3-Clause
"""From samples to sources and back, by what was fitted."""

from typing import Any

from sklearn.utils.validation import check_is_fitted

from ..._typing import AnyArray, FloatArray
from ...machine.backend import context_of, is_dask, to_numpy
from ..transformer import SampleTransformer
from .coding import posterior_means, sparse_codes


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
            In the backend of ``X``; a lazy dask array for chunks. For more sources than
            sensors the estimate that ``transform_algorithm`` names.

        Raises
        ------
        TypeError
            For a dask collection, more sources than sensors and an estimate that is not
            linear.
        """
        check_is_fitted(self)
        more = self.n_components_ > len(self.whitening_)
        if self.transform_algorithm == "min_norm" or not more:
            return self._project(X, self.components_.T)
        if is_dask(X):
            raise TypeError(
                f"transform_algorithm={self.transform_algorithm!r} needs the samples "
                "in memory, and X is a dask collection: set 'min_norm', or pass its "
                "parts one by one."
            )
        white = self._project(X, self.whitening_.T)
        rows, mixing = to_numpy(white), self.whitening_ @ self.mixing_
        if self.transform_algorithm == "lasso":
            codes = sparse_codes(rows, mixing, self.transform_alpha)
        else:
            codes = posterior_means(rows, mixing)
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
