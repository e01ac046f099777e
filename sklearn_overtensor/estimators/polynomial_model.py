# SPDX-License-Identifier: BSD-3-Clause
"""A fitted polynomial network: what is kept of it, and its values."""

import warnings
from contextlib import suppress
from typing import Any

import numpy as np
from numpy.linalg import LinAlgError
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.validation import check_is_fitted, validate_data

from .._typing import AnyArray, FloatArray
from ..machine.backend import off_torch
from ..measured import polynomial_of

WARNINGS = {
    "noise": "Nothing in y can be told from noise: the prediction is constant. More "
    "rows may show more; a small alpha, such as 0.01, keeps what noise may have made.",
    "iteration_limit": "The descent stopped while the objective was going down. A "
    "larger alpha, or a smaller n_components, makes it shorter.",
    "interrupted": "The search was interrupted. The terms of its last round are kept.",
}


class PolynomialModel:
    """Keep a polynomial and evaluate it."""

    components_: FloatArray
    weights_: FloatArray
    orders_: Any
    intercept_: float
    n_components_: int
    n_features_in_: int

    def _keep(self, measurements, found, unit):
        """The answer of a search, and what is known about it."""
        model = model_attributes(measurements, unit, found.fit.terms, found.variance)
        for name, value in model.items():
            setattr(self, name, value)
        self.alpha_ = float(found.alpha)
        self.noise_ = float(np.sqrt(found.variance)) * unit
        self.status_ = found.status
        if found.status in WARNINGS:
            message = WARNINGS[found.status]
            warnings.warn(message, ConvergenceWarning, stacklevel=6)

    def predict(self, X: AnyArray) -> FloatArray:
        """Values of the polynomial.

        Parameters
        ----------
        X : array-like or sparse array of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        y : ndarray of shape (n_samples,)
            ``intercept_ + sum_i weights_[i] (X @ components_[i]) ** orders_[i]``.
        """
        check_is_fitted(self)
        X = off_torch(X)
        X = validate_data(self, X, accept_sparse="csr", dtype=np.float64, reset=False)
        powers = (X @ self.components_.T) ** self.orders_
        return self.intercept_ + powers @ self.weights_

    def __sklearn_is_fitted__(self):
        """A fit that raised has left no model."""
        return hasattr(self, "components_")


def model_attributes(measurements, unit, terms, variance=np.nan):
    """Attributes of an estimator that is fitted with these terms.

    Parameters
    ----------
    measurements : Measurements
    unit : float
        What y was divided by.
    terms : MixedTerms
    variance : float, default=nan
        Of the noise of a measurement, for standard errors.
    """
    polynomial, weights = None, np.zeros(1)
    with np.errstate(all="ignore"), suppress(LinAlgError):  # gets an error of ours
        polynomial = polynomial_of(measurements, terms, variance)
        weights = polynomial.weights * unit
    if polynomial is None or not (np.isfinite(weights) & (weights != 0)).all():
        raise ValueError(
            "In the units of X and y the weights of the terms are too large or too "
            "small for floats: scale the features, for example by StandardScaler."
        )
    return {
        "weights_": weights,
        "components_": polynomial.components,
        "orders_": polynomial.orders,
        "intercept_": polynomial.intercept * unit,
        "weights_std_": polynomial.weights_std * unit,
        "components_std_": polynomial.components_std,
        "n_components_": len(weights),
    }
