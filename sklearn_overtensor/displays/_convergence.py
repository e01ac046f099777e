# SPDX-License-Identifier: BSD-3-Clause
"""``ConvergenceDisplay``: objective and residual over the iterations of a search."""

from itertools import groupby
from typing import Any, Self

import numpy as np

from .._typing import AnyArray
from ..results.result import SymmetricCPResult
from ._common import (
    Keywords,
    check_choice,
    check_estimator,
    hide_frame,
    load_pyplot,
    log_scale,
    style,
    whole_ticks,
)

# What tells the two coordinates of a search apart, and how labels call them.
LOOKS = {
    "whitened": ({"linestyle": "--"}, {"fillstyle": "none"}, ", whitened coordinates"),
    "data": ({"linestyle": "-"}, {"fillstyle": "full"}, ""),
}


class ConvergenceDisplay:
    """Objective and residual over the iterations of a search, with ends of epochs.

    It is recommended to use :meth:`from_estimator` or :meth:`from_result` to create a
    display. All parameters are stored as attributes.

    Parameters
    ----------
    loss_curve : array-like of shape (n_iter,)
        Objective after each iteration.
    epoch_ends : array-like of int of shape (n_epochs,) or None, default=None
        Iterations run up to the end of each epoch. None: one epoch.
    residual_curve : array-like of shape (n_epochs,) or None, default=None
        Relative residual at the end of each epoch. None: not drawn.
    epoch_coordinates : array-like of str of shape (n_epochs,) or None, default=None
        ``"data"`` or ``"whitened"`` for each epoch. None: all in the data's.
    reconstruction_err : float or None, default=None
        Relative residual of the answer, which the legend tells.
    name : str or None, default=None
        Put before labels, to tell several searches in one picture apart.

    Attributes
    ----------
    ax_ : matplotlib Axes
    figure_ : matplotlib Figure
    lines_ : list of Line2D
        The objective: one line for epochs in succession that have the same coordinates.
    residual_lines_ : list of Line2D
        The residuals, at most one line of markers for each kind of coordinates.
    epoch_lines_ : LineCollection
        The ends of epochs.

    See Also
    --------
    sklearn_overtensor.SymmetricCPResult : What the curves are.

    Notes
    -----
    Objectives are those of a target scaled to norm one. With ``solver="lbfgs"`` the
    search for an exact answer sees the target in whitened coordinates and has a penalty
    of its own. Its values (dashed, hollow) are not comparable with those in the data's
    coordinates, so the line is broken between the two. Values that are not positive,
    such as an objective that vanishes up to rounding without a penalty, make the axis
    linear around zero.

    Examples
    --------
    >>> from sklearn_overtensor import OverparamSymmetricCP
    >>> from sklearn_overtensor.datasets import make_symmetric_cp
    >>> from sklearn_overtensor.displays import ConvergenceDisplay
    >>> data = make_symmetric_cp(6, 3, noise=0.1, random_state=0)
    >>> model = OverparamSymmetricCP(alpha=0.1, random_state=0).fit(data.tensor)
    >>> display = ConvergenceDisplay.from_estimator(model)
    >>> display.ax_.get_xlabel()
    'iteration'
    """

    def __init__(
        self,
        *,
        loss_curve: AnyArray,
        epoch_ends: AnyArray = None,
        residual_curve: AnyArray = None,
        epoch_coordinates: AnyArray = None,
        reconstruction_err: float | None = None,
        name: str | None = None,
    ) -> None:
        self.loss_curve = loss_curve
        self.epoch_ends = epoch_ends
        self.residual_curve = residual_curve
        self.epoch_coordinates = epoch_coordinates
        self.reconstruction_err = reconstruction_err
        self.name = name

    @classmethod
    def from_estimator(
        cls, estimator: Any, *, ax: Any = None, name: str | None = None, **kwargs: Any
    ) -> Self:
        """Draw the search of a fitted estimator.

        Parameters
        ----------
        estimator : estimator
            Fitted, with ``loss_curve_``. Residuals, epochs and coordinates are drawn
            where it has them.
        ax : matplotlib Axes or None, default=None
            Where to draw. None: a new figure.
        name : str or None, default=None
            Put before labels.
        **kwargs : dict
            Passed to :meth:`plot`.

        Returns
        -------
        display : ConvergenceDisplay

        Raises
        ------
        NotFittedError, TypeError
            If the estimator is not fitted, or has no ``loss_curve_``.
        """
        caller = f"{cls.__name__}.from_estimator"
        load_pyplot(caller)
        check_estimator(estimator, caller, "loss_curve_")
        return cls._of(estimator, "_", name).plot(ax, **kwargs)

    @classmethod
    def from_result(
        cls,
        result: SymmetricCPResult,
        *,
        ax: Any = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> Self:
        """Draw the search of :func:`~sklearn_overtensor.overparam_symmetric_cp`.

        Parameters
        ----------
        result : SymmetricCPResult
        ax : matplotlib Axes or None, default=None
            Where to draw. None: a new figure.
        name : str or None, default=None
            Put before labels.
        **kwargs : dict
            Passed to :meth:`plot`.

        Returns
        -------
        display : ConvergenceDisplay
        """
        load_pyplot(f"{cls.__name__}.from_result")
        return cls._of(result, "", name).plot(ax, **kwargs)

    @classmethod
    def _of(cls, source, suffix, name):
        """From attributes whose names end with the suffix."""
        names = (
            "loss_curve",
            "epoch_ends",
            "residual_curve",
            "epoch_coordinates",
            "reconstruction_err",
        )
        values = {each: getattr(source, each + suffix, None) for each in names}
        return cls(**values, name=name)

    def plot(
        self,
        ax: Any = None,
        *,
        name: str | None = None,
        line_kwargs: Keywords = None,
        residual_kwargs: Keywords = None,
        epoch_kwargs: Keywords = None,
    ) -> Self:
        """Draw the curves.

        Parameters
        ----------
        ax : matplotlib Axes or None, default=None
            Where to draw. None: a new figure. The legend stands to the right, for which
            ``plt.subplots(layout="constrained")`` makes room.
        name : str or None, default=None
            Put before labels. None: the ``name`` of the display.
        line_kwargs : dict or None, default=None
            Passed to ``ax.plot`` for the objective. Residuals and ends of epochs have
            its colour unless they are given their own.
        residual_kwargs : dict or None, default=None
            Passed to ``ax.plot`` for the residuals.
        epoch_kwargs : dict or None, default=None
            Passed to ``ax.vlines`` for the ends of epochs.

        Returns
        -------
        self : ConvergenceDisplay

        Raises
        ------
        ValueError
            If the numbers of iterations and epochs do not agree.
        """
        plt = load_pyplot(f"{type(self).__name__}.plot")
        losses, ends, residuals, coordinates = self._checked()
        if ax is None:
            _, ax = plt.subplots(figsize=(8, 4.4), layout="constrained")
        name = self.name if name is None else name
        prefix = "" if name is None else f"{name}: "

        self.lines_ = _draw_losses(ax, losses, ends, coordinates, prefix, line_kwargs)
        color = self.lines_[0].get_color()  # of all that belongs to the search
        self.residual_lines_ = []
        if residuals is not None:
            residual_kwargs = style({"color": color}, residual_kwargs)
            self.residual_lines_ = _draw_residuals(
                ax, residuals, ends, coordinates, prefix, residual_kwargs
            )
        default = {"color": color, "alpha": 0.6, "linewidth": 1, "linestyle": ":"}
        default["label"] = f"{prefix}end of an epoch"
        span = {"ymin": 0, "ymax": 1, "transform": ax.get_xaxis_transform()}
        self.epoch_lines_ = ax.vlines(ends, **span, **style(default, epoch_kwargs))
        if self.reconstruction_err is not None:
            label = f"{prefix}residual of the answer: {self.reconstruction_err:.2g}"
            ax.plot([], [], linestyle="none", color=color, label=label)
        log_scale(ax.set_yscale, [line.get_ydata() for line in ax.lines])
        ax.set(xlabel="iteration", ylabel="objective, relative residual")
        whole_ticks(ax.xaxis)
        hide_frame(ax)
        ax.legend(loc="upper left", bbox_to_anchor=(1, 1), fontsize="small")
        self.ax_, self.figure_ = ax, ax.figure
        return self

    def _checked(self):
        """The curves as arrays of lengths that agree."""
        losses = np.asarray(self.loss_curve, dtype=float)
        ends = [len(losses)] if self.epoch_ends is None else self.epoch_ends
        ends = np.asarray(ends, dtype=int)
        if len(losses) == 0 or len(ends) == 0 or ends[-1] != len(losses):
            raise ValueError(
                f"epoch_ends must end with the {len(losses)} iterations of loss_curve, "
                f"at least one; got {ends}."
            )
        residuals, coordinates = self.residual_curve, self.epoch_coordinates
        if coordinates is None:
            coordinates = ["data"] * len(ends)
        for key, values in (
            ("residual_curve", residuals),
            ("epoch_coordinates", coordinates),
        ):
            if values is not None and len(values) != len(ends):
                raise ValueError(
                    f"{key} must have a value for each of the {len(ends)} epochs, got "
                    f"{len(values)}."
                )
        for kind in coordinates:
            check_choice("epoch_coordinates", kind, tuple(LOOKS))
        if residuals is not None:
            residuals = np.asarray(residuals, dtype=float)
        return losses, ends, residuals, np.asarray(coordinates)


def _draw_losses(ax, losses, ends, coordinates, prefix, kwargs):
    """A line for epochs in succession that have the same coordinates, in one colour."""
    lines, labelled, kwargs = [], set(), style({}, kwargs)
    start = n_epochs = 0
    for kind, epochs in groupby(coordinates):
        n_epochs += len(list(epochs))
        stop = ends[n_epochs - 1]
        look, _, note = LOOKS[kind]
        default = {**look, "marker": "." if stop - start == 1 else None}
        if kind not in labelled:
            default["label"] = f"{prefix}objective{note}"
        iterations = np.arange(start, stop)
        lines += ax.plot(iterations + 1, losses[iterations], **style(default, kwargs))
        kwargs.setdefault("color", lines[0].get_color())
        labelled.add(kind)
        start = stop
    return lines


def _draw_residuals(ax, residuals, ends, coordinates, prefix, kwargs):
    """A marker at the end of each epoch; a line for each kind of coordinates."""
    lines = []
    for kind, (_, look, note) in LOOKS.items():
        own = coordinates == kind
        if own.any():
            default = {**look, "linestyle": "none", "marker": "o", "markersize": 5}
            default["label"] = f"{prefix}residual{note}"
            lines += ax.plot(ends[own], residuals[own], **style(default, kwargs))
    return lines
