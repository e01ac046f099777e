# SPDX-License-Identifier: BSD-3-Clause
"""What a fitted mixture says of rows: scikit-learn's own answers."""

from typing import Any

import numpy as np
from sklearn.mixture import GaussianMixture
from sklearn.utils.validation import check_is_fitted, validate_data

from ..._typing import AnyArray, FloatArray
from ...machine.backend import off_torch
from .em import MODEL


class MixtureFace:
    """Methods of :class:`sklearn.mixture.GaussianMixture` after ``fit``."""

    covariance_type: Any
    random_state: Any
    n_components_: int

    def predict(self, X: AnyArray) -> Any:
        """The likeliest component of each row.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        labels : ndarray of shape (n_samples,)
        """
        return self._ask("predict", X)

    def predict_proba(self, X: AnyArray) -> FloatArray:
        """How likely each row is from each component.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        shares : ndarray of shape (n_samples, n_components_)
        """
        return self._ask("predict_proba", X)

    def score_samples(self, X: AnyArray) -> FloatArray:
        """Log density of each row.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        log_density : ndarray of shape (n_samples,)
        """
        return self._ask("score_samples", X)

    def score(self, X: AnyArray, y: Any = None) -> float:
        """Mean log density of rows.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.
        y : Ignored
            Present for API consistency.

        Returns
        -------
        log_likelihood : float
        """
        return self._ask("score", X)

    def bic(self, X: AnyArray) -> float:
        """Bayesian information criterion on rows; the lower the better.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        bic : float
        """
        return self._ask("bic", X)

    def aic(self, X: AnyArray) -> float:
        """Akaike information criterion on rows; the lower the better.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        aic : float
        """
        return self._ask("aic", X)

    def sample(self, n_samples: int = 1) -> tuple[FloatArray, Any]:
        """Draw rows from the mixture.

        Parameters
        ----------
        n_samples : int, default=1
            Number of rows.

        Returns
        -------
        X : ndarray of shape (n_samples, n_features)
            Rows, one component after the other.
        labels : ndarray of shape (n_samples,)
            Their components.
        """
        check_is_fitted(self)
        return self._fitted_mixture().sample(n_samples)

    def _ask(self, name, X):
        """What scikit-learn's mixture says of rows."""
        check_is_fitted(self)
        X = validate_data(
            self, off_torch(X), reset=False, dtype=[np.float64, np.float32]
        )
        return getattr(self._fitted_mixture(), name)(X)

    def _fitted_mixture(self):
        """Scikit-learn's mixture with what was found."""
        mixture = GaussianMixture(
            self.n_components_,
            covariance_type=self.covariance_type,
            random_state=self.random_state,
        )
        for name in (*MODEL, "n_features_in_"):
            setattr(mixture, name, getattr(self, name))
        return mixture
