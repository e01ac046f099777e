# SPDX-License-Identifier: BSD-3-Clause
"""From a cumulant to what the estimator keeps, in the units of the data."""

from functools import partial

import numpy as np

from ...machine.backend import to_numpy
from .polish import polished
from .sources import sources_of
from .terms import terms_of
from .whitening import Whitening, in_own_units, unit_rows


def fitted_attributes(model, target):
    """Attributes of a :class:`CumulantICA` by name.

    Parameters
    ----------
    model : CumulantICA
        Its parameters are read.
    target : CumulantTarget or AccumulatedMoments
        Of rows, or of what they were summed to.
    """
    mean, dtype = to_numpy(target.mean), target.context.dtype
    target, units, exponent = in_own_units(target)
    white = Whitening.of_covariance(target.second_moment, target.context.eps)
    result, n_found = terms_of(
        target,
        white,
        model.n_components,
        significance=model.significance,
        random_state=model.random_state,
    )
    polish = None
    # Noise alone has nothing to polish, unless a number is asked for.
    if model.polish is not None and (n_found or model.n_components):
        n_noise = len(white.matrix) - n_found
        polish = partial(
            polished, n_noise=n_noise, max_iter=model.max_iter, tol=model.tol
        )
    found = sources_of(target, result, n_found, white, model.significance, polish)
    unmixing = np.linalg.pinv(white.matrix @ found.mixing) @ white.matrix
    mixing, std = (part * units[:, None] for part in (found.mixing, found.mixing_std))
    lengths, back = np.ones(mixing.shape[1]), exponent
    if model.whiten == "arbitrary-variance":
        lengths, back = unit_rows(mixing.T)[1], 0
    arrays = {
        "mean_": mean,
        "whitening_": np.ldexp(white.matrix / units, -exponent),
        "mixing_": np.ldexp(mixing / lengths, back),
        "mixing_std_": np.ldexp(std / lengths, back),
        "components_": np.ldexp(unmixing / units * lengths[:, None], -back),
        "kurtosis_": found.kurtosis,
    }
    return {name: value.astype(dtype) for name, value in arrays.items()} | {
        "is_gaussian_": found.is_gaussian,
        "is_orthogonal_": found.is_orthogonal,
        "n_components_": len(lengths),
        "n_iter_": found.n_iter,
    }
