# SPDX-License-Identifier: BSD-3-Clause
"""Checks of what users hand in: each error says what, expected what, what to do."""

from os import PathLike

import numpy as np
from scipy.sparse import csr_array
from sklearn.utils import check_array
from tensorly.cp_tensor import CPTensor

from ._backend import ArrayContext, is_dask, is_torch, to_numpy
from .symmetry import asymmetry, sketched_asymmetry

# Largest relative distance from symmetry that passes as rounding.
SYMMETRY_TOLERANCE = {"float64": 1e-8, "float32": 1e-4}


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
    refuse_dask(array, name)
    refuse_masked(array, name)
    refuse_dates(array, name)
    if is_torch(array):
        _check_torch(array, name)
    else:
        array = check_array(
            array,
            dtype=[np.float64, np.float32],
            ensure_2d=False,
            allow_nd=True,
            input_name=name,
        )
    array = context.asarray(array)
    if ndim is not None and array.ndim != ndim:
        raise ValueError(
            f"Expected {name} with {ndim} dimensions, got an array of shape "
            f"{tuple(array.shape)}."
        )
    return array


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
            "only samples may come in chunks. Call .compute() on it first if it fits."
        )


def refuse_masked(array, name="X"):
    """The entries below a mask would be taken for numbers."""
    if isinstance(array, np.ma.MaskedArray) and np.ma.is_masked(array):
        raise ValueError(
            f"{name} is an array with {np.ma.count_masked(array)} masked entries, and "
            "missing values are not supported: fill them first, for example with "
            ".filled(0.0) or sklearn.impute.SimpleImputer."
        )


def refuse_dates(array, name="X"):
    """Dates would be taken for their number of days, or of nanoseconds."""
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
    if not bool(torch.isfinite(tensor).all()):
        raise ValueError(f"Input {name} contains NaN or infinity.")


def check_symmetric_tensor(tensor, context):
    """A symmetric tensor of order >= 3 in the context."""
    tensor = check_values(tensor, context, name="tensor")
    shape = tuple(tensor.shape)
    if len(shape) < 3:
        raise ValueError(
            f"A symmetric tensor needs at least three modes, got shape {shape}. "
            "A two-dimensional array holds samples: pass it to fit, or to MomentTarget "
            "or CumulantTarget."
        )
    if len(set(shape)) > 1:
        message = (
            f"A symmetric tensor is cubical (modes of one length), got shape {shape}."
        )
        if len(set(shape[1:])) == 1:
            message += (
                " If its first mode lists matrices or tensors, decompose one at a time."
                " If cross-validation has split it: a single tensor has no samples to "
                "hold out; cross-validate on samples."
            )
        raise ValueError(message)
    tolerance = SYMMETRY_TOLERANCE[context.dtype]
    if sketched_asymmetry(tensor) <= 0.1 * tolerance:
        return tensor
    distance = asymmetry(tensor)
    if distance > tolerance:
        raise ValueError(
            f"The tensor is not symmetric: it differs from its transposes by "
            f"{distance:.2g} of its norm. If it should be symmetric, pass "
            "sklearn_overtensor.symmetrize(tensor)."
        )
    return tensor


def check_components(weights, components, context):
    """Weights ``(k,)`` and components ``(k, d)`` in the context."""
    weights = check_values(weights, context, name="weights", ndim=1)
    components = check_values(components, context, name="components", ndim=2)
    if len(weights) != len(components):
        raise ValueError(
            f"weights and components must have one length, got {len(weights)} weights "
            f"and {len(components)} components; components are rows."
        )
    return weights, components


def check_init(init, target):
    """A model to start from: weights ``(k,)`` and components ``(k, d)`` in NumPy."""
    if len(init) != 2:
        raise ValueError(
            f"init must be a tuple (weights, components), got {len(init)} elements."
        )
    weights, components = (to_numpy(part) for part in init)
    weights, components = check_components(weights, components, ArrayContext())
    if components.shape[1] != target.n_features:
        raise ValueError(
            f"init has components of {components.shape[1]} features, but the target "
            f"has {target.n_features} features."
        )
    return weights, components


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


def check_norm(target, zero=False):
    """Refuse a target that is zero, unless asked, or whose squared norm overflows."""
    with np.errstate(all="ignore"):  # out of range gets an error of its own
        square = target.squared_norm
    if not square < np.inf:
        raise ValueError(
            f"The target's squared norm is {square}: divide the data by a constant."
        )
    if square == 0 and not zero:
        raise ValueError(
            "The target is zero (or so small that its squared norm is): there is "
            "nothing to decompose. The cumulants of one sample are zero, as are those "
            "of odd order of a symmetric distribution."
        )
