# SPDX-License-Identifier: BSD-3-Clause
"""Rows that are gone: all that a fit of polynomials asks of them, kept exactly."""

from dataclasses import dataclass
from math import comb, factorial, sqrt

import numpy as np
from numpy.polynomial.hermite_e import herme2poly
from scipy.linalg import qr
from scipy.sparse import issparse

from ..algebra.monomials import monomial_table, monomials, unions
from ..machine.memory import BLOCK_BYTES, require_memory
from ..rows.weights import WeightSums
from .measurements import Measurements
from .rows import scale, whitening


@dataclass(frozen=True)
class Summary:
    """The triangular factor of weighted rows of all monomials and y.

    Attributes
    ----------
    n_features, degree : int
    factor : ndarray of shape (p, p)
        ``R`` of ``diag(sqrt(w)) [1, x, ..., x^{⊗degree}, y] = QR``, each distinct entry
        times the root of how often it stands.
    weights : WeightSums
    n_samples : int

    Notes
    -----
    Every mean square of ``y - f(X)`` for a polynomial f of that degree is that of R.
    """

    n_features: int
    degree: int
    factor: np.ndarray
    weights: WeightSums
    n_samples: int

    @staticmethod
    def size(n_features, degree):
        """Columns: the monomials and y."""
        return comb(n_features + degree, degree) + 1

    @classmethod
    def empty(cls, n_features, degree):
        """Of no rows; ``MemoryError`` where it cannot fit."""
        size = cls.size(n_features, degree)
        require_memory(
            4 * 8 * size**2,
            f"What is kept of all monomials up to degree {degree} in {n_features} "
            "features",
            "Reduce the number of features first, lower the degree, or call fit with "
            "all rows in memory.",
        )
        return cls(n_features, degree, np.zeros((size, size)), WeightSums(), 0)

    @classmethod
    def of_parts(cls, parts, n_features, degree):
        """Of rows, values and weights that come part by part."""
        summary = cls.empty(n_features, degree)
        for rows, values, weights in parts:
            summary = summary.plus(rows, values, weights)
        return summary

    def plus(self, X, y, weights):
        """With more rows."""
        factor = self.factor
        size = max(len(factor), BLOCK_BYTES // (8 * len(factor)))
        for start in range(0, len(y), size):
            block = slice(start, start + size)
            with np.errstate(over="ignore", invalid="ignore"):
                new = self._design(X[block], y[block]) * np.sqrt(weights[block, None])
            if not np.isfinite(new).all():
                raise ValueError(
                    "The monomials of X are too large for floats: scale the features, "
                    "for example by StandardScaler."
                )
            factor = qr(np.vstack([factor, new]), mode="r", overwrite_a=True)[0]
            factor = factor[: factor.shape[1]]
        seen = self.weights + WeightSums.of(weights)
        return Summary(
            self.n_features, self.degree, factor, seen, self.n_samples + len(y)
        )

    def _design(self, X, y):
        X = X.toarray() if issparse(X) else X
        parts = [np.ones((len(y), 1))]
        for degree in range(1, self.degree + 1):
            parts.append(monomials(X.T, degree).T * _roots(self.n_features, degree))
        return np.column_stack([*parts, y])

    def columns(self, degree):
        """Those of the factor that hold the monomials of a degree."""
        start = comb(self.n_features + degree - 1, degree - 1) if degree else 0
        return slice(start, comb(self.n_features + degree, degree))


def summary_of(parts, degree):
    """That of rows in chunks; None where the rows themselves are fewer numbers."""
    n, d = parts.X.shape
    if Summary.size(d, degree) ** 2 > n * d:
        return None
    return Summary.of_parts(parts, d, degree)


class SummaryMeasurements(Measurements):
    """The polynomial measurements of :class:`RowMeasurements` from a summary of rows.

    Parameters
    ----------
    summary : Summary
    intercept : bool
    unit : float, default=1.0
        What y is divided by.

    Attributes
    ----------
    change : ndarray of shape (d, k)
    """

    def __init__(self, summary, intercept, unit=1.0):
        factor = summary.factor / sqrt(summary.weights.total)
        y = factor[:, -1] / unit
        self._summary, self._all = summary, factor
        # The first row alone has the constant: without it all is about its best.
        self._kept = slice(1 if intercept else 0, None)
        self._constant_row = y[0], factor[0]
        ones = np.ones(len(factor))
        self.change = whitening(factor[:, summary.columns(1)], ones)
        kept = y[self._kept]
        if intercept and np.abs(kept).max() <= 1e-14 * abs(y[0]):
            kept = 0 * kept
        super().__init__(
            kept, ones[self._kept], summary.weights.count, self.change.shape[1], False
        )
        self.has_constant = intercept

    @property
    def n_free(self):
        """Measurements, but for the constant."""
        return self.count - self.has_constant

    def constant(self, terms):
        """The best constant beside the terms; 0 where there is none."""
        if not self.has_constant:
            return 0.0
        left, row = self._constant_row
        for order, group in terms.groups():
            U = self.change @ terms.vectors[:, group]
            left = left - self._along(row, U, order) @ terms.signs[group] / scale(order)
        return float(left / row[0])

    def blocks(self, width):
        """All at once: they are no more than there are monomials."""
        return [slice(None)]

    def _along(self, rows, U, degree):
        """``(x'u)^degree`` of rows of the factor."""
        columns = rows[..., self._summary.columns(degree)]
        if degree == 0:
            return columns + np.zeros(U.shape[1])
        return columns @ (monomials(U, degree) * _roots(len(U), degree)[:, None])

    @property
    def _rows(self):
        return self._all[self._kept]

    def project(self, V, block):
        """The vectors in the rows' own coordinates."""
        return self.change @ V

    def values(self, projection, order):
        """``(x_n'v)^l / c_l``."""
        return self._along(self._rows, projection, order) / scale(order)

    def _pulled(self, R, U, order):
        """``sum_n R_n (x_n'u)^{l-1} x_n`` for each column."""
        d = len(U)
        entries = self._rows[:, self._summary.columns(order)].T @ R
        entries = entries / _roots(d, order)[:, None]
        if order == 1:
            return entries
        powers = monomials(U, order - 1) * _roots(d, order - 1)[:, None] ** 2
        return np.einsum("jbk,bk->jk", entries[unions(d, order, 1)], powers)

    def pull_back(self, R, projection, order, block):
        """``X' (R ∘ (X V)^{l-1}) / c_l``."""
        return self.change.T @ self._pulled(R, projection, order) / scale(order)

    def slopes(self, projection, order, block):
        """``(x_n'v)^{l-1} x_n / c_l``."""
        d, k = projection.shape
        roots = _roots(d, order)
        forms = np.zeros((len(roots), d, k))
        powers = np.ones((1, k))
        if order > 1:
            powers = monomials(projection, order - 1)
            powers = powers * _roots(d, order - 1)[:, None] ** 2
        numbers = unions(d, order, 1) if order > 1 else np.arange(d)[:, None]
        for j in range(d):
            forms[numbers[j], j] = powers / roots[numbers[j], None]
        forms = np.einsum("adk,de->aek", forms, self.change)
        columns = self._rows[:, self._summary.columns(order)]
        slopes = columns @ forms.reshape(len(roots), -1)
        return slopes.reshape(len(columns), -1, k) / scale(order)

    def probe(self, projection, order):
        """Hermite polynomials, ``He_l(x_n'v) / sqrt(l!)``."""
        return self._hermite(projection, order) / sqrt(factorial(order))

    def _hermite(self, U, order):
        coefficients = herme2poly([0.0] * order + [1.0])
        return sum(
            c * self._along(self._rows, U, k) for k, c in enumerate(coefficients) if c
        )

    def probe_pull_back(self, r, V, projection, order, block):
        """``sum_n r_n [He_{l-1}(z) x_n - (l-1) He_{l-2}(z) v] / sqrt(l!)``."""
        R = r[:, None] + 0 * V[:1]
        coefficients = herme2poly([0.0] * (order - 1) + [1.0])
        image = sum(
            c * self._pulled(R, projection, k + 1)
            for k, c in enumerate(coefficients)
            if c
        )
        image = self.change.T @ image
        if order > 1:
            image = image - (order - 1) * V * (r @ self._hermite(projection, order - 2))
        return image / sqrt(factorial(order))


def _roots(n_features, degree):
    """Roots of how often each monomial stands in the array."""
    return np.sqrt(monomial_table(n_features, degree)[2])
