# SPDX-License-Identifier: BSD-3-Clause
"""Levenberg-Marquardt on many small models of one target at once."""

from dataclasses import dataclass, fields

import numpy as np

from ..algebra.cp import integer_power

# Growth of the damping, doubled by each rejection in a row, after which a model is as
# good as it gets.
MAX_GROWTH = 2.0**8
# Least damping, for a target of norm one: batched solvers have no way to say that one
# matrix of many is singular.
MIN_DAMPING = 1e-10


@dataclass
class _Points:
    """One row for each model: what a step needs, as in the plain method."""

    vectors: np.ndarray  # (n, d, m)
    squared: np.ndarray  # squared residual
    value: np.ndarray  # objective, with the ridge
    downhill: np.ndarray  # minus the gradient
    gram: np.ndarray

    def take(self, rows):
        """Some of the models."""
        return _Points(*(getattr(self, f.name)[rows] for f in fields(self)))

    def put(self, rows, others):
        """Replace some of the models."""
        for f in fields(self):
            getattr(self, f.name)[rows] = getattr(others, f.name)


def _evaluate(target, vectors, signs, ridge):
    count, size, m = vectors.shape
    flat = vectors.transpose(1, 0, 2).reshape(size, -1)
    data = target.contract(flat).reshape(size, count, m).transpose(1, 0, 2)
    gram = vectors.transpose(0, 2, 1) @ vectors
    model = vectors @ (signs[:, :, None] * integer_power(gram, target.order - 1))
    overlap = np.einsum("ndm,ndm->nm", vectors, model - 2 * data)
    squared = np.maximum(target.squared_norm + np.sum(signs * overlap, axis=1), 0.0)
    value = 0.5 * (squared + ridge * np.einsum("ndm,ndm->n", vectors, vectors))
    pull = target.order * signs[:, None] * (data - model)
    return _Points(vectors, squared, value, pull - ridge * vectors, gram)


def _solve(points, signs, order, shift):
    """Damped Gauss-Newton steps; blocks as in ``gram_blocks``.

    Off the span of a model's vectors its normal matrix is ``A`` alone.
    """
    vectors, downhill = points.vectors, points.downhill
    powers = order * integer_power(points.gram, order - 2)
    powers *= signs[:, :, None] * signs[:, None]
    cross, identity = (order - 1) * powers, powers * points.gram
    np.einsum("nii->ni", identity)[...] += shift[:, None]
    if vectors.shape[1] <= vectors.shape[2]:
        return _solve_within(vectors, cross, identity, downhill)
    basis, inner = np.linalg.qr(vectors)
    along = basis.transpose(0, 2, 1) @ downhill
    across = (downhill - basis @ along).transpose(0, 2, 1)
    step = basis @ _solve_within(inner, cross, identity, along)
    return step + np.linalg.solve(identity, across).transpose(0, 2, 1)


def _solve_within(vectors, cross, identity, downhill):
    """Steps from the whole matrices; the damping is in ``A``."""
    count, size, m = vectors.shape
    rows = vectors.transpose(0, 2, 1)
    # [n, i, p, j, q] = B_ij u_j[p] u_i[q]
    left = cross[:, :, None] * vectors[:, None]
    matrix = left[..., None] * rows[:, :, None, None, :]
    np.einsum("nipjp->npij", matrix)[...] += identity[:, None]
    matrix = matrix.reshape(count, m * size, m * size)
    flat = downhill.transpose(0, 2, 1).reshape(count, -1, 1)
    step = np.linalg.solve(matrix, flat)
    return step.reshape(count, m, size).transpose(0, 2, 1)


def descend_many(target, vectors, signs, *, max_iter, ridge=0.0, tol=1e-6):
    """Minimise ``||T - M||^2 / 2 + ridge ||U||^2 / 2`` for many models at once.

    For best fits, where the residual is not small: it comes from Gram matrices.

    Parameters
    ----------
    target : target
    vectors : ndarray of shape (n, d, m)
        A start for each of n models.
    signs : ndarray of shape (n, m)
    max_iter : int
        Steps tried.
    ridge : float, default=0.0
    tol : float, default=1e-6
        Relative decrease of the objective below which a model is left alone.

    Returns
    -------
    vectors : ndarray of shape (n, d, m)
    squared : ndarray of shape (n,)
        Squared residuals.
    """
    order = target.order
    points = _evaluate(target, vectors.copy(), signs, ridge)
    lengths = np.einsum("nii->ni", points.gram).max(axis=1)
    damping = np.maximum(1e-2 * order * lengths ** (order - 1), MIN_DAMPING)
    growth, active = np.full(len(signs), 2.0), np.arange(len(signs))
    for _ in range(max_iter):
        if len(active) == 0:
            break
        old, old_signs = points.take(active), signs[active]
        step = _solve(old, old_signs, order, damping[active] + ridge)
        with np.errstate(over="ignore", invalid="ignore"):
            new = _evaluate(target, old.vectors + step, old_signs, ridge)
        pull = damping[active, None, None] * step + old.downhill
        promised = 0.5 * np.einsum("ndm,ndm->n", step, pull)
        decrease = np.where(np.isfinite(new.value), old.value - new.value, -1.0)
        gain = decrease / np.maximum(promised, 1e-300)
        accepted, better = gain > 0, active[gain > 0]
        points.put(better, new.take(accepted))
        factor = np.maximum(0.1, 1 - (2 * np.clip(gain, 0, 1) - 1) ** 3)
        damping[active] *= np.where(accepted, factor, growth[active])
        damping = np.maximum(damping, MIN_DAMPING)
        growth[active] = np.where(accepted, 2.0, 2 * growth[active])
        done = accepted & (decrease <= tol * old.value)
        active = active[~done & (growth[active] < MAX_GROWTH)]
    return points.vectors, points.squared
