# SPDX-License-Identifier: BSD-3-Clause
"""What a search passes through, epoch by epoch, and who is told of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

from .._monitor import Monitor
from .observation import Observation


class Epoch(NamedTuple):
    """What is kept of an epoch.

    Attributes
    ----------
    losses : list of float
        Objective after each of its iterations.
    residual : float
        Relative residual of the penalised model at its end.
    """

    losses: list
    residual: float


def _as_they_are(weights, directions):
    return weights, directions


@dataclass
class Course:
    """The epochs of a search so far, for its result and for those who watch.

    Attributes
    ----------
    monitor : Monitor
    epochs : list of Epoch
    """

    monitor: Monitor = field(default_factory=Monitor)
    epochs: list = field(default_factory=list)
    _coordinates: str = "data"
    _leave: Callable = _as_they_are

    @property
    def n_epochs(self):
        """Epochs run."""
        return len(self.epochs)

    @property
    def losses(self):
        """Objective after each iteration, over all epochs."""
        return [loss for epoch in self.epochs for loss in epoch.losses]

    def enter(self, coordinates, leave):
        """Say in which coordinates the next epochs are.

        Parameters
        ----------
        coordinates : {"data", "whitened"}
            See :class:`Observation`.
        leave : callable
            ``leave(weights, directions)`` brings a model, in NumPy, to the data's
            coordinates and units.
        """
        self._coordinates, self._leave = coordinates, leave

    def watcher(self, objective, reinitialized=None, epoch=None):
        """What tells the observer of the steps of the next epoch; None without one."""
        if self.monitor.observer is None:
            return None
        return partial(
            self._observe,
            objective,
            reinitialized,
            self.n_epochs + 1 if epoch is None else epoch,
        )

    def _observe(
        self,
        objective,
        reinitialized,
        epoch,
        iteration,
        parameters,
        evaluation,
        step=0.0,
        objective_before_switch=None,
    ):
        if objective_before_switch is None:
            objective_before_switch = evaluation.loss
        self.monitor.observer(
            Observation(
                restart=self.monitor.restart,
                epoch=epoch,
                iteration=iteration,
                alpha=objective.alpha,
                coordinates=self._coordinates,
                reinitialized=reinitialized,
                step=step,
                objective_before_switch=objective_before_switch,
                parameters=parameters,
                evaluation=evaluation,
                leave=self._leave,
            )
        )

    def end_epoch(self, losses, residual):
        """Record an epoch, and say so."""
        self.epochs.append(Epoch(losses, residual))
        self.monitor.print_epoch(self.n_epochs, losses[-1], residual)
