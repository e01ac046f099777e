# SPDX-License-Identifier: BSD-3-Clause
"""A smaller, better conditioned problem with the same decomposition."""

from .column_space import ColumnSpace, ProjectedTarget, column_space
from .compact import CompactTarget, least_squares_weights
from .diagonalisation import random_slices, sharpen, simultaneous_diagonalisation
from .powers import powers_in_range
from .rank_bound import RankBound, generic_rank, rank_bound
from .whitening import whiten

__all__ = [
    "ColumnSpace",
    "CompactTarget",
    "ProjectedTarget",
    "RankBound",
    "column_space",
    "generic_rank",
    "least_squares_weights",
    "powers_in_range",
    "random_slices",
    "rank_bound",
    "sharpen",
    "simultaneous_diagonalisation",
    "whiten",
]
