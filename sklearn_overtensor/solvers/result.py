# SPDX-License-Identifier: BSD-3-Clause
"""What every solver returns: a CP model in NumPy and how the search went."""

from dataclasses import dataclass

import numpy as np

from .._backend import to_numpy


@dataclass(frozen=True)
class SolverResult:
    """Weights and directions found by a solver.

    Attributes
    ----------
    weights : ndarray of shape (m,)
        Signed weights, in the units of the target.
    V : ndarray of shape (d, m)
        Unit directions.
    loss_curve : ndarray of shape (n_iter,)
        Objective after each iteration, for the target scaled to norm one.
    n_epochs : int
        Epochs run.
    stationary : bool
        Whether the search ended where the gradient vanishes.
    contraction : {"dense", "implicit"}
        Whether contractions were those of an array.
    """

    weights: np.ndarray
    V: np.ndarray
    loss_curve: np.ndarray
    n_epochs: int
    stationary: bool
    contraction: str = "implicit"

    @classmethod
    def from_evaluation(cls, objective, components, evaluation, losses, n_epochs):
        """Bring the last point of a search to NumPy and to the target's units."""
        return cls(
            weights=to_numpy(evaluation.weights) * objective.scale,
            V=to_numpy(evaluation.V),
            loss_curve=np.asarray(losses, dtype=float),
            n_epochs=n_epochs,
            stationary=objective.is_stationary(components, evaluation),
            contraction=getattr(objective.target, "contraction", "implicit"),
        )

    @property
    def n_iter(self) -> int:
        """Iterations run, over all epochs."""
        return len(self.loss_curve)
