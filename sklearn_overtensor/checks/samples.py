# SPDX-License-Identifier: BSD-3-Clause
"""Samples, one a row, in any kind of storage; and their weights."""

import numpy as np
from scipy.sparse import csr_array
from sklearn.utils import check_array

from ..machine.backend import is_torch
from .arrays import check_values


def check_samples(X, context):
    """Samples ``(n, d)`` in the context."""
    X = check_values(X, context)
    if X.ndim == 1:
        raise ValueError(
            f"Expected 2D array, got 1D array of length {len(X)} instead. Reshape your "
            "data using X.reshape(-1, 1) if it has a single feature or "
            "X.reshape(1, -1) if it holds a single sample."
        )
    if X.ndim > 2:
        raise ValueError(
            "Samples are a matrix (n_samples, n_features), got shape "
            f"{tuple(X.shape)}; a symmetric tensor goes to DenseTarget or straight "
            "into fit."
        )
    return X


def check_chunks(X):
    """A dask array of samples in chunks of rows whose sizes are known."""
    if X.ndim != 2:
        raise ValueError(
            f"A dask array holds samples, (n_samples, n_features), got {X.ndim} "
            "dimensions. Call .compute() on a tensor first, or on a part that fits."
        )
    if any(np.isnan(size) for sizes in X.chunks for size in sizes):
        raise ValueError(
            f"The dask array has chunks of unknown sizes, {X.chunks}: call "
            "X.compute_chunk_sizes() first."
        )
    if len(X.chunks[1]) != 1:
        raise ValueError(
            f"The dask array is split by columns into {len(X.chunks[1])} chunks, but "
            "rows must be whole: call X.rechunk({1: -1}) first."
        )
    if 0 in X.shape:
        raise ValueError(f"Found array with shape {X.shape}: samples are needed.")
    if X.dtype.kind not in "fiub":
        raise ValueError(
            f"A dask array of real numbers is needed, got dtype {X.dtype}. Complex "
            "data not supported."
        )


def check_sparse_samples(X, context):
    """Samples in a CSR array of the context's dtype; CSR of it is not copied."""
    if context.backend != "numpy":
        raise TypeError(
            "Sparse samples are worked on by NumPy and SciPy: use backend=None, or "
            "pass X.toarray() if it fits in memory."
        )
    X = check_array(X, accept_sparse="csr", dtype=[np.float64, np.float32])
    return csr_array(X, dtype=context.dtype)


def check_sample_weights(sample_weight, n_samples, zero=False):
    """Non-negative weights ``(n,)`` in float64 NumPy; all may be zero if ``zero``."""
    if sample_weight is None:
        return np.ones(n_samples)
    if is_torch(sample_weight):
        sample_weight = sample_weight.detach().cpu().numpy()
    sample_weight = check_array(
        sample_weight, dtype=np.float64, ensure_2d=False, input_name="sample_weight"
    )
    if sample_weight.ndim != 1:
        raise ValueError(
            "Sample weights must be 1D array or scalar, got shape "
            f"{sample_weight.shape}."
        )
    if len(sample_weight) != n_samples:
        raise ValueError(
            f"sample_weight.shape == {sample_weight.shape}, expected ({n_samples},)!"
        )
    if (sample_weight < 0).any():
        raise ValueError("Negative values in data passed to `sample_weight`.")
    if not zero and not sample_weight.any():
        raise ValueError("All entries of sample_weight are zero: no sample is left.")
    return sample_weight
