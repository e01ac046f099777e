# SPDX-License-Identifier: BSD-3-Clause
"""From a mixture in its own units to what the estimator keeps."""

import numpy as np

from .em import largest_first
from .errors import likelihood_errors


def fitted_attributes(mixture, rows, units, start, with_em):
    """Attributes of a :class:`MomentGaussianMixture` by name.

    Parameters
    ----------
    mixture : GaussianMixture
        Fitted in these units.
    rows : ndarray of shape (n_samples, n_features)
        In the same.
    units : Units
    start : Start
        Where the mixture started.
    with_em : bool
        Whether EM ended at the largest likelihood, where standard errors are known.
    """
    kind = mixture.covariance_type
    arrays = largest_first(mixture)
    for name, array in arrays.items():
        setattr(mixture, name, array)
    weights, means = mixture.weights_, mixture.means_
    if with_em:
        likelihood = float(mixture.lower_bound_)
        shares = mixture.predict_proba(rows)
        errors = likelihood_errors(
            rows, weights, means, mixture.precisions_, shares, kind
        )
    else:
        likelihood = mixture.score(rows)
        errors = np.full_like(weights, np.nan), np.full_like(means, np.nan)
    return units.outside(arrays) | {
        "n_components_": len(weights),
        "weights_std_": errors[0],
        "means_std_": errors[1] * units.scale,
        "lower_bound_": likelihood - rows.shape[1] * np.log(units.scale),
        "converged_": bool(mixture.converged_),
        "n_iter_": int(mixture.n_iter_),
        "noise_variance_": float(start.variance * units.scale**2),
        "order_": start.order,
    }
