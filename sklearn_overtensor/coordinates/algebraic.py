# SPDX-License-Identifier: BSD-3-Clause
"""Exact terms that are read off a core by linear algebra, without a search."""

import numpy as np

from ..algebra.cp import ROUNDING
from ..compression import (
    least_squares_weights,
    powers_in_range,
    sharpen,
    simultaneous_diagonalisation,
)
from ..refine import Fit, polish
from ..settings import SETTINGS


def algebraic_terms(core, target, random_state, tol):
    """Terms that are exact if a core has no more than can be read off.

    Parameters
    ----------
    core : ndarray of shape (k,) * l
        Of norm one, with an unfolding of full row rank.
    target : CompactTarget
        The same.
    random_state : RandomState
        Source of sketches.
    tol : float
        Relative size of rounding.

    Yields
    ------
    terms : tuple of (weights, directions)
        Of each way that does not find that it does not apply: up to k terms, up to as
        many as there are monomials of degree ``(l - 1) // 2``, and, at even order,
        somewhat fewer than of degree ``l / 2``.
    """
    order = core.ndim
    for degree in sorted({1, (order - 1) // 2}):
        directions = simultaneous_diagonalisation(core, random_state, degree)
        if directions is None:
            continue
        if directions.shape == (len(core), len(core)):
            weights, directions = sharpen(target, directions)
        else:
            weights = least_squares_weights(target, directions)
        if np.isfinite(directions).all():
            yield weights, directions
    if order % 2 == 0:
        terms = powers_in_range(core, random_state, tol)
        if terms is not None:
            yield terms


def algebraic_fit(core, target, random_state, eps):
    """The fit of terms that were read off, if it is exact; else None.

    Parameters
    ----------
    core, target, random_state
        As in :func:`algebraic_terms`.
    eps : float
        Relative size of the rounding in the core.
    """
    tol = max(ROUNDING, SETTINGS.times_rounding * eps)
    for terms in algebraic_terms(core, target, random_state, tol):
        start = Fit.of_terms(*terms, target.order)
        fit = polish(target, start, tol=ROUNDING, promising=SETTINGS.smallest_term)
        if fit.residual(target) <= tol:
            return fit
    return None
