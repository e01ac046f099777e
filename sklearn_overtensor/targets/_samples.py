# SPDX-License-Identifier: BSD-3-Clause
"""What the moment and the cumulant share: rows, and how sums over them are got."""

from copy import copy
from functools import cached_property
from math import sqrt
from typing import Any

import numpy as np

from .._typing import AnyArray, Backend, Contraction, Device, Weights
from ..algebra.cp import frobenius_norm
from ..algebra.monomials import expand
from ..algebra.scale import exponent_of
from ..machine.backend import to_numpy
from ..machine.random import random_state_of
from ..rows import as_rows, kernels
from ._base import Target
from ._contraction import (
    CONTRACTIONS,
    MAX_CORE,
    cheaper_contraction,
    forming_cost,
)
from ._sampling_noise import SamplingNoiseMixin
from .dense import DenseTarget

# Rows that a squared norm is estimated from, where neither all pairs of rows nor the
# array can be afforded; and how much more than the estimate an exact norm may cost.
DRAWN_ROWS = 4096
FORMING_PER_ESTIMATE = 16
# Rows per feature that are few: a search in the coordinates of their span is cheaper,
# also where the rows are sparse and their coordinates are not. Of rows with 1 % of the
# entries it took a sixth of the time at 1/6, and as long as without at 1/2.
FEW_ROWS = 1 / 4


