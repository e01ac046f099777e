# SPDX-License-Identifier: BSD-3-Clause
"""Coordinates in which the sampling noise of a moment is alike in all directions."""

from dataclasses import dataclass

import numpy as np

from ..algebra.cp import white_coordinates
from ..noise.kinds import MAX_SPREAD
from ..settings import SETTINGS
from ..targets._contraction import MAX_CORE


@dataclass(frozen=True)
class Metric:
    """Coordinates ``change' x`` of rows, and the way back.

    Attributes
    ----------
    change : ndarray of shape (d, k)
        ``change' C change = I`` for the second moment C.
    lift : ndarray of shape (d, k)
        ``C change``: components ``u`` there are ``lift u`` in the rows' coordinates.
    rows_fit : bool
        Whether the rows can be written out in these coordinates.
    """

    change: np.ndarray
    lift: np.ndarray
    rows_fit: bool


def noise_metric(target):
    """Coordinates in which the noise of samples is alike in all directions.

    None for a target that has no second moment, and where they cost too much.

    Notes
    -----
    Of all changes of basis that keep volumes, the one that makes the expected norm of
    the noise least; there its unfolding has a multiple of the identity as Gram matrix.
    It is the fixed point ``C = sum_n p_n (x_n'C^{-1}x_n)^{l-1} x_n x_n'`` up to a
    factor, an M-estimator of scatter in which far rows count for more, not for less,
    since they are what is noisy. Other units of the columns, or other axes, lead to the
    same coordinates up to a rotation. For normal rows C is their second moment; there
    the form of the noise of a cumulant along ``v`` is a mean of Hermite polynomials, of
    variance ``l! / n``, and the noise is white.
    """
    d = target.n_features
    if d > MAX_SPREAD or target.second_moment is None:
        return None
    eps = target.context.eps
    change, lift = white_coordinates(
        target.second_moment, SETTINGS.times_rounding * d * eps
    )
    k = change.shape[1]
    if k == 0:
        return None
    held = k**target.order <= MAX_CORE and target.compressed is not None
    rows_fit = _can_be_written_out(target, k)
    if not held and (target.statistic == "moment" or not rows_fit):
        return None  # a moment is searched in the data's own coordinates, too
    if target.spread is not None and k <= SETTINGS.many:
        change, lift = _balanced(target, change, lift)
    return Metric(change, lift, rows_fit)


def _balanced(target, change, lift):
    for _ in range(SETTINGS.steps):
        values, vectors = np.linalg.eigh(target.spread(change))
        if values[-1] <= SETTINGS.balanced * values[0] or not values[0] > 0:
            break
        roots = (values / values.mean()) ** (1 / (2 * target.order))
        change = change @ (vectors / roots) @ vectors.T
        lift = lift @ (vectors * roots) @ vectors.T
    return change, lift


def _can_be_written_out(target, k):
    """Whether the rows in these coordinates fit beside them."""
    here = target.rows is not None and target.rows.projected is not None
    return here and target.n_samples * k <= MAX_CORE
