# SPDX-License-Identifier: BSD-3-Clause
"""The symmetric terms behind a CP model with a factor for each mode."""

import numpy as np


def symmetric_terms(weights, factors):
    """Weights ``(k,)`` and unit directions ``(d, k)``.

    The direction of a term is the one closest to the lines of all its modes. Its
    weight is the product of the norms, with the signs of the modes against it.
    """
    stack = np.stack([np.asarray(factor, dtype=float) for factor in factors])
    norms = np.linalg.norm(stack, axis=1)
    unit = stack / np.maximum(norms, np.finfo(float).tiny)[:, None, :]
    left = np.linalg.svd(np.transpose(unit, (2, 1, 0)), full_matrices=False)[0]
    directions = left[:, :, 0].T
    signs = np.sign(np.einsum("ldk,dk->lk", unit, directions))
    return np.asarray(weights) * np.prod(norms * signs, axis=0), directions
