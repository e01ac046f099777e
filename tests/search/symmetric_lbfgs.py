# SPDX-License-Identifier: BSD-3-Clause
"""The classical peer that tests compare with: L-BFGS at a fixed rank."""

import numpy as np
from scipy.optimize import minimize

from sklearn_overtensor.targets import DenseTarget


def fit_from(tensor, U, signs):
    """Symmetric least squares at fixed rank by SciPy's L-BFGS (Kolda 2015)."""
    target, order = DenseTarget(tensor), tensor.ndim

    def objective(flat):
        V = flat.reshape(U.shape)
        gram = V.T @ V
        data = target.contract(V)
        model = V @ (signs[:, None] * gram ** (order - 1))
        overlap = np.sum(V * (model - 2 * data), axis=0)
        gradient = order * signs * (model - data)
        return 0.5 * (target.squared_norm + signs @ overlap), gradient.ravel()

    options = {"maxiter": 2000, "maxfun": 4000, "ftol": 1e-14, "gtol": 1e-10}
    found = minimize(objective, U.ravel(), jac=True, method="L-BFGS-B", options=options)
    return found.x.reshape(U.shape)
