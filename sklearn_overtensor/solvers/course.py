# SPDX-License-Identifier: BSD-3-Clause
"""What a search passes through, epoch by epoch, and who is told of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

from .monitor import Monitor
from .observation import Observation


class Epoch(NamedTuple):
    """What is kept of an epoch.

    Attributes
    ----------
    losses : list of float
        Objective after each of its iterations.
    residual : float
        Relative residual of the penalised model at its end.
    coordinates : {"data", "whitened"}
        In which both are; see :class:`Observation`.
    """

    losses: list[float]
    residual: float
    coordinates: str


class Best(NamedTuple):
    """The best epoch so far.

    Attributes
    ----------
    coordinates : {"data", "whitened"}
    leave : callable
        Of its coordinates.
    loss : float
    model : callable
        Makes its weights and directions there.
    """

    coordinates: str
    leave: Callable[..., Any]
    loss: float
    model: Callable[..., Any]

    def gives_way(self, coordinates, loss):
        """Whether an epoch with this objective is better.

        Objectives in other coordinates are not comparable. Whitened ones are those of
        a search for an exact answer; the terms that ``alpha`` keeps are the better
        answer where that has found none.
        """
        if coordinates == self.coordinates:
            return loss < self.loss
        return coordinates == "data"


def _as_they_are(weights, directions):
    return weights, directions


@dataclass
class Course:
    """The epochs of a search so far, for its result and for those who watch.

    Attributes
    ----------
    monitor : Monitor
    epochs : list of Epoch
    ending : {"stopped", "interrupted"} or None
        Who ended the search before its time: a callback, or Ctrl-C.
    """

    monitor: Monitor = field(default_factory=Monitor)
    epochs: list[Any] = field(default_factory=list)
    ending: str | None = None
    _best: Best | None = None
    _coordinates: str = "data"
    _leave: Callable[..., Any] = _as_they_are

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
                leave=partial(self._leave_to_data, self._leave),
            )
        )

    def _leave_to_data(self, leave, weights, directions):
        return self.monitor.in_units_of_data(*leave(weights, directions))

    def begin_epoch(self):
        """Say that an epoch begins."""
        self.monitor.begin_epoch()

    def end_epoch(self, losses, residual, model, latest=False):
        """Record an epoch, and say so; return whether the search shall end.

        Parameters
        ----------
        losses : list of float
        residual : float
        model : callable
            Makes the weights and directions at its end, in its own coordinates.
        latest : bool, default=False
            Whether this model takes the place of the best one whatever its loss.
        """
        self.epochs.append(Epoch(losses, residual, self._coordinates))
        best, loss = self._best, losses[-1]
        if best is None or latest or best.gives_way(self._coordinates, loss):
            self._best = Best(self._coordinates, self._leave, loss, model)
        stop = self.monitor.end_epoch(self.n_epochs, loss, residual, self.best_model)
        if stop:
            self.ending = "stopped"
        return stop

    def best_model(self):
        """Weights and directions of the best epoch, in the data's coordinates."""
        return self._best.leave(*self._best.model())

    def survive(self, end):
        """Go on after a callback or Ctrl-C ended the search: with its best model.

        Raises
        ------
        KeyboardInterrupt
            Where there is no model yet, or nobody keeps it.
        """
        if isinstance(end, KeyboardInterrupt):
            if self._best is None or not self.monitor.keeps_interrupted:
                raise end
            self.ending = "interrupted"
