# SPDX-License-Identifier: BSD-3-Clause
"""From what a user hands in to a target: by the number of dimensions alone."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .._typing import AnyArray, Backend, Contraction, Device, Statistic, Weights
from ..algebra.contracted import as_contracted
from ..checks import refuse_no_array, refuse_sparse_tensor
from ..machine.backend import is_dask
from ..rows.chunks import as_dask_array
from ._base import check_order
from .chunked import ChunkedTensor
from .cumulant import CumulantTarget
from .dense import DenseTarget
from .known import KnownEntries
from .measured import Measured
from .moment import MomentTarget

STATISTICS = {"moment": MomentTarget, "cumulant": CumulantTarget}


def as_target(
    data: AnyArray,
    *,
    order: int = 3,
    statistic: Statistic = "moment",
    sample_weight: Weights = None,
    contraction: Contraction = "auto",
    backend: Backend = None,
    device: Device = None,
    mask: ArrayLike | None = None,
) -> Any:
    """A target for samples, a tensor, or an object that is a target already.

    Parameters
    ----------
    data : array-like, torch.Tensor, sparse array, dask collection or target
        Two dimensions: samples. Three or more: a symmetric tensor. An object with
        ``contract`` is returned as it is.
    order : int, default=3
        Order of the statistic of samples; a tensor brings its own.
    statistic : {"moment", "cumulant"}, default="moment"
        What is decomposed when ``data`` holds samples.
    sample_weight : array-like of shape (n_samples,) or None, default=None
        Weights of samples.
    contraction : {"auto", "implicit", "dense"}, default="auto"
        How the statistic of samples is contracted.
    backend, device : str or None, default=None
        Where to work; None: where the data lives.
    mask : array-like of bool of the tensor's shape or None, default=None
        True where an entry of a tensor is known. None: all are.

    Raises
    ------
    ValueError
        For weights with anything but samples, and for data that is malformed.
    TypeError
        For a tensor that is sparse, and for what is no array.
    """
    refuse_no_array(data)
    if is_dask(data):
        data = as_dask_array(data)
    elif not _is_target(data) and not hasattr(data, "ndim"):
        data = np.asarray(data)
    refuse_sparse_tensor(data)
    if _is_target(data):
        data = data if isinstance(data, Measured) else as_contracted(data)
        check_order(data.order)
        kind = "target object"
        target = data
        if mask is not None:
            raise ValueError(f"A mask is for the entries of an array, not a {kind}.")
    elif mask is not None and not np.all(mask):
        kind = "tensor"
        target = KnownEntries(data, mask)
    elif data.ndim > 2 and is_dask(data):
        kind = "tensor"
        target = ChunkedTensor(data)
    elif data.ndim > 2:
        kind = "tensor"
        target = DenseTarget(data, backend=backend, device=device)
    else:
        return STATISTICS[statistic](
            data,
            order,
            sample_weight,
            contraction=contraction,
            backend=backend,
            device=device,
        )
    if sample_weight is not None:
        raise ValueError(f"sample_weight weighs samples, but the input is a {kind}.")
    return target


def _is_target(data):
    return hasattr(data, "contract") or isinstance(data, Measured)
