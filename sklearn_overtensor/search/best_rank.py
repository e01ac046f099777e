# SPDX-License-Identifier: BSD-3-Clause
"""The best fit with at most so many terms: many starts, then swaps of single terms."""

import numpy as np

from ..algebra.cp import do_cancel, integer_power
from ..refine import (
    descend_many,
    join,
    levenberg_marquardt,
    polish,
    reduce_to_rank,
    removal_order,
    split,
)
from ..solvers.start import random_columns

# Starts by the cost of a step for each, unknowns cubed; large problems get none.
START_BUDGET, MAX_STARTS = 1e7, 192
MIN_STARTS, MAX_UNKNOWNS = 3, 300
# Terms that starts have beyond the rank, in turn, and drop after a coarse descent. The
# ridge keeps terms small meanwhile that would cancel, and drives needless ones to zero.
EXCESS, COARSE_RIDGE = (0, 1, 3), 1e-3
COARSE_STEPS, STEPS = 15, 50
# Lengths of a start's vectors, for a target of norm one: which fits are found depends
# on it.
START_SIZES = (0.3, 1.5)
# Different models that swaps try to improve, as many as a round of swaps over all terms
# may cost, and rounds.
SWAP_BUDGET, MAX_IMPROVED, MAX_ROUNDS = 4e7, 8, 6
# Squared residuals that differ by less, relatively, are those of one model.
SAME = 1e-5
# Power iterations, and their starts, for the strongest term of a remainder.
POWER_STARTS, POWER_STEPS = 8, 25
# Loss of relative residual at which smaller weights are worth more than a better fit.
TAME_LOSS = 1e-5


def best_fit(target, vectors, signs, rank, random_state):
    """At most ``rank`` terms that fit best, as far as many starts can tell.

    Candidates are the given model, reduced or widened, and random starts, some of them
    of more terms; the best few are improved by swaps of single terms.

    Parameters
    ----------
    target : target
        Of norm one.
    vectors, signs : ndarray of shape (d, m) and (m,)
        A model of more or fewer terms.
    rank : int
    random_state : RandomState
        Source of starts.

    Returns
    -------
    vectors, signs : ndarray of shape (d, k) and (k,)
    """
    given = reduce_to_rank(target, vectors, signs, rank)
    given = _widened(target, *given, rank, random_state)
    pool = [_Pool(*(part[None] for part in given), np.array([_misfit(target, *given)]))]
    n_starts = _affordable_starts(rank * target.n_features) // len(EXCESS)
    for excess in EXCESS if n_starts else ():
        pool.append(_random_starts(target, rank, excess, n_starts, random_state))
    pool = _improve_by_swaps(target, _Pool.merge(pool), random_state)
    finished = [_settle(target, *model) for model in pool.models()]
    return _tame(target, *min(finished, key=lambda model: _misfit(target, *model)))


def _affordable_starts(n_unknowns):
    if n_unknowns > MAX_UNKNOWNS:
        return 0
    return int(np.clip(START_BUDGET / n_unknowns**3, MIN_STARTS, MAX_STARTS))


class _Pool:
    """Models of equal size: ``vectors (n, d, m)``, ``signs (n, m)``, squared misfit."""

    def __init__(self, vectors, signs, squared):
        self.vectors, self.signs, self.squared = vectors, signs, squared

    @classmethod
    def merge(cls, pools):
        """All models of several pools."""
        parts = ((pool.vectors, pool.signs, pool.squared) for pool in pools)
        return cls(*map(np.concatenate, zip(*parts, strict=True)))

    def best(self, count):
        """The ``count`` best of different misfit."""
        order = np.argsort(self.squared, kind="stable")
        kept = []
        for index in order:
            last = self.squared[kept[-1]] if kept else -1.0
            if self.squared[index] > last * (1 + SAME):
                kept.append(index)
        kept = kept[:count]
        return _Pool(self.vectors[kept], self.signs[kept], self.squared[kept])

    def models(self):
        """Pairs of vectors and signs."""
        return list(zip(self.vectors, self.signs, strict=True))


def _random_starts(target, rank, excess, count, random_state):
    """Random vectors, ``excess`` of them dropped again after a coarse descent.

    At even order signs are random, too: each split has its own best fit.
    """
    width = rank + excess
    signs = np.ones((count, width))
    if target.order % 2 == 0:
        signs = random_state.choice([-1.0, 1.0], signs.shape)
    vectors = random_columns(target.n_features, count * width, random_state)
    vectors = vectors.reshape(-1, count, width).transpose(1, 0, 2)
    vectors = vectors * random_state.uniform(*START_SIZES, size=(count, 1, 1))
    ridge = COARSE_RIDGE if excess else 0.0
    vectors, _ = descend_many(
        target, vectors, signs, max_iter=COARSE_STEPS, ridge=ridge
    )
    for _ in range(excess):
        vectors, signs = _drop_cheapest(vectors, signs, target.order)
        vectors, _ = descend_many(
            target, vectors, signs, max_iter=COARSE_STEPS, ridge=ridge
        )
    vectors, squared = descend_many(target, vectors, signs, max_iter=STEPS)
    return _Pool(vectors, signs, squared)


