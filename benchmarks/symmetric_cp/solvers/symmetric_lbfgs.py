# SPDX-License-Identifier: BSD-3-Clause
"""Symmetric L-BFGS at the true rank, with restarts (Kolda, Math. Program. 2015)."""

import numpy as np
from benchmark_utils.base import MAX_ITER, SLOW_SEEDS, TimedSolver
from scipy.optimize import minimize

from sklearn_overtensor.targets import DenseTarget

MAX_STARTS = 10
# Squared relative residual that ends the restarts: well below what counts as exact.
ENOUGH = 1e-13


class Solver(TimedSolver):
    name = "symmetric-lbfgs"
    n_seeds = SLOW_SEEDS

    def decompose(self, tensor, rank, seed):
        rng = np.random.RandomState(seed)
        scale = np.linalg.norm(tensor)
        target = DenseTarget(tensor / scale)
        best = None
        for _ in range(MAX_STARTS):
            found = _minimise(target, rank, rng)
            if best is None or found.fun < best.fun:
                best = found
            if 2 * best.fun <= ENOUGH:
                break
        weights, vectors = _split(best.x, target.n_features, rank)
        if tensor.ndim % 2:
            weights = np.ones(rank)
        return weights * scale, vectors


def _split(point, d, r):
    return point[:r], point[r:].reshape(d, r)


def _minimise(target, rank, rng):
    """One start: unit vectors, and the weights that fit them best."""
    d, order = target.n_features, target.order
    vectors = rng.standard_normal((d, rank))
    vectors /= np.linalg.norm(vectors, axis=0)
    weights = np.ones(rank)
    if order % 2 == 0:
        pull = np.sum(vectors * target.contract(vectors), axis=0)
        weights = np.linalg.lstsq((vectors.T @ vectors) ** order, pull, rcond=None)[0]
    else:  # weights are absorbed by the vectors
        vectors *= rank ** (-0.5 / order)
    return minimize(
        _loss_and_gradient,
        np.concatenate([weights, vectors.ravel()]),
        args=(target, rank),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": MAX_ITER, "maxfun": 2 * MAX_ITER, "ftol": 1e-16}
        | {"gtol": 1e-9, "maxcor": 20},
    )


def _loss_and_gradient(point, target, rank):
    """``1/2 ||T - sum_i w_i x_i^{⊗l}||^2`` and its gradient, by the Gram matrix."""
    order = target.order
    weights, vectors = _split(point, target.n_features, rank)
    if order % 2:
        weights = np.ones(rank)
    gram = vectors.T @ vectors
    image = target.contract(vectors)
    fit = np.sum(vectors * image, axis=0)
    model = gram**order @ weights
    loss = 0.5 * target.squared_norm - weights @ fit + 0.5 * weights @ model
    step = vectors @ (weights[:, None] * gram ** (order - 1)) - image
    by_vectors = order * weights * step
    by_weights = np.zeros(rank) if order % 2 else model - fit
    return loss, np.concatenate([by_weights, by_vectors.ravel()])
