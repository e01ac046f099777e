# SPDX-License-Identifier: BSD-3-Clause
"""The same samples in every kind of memory that rows are taken from.

A test of a kind that needs a package which is not installed is skipped.
"""

import numpy as np
import pandas as pd
import pytest
import scipy.sparse

UNEVEN = (5, 0, 1, 20, 14)  # one chunk of each sort, and an empty one


def mapped(X, folder):
    np.save(folder / "X.npy", X)
    return np.load(folder / "X.npy", mmap_mode="r")


def torch_tensor(X, folder):
    return pytest.importorskip("torch").as_tensor(X)


def dask_dense(X, folder, chunks=(UNEVEN, (3,))):
    return pytest.importorskip("dask.array").from_array(X, chunks=chunks)


def dask_sparse(X, folder):
    return dask_dense(X, folder, (10, 3)).map_blocks(scipy.sparse.csr_array)


def dask_frame(X, folder):
    frame = pd.DataFrame(X, columns=list("abc"))
    return pytest.importorskip("dask.dataframe").from_pandas(frame, npartitions=3)


KINDS = {
    "C": lambda X, folder: np.ascontiguousarray(X),
    "Fortran": lambda X, folder: np.asfortranarray(X),
    "mapped": mapped,
    "CSR": lambda X, folder: scipy.sparse.csr_array(X),
    "CSC": lambda X, folder: scipy.sparse.csc_array(X),
    "torch": torch_tensor,
    "dask": dask_dense,
    "dask sparse": dask_sparse,
    "dask frame": dask_frame,
}
