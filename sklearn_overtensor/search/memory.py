# SPDX-License-Identifier: BSD-3-Clause
"""What searches of one problem at different alphas tell each other."""

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Memory:
    """What is known about a problem before, and after, a search for one alpha.

    Attributes
    ----------
    init : tuple of (weights, directions) or None
        The model that a user wants searches to start from, in small coordinates.
    exact : dict
        Exact models (or None, where none was found) by the widths that were tried,
        with the course of the search: alpha has no part in them.
    penalised : tuple of (weights, directions) or None
        The penalised model of the last alpha: the start for the next.
    objective : float or None
        Its penalised objective; None where an exact model made it needless.
    """

    init: Any = None
    exact: dict = field(default_factory=dict)
    penalised: Any = None
    objective: float | None = None
