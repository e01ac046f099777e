# SPDX-License-Identifier: BSD-3-Clause
"""What holds numbers, and what does not: arrays of any number of dimensions."""

from os import PathLike

import numpy as np
from sklearn.utils import assert_all_finite, check_array
from tensorly.cp_tensor import CPTensor

from ..machine.backend import is_dask, is_torch, to_numpy


def check_values(array, context, *, name="X", ndim=None):
    """A real, finite, non-empty array in the context; not copied if it is there.

    Parameters
    ----------
    array : array-like or torch.Tensor
    context : ArrayContext
    name : str, default="X"
        How messages call it.
    ndim : int or None, default=None
        Exact number of dimensions; None: any but zero.

    Raises
    ------
    ValueError
        For complex, non-numeric, empty, NaN or infinite input, or wrong dimensions.
    TypeError
        For sparse or dask input.
    """
    array = check_kind(array, context, name)
    check_finite(array, name)
    if ndim is not None and array.ndim != ndim:
        raise ValueError(
            f"Expected {name} with {ndim} dimensions, got an array of shape "
            f"{tuple(array.shape)}."
        )
    return array


def check_kind(array, context, name):
    """The same, without a look at the numbers: real and non-empty."""
    refuse_dask(array, name)
    refuse_no_numbers(array, name)
    if is_torch(array):
        _check_torch(array, name)
    else:
        array = check_array(
            array,
            dtype=[np.float64, np.float32],
            ensure_all_finite=False,
            ensure_2d=False,
            allow_nd=True,
            input_name=name,
        )
    return context.asarray(array)


def check_finite(array, name):
    """Refuse NaN and infinity."""
    if not is_torch(array):
        assert_all_finite(array, input_name=name)
    elif not bool(array.isfinite().all()):
        raise ValueError(f"Input {name} contains NaN or infinity.")


def as_real_array(name, value, ndim=None):
    """A finite float64 array on the CPU, or an error that names ``name``."""
    try:
        array = to_numpy(value)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} must be an array of real numbers: {error}") from error
    if array.dtype.kind not in "biuf":
        raise ValueError(
            f"{name} must be an array of real numbers, got dtype {array.dtype}."
        )
    if ndim is not None and array.ndim != ndim:
        raise ValueError(f"{name} must have ndim={ndim}, got shape {array.shape}.")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} must be finite, got NaN or infinity.")
    return array.astype(np.float64, copy=False)


def refuse_dask(array, name):
    """A dask collection would be loaded into memory by the first NumPy function."""
    if is_dask(array):
        raise TypeError(
            f"{name} is a dask collection, which would be loaded into memory silently: "
            "only samples and tensors may come in chunks. Call .compute() on it first "
            "if it fits."
        )


def refuse_no_numbers(array, name="X"):
    """What NumPy would take for numbers: entries below a mask, and dates."""
    if isinstance(array, np.ma.MaskedArray) and np.ma.is_masked(array):
        raise ValueError(
            f"{name} is an array with {np.ma.count_masked(array)} masked entries, and "
            "missing values are not supported: fill them first, for example with "
            ".filled(0.0) or sklearn.impute.SimpleImputer."
        )
    if getattr(getattr(array, "dtype", None), "kind", None) in ("M", "m"):
        raise TypeError(
            f"{name} holds dates or times ({array.dtype}), whose unit is arbitrary: "
            "real numbers are needed. Convert them yourself, for example by dividing a "
            "difference by np.timedelta64(1, 's')."
        )


def refuse_sparse_tensor(array):
    """Sparse arrays of three modes, SciPy's or sparse.COO, would be written out."""
    if hasattr(array, "coords") and hasattr(array, "nnz") and array.ndim > 2:
        raise TypeError(
            "A sparse array of three or more modes is a symmetric tensor, not samples: "
            "pass targets.SparseTarget.from_coo(X), or use '.toarray()' on it if it "
            "fits in memory."
        )


def refuse_no_array(data):
    """None, names of files and models of TensorLy hold no tensor and no samples."""
    if data is None or isinstance(data, str | bytes | PathLike):
        raise TypeError(
            f"Expected an array of samples or a symmetric tensor, got {data!r}. "
            "Load a file first, for example with numpy.load."
        )
    if isinstance(data, CPTensor):
        raise TypeError(
            "Expected an array of samples or a symmetric tensor, got a CPTensor, which "
            "is a decomposition already: to decompose it again, pass "
            "targets.CPTarget(weights, components, order), with its factor transposed "
            "as components, to overparam_symmetric_cp; or pass tensorly.cp_to_tensor "
            "of it."
        )


def _check_torch(tensor, name):
    import torch

    if tensor.ndim == 0:
        raise ValueError(f"Expected an array for {name}, got the scalar {tensor}.")
    if tensor.layout in (torch.jagged, torch.strided) and tensor.is_nested:
        raise TypeError(
            f"{name} is a nested torch tensor: call .to_padded_tensor(0.0) on it first."
        )
    if tensor.layout != torch.strided:
        raise TypeError(
            f"{name} is a sparse torch tensor: call .to_dense() on it first."
        )
    if tensor.is_quantized:
        raise TypeError(
            f"{name} is a quantized torch tensor: call .dequantize() on it first."
        )
    if tensor.is_meta:
        raise ValueError(f"{name} is on torch's device 'meta', which holds no values.")
    if tensor.is_complex():
        raise ValueError(
            f"Complex data not supported: {name} has dtype {tensor.dtype}."
        )
    if tensor.numel() == 0:
        raise ValueError(f"{name} is empty: its shape is {tuple(tensor.shape)}.")
