# SPDX-License-Identifier: BSD-3-Clause
"""The contract between what is decomposed and how: one operation on columns."""

from abc import ABC, abstractmethod
from operator import index
from typing import Any

import numpy as np
from numpy.lib import NumpyVersion

from .._typing import AnyArray
from ..algebra.contracted import Contracted
from ..algebra.cp import cp_to_dense
from ..machine.backend import ArrayContext
from ..machine.memory import dense_bytes, require_memory

# Modes of NumPy's arrays; the core of a single direction is one.
LARGEST_ORDER = 64 if NumpyVersion(np.__version__) >= "2.0.0" else 32


def check_order(order):
    """Refuse orders below three and those that no array can have."""
    if order < 3:
        raise ValueError(
            f"order={order} is too small: a symmetric decomposition is identifiable "
            "from order 3 on. For order 2 use an eigendecomposition or PCA."
        )
    if order > LARGEST_ORDER:
        raise ValueError(
            f"order={order} is too large: arrays have at most {LARGEST_ORDER} modes, "
            f"so that the largest order is {LARGEST_ORDER}."
        )


class Target(Contracted, ABC):
    """A symmetric tensor that is known by its contractions.

    Solvers never see a tensor. They see an object with the three attributes below
    and :meth:`contract`; a class of your own needs nothing else, and need not inherit
    from this one. What this class adds is the conversion of ``V`` to the target's
    backend, dtype and device, and the check of its shape: a subclass writes
    ``_contract`` and ``squared_norm``.

    Parameters
    ----------
    order : int
        Number of modes, ``l >= 3``.
    n_features : int
        Length ``d`` of every mode.
    context : ArrayContext
        Backend, dtype and device that the target works in.

    Attributes
    ----------
    order : int
        Number of modes.
    n_features : int
        Length of every mode.
    squared_norm : float
        ``||T*||_F^2``.

    Notes
    -----
    Three more methods are used where a target has them. ``to_dense()`` returns the
    array or raises ``MemoryError``: residuals then come from explicit differences,
    and from Gram matrices, which resolve no less than about 1e-8, for any other.
    ``compressed(Q)`` returns the array ``T*(Q, ..., Q)`` of shape ``(k,) * order``
    for ``Q (d, k)``: the default solver then works on that core.
    ``over_power_of_two()`` returns the target over a power of two and its exponent, for
    one whose squared norm over- or underflows. A method that a target does not have is
    None.
    """

    # Arrays of the size of the tensor that forming it takes, itself among them.
    _arrays_to_form = 1

    def __init__(
        self, order: int, n_features: int | None, context: ArrayContext
    ) -> None:
        check_order(order)
        self.order = index(order)  # of NumPy's integers too, which are no int
        self.n_features: Any = n_features  # None: not known yet
        self.context = context

    @property
    @abstractmethod
    def squared_norm(self) -> float:
        """Squared Frobenius norm of the tensor."""

    @abstractmethod
    def _contract(self, V):
        """Contract with columns that are in the target's context already."""

    def contract(self, V: AnyArray) -> AnyArray:
        """Contract all modes but one with each column of ``V``.

        Parameters
        ----------
        V : array of shape (n_features, m)
            Columns ``v_1, ..., v_m`` of any length, in any backend.

        Returns
        -------
        contraction : array of shape (n_features, m)
            Columns ``T*(v_i, ..., v_i, ·)``, in the target's backend and dtype.

        Raises
        ------
        ValueError
            When ``V`` has another shape.
        """
        V = self.context.asarray(V)
        if V.ndim != 2 or V.shape[0] != self.n_features:
            raise ValueError(
                f"contract expects V of shape (n_features={self.n_features}, m), got "
                f"{tuple(V.shape)}."
            )
        return self._contract(V)

    def _require_dense(self, n_features=None):
        n_features = self.n_features if n_features is None else n_features
        require_memory(
            self._bytes_to_form(n_features),
            f"A dense tensor of order {self.order} in {n_features} features",
            "Use the implicit target as it is, or reduce the number of features "
            "first, for example with PCA.",
        )

    def _bytes_to_form(self, n_features):
        itemsize = 4 if self.context.dtype == "float32" else 8
        return self._arrays_to_form * dense_bytes(n_features, self.order, itemsize)

    def _dense_sum(self, weights, factors):
        """The array of ``sum_i w_i f_i^{⊗l}``, after a check of its size."""
        self._require_dense(factors.shape[0])
        return cp_to_dense(self.context.xp, weights, factors, self.order)
