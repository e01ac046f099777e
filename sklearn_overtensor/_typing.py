# SPDX-License-Identifier: BSD-3-Clause
"""The types of the public face, by what parameters and attributes stand for."""

from typing import Any, Literal, Protocol, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

# An array-like, torch tensor, sparse array, dask array or dataframe: a union of
# optional packages, which a type checker could not resolve where they are missing.
AnyArray: TypeAlias = Any
FloatArray: TypeAlias = NDArray[np.floating[Any]]
Weights: TypeAlias = ArrayLike | None

Statistic: TypeAlias = Literal["moment", "cumulant"]
Contraction: TypeAlias = Literal["auto", "implicit", "dense"]
Solver: TypeAlias = Literal["lbfgs", "gd"]
Auto: TypeAlias = Literal["auto"]
Backend: TypeAlias = Literal["numpy", "pytorch"] | None
Device: TypeAlias = Any  # a str or torch.device
Seed: TypeAlias = int | np.random.RandomState | None


class TargetLike(Protocol):
    """What can be decomposed: the contract of a target, see CONTRIBUTING.md."""

    order: int
    n_features: int

    @property
    def squared_norm(self) -> float:
        """Squared Frobenius norm."""

    def contract(self, V: AnyArray) -> AnyArray:
        """Contract all modes but one with each column of ``V``."""
