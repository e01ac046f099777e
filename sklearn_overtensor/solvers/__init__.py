# SPDX-License-Identifier: BSD-3-Clause
"""How the objective goes down: one algorithm a file."""

from .gradient_descent import gradient_descent, search_gd

__all__ = ["gradient_descent", "search_gd"]
