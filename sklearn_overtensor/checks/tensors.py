# SPDX-License-Identifier: BSD-3-Clause
"""Symmetric tensors, as arrays, as terms, and as targets of any kind."""

import numpy as np

from ..machine.backend import ArrayContext, to_numpy
from ..symmetry import asymmetry, sketched_asymmetry
from .arrays import check_finite, check_kind, check_values

# Largest relative distance from symmetry that passes as rounding.
SYMMETRY_TOLERANCE = {"float64": 1e-8, "float32": 1e-4}


def check_symmetric_tensor(tensor, context):
    """A symmetric tensor of order >= 3 in the context."""
    tensor = check_kind(tensor, context, "tensor")
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
    # An estimate from one direction is rarely a hundred times too small. It is NaN
    # where any entry is NaN or infinite.
    if sketched_asymmetry(tensor) <= 0.01 * tolerance:
        return tensor
    check_finite(tensor, "tensor")
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
