# SPDX-License-Identifier: BSD-3-Clause
"""From a target to its terms: exact ones, or the fewest that leave noise."""

from ..settings import SETTINGS
from .by_solver import SOLVERS, search

__all__ = ["SOLVERS", "most_epochs", "search"]


def most_epochs(solver, max_epochs):
    """Most epochs of a search; None for ``"lbfgs"``, which may search again."""
    return (max_epochs or SETTINGS.gd_epochs) if solver == "gd" else None
