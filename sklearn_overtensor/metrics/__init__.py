# SPDX-License-Identifier: BSD-3-Clause
"""How far a decomposition is from a tensor, and its terms from the true ones."""

from .scores import factor_match_score, relative_error

__all__ = ["factor_match_score", "relative_error"]
