# SPDX-License-Identifier: BSD-3-Clause
"""Symmetric tensors: how far an array is from one, and the nearest one."""

from math import isfinite, nan
from secrets import randbits

import numpy as np

from ._typing import AnyArray
from .algebra.cp import frobenius_norm
from .algebra.scale import exponent_of, is_safe, times_power_of_two
from .machine.backend import context_of
from .machine.random import random_state_of


def asymmetry(tensor: AnyArray) -> float:
    """Relative distance of a tensor from its transposes.

    Parameters
    ----------
    tensor : ndarray or torch.Tensor of shape (d,) * order
        A cubical array.

    Returns
    -------
    asymmetry : float
        ``max ||T - T_sigma||_F / ||T||_F`` over two permutations sigma that generate
        all others: the swap of the first two modes and the cyclic shift. Zero for a
        symmetric tensor and for the zero tensor.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_overtensor.symmetry import asymmetry
    >>> asymmetry(np.ones((2, 2, 2)))
    0.0
    """
    context = context_of(tensor)
    xp, tensor = context.xp, context.asarray(tensor)
    order = tensor.ndim
    tensor, norm = _moderated(context, tensor)
    if norm == 0 or order < 2:
        return 0.0
    swap = (1, 0, *range(2, order))
    shift = (*range(1, order), 0)
    return max(
        frobenius_norm(xp, tensor - xp.transpose(tensor, axes)) / norm
        for axes in (swap, shift)
    )


def sketched_asymmetry(tensor) -> float:
    """Estimate of :func:`asymmetry` in two passes over the array as it lies in memory.

    For a Gaussian ``u``, ``||D(u, ·)||^2`` has the mean ``||D||_F^2``, whatever D is.
    With ``T - T_sigma`` and T for D this compares the contraction of the first mode
    with that of the last, and the latter with its transpose: no strided copies of the
    array. Zero for a symmetric tensor; it misses another one with probability zero. The
    direction is a new one each time: nobody can make a tensor that avoids it. NaN where
    floats end.
    """
    context = context_of(tensor)
    xp, tensor = context.xp, context.asarray(tensor)
    order, d = tensor.ndim, tensor.shape[0]
    if order < 3:
        return asymmetry(tensor)
    u = context.asarray(random_state_of(randbits(64)).standard_normal(d))
    with np.errstate(all="ignore"):
        last = xp.dot(xp.reshape(tensor, (-1, d)), u)
        first = xp.dot(u, xp.reshape(tensor, (d, -1)))
        slices = xp.reshape(last, (d,) * (order - 1))
        swapped = xp.transpose(slices, (1, 0, *range(2, order - 1)))
        gaps = last - first, slices - swapped
        norms = [frobenius_norm(xp, part) for part in (*gaps, last, first)]
    if not all(map(isfinite, norms)):
        return nan
    distance, size = max(norms[:2]), max(norms[2:])
    return distance / size if size else 0.0


def _moderated(context, tensor):
    """The tensor, over a power of two where its norm is out of range, and its norm."""
    xp = context.xp
    norm = frobenius_norm(xp, tensor)
    if norm == 0 or is_safe(norm * norm, context.dtype):
        return tensor, norm
    tensor = times_power_of_two(tensor, -exponent_of(float(xp.max(xp.abs(tensor)))))
    return tensor, frobenius_norm(xp, tensor)


def symmetrize(tensor: AnyArray) -> AnyArray:
    """Nearest symmetric tensor: the mean over all permutations of the modes.

    Parameters
    ----------
    tensor : ndarray or torch.Tensor of shape (d,) * order
        A cubical array. It is not changed.

    Returns
    -------
    symmetric : ndarray or torch.Tensor of shape (d,) * order
        In the backend, dtype and device of the input (other than floating-point
        types become float64).

    Raises
    ------
    ValueError
        When the array is not cubical.

    Notes
    -----
    The mean over the ``l!`` permutations is built mode by mode: a tensor that is
    symmetric in its first ``k`` modes becomes symmetric in ``k + 1`` by averaging
    over the exchange of mode ``k`` with each of the modes up to ``k``. This takes
    ``l (l + 1) / 2`` transposes, where the definition takes ``l!``.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_overtensor import symmetrize
    >>> tensor = np.zeros((2, 2, 2))
    >>> tensor[0, 0, 1] = 3.0
    >>> symmetric = symmetrize(tensor)
    >>> float(symmetric[1, 0, 0]), float(symmetric[0, 1, 0])
    (1.0, 1.0)
    """
    context = context_of(tensor)
    xp, result = context.xp, context.asarray(tensor)
    if len(set(result.shape)) > 1:
        raise ValueError(
            f"Only a cubical tensor can be symmetrized: expected modes of one length, "
            f"got shape {tuple(result.shape)}."
        )
    symmetric = mean_over_permutations(xp, result)
    return xp.copy(symmetric) if symmetric is tensor else symmetric


def mean_over_permutations(xp, tensor):
    """The symmetric part of a cubical array of a backend: two more beside it."""
    for mode in range(1, tensor.ndim):
        # Divided first: the sum of the largest numbers would overflow.
        part = tensor / (mode + 1)
        tensor = None  # let go of each before its successor is made
        tensor = xp.copy(part)
        for other in range(mode):
            axes = list(range(part.ndim))
            axes[mode], axes[other] = axes[other], axes[mode]
            tensor += xp.transpose(part, axes)
        part = None
    return tensor
