# SPDX-License-Identifier: BSD-3-Clause
"""From what a user hands in to rows, by the kind of its memory."""

from scipy.sparse import issparse

from ..checks import (
    check_sample_weights,
    check_samples,
    check_sparse_samples,
)
from ..machine.backend import context_of, is_dask
from .array import ArrayRows
from .chunked import ChunkedRows
from .chunks import as_dask_array
from .sparse import SparseRows
from .weights import WeightSums


def as_rows(X, sample_weight=None, backend=None, device=None):
    """Samples ``(n, d)`` of any kind as rows with probabilities.

    Parameters
    ----------
    X : array-like, torch.Tensor, sparse array, dask array or dask dataframe
    sample_weight : array-like of shape (n,) or None, default=None
        Non-negative; normalised to sum to one. None: uniform.
    backend, device : str or None, default=None
        Where to work; None: where the data lives.

    Raises
    ------
    ValueError
        For samples or weights that are malformed, not finite or empty.
    TypeError
        For sparse samples with PyTorch.
    """
    if is_dask(X):
        X = as_dask_array(X)
        return ChunkedRows(X, sample_weight, context_of(X, backend, device))
    context = context_of(X, backend, device)
    if issparse(X):
        X = check_sparse_samples(X, context)
        kind = SparseRows
    else:
        X = check_samples(X, context)
        kind = ArrayRows
    weight = check_sample_weights(sample_weight, X.shape[0])
    count = WeightSums.of(weight).count
    weight = weight / weight.max()  # their sum may overflow
    return kind(X, context.asarray(weight / weight.sum()), context, weight=count)
