# SPDX-License-Identifier: BSD-3-Clause
"""Held-out scores along a path of alphas, fold by fold, and the choice they lead to."""

from dataclasses import replace
from functools import partial
from math import sqrt
from numbers import Integral
from operator import itemgetter

import numpy as np
from joblib import delayed
from numpy.random import RandomState
from sklearn.model_selection import GroupKFold, KFold, check_cv
from sklearn.utils import _safe_indexing

from ..algebra.cp import frobenius_norm
from ..algebra.scale import in_safe_units, times_power_of_two
from ..machine.backend import is_dask, is_torch
from ..results.residual import explained_share
from ..search.path import search_path
from ..solvers.monitor import Monitor
from ..targets import DenseTarget, as_target
from .path import best_of, measured
from .solve import _as_they_end, check_target

# Mean scores that differ by less are equal: alphas that keep the same terms have the
# same refitted model, up to rounding.
SAME_SCORE = 1e-6
# Folds, where the user leaves them open.
N_FOLDS = 5


def make_splits(cv, n_samples, groups, seed):
    """The rows that each fold trains on, and those that it holds out.

    Parameters
    ----------
    cv : int, cross-validation generator, iterable or None
    n_samples : int
    groups : array-like of shape (n_samples,) or None
    seed : int
        Of the first search. The shuffle draws from a seed made of it, not from it: it
        has nothing to do with the starts, and leaves theirs as they are.

    Returns
    -------
    splits : list of (train, test)
    """
    if cv is None or isinstance(cv, Integral):
        n_folds = N_FOLDS if cv is None else int(cv)
        if groups is None:
            (own,) = np.random.SeedSequence(int(seed)).generate_state(1)
            cv = KFold(n_folds, shuffle=True, random_state=int(own))
        else:
            cv = GroupKFold(n_folds)
    return list(check_cv(cv).split(np.empty((n_samples, 0)), groups=groups))


def fold_paths(
    X, splits, sample_weight, statistic, alphas, options, seeds, n_jobs, verbose=0
):
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
        As in :func:`symmetric_cp_path`; ``seeds`` are those of the restarts.
    n_jobs : int or None
        Folds run in parallel.
    verbose : int, default=0
        Whether a line is printed when a fold has ended.

    Returns
    -------
    scores : ndarray of shape (n_alphas, n_folds)
    n_components : ndarray of int of shape (n_alphas, n_folds)
    """
    tasks = (
        delayed(_numbered_path)(
            i, X, *split, sample_weight, statistic, alphas, options, seeds
        )
        for i, split in enumerate(splits)
    )
    columns = []
    for index, *column in _as_they_end(tasks, Monitor(), n_jobs):
        columns.append((index, *column))
        if verbose:
            _print_fold(f"{index + 1} of {len(splits)}", column, alphas)
    columns.sort(key=itemgetter(0))
    _, *parts = zip(*columns, strict=True)
    scores, n_components = (np.column_stack(part) for part in parts)
    return scores, n_components


def _numbered_path(index, *given):
    return index, *_score_path(*given)


def _print_fold(which, column, alphas):
    scores, n_components = column
    best = best_index(scores[:, None])
    terms = "1 term" if n_components[best] == 1 else f"{n_components[best]} terms"
    print(
        f"fold {which}: best score {scores[best]:.6f}, at alpha {alphas[best]:.3e} "
        f"with {terms}"
    )


def _score_path(X, train, test, sample_weight, statistic, alphas, options, seeds):
    """Scores and numbers of terms along the path of one fold.

    Each of its two statistics is formed once, for all alphas. The path ends where no
    closer fit can score as much as a model before; the last model stands for the rest.
    """

    def target_of(indices):
        weight = None if sample_weight is None else sample_weight[indices]
        rows = take_rows(X, indices)
        return as_target(rows, sample_weight=weight, **statistic)

    target, exponent = check_target(target_of(train), options)
    held_out, other = in_safe_units(target_of(test))
    array = measured(target)
    paths = [
        map(
            _without_noise,
            search_path(target, alphas, options, partial(RandomState, seed)),
        )
        for seed in seeds
    ]
    # In the units of both, if they are the same.
    ceiling = score_ceiling(array, held_out) if exponent == other else unlimited
    scores, n_components = [], []
    for result in best_of(paths, array, options):
        with np.errstate(all="ignore"):  # a model out of range is that much too large
            weights = times_power_of_two(result.weights, exponent - other)
        scores.append(explained_share(held_out, weights, result.components.T))
        n_components.append(result.n_components)
        if ceiling(result.reconstruction_err) < max(scores):
            break
    missing = (0, len(alphas) - len(scores))
    return np.pad(scores, missing, "edge"), np.pad(n_components, missing, "edge")


def _without_noise(found):
    """No fold is asked for noise and errors, which take passes over its rows."""
    return replace(found, noise=None)


def unlimited(residual):
    """No ceiling, whatever the residual."""
    return np.inf


def score_ceiling(target, held_out):
    """The best score of models that fit a training statistic so closely, or closer.

    Parameters
    ----------
    target, held_out : target
        The statistics of the training rows and of those held out.

    Returns
    -------
    ceiling : callable
        Of the relative residual against ``target``; infinite where the arrays would
        have to be formed for it alone.

    Notes
    -----
    A model ``T`` with ``||T - T_train|| <= e`` is at least ``||T_test - T_train|| - e``
    from the statistic held out, so it scores at most
    ``1 - (||T_test - T_train|| - e)^2 / ||T_test||^2``.
    """
    formed = isinstance(target, DenseTarget) and held_out.contraction == "dense"
    if not formed:
        return unlimited
    norm, scale = sqrt(target.squared_norm), sqrt(held_out.squared_norm)
    xp = held_out.context.xp
    distance = frobenius_norm(xp, held_out.to_dense() - target.tensor)
    return lambda residual: 1 - (max(distance - residual * norm, 0.0) / scale) ** 2


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
