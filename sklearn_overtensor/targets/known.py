# SPDX-License-Identifier: BSD-3-Clause
"""A symmetric tensor of which some entries are known."""

from typing import Any

import numpy as np
from scipy.sparse import issparse

from .._typing import AnyArray, FloatArray
from ..checks import SYMMETRY_TOLERANCE, as_real_array
from ..machine.backend import is_dask, is_torch, to_numpy
from ._orbits import multiplicities
from .measured import Measured


class KnownEntries(Measured):
    """Distinct entries of a symmetric tensor that are known.

    Parameters
    ----------
    tensor : array-like or torch.Tensor of shape (d,) * order
        What is not known is not looked at.
    known : array-like of bool of the same shape
        An entry is known where this is True for any of its permutations.

    Attributes
    ----------
    indices : ndarray of int of shape (n, order)
        Of the known entries, ascending in each row; each once.
    values : ndarray of shape (n,)
    multiplicity : ndarray of shape (n,)
        How often each stands in the array.

    Raises
    ------
    ValueError
        When the shapes do not fit, a known entry is not finite or differs from its
        permutations, and when too few are known for a single term.
    """

    def __init__(self, tensor: AnyArray, known: AnyArray) -> None:
        tensor, known = _checked(tensor, known)
        self.order, self.n_features = tensor.ndim, len(tensor)
        indices = np.sort(np.argwhere(known), axis=1)
        values = as_real_array("known entries of the tensor", tensor[known])
        flat = np.ravel_multi_index(tuple(indices.T), tensor.shape)
        _, first, orbit, counts = np.unique(
            flat, return_index=True, return_inverse=True, return_counts=True
        )
        self.indices = indices[first]
        self.values: FloatArray = np.bincount(orbit, weights=values) / counts
        self.multiplicity = multiplicities(self.indices)
        _check_symmetry(values, self.values[orbit])
        self._check_number()

    def _check_number(self):
        n, d = len(self.values), self.n_features
        unseen = np.setdiff1d(np.arange(d), self.indices)
        if len(unseen):
            raise ValueError(
                f"No entry with the index {unseen[0]} is known (and with "
                f"{len(unseen) - 1} other indices): nothing can be said about it. "
                "Leave these indices out of all modes."
            )
        if n <= d:
            raise ValueError(
                f"Only {n} distinct entries of the tensor are known, and a single "
                f"term has {d} unknowns: at least {d + 1} are needed."
            )

    def residual(self, weights: AnyArray, V: AnyArray) -> FloatArray:
        """Known entries minus those of ``sum_i w_i v_i^{⊗l}``, v_i the columns."""
        return self.values - V[self.indices].prod(axis=1) @ weights

    def explained_share(self, weights: AnyArray, V: AnyArray) -> float:
        """``1 - ||T - M||^2 / ||T||^2`` over the known entries of the array."""
        left = self.multiplicity @ self.residual(weights, V) ** 2
        whole = self.multiplicity @ self.values**2
        return float(1 - left / whole) if whole else float("nan" if left else 1)


def _checked(tensor: Any, known: Any) -> tuple[Any, Any]:
    """NumPy arrays of one cubical shape."""
    tensor = to_numpy(tensor) if is_torch(tensor) else np.asarray(tensor)
    known = np.asarray(to_numpy(known))
    if known.dtype != bool:
        raise ValueError(
            f"The mask must be of booleans, True where an entry is known, got dtype "
            f"{known.dtype}: pass mask.astype(bool) if that is what it says."
        )
    if known.shape != tensor.shape:
        raise ValueError(
            f"The mask must have the shape of the tensor, {tensor.shape}, got "
            f"{known.shape}."
        )
    if tensor.ndim < 3 or len(set(tensor.shape)) > 1:
        raise ValueError(
            "Entries can be missing from a symmetric tensor of three or more modes of "
            f"one length, got shape {tensor.shape}. Fill in what is missing from "
            "samples first, for example by sklearn.impute.SimpleImputer."
        )
    if tensor.dtype.kind not in "biuf":
        raise ValueError(f"A tensor of real numbers is needed, got {tensor.dtype}.")
    return tensor, known


def _check_symmetry(values, means):
    distance, size = np.linalg.norm(values - means), np.linalg.norm(values)
    if distance > SYMMETRY_TOLERANCE["float64"] * size:
        raise ValueError(
            f"The tensor is not symmetric: known entries differ from those with the "
            f"same indices in another order, by {distance / size:.2g} of their norm."
        )


def mask_of(X: AnyArray, missing: float | None) -> Any:
    """Where entries of a tensor are known; None where none can be missing."""
    if missing is None or is_dask(X) or issparse(X):
        return None
    values = np.asarray(to_numpy(X))
    if values.ndim < 3 or values.dtype.kind not in "fiub":
        return None
    return ~np.isnan(values) if np.isnan(missing) else values != missing