class SampleTarget(SamplingNoiseMixin, Target):
    """A statistic of rows ``X (n, d)``, formed once or contracted from the rows.

    Parameters
    ----------
    X : array-like, torch.Tensor, sparse array, dask array or dask dataframe
        Samples of shape (n_samples, n_features).
    order : int
        Order of the statistic.
    sample_weight : array-like of shape (n_samples,) or None
        Non-negative weights; normalised to sum to one. None: uniform.
    contraction : {"auto", "implicit", "dense"}
        Contract from the rows, or form the array once.
    backend, device : str or None
        As in :class:`DenseTarget`.

    Attributes
    ----------
    contraction : {"implicit", "dense"}
        What is done; chosen by the sizes for ``"auto"``.
    rows : Rows
        The samples.
    """

    def __init__(
        self,
        X: AnyArray,
        order: int,
        sample_weight: Weights,
        contraction: Contraction,
        backend: Backend,
        device: Device,
    ) -> None:
        if contraction not in CONTRACTIONS:
            raise ValueError(
                f"contraction={contraction!r} must be one of {CONTRACTIONS}."
            )
        self.rows = as_rows(X, sample_weight, backend, device)
        super().__init__(order, self.rows.n_features, self.rows.context)
        self._asked, self._norm_error = contraction, 0.0
        self.contraction = self.contraction_in(self.n_features)

    @property
    def n_samples(self) -> int:
        """Number of rows."""
        return self.rows.n_samples

    def contraction_in(self, n_directions: int | None) -> str:
        """What is cheaper in a subspace of that dimension, unless one was asked for."""
        if self._asked != "auto":
            return self._asked
        return cheaper_contraction(self.n_samples, n_directions, self.order)

    @cached_property
    def formed(self) -> Any:
        """The statistic as a dense target; ``MemoryError`` when it cannot fit."""
        self._require_dense()
        return DenseTarget.of_formed(self._form(), self.context)

    def to_dense(self) -> AnyArray:
        """The statistic as an array; ``MemoryError`` when it cannot fit."""
        if self.contraction == "dense":
            return self.formed.tensor
        self._require_dense()
        return self._form()

    def compressed(self, basis: AnyArray) -> AnyArray:
        """The core ``T*(Q, ..., Q)`` for ``Q (d, k)``: the statistic of ``X Q``."""
        basis = self.context.asarray(basis)
        if self.contraction == "dense":
            return self.formed.compressed(basis)
        self._require_dense(basis.shape[1])
        return self._form(basis)

    @cached_property
    def squared_norm(self) -> float:
        """Squared Frobenius norm: of the array, over pairs of rows, or estimated.

        Exact where forming the array costs at most as much as 65,000 rows against all,
        or where there are at most 8,192 rows. Otherwise estimated from 4,096 rows, in
        ``O(n d)`` for each: see ``_moment_norm``.
        """
        if self.forming_is_affordable():
            norm = frobenius_norm(self.context.xp, self.to_dense())
            return self._rounded(norm * norm)  # a float's ** would raise on overflow
        return self._rounded(self._norm_from_rows())

    @property
    def norm_error(self) -> float:
        """Standard error of ``squared_norm`` over it; 0 where that is exact."""
        square = self.squared_norm
        return self._norm_error / square if square else 0.0

    def forming_is_affordable(self) -> bool:
        """Whether the array is at hand, or costs little more than an estimate."""
        return self.contraction == "dense" or self._forming_is_affordable()

    def over_power_of_two(self) -> tuple[Target, int]:
        """The statistic of the rows over a power of two, and the exponent of its own.

        By the size of the rows, or by the norm where the rows' size is no guide.
        """
        size = self.rows.size()
        exponent = exponent_of(size)
        if size == 0:
            if self.rows.centred(None).size() > 0:  # constant rows
                return self, 0
            # Of the smallest numbers, perhaps: half of the way up, then look again.
            exponent = np.finfo(self.context.dtype).minexp // 2
        if abs(exponent) <= 1:
            exponent = exponent_of(sqrt(self.squared_norm)) // self.order
        return self._of_rows_over(exponent), self.order * exponent

    def has_few_rows(self) -> bool:
        """Whether there are rows here, at most a quarter as many as features.

        Their span then has far fewer directions than features, and the rows in its
        coordinates take no more memory than a basis of it.
        """
        here = self.rows.projected is not None
        return here and self.n_samples <= FEW_ROWS * self.n_features

    def in_subspace(self, basis: AnyArray) -> Target:
        """The statistic of the rows ``X Q`` for ``Q (d, k)``, contracted from them.

        It is ``T*(Q ·, ..., Q ·)`` without a product with Q in each contraction.
        """
        other = self._of_rows(self.rows.projected(basis))
        other.n_features, other.contraction = basis.shape[1], "implicit"
        return other

    def _of_rows_over(self, exponent):
        return self._of_rows(self.rows.scaled(-exponent))

    def _of_rows(self, rows):
        other = copy(self)
        for name in ("formed", "squared_norm", "covariance", "second_moment"):
            vars(other).pop(name, None)
        other.rows, other._norm_error = rows, 0.0
        return other

    def _contract(self, V):
        if self.contraction == "dense":
            return self.formed.contract(V)
        return self._contract_rows(V)

    def _form(self, basis=None):
        """The statistic of the rows, or of the rows times a basis, as an array."""
        raise NotImplementedError

    def _contract_rows(self, V):
        raise NotImplementedError

    def _norm_from_rows(self):
        raise NotImplementedError

    def _rounded(self, square):
        return square

    def _moment(self, order, basis=None):
        """The array ``sum_n p_n x_n^{⊗order}``, each distinct entry computed once."""
        d = self.n_features if basis is None else basis.shape[1]
        return expand(self.context.xp, self.rows.moment(order, basis), d, order)

    def _forming_is_affordable(self):
        """Whether the exact norm of the array costs little more than an estimate."""
        n_rows = min(self.n_samples, FORMING_PER_ESTIMATE * DRAWN_ROWS)
        estimate = 2 * self.n_samples * self.n_features * n_rows
        small = self.n_features**self.order <= MAX_CORE
        cost = forming_cost(self.n_samples, self.n_features, self.order)
        return small and cost <= estimate

    def _moment_norm(self, order):
        """``sum_{n,n'} p_n p_n' (x_n' x_n')^order``, a moment's norm squared.

        Over all pairs where there are few rows. Otherwise the rows of the second sum
        are drawn with probabilities ``q_n ∝ p_n ||x_n||^order`` and weighted by
        ``p_n / q_n``; the spread of what each contributes is the standard error.
        """
        few = self.n_samples <= 2 * DRAWN_ROWS
        if few:
            drawn, weights = self.rows.gathered()
        else:
            # At random: rows in an order of their own may all be of one kind at equal
            # distances.
            positions = np.sort(random_state_of(0).uniform(size=DRAWN_ROWS))
            drawn, masses, total = self.rows.draw(positions, order)
            weights = total / (masses * DRAWN_ROWS)
        with np.errstate(over="ignore"):  # an infinite norm gets an error of its own
            width = 3 * len(drawn)
            forms = self.rows.total(kernels.power_sums, width, drawn.T, (order,))
            shares = to_numpy(forms)[0].astype(float) * weights
            if not few:
                self._norm_error = float(shares.std() * sqrt(len(shares)))
            return max(float(shares.sum()), 0.0)
