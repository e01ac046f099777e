# SPDX-License-Identifier: BSD-3-Clause
"""Lazy transformation of samples that come as a dask array or dataframe."""

import numpy as np

from ._checks import check_chunks


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


def encode_chunks(model, X):
    """The codes of samples in chunks, as a lazy dask array with the same chunks."""
    check_chunks(X)
    dtype = np.float32 if X.dtype == np.float32 else np.float64
    return X.map_blocks(
        _encode,
        np.linalg.pinv(model.components_).astype(dtype),
        model.mean_.astype(dtype),
        dtype=dtype,
        chunks=(X.chunks[0], (model.n_components_,)),
    )


def _encode(chunk, inverse, mean):
    return chunk.astype(inverse.dtype, copy=False) @ inverse - mean @ inverse
