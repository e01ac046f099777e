# SPDX-License-Identifier: BSD-3-Clause
"""The same samples in every kind of memory that rows are taken from."""

import numpy as np
import scipy.sparse

UNEVEN = (5, 0, 1, 20, 14)  # one chunk of each sort, and an empty one


def mapped(X, folder):
    np.save(folder / "X.npy", X)
    return np.load(folder / "X.npy", mmap_mode="r")


def torch_tensor(X, folder):
    import torch

    return torch.as_tensor(X)


def dask_dense(X, folder, chunks=(UNEVEN, (3,))):
    import dask.array as da

    return da.from_array(X, chunks=chunks)


def dask_sparse(X, folder):
    return dask_dense(X, folder, (10, 3)).map_blocks(scipy.sparse.csr_array)


def dask_frame(X, folder):
    import dask.dataframe as dd
    import pandas as pd

    return dd.from_pandas(pd.DataFrame(X, columns=list("abc")), npartitions=3)


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
