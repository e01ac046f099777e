# SPDX-License-Identifier: BSD-3-Clause
"""Jennrich's simultaneous diagonalisation of two slices, where r <= d."""

import numpy as np
from benchmark_utils.base import TimedSolver


class Solver(TimedSolver):
    name = "jennrich"

    def skip(self, tensor, rank, seed, limit):
        return rank > len(tensor), "needs at most d terms"

    def decompose(self, tensor, rank, seed):
        rng = np.random.RandomState(seed)
        points = rng.standard_normal((2, len(tensor)))
        first, second = (_slice(tensor, point) for point in points)
        # The slices are V diag(.) V': their range holds the components.
        values, basis = np.linalg.eigh(first)
        basis = basis[:, np.argsort(-np.abs(values))[:rank]]
        pencil = np.linalg.solve(
            basis.T @ first @ basis, basis.T @ second @ basis
        )  # B^-T diag(ratios) B' with B = basis' V
        dual = np.linalg.eig(pencil)[1].real
        components = basis @ np.linalg.inv(dual).T
        components /= np.linalg.norm(components, axis=0)
        inverse = np.linalg.pinv(components)
        weights = np.diag(inverse @ first @ inverse.T)
        order = tensor.ndim
        return weights / (points[0] @ components) ** (order - 2), components


def _slice(tensor, point):
    """``T(a, ..., a, ·, ·)``."""
    while tensor.ndim > 2:
        tensor = np.tensordot(point, tensor, axes=1)
    return tensor
