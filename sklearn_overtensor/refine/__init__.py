# SPDX-License-Identifier: BSD-3-Clause
"""Least-squares fits, and fewer terms: merged, pruned, removed."""

from .fit import Fit, join, split
from .levenberg_marquardt import creeps, damped_steps
from .normal_equations import solve_damped
from .plain_fit import descend_many, levenberg_marquardt, polish, refit
from .reduce import (
    merge_parallel,
    prune,
    reduce_to_rank,
    reduce_to_tolerance,
    removal_order,
)
from .settle import settle

__all__ = [
    "Fit",
    "creeps",
    "damped_steps",
    "descend_many",
    "join",
    "levenberg_marquardt",
    "merge_parallel",
    "polish",
    "prune",
    "reduce_to_rank",
    "reduce_to_tolerance",
    "refit",
    "removal_order",
    "settle",
    "solve_damped",
    "split",
]
