# SPDX-License-Identifier: BSD-3-Clause
"""The column space of the mode-1 unfolding: it holds every component."""

from math import inf, sqrt

import numpy as np
from scipy.linalg import qr
from scipy.linalg.lapack import dorgqr
from scipy.sparse import eye_array, issparse

from ..algebra.contracted import Contracted
from ..machine.backend import to_numpy
from ..machine.memory import require_memory

# Contractions of the first block: so few cost hardly more than a single one.
FIRST_COLUMNS = 16
# Entries of a block of them from which on it is asked whether it fits in memory.
MANY_ENTRIES = 10**6


def column_space(target, random_state, tol=1e-12, limit=inf):
    """Orthonormal basis ``Q (d, k)`` of the column space of the mode-1 unfolding.

    Parameters
    ----------
    target : target
    random_state : RandomState
        Source of the directions that are contracted with.
    tol : float, default=1e-12
        Relative size below which a direction counts as rounding.
    limit : int, default=inf
        Most directions that are worth finding.

    Returns
    -------
    basis : ndarray or sparse array of shape (d, k)
        The identity when the column space is everything; the same, sparse, when it has
        more than ``limit`` directions.

    Notes
    -----
    The columns ``T(v, ..., v, ·)`` of random ``v`` span the column space, so a few
    contractions find it without the ``d x d`` product of the unfolding with its
    transpose, and without squaring its condition number. The block doubles until it
    holds more columns than its rank.
    """
    n_features = target.n_features
    block = np.empty((n_features, 0))
    while True:
        wanted = min(max(FIRST_COLUMNS, 2 * block.shape[1]), n_features + 5)
        _require_room(n_features, wanted)
        fresh = random_state.standard_normal((n_features, wanted - block.shape[1]))
        image = target.contract(fresh / np.linalg.norm(fresh, axis=0))
        block = np.column_stack([block, to_numpy(image)])
        (packed, scalars), triangle, _ = qr(block, mode="raw", pivoting=True)
        sizes = np.abs(np.diag(triangle))
        rank = max(int(np.sum(sizes > tol * sizes[0])), 1)
        if rank >= n_features:
            return np.eye(n_features)
        if rank < wanted - 2:
            return dorgqr(packed[:, :rank], scalars[:rank])[0]
        if wanted > limit:
            return eye_array(n_features, format="csr")


def _require_room(n_features, n_columns):
    if n_features * n_columns > MANY_ENTRIES:
        require_memory(
            # The columns, their directions and the factors.
            4 * 8 * n_features * n_columns,
            f"Finding the column space of a tensor in {n_features} features, with "
            f"{n_columns} directions",
            "Reduce the number of features first, for example with TruncatedSVD.",
        )


class ProjectedTarget(Contracted):
    """``T(Q ·, ..., Q ·) / scale`` for a target too large to hold its core densely.

    Parameters
    ----------
    target : target
    basis : ndarray or sparse array of shape (d, k), or None
        ``Q``, with orthonormal columns. None: the target is in its coordinates already.
    scale : float
    squared_norm : float or None, default=None
        That of the result, or a bound of it. None: from the target's.

    Notes
    -----
    Samples of few rows are taken to the subspace once; others stay where they are, and
    each contraction goes through ``Q`` and back.
    """

    def __init__(self, target, basis, scale, squared_norm=None):
        self.order = target.order
        self.n_features = target.n_features if basis is None else basis.shape[1]
        if squared_norm is None:
            squared_norm = target.squared_norm / scale**2
        self.squared_norm = squared_norm
        self._target, self._basis, self._scale = target, basis, scale
        if basis is not None and not issparse(basis) and target.has_few_rows():
            self._target, self._basis = target.in_subspace(basis), None

    def bound_of_forms(self):
        """The Frobenius norm, which no form is larger than."""
        return sqrt(self.squared_norm)

    def contract(self, vectors):
        """Columns ``Q'T(Qv, ..., Qv, ·) / scale``."""
        if self._basis is None:
            return to_numpy(self._target.contract(vectors)) / self._scale
        image = to_numpy(self._target.contract(self._basis @ vectors))
        return self._basis.T @ image / self._scale
