# SPDX-License-Identifier: BSD-3-Clause
"""A symmetric tensor that is known by its nonzero entries, such as a hypergraph."""

from collections.abc import Iterable
from copy import copy
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from .._typing import AnyArray
from ..algebra.cp import is_identity
from ..algebra.monomials import distinct_entries, expand, unfold
from ..algebra.scale import exponent_of, times_power_of_two
from ..machine.backend import context_of, to_numpy
from ..rows.weights import WeightSums
from ..symmetry import mean_over_permutations
from ._base import Target
from ._contraction import COLUMNS_PER_FEATURE, MAX_CORE, SMALL_CORE
from ._events import Events
from ._orbit_sums import contract_orbits, core_of_orbits
from ._orbits import (
    check_entries,
    check_hyperedges,
    check_indices,
    distinct_orbits,
    multiplicities,
    summed_orbits,
    whole_orbits,
)


class SparseTarget(Target):
    r"""A symmetric tensor that is known by its nonzero entries.

    Parameters
    ----------
    indices : array-like of int of shape (nnz, order)
        One row for each orbit of equal entries, in any sequence: the row ``i, j, k``
        gives its value to the entry ``T[i, j, k]`` and to all permutations of it.
    values : array-like of shape (nnz,)
        The entries; float32 stays float32.
    n_features : int
        Length d of every mode.
    order : int
        Number of modes, ``l >= 3``.

    Attributes
    ----------
    indices : ndarray of int of shape (nnz, order)
        Sorted, and so are the rows.
    values : ndarray of shape (nnz,)
        The entry of each row.

    Raises
    ------
    ValueError
        For indices that are no whole numbers from 0 to ``n_features - 1``, values that
        are not finite, shapes that do not agree, and an orbit that is given twice: two
        permutations of one row are as likely a whole tensor, which :meth:`from_coo`
        takes, as counts to be added up, which :meth:`from_hyperedges` does.

    See Also
    --------
    DenseTarget : For a tensor that is held as an array.

    Notes
    -----
    With ``c`` the value of an orbit times the number of its entries over l,

    .. math:: T(v, \ldots, v, \cdot) = \sum_{\text{orbits}} c \sum_{p=1}^{l}
       \Bigl(\prod_{q \ne p} v_{i_q}\Bigr) e_{i_p},

    ``O(l nnz m)`` for m columns, in blocks whose size is bounded by ``O(d m)``. The
    squared norm is the sum of the squared values, each times the number of its entries.
    An array of ``d^l`` numbers is formed only up to 2 MiB. An array of ``k^l`` numbers,
    for the k dimensions of the column space, is formed up to 128 MiB where it makes the
    search faster.

    The rule of noise takes the noise of a tensor as white: of one size in every entry.
    That of counts is not: it is as large as they are. :meth:`from_hyperedges` says that
    the values are counts of events, and the rule then asks what chance makes of these.

    Examples
    --------
    >>> from sklearn_overtensor import overparam_symmetric_cp
    >>> from sklearn_overtensor.targets import SparseTarget
    >>> target = SparseTarget([[0, 0, 0], [2, 1, 1]], [2.0, 3.0], 3, order=3)
    >>> target.squared_norm  # 2^2 + 3 * 3^2
    31.0
    >>> target.to_dense()[1, 2, 1]
    np.float64(3.0)
    >>> overparam_symmetric_cp(target, random_state=0).status
    'exact'
    """

    _arrays_to_form = 2
    _events: Events | None = None

    def __init__(
        self, indices: ArrayLike, values: ArrayLike, n_features: int, order: int
    ) -> None:
        indices, values = check_entries(indices, values, n_features, order)
        self._keep(distinct_orbits(indices, values), n_features)

    @classmethod
    def from_hyperedges(
        cls,
        edges: Iterable[Iterable[int]],
        weights: ArrayLike | None = None,
        *,
        n_features: int | None = None,
    ) -> Self:
        """The adjacency tensor of hyperedges of one size.

        Parameters
        ----------
        edges : iterable of lists of nodes, or array of int of shape (n_edges, order)
            The nodes of each, numbered from 0; their number is the order. Edges that
            are there several times count several times. The lists of an ``xgi``
            hypergraph are ``H.edges.members()``. Other labels become numbers from 0
            with ``np.unique(edges, return_inverse=True)``.
        weights : array-like of shape (n_edges,) or None, default=None
            Weight of each. None: one. Whole numbers are counts: a hyperedge of weight
            two is two hyperedges.
        n_features : int or None, default=None
            Number of nodes. None: up to the largest that has an edge.

        Returns
        -------
        target : SparseTarget
            ``T[i, j, k]`` is the weight of the hyperedges between ``i, j, k``.

        Raises
        ------
        ValueError
            For hyperedges of different sizes, or fewer than three nodes, and as the
            class itself.

        Notes
        -----
        A term is kept if it is more than chance makes of independent hyperedges: the
        variance of ``T(v, ..., v)`` is the sum of the squares of what each adds to it.
        Of more than 64 dimensions the search sees 64, the leading eigenvectors of
        ``T_(1) T_(1)'`` without its diagonal: how many nodes of a hyperedge two nodes
        share. Chance is about as large along all of them.

        Examples
        --------
        >>> from sklearn_overtensor.targets import SparseTarget
        >>> target = SparseTarget.from_hyperedges([[0, 1, 2], [2, 0, 1], [1, 2, 3]])
        >>> target.indices.tolist(), target.values.tolist()
        ([[0, 1, 2], [1, 2, 3]], [2.0, 1.0])
        """
        nodes, weights = check_hyperedges(edges, weights)
        if n_features is None:
            nodes = check_indices(nodes, np.inf, "edges")
            n_features = int(nodes.max()) + 1
        order = nodes.shape[1] if nodes.ndim == 2 else 3
        target = cls.__new__(cls)
        nodes, weights = check_entries(nodes, weights, n_features, order)
        target._keep(summed_orbits(nodes, weights), n_features)
        # Whole numbers are counts, of which each is an event of weight one.
        sizes = np.abs(weights)
        squares = sizes if WeightSums.of(sizes).whole else sizes**2
        _, squares = summed_orbits(nodes, squares.astype(float))
        target._know(Events(target.indices, target.values, squares, target.n_features))
        return target

    @classmethod
    def from_coo(cls, tensor: Any) -> Self:
        """The target of a sparse array that holds all entries of a symmetric tensor.

        Parameters
        ----------
        tensor : sparse.COO or scipy.sparse.coo_array
            Anything with ``coords``, ``data`` and ``shape``, of three or more modes of
            one length. It is neither written out nor changed.

        Returns
        -------
        target : SparseTarget

        Raises
        ------
        ValueError
            For modes of different lengths, a fill value other than zero, and entries
            whose permutations are missing or differ.

        Examples
        --------
        >>> import numpy as np
        >>> from scipy.sparse import coo_array
        >>> from sklearn_overtensor.targets import SparseTarget
        >>> coordinates = np.array([[0, 0, 1], [0, 1, 0], [1, 0, 0]]).T
        >>> tensor = coo_array((np.ones(3), tuple(coordinates)), shape=(2, 2, 2))
        >>> SparseTarget.from_coo(tensor).indices
        array([[0, 0, 1]], dtype=int32)
        """
        if len(set(tensor.shape)) > 1:
            raise ValueError(
                "A symmetric tensor is cubical (modes of one length), got shape "
                f"{tuple(tensor.shape)}."
            )
        if getattr(tensor, "fill_value", 0) != 0:
            raise ValueError(
                f"The entries that are not stored must be zero, got fill_value="
                f"{tensor.fill_value}."
            )
        if hasattr(tensor, "sum_duplicates"):
            tensor = tensor.copy()
            tensor.sum_duplicates()
        d, order = int(tensor.shape[0]), len(tensor.shape)
        entries = check_entries(np.array(tensor.coords).T, tensor.data, d, order)
        target = cls.__new__(cls)
        target._keep(whole_orbits(*entries), d)
        return target

    def _know(self, events):
        """How chance moves the tensor, and where to look for terms."""
        self._events = events
        self.form_variances = events.form_variances
        self.form_gradient_gram = events.form_gradient_gram
        self.effective_rows = events.effective_rows
        self.leading, self.most_directions = events.leading, events.most_directions

    def _keep(self, orbits, n_features):
        indices, values = orbits
        Target.__init__(self, indices.shape[1], int(n_features), context_of(values))
        small = n_features <= np.iinfo(np.int32).max
        self.indices = indices.astype(np.int32 if small else np.int64)
        self.values = values

    @cached_property
    def _counts(self):
        """How many entries each orbit stands for."""
        return multiplicities(self.indices)

    @property
    def _shares(self):
        """Values times the number of their entries."""
        return self.values * self._counts

    @cached_property
    def squared_norm(self) -> float:
        """Squared Frobenius norm: over all entries, each orbit times their number."""
        values = self.values.astype(float)
        return float(self._counts @ (values * values))

    def over_power_of_two(self) -> tuple[Target, int]:
        """The tensor over a power of two near its largest entry, and the exponent."""
        exponent = exponent_of(float(np.abs(self.values).max()))
        other = copy(self)
        vars(other).pop("squared_norm", None)
        other.values = times_power_of_two(self.values, -exponent)
        if self._events is not None:
            other._know(self._events.over(2.0**exponent))
        return other, exponent

    def to_dense(self) -> AnyArray:
        """The array, on request; ``MemoryError`` when it cannot fit."""
        self._require_dense()
        d, order = self.n_features, self.order
        entries = distinct_entries(self.indices, self.values, d)
        return expand(self.context.xp, unfold(entries, d, order), d, order)

    def forming_is_affordable(self) -> bool:
        """Whether the array is so small that a residual is taken from it."""
        return self.n_features**self.order <= SMALL_CORE

    def contraction_in(self, n_directions: int) -> str:
        """What costs a search less in a subspace of that dimension."""
        entries, l = n_directions**self.order, self.order
        if entries <= SMALL_CORE:
            return "dense"
        n_columns = COLUMNS_PER_FEATURE * n_directions
        dense = 2 * entries * (len(self.values) + n_columns)
        implicit = 2 * l * l * len(self.values) * n_columns
        return "dense" if entries <= MAX_CORE and dense <= implicit else "implicit"

    def compressed(self, basis: AnyArray) -> AnyArray:
        """The core ``T*(Q, ..., Q)`` for a basis ``Q (d, k)``."""
        basis = self.context.asarray(basis)
        if is_identity(to_numpy(basis)):
            return self.to_dense()
        self._require_dense(basis.shape[1])
        core = core_of_orbits(self.indices, self._shares, basis)
        return mean_over_permutations(self.context.xp, core)

    def _contract(self, V):
        return contract_orbits(self.indices, self._shares, V)
