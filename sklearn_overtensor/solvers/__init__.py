# SPDX-License-Identifier: BSD-3-Clause
"""How the objective goes down: one algorithm a file."""

from .._objective import Components, Evaluation, TwoHomogeneousObjective
from .course import Course
from .gradient_descent import (
    fresh_components,
    gradient_descent,
    make_schedule,
    warm_components,
)
from .lbfgs import lbfgs_epoch
from .observation import Observation
from .result import SolverResult
from .start import random_columns, random_signs

__all__ = [
    "Components",
    "Course",
    "Evaluation",
    "Observation",
    "SolverResult",
    "TwoHomogeneousObjective",
    "fresh_components",
    "gradient_descent",
    "lbfgs_epoch",
    "make_schedule",
    "random_columns",
    "random_signs",
    "warm_components",
]
