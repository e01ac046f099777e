# SPDX-License-Identifier: BSD-3-Clause
"""Which true term each term of a decomposition stands for: the best assignment."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import linear_sum_assignment

from ..checks import as_real_array


class TermMatch(NamedTuple):
    """Terms compared, all pairs of them, and paired.

    Attributes
    ----------
    cosines : ndarray of shape (n_true, n_pred)
        Between the components.
    weights_true, weights_pred : ndarray of shape (n_true,) and (n_pred,), or None
        Sizes of the terms, with signs: the weights given, times the norms of the rows
        over the longest one's to the power of the order. None if none were given.
    pairs : ndarray of int of shape (min(n_true, n_pred), 2)
        A true and a found term each, by the true ones.
    score : float
        See :func:`~sklearn_overtensor.metrics.factor_match_score`.
    """

    cosines: np.ndarray
    weights_true: np.ndarray | None
    weights_pred: np.ndarray | None
    pairs: np.ndarray
    score: float


def match_terms(
    components_true, components_pred, weights_true=None, weights_pred=None, *, order
) -> TermMatch:
    """Pair terms one to one so that their score is largest.

    Parameters and errors are those of
    :func:`~sklearn_overtensor.metrics.factor_match_score`.
    """
    true = as_real_array("components_true", components_true, ndim=2)
    pred = as_real_array("components_pred", components_pred, ndim=2)
    if len(true) == 0:
        raise ValueError("components_true must hold at least one component, got none.")
    if true.shape[1] != pred.shape[1]:
        raise ValueError(
            "components_pred must have as many features as components_true, "
            f"{true.shape[1]}; got {pred.shape[1]}."
        )
    weights = _check_weights(weights_true, weights_pred, len(true), len(pred))
    directions_true, norms_true = _directions_and_norms(true)
    directions_pred, norms_pred = _directions_and_norms(pred)
    cosines = np.clip(directions_true @ directions_pred.T, -1.0, 1.0)
    scores = cosines**order
    sizes_true = sizes_pred = None
    if weights is not None:
        longest = max(norms_true.max(), norms_pred.max(initial=0.0)) or 1.0
        sizes_true = weights[0] * (norms_true / longest) ** order
        sizes_pred = weights[1] * (norms_pred / longest) ** order
        scores = scores * _weight_agreement(sizes_true, sizes_pred)
    pairs = np.column_stack(linear_sum_assignment(scores, maximize=True))
    score = float(scores[tuple(pairs.T)].sum() / max(scores.shape))
    return TermMatch(cosines, sizes_true, sizes_pred, pairs, score)


def pairs_first(pairs, shape):
    """True and found terms in a sequence that has pairs first and unmatched ones last.

    Parameters
    ----------
    pairs : array-like of int of shape (n_pairs, 2)
    shape : tuple of int, (n_true, n_pred)

    Returns
    -------
    rows, columns : ndarray of int of shape (n_true,) and (n_pred,)
    """
    return tuple(
        np.append(matched, np.setdiff1d(np.arange(size), matched))
        for matched, size in zip(np.transpose(pairs), shape, strict=True)
    )


def _check_weights(
    weights_true: ArrayLike | None,
    weights_pred: ArrayLike | None,
    n_true: int,
    n_pred: int,
) -> tuple[np.ndarray, np.ndarray] | None:
    """Return both weights as arrays, or None if neither is given."""
    if weights_true is None and weights_pred is None:
        return None
    if weights_true is None or weights_pred is None:
        raise ValueError(
            "weights_true and weights_pred must be given together; got only "
            f"{'weights_pred' if weights_true is None else 'weights_true'}."
        )
    true = as_real_array("weights_true", weights_true, ndim=1)
    pred = as_real_array("weights_pred", weights_pred, ndim=1)
    for name, found, expected in (("true", true, n_true), ("pred", pred, n_pred)):
        if len(found) != expected:
            raise ValueError(
                f"weights_{name} must hold one weight for each of the {expected} rows "
                f"of components_{name}; got {len(found)}."
            )
    return true, pred


def _directions_and_norms(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Split rows into directions and norms; a zero row keeps a zero direction."""
    largest = np.abs(rows).max(axis=1, initial=0.0, keepdims=True)
    scaled = np.divide(rows, largest, out=np.zeros_like(rows), where=largest > 0.0)
    norms = np.linalg.norm(scaled, axis=1, keepdims=True)
    directions = np.divide(scaled, norms, out=scaled, where=norms > 0.0)
    return directions, (largest * norms)[:, 0]


def _weight_agreement(true: np.ndarray, pred: np.ndarray) -> np.ndarray:
    """Compare all pairs: the smaller size over the larger one, with the sign.

    Equal to 1 - ||w| - |w'|| / max(|w|, |w'|) times sign(w w'); two zeros agree.
    """
    sizes_true, sizes_pred = np.abs(true)[:, None], np.abs(pred)[None, :]
    larger = np.maximum(sizes_true, sizes_pred)
    smaller = np.minimum(sizes_true, sizes_pred)
    ratio = np.divide(smaller, larger, out=np.ones_like(larger), where=larger > 0.0)
    opposite = (true < 0.0)[:, None] != (pred < 0.0)[None, :]
    return np.where(opposite, -ratio, ratio)
