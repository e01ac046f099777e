# SPDX-License-Identifier: BSD-3-Clause
"""Rows of a dask array: each chunk forms its share of a sum where it lives."""

from operator import add

import numpy as np
from scipy.sparse import csr_array, issparse

from ..algebra.scale import times_power_of_two
from ..checks import check_chunks, check_sample_weights, check_values
from ..machine.backend import is_dask, to_numpy
from . import kernels
from ._base import Rows
from .array import ArrayRows
from .chunks import as_dask_array
from .sparse import SparseRows
from .weights import WeightSums

# Shares that one task adds up: sums travel as a tree of this width.
FAN_IN = 8


class ChunkedRows(Rows):
    """Rows in chunks, in this process or on the workers of a cluster.

    What travels to a chunk are the arguments of a kernel, ``d x m`` matrices; what
    comes back is one sum, added up as a tree on the way and always in the same order.
    Chunks stay where they are; unless the array is persisted, each is read again for
    each sum.

    Parameters
    ----------
    X : dask array of shape (n, d)
        Chunked by rows, in chunks of known sizes.
    sample_weight : array-like or dask array of shape (n,), or None
    context : ArrayContext
        Where each chunk is worked on.

    Raises
    ------
    ValueError
        For chunks of unknown sizes, chunks of columns, and entries or weights that
        are complex, not finite or negative.
    """

    def __init__(self, X, sample_weight, context):
        check_chunks(X)
        self.context = context
        self.n_samples, self.n_features = (int(length) for length in X.shape)
        weights, self.weight = _weights_by_chunk(sample_weight, X.chunks[0])
        self._chunks = [
            _task(_load, chunk, weight, context)
            for chunk, weight in zip(X.to_delayed().ravel(), weights, strict=True)
        ]
        total = float(_sum([_task(_checked_weight, chunk) for chunk in self._chunks]))
        if total == 0:
            raise ValueError(
                "All entries of sample_weight are zero: no sample is left."
            )
        self._share = 1.0 / total

    def centred(self, offset):
        """The same rows with ``offset`` taken off each."""
        rows = object.__new__(type(self))
        vars(rows).update(vars(self), offset=offset)
        return rows

    def scaled(self, exponent):
        """The same rows times ``2**exponent``."""
        rows = object.__new__(type(self))
        offset = self.offset
        if offset is not None:
            offset = times_power_of_two(offset, exponent)
        chunks = [_task(_scaled, chunk, exponent) for chunk in self._chunks]
        vars(rows).update(vars(self), offset=offset, _chunks=chunks)
        return rows

    def total(self, kernel, width, *arguments):
        """Sum a kernel over all chunks, as one dask computation."""
        # A task of its own, so that the matrices travel once to each worker.
        shared = _literal((self._offset, [_portable(value) for value in arguments]))
        shares = [
            _task(_chunk_total, chunk, kernel, width, shared) for chunk in self._chunks
        ]
        return self.context.asarray(_sum(shares) * self._share)

    def draw(self, positions, power):
        """Rows at positions of the cumulated mass, each taken where it lies."""
        import dask

        shared = _literal((self._offset, [power]))
        masses = [_task(_chunk_mass, chunk, shared) for chunk in self._chunks]
        masses = np.array(dask.compute(*masses))
        ends = np.cumsum(masses)
        wanted = positions * ends[-1]
        owners = np.searchsorted(ends, wanted, side="right")
        # Rounding may point beyond the last chunk that has a mass.
        owners = np.minimum(owners, np.flatnonzero(masses)[-1])
        within = (wanted - (ends - masses)[owners]) / masses[owners]
        drawn = dask.compute(
            *(
                _task(_chunk_draw, self._chunks[c], shared, within[owners == c])
                for c in np.unique(owners)
            )
        )
        rows, lengths = (np.concatenate(parts) for parts in zip(*drawn, strict=True))
        return rows, lengths, ends[-1] * self._share

    def gathered(self):
        """All rows and their probabilities."""
        import dask

        shared = _literal((self._offset, []))
        parts = dask.compute(
            *(_task(_chunk_gathered, chunk, shared) for chunk in self._chunks)
        )
        rows, weights = (np.concatenate(part) for part in zip(*parts, strict=True))
        return rows, weights * self._share

    @property
    def _offset(self):
        return None if self.offset is None else to_numpy(self.offset)


