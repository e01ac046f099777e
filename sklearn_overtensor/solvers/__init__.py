# SPDX-License-Identifier: BSD-3-Clause
"""How the objective goes down: one algorithm a file.

Public is what a solver of your own needs, and what an observer sees.
"""

from .objective import Components, Evaluation, TwoHomogeneousObjective
from .observation import Observation

__all__ = ["Components", "Evaluation", "Observation", "TwoHomogeneousObjective"]
