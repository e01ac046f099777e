# SPDX-License-Identifier: BSD-3-Clause
"""What is read off after a search: merge, prune, polish, reduce to the fewest terms."""

from .batch import descend_many
from .levenberg_marquardt import descend, levenberg_marquardt
from .merge import COSINES, join, merge_parallel, prune, split
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
    "COSINES",
    "REMOVALS",
    "RIDGE",
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
    "split",
]
