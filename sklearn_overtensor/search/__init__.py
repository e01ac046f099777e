# SPDX-License-Identifier: BSD-3-Clause
"""From a target to a decomposition: epochs around a solver, then refinement."""

from .default import search_lbfgs
from .descent import MAX_EPOCHS, search_gd
from .epochs import LEFTOVER

SEARCHES = {"lbfgs": search_lbfgs, "gd": search_gd}

__all__ = ["LEFTOVER", "SEARCHES", "most_epochs", "search_gd", "search_lbfgs"]


def most_epochs(solver, max_epochs):
    """Most epochs of a search; None for ``"lbfgs"``, which may search again."""
    return (max_epochs or MAX_EPOCHS) if solver == "gd" else None