def _drop_cheapest(vectors, signs, order):
    """Without the term of each model whose removal costs least."""
    keep = [
        np.delete(np.arange(signs.shape[1]), removal_order(*model, order)[0])
        for model in zip(vectors, signs, strict=True)
    ]
    keep = np.array(keep)
    return (
        np.take_along_axis(vectors, keep[:, None], axis=2),
        np.take_along_axis(signs, keep, axis=1),
    )


def _improve_by_swaps(target, pool, random_state):
    """Replace single terms by the strongest of what the others leave, while it helps.

    Each round tries all terms of the best models; what comes out joins the pool.
    """
    _, size, rank = pool.vectors.shape
    n_improved = int(min(MAX_IMPROVED, SWAP_BUDGET / (rank * (size * rank) ** 3)))
    if n_improved == 0:
        return pool.best(1)
    pool = pool.best(n_improved)
    tried = np.empty(0)
    for _ in range(MAX_ROUNDS):
        fresh = np.array(
            [np.all(np.abs(tried - value) > SAME * value) for value in pool.squared]
        )
        if not fresh.any():
            break
        tried = np.append(tried, pool.squared[fresh])
        olds = pool.vectors[fresh], pool.signs[fresh]
        swapped = _Pool.merge(
            [_swapped(target, *olds, index, random_state) for index in range(rank)]
        )
        swapped.vectors, swapped.squared = descend_many(
            target, swapped.vectors, swapped.signs, max_iter=STEPS
        )
        pool = _Pool.merge([pool, swapped]).best(n_improved)
    return pool


def _widened(target, vectors, signs, rank, random_state):
    """Add the strongest terms of what is left until there are ``rank``."""
    while len(signs) < rank:
        single, single_sign = _strongest_terms(
            target, vectors[None], signs[None], random_state
        )
        vectors = np.column_stack([vectors, single[0]])
        signs = np.append(signs, single_sign)
        vectors = polish(target, vectors, signs, max_iter=30).vectors
    return vectors, signs


def _swapped(target, vectors, signs, index, random_state):
    """Term ``index`` of each model replaced by the strongest that fits without it."""
    others = np.delete(vectors, index, axis=2)
    other_signs = np.delete(signs, index, axis=1)
    if other_signs.shape[1]:
        others, _ = descend_many(target, others, other_signs, max_iter=COARSE_STEPS)
    single, single_sign = _strongest_terms(target, others, other_signs, random_state)
    vectors = np.concatenate([others, single[:, :, None]], axis=2)
    signs = np.concatenate([other_signs, single_sign[:, None]], axis=1)
    return _Pool(vectors, signs, np.empty(len(signs)))


def _strongest_terms(target, vectors, signs, random_state):
    """Strongest rank-one term of what each model leaves, by shifted power iterations.

    Returns
    -------
    vectors : ndarray of shape (n, d)
    signs : ndarray of shape (n,)
    """
    order, (count, size, _) = target.order, vectors.shape

    def remainder(points):  # (n, d, p)
        flat = points.transpose(1, 0, 2).reshape(size, -1)
        data = target.contract(flat).reshape(size, count, -1).transpose(1, 0, 2)
        overlap = integer_power(vectors.transpose(0, 2, 1) @ points, order - 1)
        return data - vectors @ (signs[:, :, None] * overlap)

    points = random_columns(size, count * POWER_STARTS, random_state)
    points = points.reshape(size, count, -1).transpose(1, 0, 2)
    for _ in range(POWER_STEPS):
        image = remainder(points)
        value = np.einsum("ndp,ndp->np", points, image)[:, None]
        # A shift towards the point itself keeps the iteration from oscillating.
        points = np.where(value < 0, -1.0, 1.0) * image + np.abs(value) * points
        points = points / np.maximum(np.linalg.norm(points, axis=1), 1e-300)[:, None]
    value = np.einsum("ndp,ndp->np", points, remainder(points))
    rows, best = np.arange(count), np.argmax(np.abs(value), axis=1)
    terms = join(value[rows, best], points[rows, :, best].T, order)
    return terms[0].T, terms[1]


def _settle(target, vectors, signs):
    """Least squares to convergence; patience would give up on a residual not zero."""
    return polish(target, vectors, signs, max_iter=300, patience=None).vectors, signs


def _tame(target, vectors, signs):
    """Smaller weights where they cost next to nothing.

    When no best fit exists (border rank), terms grow without limit and cancel while
    the residual hardly moves. A ridge, as strong as ``TAME_LOSS`` allows, keeps them
    finite.
    """
    if not do_cancel(split(vectors, signs, target.order)[0], 1.0):
        return vectors, signs
    limit = (np.sqrt(_misfit(target, vectors, signs)) + TAME_LOSS) ** 2
    for ridge in 10.0 ** np.arange(-4, -11, -1):
        tamed = levenberg_marquardt(target, vectors, signs, ridge=ridge, max_iter=100)
        if _misfit(target, tamed.vectors, signs) <= limit:
            return tamed.vectors, signs
    return vectors, signs


def _misfit(target, vectors, signs):
    return target.difference(signs, vectors)[0]
