# SPDX-License-Identifier: BSD-3-Clause
"""From a target to a decomposition: epochs around a solver, then refinement."""

from .default import search_lbfgs
from .descent import search_gd

SEARCHES = {"lbfgs": search_lbfgs, "gd": search_gd}

__all__ = ["SEARCHES", "search_gd", "search_lbfgs"]
