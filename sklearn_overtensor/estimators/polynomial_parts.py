# SPDX-License-Identifier: BSD-3-Clause
"""``partial_fit`` of the polynomial regressor: rows that come part by part."""

from collections.abc import Callable
from typing import Any, Self

import numpy as np

from .._typing import AnyArray, Weights
from ..algebra.scale import exponent_of
from ..machine.sklearn_versions import fit_context
from ..measured import Summary, SummaryMeasurements, summary_of
from ..rows.parts import ChunkedRows
from ..rows.weights import WeightSums
from .all_or_nothing import all_or_nothing

_SUMS = ("largest", "total", "share", "squares", "whole")


class PolynomialPartsMixin:
    """Keep what a fit asks of rows, instead of the rows.

    For a class with the parameters ``degree`` and ``fit_intercept`` and the methods
    ``_checked_rows`` and ``_solve(measurements, unit, given)``.
    """

    degree: int
    fit_intercept: bool
    n_features_in_: int
    _checked_rows: Callable[..., Any]
    _solve: Callable[..., None]

    @all_or_nothing
    @fit_context(prefer_skip_nested_validation=True)
    def partial_fit(
        self, X: AnyArray, y: AnyArray, sample_weight: Weights = None
    ) -> Self:
        """Add rows, and find the terms of all that were added.

        After the last part the model is that of ``fit`` with all parts at once, up to
        rounding.

        Parameters
        ----------
        X : array-like or sparse array of shape (n_samples, n_features)
            A part of the rows; it is not kept.
        y : array-like of shape (n_samples,)
            Targets.
        sample_weight : array-like of shape (n_samples,), default=None
            Non-negative weights, on one scale for all parts.

        Returns
        -------
        self : object
            The fitted estimator.

        Raises
        ------
        ValueError
            For what ``fit`` refuses, and a ``degree`` that has changed since the first
            part. Nothing is added then.
        TypeError
            For a dask collection, which ``fit`` takes whole.
        MemoryError
            When a square of as many numbers as there are monomials does not fit.

        Notes
        -----
        Mean squares of what polynomials of a degree leave are a function of the
        triangular factor of the matrix of all monomials and y, which has
        ``C(d + degree, degree) + 1`` columns: 25 MiB for 20 features and degree 3.
        Each part is added to that factor and the model is fitted to it.
        """
        summary = getattr(self, "_accumulated", None)
        given = X, y, sample_weight
        X, y, weights = self._checked_rows(*given, reset=summary is None)
        if summary is None:
            summary = Summary.empty(X.shape[1], self.degree)
        if summary.degree != self.degree:
            raise ValueError(
                f"degree={self.degree}, but the parts so far were kept for degree="
                f"{summary.degree}: call fit, or partial_fit of a clone, to begin anew."
            )
        summary = summary.plus(X, y, weights)
        self._fit_summary(summary, given)
        self._accumulated = summary
        self.n_samples_seen_ = summary.n_samples
        return self

    def _summarised(self, X, y, sample_weight):
        """What is kept of rows in chunks, or None and the rows in memory."""
        parts = ChunkedRows(X, y, sample_weight)
        summary = summary_of(parts, self.degree)
        if summary is None:
            return None, parts.whole(), parts.y, parts.weights
        self.n_features_in_ = parts.X.shape[1]
        vars(self).pop("feature_names_in_", None)
        return summary, None, None, None

    def _fit_summary(self, summary, given):
        unit = 2.0 ** exponent_of(np.abs(summary.factor[:, -1]).max())
        self._solve(SummaryMeasurements(summary, self.fit_intercept, unit), unit, given)

    def _forget_parts(self):
        """What earlier parts came to is no part of a new fit."""
        vars(self).pop("_accumulated", None)
        vars(self).pop("n_samples_seen_", None)

    def _private_state(self):
        summary = getattr(self, "_accumulated", None)
        if summary is None:
            return {}
        sums = {name: getattr(summary.weights, name) for name in _SUMS}
        return {
            "degree": summary.degree,
            "factor": summary.factor,
            "n_samples": summary.n_samples,
            "weights": sums,
        }

    def _restore_private_state(self, state):
        if not state:
            return
        d, degree, factor = self.n_features_in_, state["degree"], state["factor"]
        size = Summary.size(d, degree) if isinstance(degree, int) else 0
        if np.shape(factor) != (size, size) or not np.isfinite(factor).all():
            raise ValueError("what partial_fit kept is not of this model")
        sums = WeightSums(**{name: state["weights"][name] for name in _SUMS})
        self._accumulated = Summary(d, degree, factor, sums, state["n_samples"])
