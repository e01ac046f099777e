# SPDX-License-Identifier: BSD-3-Clause
"""Who watches a search, and who may end it: lines, an observer, callbacks, Ctrl-C."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np


class SearchStopped(Exception):
    """A callback has asked that the search ends after this epoch."""


@dataclass(frozen=True)
class Monitor:
    """Who is told of a search.

    Attributes
    ----------
    verbose : int
        Whether a line is printed after each epoch.
    observer : callable or None
        Called with an :class:`~sklearn_overtensor.solvers.Observation` after each step.
    callbacks : EpochTasks or None
        scikit-learn's callbacks, told of each epoch.
    keeps_interrupted : bool
        Whether Ctrl-C ends the search with the best model so far, if there is one;
        else it is raised.
    restart : int
        Index of the search among ``n_restarts``.
    n_restarts : int
        Searches of the fit; with more than one, lines say whose they are.
    exponent : int
        Searches decompose ``2**-exponent`` times the data.
    """

    verbose: int = 0
    observer: Callable[..., Any] | None = None
    callbacks: Any = None
    keeps_interrupted: bool = False
    restart: int = 0
    n_restarts: int = 1
    exponent: int = 0

    def of_units(self, exponent):
        """The same for searches that decompose ``2**-exponent`` times the data."""
        return replace(self, exponent=exponent)

    def in_units_of_data(self, weights, V):
        """The weights and directions of a search's model, for the data themselves."""
        with np.errstate(all="ignore"):
            return np.ldexp(weights, self.exponent), V

    def of_restart(self, restart, n_restarts):
        """The same for one of several searches."""
        callbacks = self.callbacks
        if callbacks is not None and n_restarts > 1:
            callbacks = callbacks.of_restart(restart)
        return replace(
            self, callbacks=callbacks, restart=restart, n_restarts=n_restarts
        )

    def begin_fit(self):
        """Tell that all searches begin."""
        if self.callbacks is not None:
            self.callbacks.begin()

    def end_fit(self):
        """Tell that they have ended, and the estimator is fitted."""
        if self.callbacks is not None:
            self.callbacks.end()

    def begin_search(self):
        """Tell of a restart that begins; the only search is the fit itself."""
        if self.callbacks is not None and self.n_restarts > 1:
            self.callbacks.begin()

    def end_search(self, model):
        """Tell of a restart that has ended with a model, ``weights, V``."""
        if self.callbacks is not None and self.n_restarts > 1:
            self.callbacks.end(self.in_units_of_data(*model))

    def begin_epoch(self):
        """Tell of an epoch that begins."""
        if self.callbacks is not None:
            self.callbacks.begin_epoch()

    def end_epoch(self, epoch, objective, residual, best_model):
        """Tell of an epoch that has ended; return whether the search shall end too."""
        if self.verbose:
            self._print_epoch(epoch, objective, residual)
        return self.callbacks is not None and self.callbacks.end_epoch(
            lambda: self.in_units_of_data(*best_model())
        )

    def _print_epoch(self, epoch, objective, residual):
        digits = len(str(self.n_restarts - 1))
        start = f"start {self.restart:{digits}d}, " if self.n_restarts > 1 else ""
        print(
            f"{start}epoch {epoch:3d}: objective {objective:.6e}, "
            f"relative residual {residual:.2e}"
        )
