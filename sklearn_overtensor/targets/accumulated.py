# SPDX-License-Identifier: BSD-3-Clause
"""The moment or cumulant of samples that come in parts, added up exactly."""

from copy import copy
from typing import Any, Self

import numpy as np
from scipy.sparse import issparse

from .._typing import AnyArray, Backend, Device, Statistic, Weights
from ..algebra.scale import times_power_of_two
from ..checks import check_sample_weights
from ..machine.backend import ArrayContext, is_dask, load_backend
from ..machine.memory import dense_bytes, require_memory
from ..rows import as_rows
from ..rows.weights import WeightSums
from ._accumulated_state import check_state, restore, state_of
from ._base import Target
from ._cumulants import cumulant_arrays, dense_cumulant, without_constants
from ._pooled import PooledMoments
from ._sampling_noise import variances_of_normal_rows
from .cumulant import rounded_norm
from .dense import DenseTarget


class AccumulatedMoments(Target):
    """The moment or cumulant of all samples that it has been shown, part by part.

    Use it for files larger than memory, for streams, and for parts on several
    machines. It holds the statistic and no samples, and equals :class:`MomentTarget` or
    :class:`CumulantTarget` of all of them together.

    Parameters
    ----------
    order : int, default=3
        Order ``l >= 3`` of the statistic.
    statistic : {"moment", "cumulant"}, default="moment"
        What is accumulated.
    backend : {"numpy", "pytorch"} or None, default=None
        Where the sums over each part are formed; None: where the part lives. What is
        kept, and contracted, is NumPy.
    device : str or None, default=None
        A PyTorch device; None: that of each part.

    Attributes
    ----------
    n_samples : int
        Rows seen.
    weight : float
        Sum of their weights; a row without a weight counts one.
    n_features : int or None
        Length of the rows; None before the first part.
    mean : ndarray of shape (n_features,)
        Weighted mean of the rows for ``"cumulant"``, else zero.

    Raises
    ------
    ValueError
        For an unknown statistic; when it is used before any sample.

    Notes
    -----
    It keeps the distinct entries of the symmetric array, ``C(d + l - 1, l)`` float64 at
    order l; a cumulant needs those of orders 2 to l. Central moments are kept about the
    mean so far, and two parts are added about their common mean,

    ``E[(z + c)^{⊗k}] = sum_j C(k, j) sym(M_j ⊗ c^{⊗(k-j)})``,

    where c is the part's mean from there. So nothing cancels, however large the mean
    is beside the spread, and wherever it moves during the stream. An update costs what
    forming the arrays of its rows costs; an answer needs room for ``d^l`` numbers.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_overtensor import overparam_symmetric_cp
    >>> from sklearn_overtensor.targets import AccumulatedMoments
    >>> X = np.random.default_rng(0).exponential(size=(1000, 3))
    >>> seen = AccumulatedMoments(order=3, statistic="cumulant")
    >>> for part in np.array_split(X, 4):
    ...     seen = seen.update(part)
    >>> seen.n_samples
    1000
    >>> bool(np.allclose(seen.mean, X.mean(axis=0)))
    True
    >>> overparam_symmetric_cp(seen, rank=3, random_state=0).components.shape
    (3, 3)
    """

    contraction = "dense"

    def __init__(
        self,
        order: int = 3,
        statistic: Statistic = "moment",
        *,
        backend: Backend = None,
        device: Device = None,
    ) -> None:
        if statistic not in ("moment", "cumulant"):
            raise ValueError(f"statistic={statistic!r} must be 'moment' or 'cumulant'.")
        super().__init__(order, None, ArrayContext())
        self.statistic, self.backend, self.device = statistic, backend, device
        self.n_samples, self._count = 0, 0.0
        self._pooled = PooledMoments()
        self._formed: DenseTarget | None = None

    def update(self, X: AnyArray, sample_weight: Weights = None) -> Self:
        """Add samples.

        Parameters
        ----------
        X : array-like, torch.Tensor or sparse array of shape (n_samples, n_features)
            A part of the samples; it is not kept.
        sample_weight : array-like of shape (n_samples,) or None, default=None
            Non-negative weights, on one scale for all parts. None: one each.

        Returns
        -------
        self : AccumulatedMoments

        Raises
        ------
        ValueError
            For samples or weights that are malformed or not finite, and for another
            number of features. Nothing is added then.
        TypeError
            For a dask collection.
        MemoryError
            When ``d^l`` numbers do not fit.
        """
        if is_dask(X):
            raise TypeError(
                "A dask collection is not a part in memory: pass it to MomentTarget or "
                "CumulantTarget whole, or its parts one by one, as computed by "
                ".compute()."
            )
        return self.merge(self._part(X, sample_weight))

    def merge(self, other: Self) -> Self:
        """Add what another one has seen, such as a part on another machine.

        Parameters
        ----------
        other : AccumulatedMoments
            Of the same order and statistic; left as it is.

        Returns
        -------
        self : AccumulatedMoments

        Raises
        ------
        ValueError
            When order, statistic or number of features differ.
        """
        self._check_compatible(other)
        if other.n_features is None:
            return self
        self._pooled = self._pooled.merged(other._pooled)
        if "float32" in (other.context.dtype, self.context.dtype):
            self.context = ArrayContext(dtype="float32")
        self.n_features, self._formed = other.n_features, None
        self.n_samples += other.n_samples
        self._count += other._count
        return self

    @property
    def weight(self) -> float:
        """Sum of the weights of the rows; infinite where floats end."""
        with np.errstate(over="ignore"):
            return float(np.ldexp(self._pooled.weight, self._pooled.weight_exponent))

    @property
    def mean(self) -> Any:
        """Weighted mean of the rows for ``"cumulant"``, else zero."""
        return self._pooled.mean

    @property
    def formed(self) -> DenseTarget:
        """The statistic, of the samples over ``2**exponent``, as a dense target."""
        if not self._pooled.weight:
            raise ValueError(
                "AccumulatedMoments has no samples of positive weight yet: call "
                "update(X) first."
            )
        if self._formed is None:
            self._require_dense()
            dense = self.context.asarray(self._dense())
            self._formed = DenseTarget.of_formed(dense, self.context)
        return self._formed

    @property
    def _units(self):
        """Exponent of the units that the statistic is formed in."""
        return self.order * self._pooled.exponent

    @property
    def squared_norm(self) -> float:
        """Squared Frobenius norm of the statistic of all samples."""
        square = self.formed.squared_norm
        if self.statistic == "cumulant":
            variance = float(np.trace(self._pooled.dense(2)))
            mean = self._pooled.over_power_of_two().mean
            square = rounded_norm(square, self.order, variance, mean, self.context.eps)
        return float(times_power_of_two(square, 2 * self._units))

    def over_power_of_two(self) -> tuple[Target, int]:
        """What is known of the samples over ``2**exponent``, and that of its units."""
        units = self._units
        if units == 0:
            # Zero for good where rounding alone has left something.
            return self.formed.over_power_of_two() if self.squared_norm else (self, 0)
        other = copy(self)
        other._pooled = self._pooled.over_power_of_two()
        return other, units

    def state(self) -> dict[str, Any]:
        """All it holds, as a dict of numbers, text and arrays, to be kept or sent."""
        return state_of(self)

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Self:
        """The one that ``state()`` was taken from.

        Raises
        ------
        ValueError
            For a state that no samples lead to.
        """
        check_state(state)
        return restore(cls(state["order"], state["statistic"]), state)

    def contract(self, V: AnyArray) -> AnyArray:
        """Contract all modes but one with each column; see :meth:`Target.contract`."""
        self.formed  # noqa: B018  before any sample there is no shape to check
        return super().contract(V)

    def to_dense(self) -> AnyArray:
        """The statistic as an array; ``MemoryError`` when it cannot fit."""
        return times_power_of_two(self.formed.tensor, self._units)

    def compressed(self, basis: AnyArray) -> AnyArray:
        """The core ``T*(Q, ..., Q)`` for a basis ``Q (d, k)``."""
        return times_power_of_two(self.formed.compressed(basis), self._units)

    @property
    def second_moment(self) -> Any:
        """``E z z'``, about the mean for a cumulant; None in older files."""
        if 2 not in self._pooled.by_order:
            return None
        moment = times_power_of_two(self._pooled.dense(2), 2 * self._pooled.exponent)
        if self.statistic == "moment":
            return moment
        return without_constants(moment, self.mean, self.n_samples, self.context.eps)

    def form_variances(self, V: AnyArray) -> Any:
        """Variances of the forms ``T(v, ..., v)`` for columns of ``V (d, m)``.

        The rows are gone. The variances are those of as many normal rows with this
        second moment about zero.
        """
        spread = np.einsum("dm,dm->m", V, self.second_moment @ V)
        per_row = variances_of_normal_rows(self.statistic, self.order, spread)
        return per_row / self._count

    def _contract(self, V):
        return times_power_of_two(self.formed.contract(V), self._units)

    def _require_dense(self, n_features=None):
        d = self.n_features if n_features is None else n_features
        central = self.statistic == "cumulant"
        arrays = cumulant_arrays(self.order) if central else 2
        require_memory(
            arrays * dense_bytes(d, self.order),  # in float64, whatever the rows are
            f"Accumulating a {self.statistic} of order {self.order} in {d} features",
            "Reduce the number of features first, for example with IncrementalPCA, or "
            "fit all rows at once, from a memory-mapped file or a dask array: that "
            "forms no such array.",
        )

    def _check_compatible(self, other):
        for name in ("order", "statistic", "n_features"):
            mine, theirs = getattr(self, name), getattr(other, name)
            if mine != theirs and None not in (mine, theirs):
                raise ValueError(
                    f"The samples so far have {name} = {mine}, those to add have "
                    f"{name} = {theirs}: accumulate them apart."
                )

    def _part(self, X, sample_weight):
        """What these rows alone come to."""
        if not issparse(X) and not hasattr(X, "shape"):
            X = np.asarray(X)
        part = type(self)(self.order, self.statistic)
        weight = check_sample_weights(sample_weight, X.shape[0], zero=True)
        total, exponent = WeightSums.of(weight).scaled_total
        rows = as_rows(X, weight if total else None, self.backend, self.device)
        part.n_samples, part.n_features = rows.n_samples, rows.n_features
        part._count = rows.weight if total else 0.0
        self._check_compatible(part)
        part.context = ArrayContext(dtype=rows.context.dtype)
        part._require_dense()
        central = self.statistic == "cumulant"
        # The second moment of a moment is the measure of its noise.
        orders = range(2, self.order + 1) if central else (2, self.order)
        part._pooled = PooledMoments.of_rows(
            rows, total, orders, central=central, weight_exponent=exponent
        )
        return part

    def _dense(self):
        """The statistic as an array, of the samples over ``2**exponent``."""
        if self.statistic == "moment":
            return self._pooled.dense(self.order)
        return dense_cumulant(load_backend("numpy"), self._pooled.dense, self.order)
