# SPDX-License-Identifier: BSD-3-Clause
"""The column space of the mode-1 unfolding: it holds every component."""

from dataclasses import dataclass
from math import inf, sqrt
from typing import Any

import numpy as np
from scipy.linalg.lapack import dgeqp3, dorgqr
from scipy.sparse import eye_array, issparse

from ..algebra.contracted import Contracted
from ..algebra.cp import last_modes_times
from ..machine.backend import to_numpy
from ..machine.memory import require_memory

# Contractions of the first block: so few cost hardly more than a single one.
FIRST_COLUMNS = 16
# Most that the rounding of contractions is magnified where a core is made of them: as
# much as passes for rounding everywhere.
MAGNIFIED = 100
# Entries of a block of them from which on it is asked whether it fits in memory.
MANY_ENTRIES = 10**6


@dataclass(frozen=True)
class ColumnSpace:
    """The column space of the mode-1 unfolding, and what finding it has shown.

    Attributes
    ----------
    basis : ndarray or sparse array of shape (d, k)
        Columns ``Q``.
    directions : ndarray of shape (d, m) or None
        What the target was contracted with.
    parts : tuple of arrays of shape (m_i, d, ..., d)
        ``T(v, ·, ..., ·)`` for each of them, in their sequence; none where there is no
        array.
    """

    basis: Any
    directions: Any = None
    parts: Any = ()

    def core(self, target):
        """The array ``T(Q, ..., Q)``, where it can be without a pass over the target.

        Notes
        -----
        T lies in the space, ``T = C(Q', ..., Q')``, so the parts times Q along their
        other modes are ``V'Q C``. That is solved for C unless it magnifies rounding.
        """
        if not self.parts:
            return target.compressed(self.basis)
        mix = self.directions.T @ self.basis
        sizes = np.linalg.svd(mix, compute_uv=False)
        if sizes[0] > MAGNIFIED * sizes[-1]:
            return target.compressed(self.basis)
        xp, order, asarray = target.context.xp, target.order, target.context.asarray
        basis, (_, k) = asarray(self.basis), mix.shape
        images = [
            xp.reshape(
                last_modes_times(xp, part, basis, order - 1), (k ** (order - 1), -1)
            )
            for part in self.parts
        ]
        core = xp.dot(xp.concatenate(images, axis=1), asarray(np.linalg.pinv(mix).T))
        return xp.reshape(core, (k,) * order)


def column_space(target, random_state, tol=1e-12, limit=inf):
    """The column space ``(d, k)`` of the mode-1 unfolding.

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
    space : ColumnSpace
        Its basis is the identity when the column space is everything; the same, sparse,
        when it has more than ``limit`` directions.

    Notes
    -----
    The columns ``T(v, ..., v, ·)`` of random ``v`` span the column space, so a few
    contractions find it without the ``d x d`` product of the unfolding with its
    transpose, and without squaring its condition number. The block doubles until it
    holds more columns than its rank.
    """
    n_features = target.n_features
    directions = block = np.empty((n_features, 0))
    parts: list = []
    while True:
        wanted = min(max(FIRST_COLUMNS, 2 * block.shape[1]), n_features + 5)
        _require_room(n_features, wanted)
        fresh = random_state.standard_normal((n_features, wanted - block.shape[1]))
        fresh /= np.linalg.norm(fresh, axis=0)
        image, part = target.sketched(fresh)
        # More than half of a tensor is not worth holding beside it.
        parts = [*parts, part] if part is not None and 2 * wanted <= n_features else []
        directions = np.column_stack([directions, fresh])
        block = np.column_stack([block, to_numpy(image)])
        room = int(dgeqp3(block, lwork=-1)[3][0])
        packed, _, scalars, *_ = dgeqp3(block, lwork=room)
        sizes = np.abs(packed.diagonal())
        rank = max(int(np.sum(sizes > tol * sizes[0])), 1)
        if rank >= n_features:
            return ColumnSpace(np.eye(n_features))
        if rank < wanted - 2:
            basis = dorgqr(packed[:, :rank], scalars[:rank])[0]
            return ColumnSpace(basis, directions, tuple(parts))
        if wanted > limit:
            return ColumnSpace(eye_array(n_features, format="csr"))


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
