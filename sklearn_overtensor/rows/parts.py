# SPDX-License-Identifier: BSD-3-Clause
"""Rows of a dask collection with their values, one chunk in memory at a time."""

import numpy as np
from scipy.sparse import issparse, vstack
from sklearn.utils import check_array

from ..checks import check_chunks, check_sample_weights, refuse_no_numbers
from ..machine.backend import is_dask
from ..machine.memory import require_memory
from .chunks import as_dask_array


class ChunkedRows:
    """Rows in chunks, with a value and a weight for each row.

    Parameters
    ----------
    X : dask array or dataframe of shape (n, d)
    y : array-like or dask collection of shape (n,)
    sample_weight : array-like or dask collection of shape (n,), or None

    Attributes
    ----------
    X : dask array of shape (n, d)
    y, weights : ndarray of shape (n,)

    Raises
    ------
    ValueError
        When they are malformed, or of different lengths.
    """

    def __init__(self, X, y, sample_weight):
        for name, data in (("X", X), ("y", y)):
            refuse_no_numbers(data, name)
        self.X = as_dask_array(X)
        check_chunks(self.X)
        n = self.X.shape[0]
        y = check_array(in_memory(y), ensure_2d=False, dtype=float, input_name="y")
        if y.shape != (n,):
            raise ValueError(
                f"y must have one value for each of the {n} rows of X, got shape "
                f"{y.shape}."
            )
        self.y, self.weights = y, check_sample_weights(in_memory(sample_weight), n)

    def __iter__(self):
        """Rows, values and weights of each chunk."""
        start = 0
        for chunk in self.X.blocks:
            rows = check_array(chunk.compute(), accept_sparse="csr", dtype=np.float64)
            part = slice(start, start + rows.shape[0])
            yield rows, self.y[part], self.weights[part]
            start = part.stop

    def whole(self):
        """All rows in memory."""
        n, d = self.X.shape
        require_memory(
            2 * 8 * n * d,
            f"{n} rows of {d} features",
            "Reduce the number of features first, or take some of the rows.",
        )
        parts = [rows for rows, *_ in self]
        stack = vstack if issparse(parts[0]) else np.concatenate
        return stack(parts)


def in_memory(values):
    """A dask collection of one number for each row, computed; others as they are."""
    return np.asarray(values.compute()) if is_dask(values) else values
