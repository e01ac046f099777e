# SPDX-License-Identifier: BSD-3-Clause
"""Who watches a search: the lines of ``verbose`` and an observer."""

from collections.abc import Callable
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Monitor:
    """Who is told of a search.

    Attributes
    ----------
    verbose : int
        Whether a line is printed after each epoch.
    observer : callable or None
        Called with an :class:`~sklearn_overtensor.solvers.Observation` after each step.
    restart : int
        Index of the search among ``n_restarts``.
    n_restarts : int
        Searches of the fit; with more than one, lines say whose they are.
    """

    verbose: int = 0
    observer: Callable | None = None
    restart: int = 0
    n_restarts: int = 1

    def of_restart(self, restart, n_restarts):
        """The same for one of several searches."""
        return replace(self, restart=restart, n_restarts=n_restarts)

    def print_epoch(self, epoch, objective, residual):
        """Print the line of an epoch that has ended, if lines are wanted."""
        if not self.verbose:
            return
        digits = len(str(self.n_restarts - 1))
        start = f"start {self.restart:{digits}d}, " if self.n_restarts > 1 else ""
        print(
            f"{start}epoch {epoch:3d}: objective {objective:.6e}, "
            f"relative residual {residual:.2e}"
        )
