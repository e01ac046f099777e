# SPDX-License-Identifier: BSD-3-Clause
"""A target truncated to a subspace, that of its unfolding or a given one."""

from copy import copy
from typing import Any

import numpy as np

from .._typing import AnyArray
from ..algebra.contracted import as_contracted
from ..algebra.scale import in_safe_units, times_power_of_two
from ..checks import as_real_array
from ..compression import column_space
from ..machine.backend import to_numpy
from ..machine.random import random_state_of
from ._base import Target
from ._contraction import MAX_CORE
from .dense import DenseTarget


class CompressedTarget(Target):
    """The part of a target that lives in the leading directions of its unfolding.

    The default solver compresses exactly by itself. This target truncates. Use it where
    a tensor has a few strong directions and many weak ones: the search is then as cheap
    as its core, and what lies outside the subspace is given up as noise.

    Parameters
    ----------
    target : target or array
        What is truncated; an array is taken as a symmetric tensor.
    n_directions : int or None, default=None
        Dimension k of the subspace. None: as many as ``tol`` asks for.
    tol : float, default=1e-12
        Singular values of the unfolding below ``tol`` times the largest are dropped;
        the default drops rounding alone.
    basis : array-like of shape (n_features, k) or None, default=None
        Columns that span the subspace, where it is known or found by cheaper means than
        the unfolding, for example as eigenvectors of a graph. None: found.

    Attributes
    ----------
    basis : ndarray of shape (n_features, k)
        ``Q``, orthonormal: the leading left singular vectors of the unfolding, of its
        part in the subspace if one was given.
    core : array of shape (k,) * order
        ``T*(Q, ..., Q)``.

    Raises
    ------
    ValueError
        When ``n_directions`` is not between 1 and the number of features, ``tol`` is
        negative, or ``basis`` is not of at most ``n_features`` independent columns.
    TypeError
        When the target has no ``compressed`` that gives its core.

    Notes
    -----
    The truncated higher-order SVD of a symmetric tensor, ``T = T*(QQ', ..., QQ')``. Its
    components lie in the span of ``Q``, and ``contract(V) = Q core(Q'V)``. By
    orthogonality ``||T* - T||^2 = ||T*||^2 - ||core||^2``.

    References
    ----------
    L. De Lathauwer, B. De Moor and J. Vandewalle, "A Multilinear Singular Value
    Decomposition", SIAM J. Matrix Anal. Appl. 21, 2000.

    Examples
    --------
    >>> from sklearn_overtensor import overparam_symmetric_cp
    >>> from sklearn_overtensor.datasets import make_symmetric_cp
    >>> from sklearn_overtensor.targets import CompressedTarget
    >>> noisy = make_symmetric_cp(20, 3, noise=0.05, random_state=0)
    >>> target = CompressedTarget(noisy.tensor, n_directions=3)
    >>> target.core.shape
    (3, 3, 3)
    >>> overparam_symmetric_cp(target, rank=3, random_state=0).components.shape
    (3, 20)
    """

    def __init__(
        self,
        target: Any,
        n_directions: int | None = None,
        *,
        tol: float = 1e-12,
        basis: AnyArray | None = None,
    ) -> None:
        if not hasattr(target, "contract"):
            target = DenseTarget(target)
        kind, target = type(target).__name__, as_contracted(target)
        if target.compressed is None:
            raise TypeError(
                f"{kind} has no method compressed(Q), which gives the "
                "core that a compressed target holds."
            )
        context = target.context
        super().__init__(target.order, target.n_features, context)
        self._check_parameters(n_directions, tol)
        target, self._exponent = in_safe_units(target)
        if basis is None:
            least = max(1e-12, 100 * context.eps)
            space = column_space(target, random_state_of(0), least)
            basis, core = space.basis, space.core(target)
        else:
            basis = self._checked_basis(basis)
            core = target.compressed(basis)
        values, rotation = self._singular(core)
        kept = int(np.sum(values > tol * values[0])) or 1
        if n_directions is not None:
            kept = min(kept, n_directions)
        self.basis = basis @ rotation[:, :kept]
        core = DenseTarget.of_formed(core, context).compressed(rotation[:, :kept])
        # Over 2**exponent, as the target was.
        self._small = DenseTarget.of_formed(core, context)

    def _check_parameters(self, n_directions, tol):
        if n_directions is not None and not 1 <= n_directions <= self.n_features:
            raise ValueError(
                f"n_directions={n_directions} must be between 1 and the number of "
                f"features, {self.n_features}."
            )
        if not tol >= 0:
            raise ValueError(f"tol={tol} must be at least 0.")

    def _checked_basis(self, basis):
        """Orthonormal columns of the same span."""
        basis = as_real_array("basis", basis, ndim=2)
        d, k = basis.shape
        rank = np.linalg.matrix_rank(basis) if k else 0  # NumPy 1 has none of no column
        if d != self.n_features or rank < max(k, 1):
            raise ValueError(
                "basis must have independent columns of n_features = "
                f"{self.n_features} entries, got the shape {basis.shape} and the rank "
                f"{rank}."
            )
        return np.linalg.qr(basis)[0]

    def _singular(self, core):
        """Singular values and left singular vectors of the core's unfolding."""
        xp = self.context.xp
        unfolding = xp.reshape(core, (core.shape[0], -1))
        gram = to_numpy(xp.dot(unfolding, xp.transpose(unfolding))).astype(float)
        values, vectors = np.linalg.eigh(gram)
        return np.sqrt(np.maximum(values[::-1], 0)), vectors[:, ::-1]

    @property
    def core(self) -> AnyArray:
        """``T*(Q, ..., Q)``."""
        return self._in_units(self._small.tensor)

    @property
    def squared_norm(self) -> float:
        """Squared norm of the core, which is that of the truncated tensor."""
        return times_power_of_two(self._small.squared_norm, 2 * self._exponent)

    def over_power_of_two(self) -> tuple[Target, int]:
        """The target over ``2**exponent``, and the exponent."""
        other = copy(self)
        other._exponent = 0
        return other, self._exponent

    def forming_is_affordable(self) -> bool:
        """Whether a residual may be taken from the array: up to 128 MiB."""
        return self.n_features**self.order <= MAX_CORE

    def to_dense(self) -> AnyArray:
        """The truncated tensor as an array; ``MemoryError`` when it cannot fit."""
        self._require_dense()
        return self._in_units(self._small.compressed(self.basis.T))

    def compressed(self, basis: AnyArray) -> AnyArray:
        """The core ``T(B, ..., B)`` of the truncated tensor for ``B (d, k)``."""
        return self._in_units(self._small.compressed(self.basis.T @ basis))

    def _contract(self, V):
        xp, basis = self.context.xp, self.context.asarray(self.basis)
        image = self._small.contract(xp.dot(xp.transpose(basis), V))
        return self._in_units(xp.dot(basis, image))

    def _in_units(self, array):
        return times_power_of_two(array, self._exponent)
