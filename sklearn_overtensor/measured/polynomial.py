# SPDX-License-Identifier: BSD-3-Clause
"""Terms of rows back in the rows' own coordinates, with standard errors."""

from dataclasses import dataclass

import numpy as np

from ..algebra.cp import canonical_order
from ..noise.standard_errors import term_errors
from ..refine import split
from .errors import covariance, eigen_errors
from .rows import scale
from .terms import eigenterms


@dataclass(frozen=True)
class Polynomial:
    """``b + sum_i w_i (v_i'x)^{l_i}``.

    Attributes
    ----------
    weights : ndarray of shape (k,)
    components : ndarray of shape (k, d)
        Unit rows.
    orders : ndarray of int of shape (k,)
    intercept : float
    weights_std, components_std : ndarray of shape (k,) and (k, d)
        Standard errors; NaN where they are not known.
    """

    weights: np.ndarray
    components: np.ndarray
    orders: np.ndarray
    intercept: float
    weights_std: np.ndarray
    components_std: np.ndarray


def polynomial_of(rows, terms, variance):
    """The polynomial of terms of :class:`RowMeasurements`.

    Parameters
    ----------
    rows : RowMeasurements or SummaryMeasurements
    terms : MixedTerms
    variance : float
        Of the noise of a measurement; NaN where it is not known.
    """
    spread = covariance(rows, terms, variance)
    d = rows.change.shape[0]
    parts = [(np.empty(0), np.empty((0, d)), np.empty(0), np.empty((0, d)))]
    orders = []
    for order, group in terms.groups():
        own = None if spread is None else spread[:, group][:, :, :, group]
        parts.append(_of_order(rows, terms, order, group, own))
        orders += [order] * len(parts[-1][0])
    weights, components, weights_std, components_std = (
        np.concatenate(arrays) for arrays in zip(*parts, strict=True)
    )
    return Polynomial(
        weights,
        components,
        np.array(orders, dtype=int),
        rows.constant(terms),
        weights_std,
        components_std,
    )


def _of_order(rows, terms, order, group, spread):
    """Weights, components and their standard errors of one order, largest first."""
    U, signs = rows.change @ terms.vectors[:, group], terms.signs[group]
    U = U / scale(order) ** (1 / order)
    if spread is not None:
        spread = np.einsum("ap,piqj,bq->aibj", rows.change, spread, rows.change)
        spread = spread / scale(order) ** (2 / order)
        spread = spread if np.isfinite(spread).all() else None
    if order == 2 and np.isfinite(U.T @ U).all():
        weights, directions = eigenterms((U * signs) @ U.T)
    else:
        weights, directions = split(U, signs, order)
    weights_std, V_std = _errors(order, U, signs, weights, directions, spread)
    ranking = np.argsort(-np.abs(weights), kind="stable")
    weights, components = canonical_order(weights, directions.T, order)
    return weights, components, weights_std[ranking], V_std.T[ranking]


def _errors(order, U, signs, weights, directions, spread):
    count = len(weights)
    # Squares of fewer independent vectors than there are: they are not told apart.
    if spread is None or count < len(signs):
        return np.full(count, np.nan), np.full(directions.shape, np.nan)
    if order == 2:
        return eigen_errors(spread, U, signs, weights, directions)
    weights_std, V_std = np.empty(count), np.empty(directions.shape)
    for i in range(count):
        weights_std[i], V_std[:, i] = term_errors(
            spread[:, i, :, i], U[:, i], np.eye(len(U)), order
        )
    return weights_std, V_std
