# SPDX-License-Identifier: BSD-3-Clause
"""From a target to a decomposition: epochs around a solver, then refinement."""

from .descent import MAX_EPOCHS
from .epochs import LEFTOVER
from .unknown_noise import SEARCHES, search

__all__ = ["LEFTOVER", "SEARCHES", "most_epochs", "search"]


def most_epochs(solver, max_epochs):
    """Most epochs of a search; None for ``"lbfgs"``, which may search again."""
    return (max_epochs or MAX_EPOCHS) if solver == "gd" else None
