# SPDX-License-Identifier: BSD-3-Clause
"""The best fit with at most so many terms: many starts, then swaps of single terms."""

import numpy as np

from .._algebra import integer_power
from ..refine import (
    join,
    levenberg_marquardt,
    polish,
    reduce_to_rank,
    squared_residual,
)
from .epochs import terms

# Work that the starts may cost, in units of unknowns squared; every problem gets some.
START_BUDGET = 120_000
MIN_STARTS, MAX_STARTS = 8, 48
# One start in so many is a wide penalised model; it costs several plain ones.
WIDE_EVERY = 6
# Candidates that swaps try to improve, and rounds of swaps over all terms.
N_IMPROVED, MAX_ROUNDS = 8, 3
# Loss of relative residual at which smaller weights are worth more than a better fit.
TAME_LOSS = 1e-5
# Sum of the weights' sizes, for a target of norm one, beyond which smaller ones are
# sought.
LARGE_WEIGHTS = 20.0


def best_fit(target, vectors, signs, rank, log):
    """At most ``rank`` terms that fit best, as far as many starts can tell.

    Candidates are the given wider model reduced, wider penalised models at several
    penalties reduced, and random starts; the best of them are improved by swaps.

    Parameters
    ----------
    target : target
        Of norm one.
    vectors, signs : ndarray of shape (d, m) and (m,)
        A wider model.
    rank : int
    log : EpochLog

    Returns
    -------
    vectors, signs : ndarray of shape (d, k) and (k,)
    """
    candidates = [reduce_to_rank(target, vectors, signs, rank)]
    share = START_BUDGET / (rank * target.n_features) ** 2
    for start in range(int(np.clip(share, MIN_STARTS, MAX_STARTS))):
        make = _random_start if start % WIDE_EVERY else _wide_start
        candidates.append(make(target, rank, log))
    candidates.sort(key=lambda model: _misfit(target, *model))
    distinct = candidates[:1]
    for model in candidates[1:]:
        if _misfit(target, *model) > _misfit(target, *distinct[-1]) * (1 + 1e-6):
            distinct.append(model)
    improved = [
        improve_by_swaps(target, *model, log) for model in distinct[:N_IMPROVED]
    ]
    return _tame(target, *min(improved, key=lambda model: _misfit(target, *model)))


def improve_by_swaps(target, vectors, signs, log):
    """Replace terms, one at a time, by the strongest of what is left without them."""
    best = _misfit(target, vectors, signs)
    for _ in range(MAX_ROUNDS):
        improved = False
        for index in range(len(signs)):
            trial = _swapped(target, vectors, signs, index, log)
            misfit = _misfit(target, *trial)
            if misfit < best * (1 - 1e-9):
                (vectors, signs), best, improved = trial, misfit, True
        if not improved:
            break
    return vectors, signs


def _swapped(target, vectors, signs, index, log):
    others, other_signs = np.delete(vectors, index, axis=1), np.delete(signs, index)
    if len(other_signs):
        others = polish(target, others, other_signs, max_iter=10).vectors
    single, single_sign = _strongest_term(target, others, other_signs, log)
    trial_signs = np.append(other_signs, single_sign)
    trial = np.column_stack([others, single])
    return _settle(target, trial, trial_signs), trial_signs


def _wide_start(target, rank, log):
    """A penalised model wider than ``rank``, of both signs at even order, reduced."""
    random_state = log.random_state
    width = rank + 1 + int(random_state.randint(rank + 2))
    signs = np.ones(width)
    if target.order % 2 == 0:
        signs = np.repeat([1.0, -1.0], width)
    scale = 10.0 ** random_state.uniform(-3, -0.5)
    alpha = 10.0 ** random_state.uniform(-4, -1)
    vectors = log.fresh(target.n_features, len(signs), scale)
    weights, directions = terms(log.run(target, vectors, signs, alpha), signs)
    keep = np.argsort(-np.abs(weights))[: 2 * rank]
    model = join(weights[keep], directions[:, keep], target.order)
    return reduce_to_rank(target, *model, rank)


def _random_start(target, rank, log):
    """Random vectors; at even order random signs: each split has its own best fit."""
    signs = np.ones(rank)
    if target.order % 2 == 0:
        signs = log.random_state.choice([-1.0, 1.0], rank)
    scale = 0.5 * np.sqrt(target.n_features)
    vectors = log.fresh(target.n_features, rank, scale)
    return _settle(target, vectors, signs, max_iter=100), signs


def _settle(target, vectors, signs, max_iter=150):
    """Least squares to convergence; patience would give up on a residual not zero."""
    return polish(target, vectors, signs, max_iter=max_iter, patience=None).vectors


def _strongest_term(target, vectors, signs, log, n_starts=10, n_iter=30):
    """Strongest rank-one term of what a model leaves, by shifted power iterations."""
    order = target.order

    def remainder(points):
        overlap = integer_power(vectors.T @ points, order - 1)
        return target.contract(points) - vectors @ (signs[:, None] * overlap)

    points = log.fresh(target.n_features, n_starts, 1.0)
    for _ in range(n_iter):
        image = remainder(points)
        value = np.einsum("dm,dm->m", points, image)
        # A shift towards the point itself keeps the iteration from oscillating.
        points = np.where(value < 0, -1.0, 1.0) * image + np.abs(value) * points
        points = points / np.maximum(np.linalg.norm(points, axis=0), 1e-300)
    value = np.einsum("dm,dm->m", points, remainder(points))
    best = int(np.argmax(np.abs(value)))
    return join(value[[best]], points[:, [best]], order)


def _tame(target, vectors, signs):
    """Smaller weights where they cost next to nothing.

    When no best fit exists (border rank), terms grow without limit and cancel while
    the residual hardly moves. A ridge, as strong as ``TAME_LOSS`` allows, keeps them
    finite.
    """
    if np.sum(np.linalg.norm(vectors, axis=0) ** target.order) <= LARGE_WEIGHTS:
        return vectors, signs
    limit = (np.sqrt(_misfit(target, vectors, signs)) + TAME_LOSS) ** 2
    for ridge in 10.0 ** np.arange(-4, -11, -1):
        tamed = levenberg_marquardt(target, vectors, signs, ridge=ridge, max_iter=100)
        if _misfit(target, tamed.vectors, signs) <= limit:
            return tamed.vectors, signs
    return vectors, signs


def _misfit(target, vectors, signs):
    return squared_residual(target, signs, vectors)[0]
