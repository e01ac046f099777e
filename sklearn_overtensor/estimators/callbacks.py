# SPDX-License-Identifier: BSD-3-Clause
"""Epochs and restarts as the tasks that scikit-learn's callbacks are told of."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from ..algebra.cp import canonical_order
from ..refine import prune
from ..search import most_epochs
from ..settings import SETTINGS
from ..solvers.monitor import Monitor
from .decomposition import kept_of_target, model_attributes


def monitor_of_fit(estimator, target, X, y, sample_weight):
    """Who watches the fit of an estimator."""
    return Monitor(
        verbose=estimator.verbose,
        callbacks=_root_tasks(estimator, target, X, y, sample_weight),
        keeps_interrupted=keeps_interrupted(estimator),
    )


def keeps_interrupted(estimator):
    """Whether Ctrl-C ends a fit with the best model so far.

    Inside a meta-estimator an interrupt is passed on: a search cut short is no
    candidate of a grid, and the grid shall end too.
    """
    return not hasattr(estimator, "_parent_callback_ctx")


def _root_tasks(estimator, target, X, y, sample_weight):
    """The root task of a fit, with callbacks set up; None if there are none."""
    max_epochs = most_epochs(estimator.solver, estimator.max_epochs)
    if estimator.n_init > 1:
        subtasks = {"max_subtasks": estimator.n_init, "sequential_subtasks": False}
    else:
        subtasks = {"max_subtasks": max_epochs}
    kept = kept_of_target(target)
    # What a decomposition shall reproduce is X itself; ScoringMonitor scores nothing
    # for y=None.
    return tasks_of_fit(
        estimator,
        (X, X if y is None else y, sample_weight),
        partial(_attributes, refine=estimator.refine, **kept),
        max_epochs,
        **subtasks,
    )


def tasks_of_fit(
    estimator, data, fitted_attributes, max_epochs=None, max_subtasks=None, **subtasks
):
    """The root task of a fit, with callbacks set up; None if there are none.

    Parameters
    ----------
    estimator : estimator
        Whose callbacks are told.
    data : tuple of (X, y, sample_weight)
        As ``fit`` was given them.
    fitted_attributes, max_epochs
        As for :class:`EpochTasks`.
    max_subtasks, **subtasks
        Of the root task, for scikit-learn.
    """
    if not hasattr(estimator, "_skl_callbacks"):
        return None
    X, y, weight = data
    return EpochTasks(
        estimator=estimator,
        context=estimator._init_callback_context(max_subtasks=max_subtasks, **subtasks),
        data={
            "X": X,
            "y": y,
            "metadata": None if weight is None else {"sample_weight": weight},
        },
        fitted_attributes=fitted_attributes,
        max_epochs=max_epochs,
    )


def _attributes(weights, V, *, refine, order, mean, dtype):
    """Attributes of an estimator that is fitted with a penalised model.

    Where the search would refine it, what tiny starts have left is no component.
    """
    if refine:
        weights, V = prune(weights, V, SETTINGS.leftover)
    weights, components = canonical_order(weights, V.T, order)
    return model_attributes(weights, components, order, mean, dtype)


@dataclass
class EpochTasks:
    """A task of a fit whose subtasks are epochs, or restarts that have them.

    Attributes
    ----------
    estimator : estimator
        Whose callbacks are told.
    context : CallbackContext
        The task.
    data : dict
        ``X``, ``y`` and ``metadata``, which hooks may ask for.
    fitted_attributes : callable
        ``fitted_attributes(*model)``: attributes of an estimator that is fitted with
        this model, such as ``weights, V``. It is called when a hook asks for a fitted
        estimator.
    max_epochs : int or None
        Most epochs of a search, where that is known.
    """

    estimator: Any
    context: Any  # a CallbackContext, from scikit-learn 1.9 on
    data: dict[str, Any]
    fitted_attributes: Callable[..., Any]
    max_epochs: int | None = None
    _epoch: Any = None  # the context of the one that runs

    def of_restart(self, restart):
        """The task of a restart."""
        context = self.context.subcontext(
            task_name="restart", task_id=restart, max_subtasks=self.max_epochs
        )
        return replace(self, context=context)

    def begin(self):
        """Tell that the task begins."""
        self.context.call_on_fit_task_begin(estimator=self.estimator, **self.data)

    def end(self, model=None):
        """Tell that it has ended, with a model or a fitted estimator.

        An epoch that was cut short has ended too, without a model.
        """
        if self._epoch is not None:
            self._epoch.call_on_fit_task_end(estimator=self.estimator)
            self._epoch = None
        self.context.call_on_fit_task_end(
            estimator=self.estimator,
            reconstruction_attributes=(
                {} if model is None else lambda: self.fitted_attributes(*model)
            ),
            **self.data,
        )

    def begin_epoch(self):
        """Tell that an epoch begins."""
        self._epoch = self.context.subcontext(task_name="epoch")
        self._epoch.call_on_fit_task_begin(estimator=self.estimator, **self.data)

    def end_epoch(self, best_model):
        """Tell that it has ended; return whether a callback wants no more of them.

        ``best_model()`` is the model that the search would keep if it ended here.
        """
        epoch, self._epoch = self._epoch, None
        return epoch.call_on_fit_task_end(
            estimator=self.estimator,
            reconstruction_attributes=lambda: self.fitted_attributes(*best_model()),
            **self.data,
        )
