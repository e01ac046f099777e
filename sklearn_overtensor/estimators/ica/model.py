# SPDX-License-Identifier: BSD-3-Clause
"""Whether the terms of a cumulant are those of independent sources."""

import numpy as np

from ...noise.kinds import SamplingNoise
from .whitening import least_variances, unit_rows


def is_mixture(target, result, white, significance):
    """Whether terms explain the cumulant, and each may be that of a source.

    Parameters
    ----------
    target : CumulantTarget or AccumulatedMoments
    result : SymmetricCPResult
    white : Whitening
    significance : float

    Notes
    -----
    In white coordinates no source has a variance above one. Terms that cancel each
    other would need more: they fit what is no sum over independent sources.
    """
    if result.status not in ("within_noise", "exact"):
        return False
    directions, lengths = unit_rows(result.components @ white.matrix.T)
    weights = result.weights * lengths**target.order
    noise = SamplingNoise(target, white.matrix.T, 1.0, significance)
    sure = np.abs(weights) - noise.limits(directions.T, 0.0, len(weights))
    cumulants = np.sign(weights) * np.maximum(sure, 0.0)
    least = least_variances(cumulants, target.order, target.n_samples)
    return bool(np.all(least <= 1))
