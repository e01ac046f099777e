# SPDX-License-Identifier: BSD-3-Clause
"""What every solver returns: a CP model in NumPy and how the search went."""

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class SolverResult:
    """Weights and directions found by a solver.

    Attributes
    ----------
    weights : ndarray of shape (m,)
        Signed weights, in the units of the target.
    V : ndarray of shape (d, m)
        Unit directions.
    epochs : list of Epoch
        What was passed through.
    stationary : bool
        Whether the search ended where the gradient vanishes.
    contraction : {"dense", "implicit"}
        Whether contractions were those of an array.
    ending : {"stopped", "interrupted"} or None
        Who ended the search before its time.
    noise : callable or None
        Makes the NoiseReport, where the search asked about noise.
    explains : bool
        Whether noise explains what the terms leave.
    significant : bool
        Whether any term is more than noise.
    evidence : float
        Weight of the term that stands out least, over the limit of noise.
    generic : bool
        Whether any tensor of this size has an exact fit of so many terms.
    """

    weights: np.ndarray
    V: np.ndarray
    epochs: list[Any]
    stationary: bool
    contraction: str = "implicit"
    ending: str | None = None
    noise: Any = None
    explains: bool = False
    significant: bool = True
    evidence: float = 0.0
    generic: bool = False

    @classmethod
    def from_evaluation(cls, objective, components, evaluation, course):
        """Bring the last point of a search to NumPy and to the target's units."""
        weights, V = objective.leave(evaluation.weights, evaluation.V)
        return cls(
            weights=weights,
            V=V,
            epochs=course.epochs,
            stationary=objective.is_stationary(components, evaluation),
            contraction=objective.target.contraction,
            ending=course.ending,
        )
