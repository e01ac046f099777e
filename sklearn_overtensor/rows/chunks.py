# SPDX-License-Identifier: BSD-3-Clause
"""Lazy transformation of samples that come as a dask array or dataframe."""

import numpy as np

from ..checks import check_chunks


def as_dask_array(X):
    """A dask array of a dask array or dataframe; the latter's lengths are computed.

    Raises
    ------
    TypeError
        For a dask collection that is neither.
    """
    if hasattr(X, "to_dask_array"):
        return X.to_dask_array(lengths=True)
    if hasattr(X, "chunks"):
        return X
    raise TypeError(
        f"Samples may be a dask array or a dask dataframe, got the dask collection "
        f"{type(X).__name__}: call .compute() on it first if it fits in memory."
    )


def encode_chunks(X, matrix, mean):
    """``(X - mean) @ matrix`` of samples in chunks, lazily, with the same chunks."""
    check_chunks(X)
    dtype = np.float32 if X.dtype == np.float32 else np.float64
    return X.map_blocks(
        _encode,
        matrix.astype(dtype),
        mean.astype(dtype),
        dtype=dtype,
        chunks=(X.chunks[0], (matrix.shape[1],)),
    )


def _encode(chunk, matrix, mean):
    return chunk.astype(matrix.dtype, copy=False) @ matrix - mean @ matrix
