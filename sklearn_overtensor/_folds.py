# SPDX-License-Identifier: BSD-3-Clause
"""Held-out scores along a path of alphas, fold by fold, and the choice they lead to."""

import numpy as np
from joblib import Parallel, delayed
from sklearn.utils import _safe_indexing

from ._backend import is_dask, is_torch
from ._path import solve_path
from ._residual import explained_share
from .targets import as_target

# Mean scores that differ by less are equal: alphas that keep the same terms have the
# same refitted model, up to rounding.
SAME_SCORE = 1e-6


def fold_paths(X, splits, sample_weight, statistic, alphas, options, seeds, n_jobs):
    """Score the path of each fold's training rows on its other rows.

    Parameters
    ----------
    X : samples of any kind
    splits : list of (train, test)
        Indices of rows.
    sample_weight : ndarray of shape (n_samples,) or None
    statistic : dict
        What :func:`as_target` needs to know beside the rows.
    alphas, options, seeds
        As in :func:`solve_path`.
    n_jobs : int or None
        Folds run in parallel.

    Returns
    -------
    scores : ndarray of shape (n_alphas, n_folds)
    n_components : ndarray of int of shape (n_alphas, n_folds)
    """
    columns = Parallel(n_jobs=n_jobs)(
        delayed(_score_path)(
            X, *split, sample_weight, statistic, alphas, options, seeds
        )
        for split in splits
    )
    scores, n_components = (
        np.column_stack(part) for part in zip(*columns, strict=True)
    )
    return scores, n_components


def _score_path(X, train, test, sample_weight, statistic, alphas, options, seeds):
    """Scores and numbers of terms along the path of one fold.

    Each of its two statistics is formed once, for all alphas.
    """

    def target_of(indices):
        weight = None if sample_weight is None else sample_weight[indices]
        rows = take_rows(X, indices)
        return as_target(rows, sample_weight=weight, **statistic)

    results, _ = solve_path(target_of(train), alphas, options, seeds)
    held_out = target_of(test)
    scores = [
        explained_share(held_out, result.weights, result.components.T)
        for result in results
    ]
    return np.array(scores), np.array([result.n_components for result in results])


def take_rows(X, indices):
    """Some rows of samples of any kind, in their own kind."""
    if is_torch(X) or is_dask(X):
        return X[indices]
    return _safe_indexing(X, indices)


def best_index(scores):
    """The largest alpha (the first row) of the best mean score, up to rounding."""
    means = scores.mean(axis=1)
    return int(np.argmax(means >= means.max() - SAME_SCORE))


def one_standard_error_index(scores):
    """The largest alpha whose scores are not a standard error below the best ones."""
    loss, error = shortfall(scores)
    return int(np.argmax(loss <= error + SAME_SCORE))


def shortfall(scores):
    """How far mean scores fall short of the best one, and the standard error of that.

    The error is that of the mean difference over folds. What is common to all alphas on
    a fold, such as the noise of its held-out statistic, cancels in the difference; it
    is most of the spread of the scores themselves. One fold tells no error: zero.

    Parameters
    ----------
    scores : ndarray of shape (n_alphas, n_folds)

    Returns
    -------
    loss, error : ndarray of shape (n_alphas,)
    """
    n_folds = scores.shape[1]
    loss = scores[best_index(scores)] - scores
    if n_folds == 1:
        return loss[:, 0], np.zeros(len(scores))
    return loss.mean(axis=1), loss.std(axis=1, ddof=1) / np.sqrt(n_folds)
