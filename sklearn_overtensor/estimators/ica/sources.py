# SPDX-License-Identifier: BSD-3-Clause
"""From the cumulant of samples to a mixing matrix with its errors."""

from dataclasses import dataclass
from functools import partial

import numpy as np

from ...machine.backend import to_numpy
from ...noise.kinds import SamplingNoise
from ...rows import kernels
from .model import is_mixture
from .precision import Precision, logcosh, power
from .whitening import nearest_orthogonal, source_variances, unit_rows


@dataclass(frozen=True)
class Sources:
    """A mixing matrix for sources of unit variance, and what is known of them.

    Attributes
    ----------
    mixing, mixing_std : ndarray of shape (d, k)
    kurtosis : ndarray of shape (k,)
        Excess kurtosis.
    is_gaussian : ndarray of bool of shape (k,)
        Whether the cumulant cannot be told from noise.
    is_orthogonal : bool
        Whether the sources were taken for uncorrelated.
    n_iter : int
    """

    mixing: np.ndarray
    mixing_std: np.ndarray
    kurtosis: np.ndarray
    is_gaussian: np.ndarray
    is_orthogonal: bool
    n_iter: int


def sources_of(target, result, n_found, white, significance, polish):
    """Sources from the terms of a cumulant, the strongest first.

    Parameters
    ----------
    target : CumulantTarget or AccumulatedMoments
    result : SymmetricCPResult
        Its decomposition.
    n_found : int
        How many of its terms noise does not explain.
    white : Whitening
    significance : float
    polish : callable or None
        From white samples and orthonormal rows to better rows and iterations; see
        :func:`~.polish.polished`.
    """
    directions, lengths = unit_rows(result.components @ white.matrix.T)
    found = None
    if len(directions) <= len(white.matrix):
        found = _orthogonal(target, result, directions, white, significance, polish)
    if found is None:
        scales = np.ones(len(directions))
        if len(directions) > len(white.matrix):
            weights = result.weights * lengths**target.order
            variances = source_variances(
                directions, weights, target.order, target.n_samples
            )
            scales = np.sqrt(variances)
        scales = (scales / lengths)[:, None]
        mixing = (result.components * scales).T
        std, n_iter = (result.components_std * scales).T, 0
    else:
        mixing, std, n_iter = found
    cumulants, kurtosis, ratios = _described(target, mixing, white, significance)
    signs = np.sign(cumulants)
    if target.order % 2 == 0:
        spread = np.sqrt(np.diag(target.second_moment))
        shares = np.abs(mixing) / np.where(spread == 0, 1.0, spread)[:, None]
        largest = shares.argmax(axis=0)
        signs = np.sign(mixing[largest, range(len(largest))])
    mixing = mixing * np.where(signs == 0, 1.0, signs)
    is_gaussian = np.zeros(len(ratios), dtype=bool)
    is_gaussian[np.argsort(-ratios, kind="stable")[n_found:]] = True
    first = np.argsort(-np.abs(cumulants), kind="stable")
    return Sources(
        mixing[:, first],
        std[:, first],
        kurtosis[first],
        is_gaussian[first],
        found is not None,
        result.n_iter + n_iter,
    )


def _orthogonal(target, result, directions, white, significance, polish):
    """Mixing of uncorrelated sources, its errors, and iterations.

    None where noise of the sensors has made them oblique. Terms that are not those of
    sources are oblique for other reasons.
    """
    rows = target.rows
    best, n_iter = nearest_orthogonal(directions), 0
    if rows is None:
        mixing = white.lift @ best.T
        return mixing, np.full_like(mixing, np.nan), n_iter
    n_others = len(white.matrix) - len(best)
    score = partial(power, degree=target.order - 1)
    first = Precision(rows, best @ white.matrix, score, balance=False)
    precision = first
    if polish is not None:
        samples = to_numpy(rows.projected(white.matrix.T).X).astype(float)
        other, n_iter = polish(samples, best)
        sharper = Precision(rows, other @ white.matrix, logcosh, balance=True)
        if sharper.error(n_others) < first.error(n_others):
            best, precision = other, sharper
    error = precision.error(n_others)
    oblique = first.prefers_oblique(directions, significance, error, n_others)
    if oblique and is_mixture(target, result, white, significance):
        return None
    mixing = white.lift @ best.T
    std = precision.mixing_std(mixing, np.diag(target.second_moment))
    return mixing, std, n_iter


def _described(target, mixing, white, significance):
    """Cumulants and excess kurtosis of sources, and cumulants over those of noise."""
    directions, lengths = unit_rows((white.matrix @ mixing).T)
    V = white.matrix.T @ directions.T
    forms = (V * to_numpy(target.contract(V))).sum(axis=0)
    noise = SamplingNoise(target, white.matrix.T, 1.0, significance)
    limits = noise.limits(directions.T, 0.0, len(lengths))
    gram = directions @ directions.T
    # The fit of least squares along these directions.
    weights = np.linalg.lstsq(gram**target.order, forms, rcond=None)[0]
    fourth = np.linalg.lstsq(gram**4, _fourth(target, V, forms), rcond=None)[0]
    ratios = np.abs(weights) / np.maximum(limits, np.finfo(float).tiny)
    return weights / lengths**target.order, fourth / lengths**4, ratios


def _fourth(target, V, forms):
    """Fourth cumulants of ``x'v``; NaN where the rows are gone with them."""
    if target.order == 4:
        return forms
    if target.rows is None:
        return np.full(len(forms), np.nan)
    sums = target.rows.total(kernels.power_sums, 4 * V.shape[1], V, (2, 4))
    second, fourth = to_numpy(sums).astype(float)
    return fourth - 3 * second**2