def _weights_by_chunk(sample_weight, sizes):
    """Weights of each chunk over the largest, since their sum may be out of range.

    Returns
    -------
    weights : list
        None, arrays, or tasks that give them.
    count : float
        Rows of weight one that all are worth.
    """
    n_samples = sum(sizes)
    if sample_weight is None:
        return [None] * len(sizes), float(n_samples)
    if not is_dask(sample_weight):
        weight = check_sample_weights(sample_weight, n_samples)
        sums = WeightSums.of(weight)
        return np.split(weight / sums.largest, np.cumsum(sizes)[:-1]), sums.count
    sample_weight = as_dask_array(sample_weight)
    if sample_weight.shape != (n_samples,):
        raise ValueError(
            f"sample_weight.shape == {sample_weight.shape}, expected ({n_samples},)!"
        )
    parts = sample_weight.rechunk((tuple(sizes),)).to_delayed()
    sums = _sum([_task(_weight_sums, part) for part in parts])
    largest = sums.largest or 1.0  # that all are zero is an error of its own
    return [_task(_divided, part, largest) for part in parts], sums.count


def _task(function, *arguments):
    import dask

    return dask.delayed(function, pure=False, traverse=False)(*arguments)


def _literal(value):
    import dask

    return dask.delayed(value, pure=False, traverse=False)


def _sum(shares):
    while len(shares) > 1:
        shares = [
            _task(_add, *shares[start : start + FAN_IN])
            for start in range(0, len(shares), FAN_IN)
        ]
    return shares[0].compute()


def _portable(value):
    return value if isinstance(value, int | tuple | None) else to_numpy(value)


# What runs beside a chunk.


def _weight_sums(weight):
    if len(weight):
        weight = check_sample_weights(weight, len(weight), zero=True)
    return WeightSums.of(weight)


def _divided(weight, largest):
    return np.asarray(weight, dtype=float) / largest


def _add(*shares):
    total = shares[0]
    for share in shares[1:]:
        total = add(total, share)
    return total


def _load(chunk, weight, context):
    """Rows of one chunk; weights are not normalised here."""
    if weight is None:
        weight = np.ones(chunk.shape[0])
    weight = context.asarray(weight)
    if issparse(chunk):
        return SparseRows(csr_array(chunk, dtype=context.dtype), weight, context)
    return ArrayRows(context.asarray(chunk), weight, context)


def _scaled(rows, exponent):
    return rows.scaled(exponent)


def _checked_weight(rows):
    """Sum of the weights of a chunk, once its entries are known to be sound."""
    if rows.n_samples == 0:
        return 0.0
    entries = rows.X.data if issparse(rows.X) else rows.X
    if entries.shape[0]:
        check_values(entries, rows.context)
    weight = check_sample_weights(rows.probability, rows.n_samples, zero=True)
    return float(weight.sum())


def _chunk_total(rows, kernel, width, shared):
    offset, arguments = shared
    return rows.centred(_local(rows, offset)).total(kernel, width, *arguments)


def _chunk_mass(rows, shared):
    offset, (power,) = shared
    total = rows.centred(_local(rows, offset)).total(
        kernels.mass, rows.n_features, power
    )
    return float(total)


def _chunk_draw(rows, shared, positions):
    offset, (power,) = shared
    drawn, masses, _ = rows.centred(_local(rows, offset)).draw(positions, power)
    return drawn, masses


def _chunk_gathered(rows, shared):
    return rows.centred(_local(rows, shared[0])).gathered()


def _local(rows, offset):
    return None if offset is None else rows.context.asarray(offset)
