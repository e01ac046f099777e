# SPDX-License-Identifier: BSD-3-Clause
"""From a target to its terms: exact ones, or the fewest that leave noise."""

from .by_solver import GD_EPOCHS, SOLVERS, search

__all__ = ["SOLVERS", "most_epochs", "search"]


def most_epochs(solver, max_epochs):
    """Most epochs of a search; None for ``"lbfgs"``, which may search again."""
    return (max_epochs or GD_EPOCHS) if solver == "gd" else None
