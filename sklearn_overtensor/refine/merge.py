# SPDX-License-Identifier: BSD-3-Clause
"""Fewer terms at no cost: merge parallel components, drop negligible ones."""

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from ..settings import SETTINGS


def merge_parallel(weights, directions, order, cosine=SETTINGS.cosines[0]):
    """Replace each group of near-parallel terms of one effective sign by one term.

    Parameters
    ----------
    weights : ndarray of shape (m,)
        Signed.
    directions : ndarray of shape (d, m)
        Unit columns.
    order : int
    cosine : float, default=0.95
        Terms at least so parallel are linked; groups are the linked sets.

    Returns
    -------
    weights : ndarray of shape (k,)
    directions : ndarray of shape (d, k)

    Notes
    -----
    ``w (-v)^{⊗l} = (-1)^l w v^{⊗l}``: at odd order the sign moves into the direction
    first; at even order ``v`` and ``-v`` are the same term and are aligned before
    their mean is taken.
    """
    if order % 2:
        directions = directions * np.where(weights < 0, -1.0, 1.0)
        weights = np.abs(weights)
    overlap = directions.T @ directions
    near = (np.abs(overlap) if order % 2 == 0 else overlap) > cosine
    near &= np.sign(weights)[:, None] == np.sign(weights)[None, :]
    count, labels = connected_components(coo_array(near), directed=False)
    # Each term is aligned to the heaviest of its group.
    heaviest = np.zeros(count, dtype=int)
    ascending = np.argsort(np.abs(weights))
    heaviest[labels[ascending]] = ascending
    flip = np.where(overlap[np.arange(len(weights)), heaviest[labels]] < 0, -1.0, 1.0)
    sums = np.zeros((len(directions), count))
    # Over a power of two near the largest, or the squares of tiny ones would be zero.
    sizes = np.abs(weights)
    sizes = np.ldexp(sizes, -np.frexp(sizes.max(initial=0.0))[1])
    np.add.at(sums.T, labels, (directions * flip * sizes).T)
    merged = np.bincount(labels, weights=weights, minlength=count)
    norms = np.linalg.norm(sums, axis=0)
    keep = norms > 0
    return merged[keep], sums[:, keep] / norms[keep]


def prune(weights, directions, threshold, floor=0.0):
    """Drop terms lighter than ``threshold`` times the heaviest, or than ``floor``.

    The heaviest always stays.
    """
    sizes = np.abs(weights)
    keep = sizes >= min(max(threshold * sizes.max(), floor), sizes.max())
    return weights[keep], directions[:, keep]
