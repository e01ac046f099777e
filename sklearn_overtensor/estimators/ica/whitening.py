# SPDX-License-Identifier: BSD-3-Clause
"""Coordinates of unit covariance: into them, out of them, and lengths in them."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import nnls


@dataclass(frozen=True)
class Whitening:
    """Principal coordinates of unit variance.

    Attributes
    ----------
    matrix : ndarray of shape (p, d)
        Samples enter by ``(x - mean) @ matrix.T``.
    lift : ndarray of shape (d, p)
        The way back, ``matrix @ lift = I``.
    """

    matrix: np.ndarray
    lift: np.ndarray

    @classmethod
    def of_covariance(cls, covariance, eps):
        """Principal coordinates that rounding of ``eps`` leaves a variance in.

        One of them for rows that are constant: the first feature, as it is.
        """
        values, vectors = np.linalg.eigh(covariance)
        kept = values > 100 * len(values) * eps * values[-1]
        if not kept.any():
            first = np.eye(1, len(values))
            return cls(first, first.T)
        roots, vectors = np.sqrt(values[kept][::-1]), vectors[:, kept][:, ::-1]
        return cls((vectors / roots).T, vectors * roots)


def in_own_units(target):
    """The cumulant of the features over their standard deviations, and these.

    What is not in memory keeps the units that it has.

    Returns
    -------
    target : target
    units : ndarray of shape (d,)
        Mantissas of the units.
    exponent : int
        The units are ``units * 2**exponent``.
    """
    if target.rows is None:
        return target, np.ones(target.n_features), 0
    target, exponent = target.over_power_of_two()
    units = np.ones(target.n_features)
    if target.rows.projected is not None:
        units = np.sqrt(np.diag(target.second_moment))
        constant = units == 0
        units[constant] = 1.0
        exponent = 0 if constant.all() else exponent
        target = target.in_subspace(np.diag(np.where(constant, 0.0, 1 / units)))
    return target, units, exponent // target.order


def unit_rows(rows):
    """Rows over their lengths, and the lengths; of a row of zeros it is one."""
    lengths = np.linalg.norm(rows, axis=1)
    lengths[lengths == 0] = 1.0
    return rows / lengths[:, None], lengths


def nearest_orthogonal(rows):
    """The matrix with orthonormal rows that is nearest to ``rows (k, p)``, k <= p."""
    left, _, right = np.linalg.svd(rows, full_matrices=False)
    return left @ right


def least_variances(cumulants, order, n_samples):
    """Variances below which no source has these cumulants in so many rows.

    Of ``n`` rows of unit variance the excess kurtosis is at least -2, and no cumulant
    of order l is larger than ``n^{l/2 - 1}``.
    """
    most = np.full(len(cumulants), n_samples ** (order / 2 - 1))
    if order == 4:
        most[cumulants < 0] = 2
    return (np.abs(cumulants) / most) ** (2 / order)


def source_variances(directions, cumulants, order, n_samples):
    r"""Variances of more sources than sensors, in coordinates of unit covariance.

    Parameters
    ----------
    directions : ndarray of shape (k, p)
        Unit rows ``b_i``.
    cumulants : ndarray of shape (k,)
        Weights of the terms along them.
    order, n_samples : int

    Notes
    -----
    Without sensor noise :math:`\sum_i s_i^2 b_i b_i' = I`, by non-negative least
    squares. No source has less than what makes its cumulant possible.
    """
    size = directions.shape[1]
    floor = least_variances(cumulants, order, n_samples)
    squares = np.einsum("ia,ib->abi", directions, directions).reshape(size**2, -1)
    return floor + nnls(squares, np.eye(size).ravel() - squares @ floor)[0]
