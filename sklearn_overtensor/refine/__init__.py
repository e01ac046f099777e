# SPDX-License-Identifier: BSD-3-Clause
"""What is read off after a search: merge, prune, polish, reduce to the fewest terms."""

from .levenberg_marquardt import creeps, descend
from .merge import COSINES, LEFTOVER, SMALLEST_TERM, join, merge_parallel, prune, split
from .normal_equations import solve_damped
from .plain_fit import COARSE_STEPS, STEPS, descend_many, levenberg_marquardt
from .reduce import (
    REMOVALS,
    RIDGE,
    polish,
    reduce_to_rank,
    reduce_to_tolerance,
    removal_order,
)
from .settle import settle

__all__ = [
    "COARSE_STEPS",
    "COSINES",
    "LEFTOVER",
    "REMOVALS",
    "RIDGE",
    "SMALLEST_TERM",
    "STEPS",
    "creeps",
    "descend",
    "descend_many",
    "join",
    "levenberg_marquardt",
    "merge_parallel",
    "polish",
    "prune",
    "reduce_to_rank",
    "reduce_to_tolerance",
    "removal_order",
    "settle",
    "solve_damped",
    "split",
]
