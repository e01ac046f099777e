# SPDX-License-Identifier: BSD-3-Clause
"""What displays share: matplotlib when it is needed, panels, scales, fitted values."""

from typing import Any, TypeAlias

import numpy as np
from sklearn.utils._plotting import _validate_style_kwargs
from sklearn.utils.validation import check_is_fitted

# Keyword arguments of an artist.
Keywords: TypeAlias = dict[str, Any] | None


def load_pyplot(caller):
    """Matplotlib's pyplot, or an error that names the extra."""
    try:
        import matplotlib.pyplot as plt
    except ImportError as error:
        raise ImportError(
            f"{caller} requires matplotlib, which is not installed. Install it with: "
            'pip install "sklearn-overtensor[plot]"'
        ) from error
    return plt


def check_estimator(estimator, caller, *names):
    """Refuse an estimator that is not fitted, or that has no such attributes."""
    check_is_fitted(estimator)
    missing = [name for name in names if not hasattr(estimator, name)]
    if missing:
        raise TypeError(
            f"{caller} needs an estimator with {', '.join(missing)}, which "
            f"{type(estimator).__name__} does not have. Of a pipeline pass the last "
            "step, pipeline[-1], of a search its best_estimator_."
        )


def check_choice(name, value, choices):
    """Refuse a value that is none of the choices."""
    if value not in choices:
        raise ValueError(
            f"{name} must be one of {', '.join(map(repr, choices))}, got {value!r}."
        )


def check_image_shape(image_shape, n_features):
    """Refuse a shape that is not (height, width) with a pixel for each feature."""
    if image_shape is None:
        raise ValueError(
            "kind='image' needs image_shape=(height, width), whose product is the "
            f"number of features, {n_features}."
        )
    if len(image_shape) != 2 or np.prod(image_shape) != n_features:
        raise ValueError(
            "image_shape must be (height, width) with as many pixels as there are "
            f"features, {n_features}; got {tuple(image_shape)}."
        )


def style(default, given):
    """Keyword arguments of an artist: the defaults, and what the user has given."""
    return _validate_style_kwargs(default, given or {})


def make_panels(caller, ax, n_panels, *, n_columns, figsize, width_ratios=None):
    """Axes for several panels, after the convention of ``PartialDependenceDisplay``.

    Parameters
    ----------
    caller : str
        For messages.
    ax : matplotlib Axes, array-like of Axes or None
        One axes is switched off, and its place divided into a grid, if there is more
        than one panel. Of several there is one for each panel. None: a new figure, as
        with one axes.
    n_panels : int
    n_columns : int
        Of the grid.
    figsize : tuple of float
        Of a new figure, in inches.
    width_ratios : list of float or None, default=None
        Of the columns.

    Returns
    -------
    axes : ndarray of Axes of shape (n_panels,)
    bounding_ax : Axes or None
        The one that was divided.
    """
    plt = load_pyplot(caller)
    if ax is None:
        _, ax = plt.subplots(figsize=figsize, layout="constrained")
    if n_panels == 1 and isinstance(ax, plt.Axes):
        return np.array([ax], dtype=object), None
    if not isinstance(ax, plt.Axes):
        axes = np.asarray(ax, dtype=object).ravel()
        if axes.size != n_panels:
            raise ValueError(f"Expected ax to have {n_panels} axes, got {axes.size}.")
        return axes, None
    if not ax.axison:
        raise ValueError(
            "The ax was already used in another plot function: pass ax=display.axes_ "
            "instead."
        )
    place = ax.get_subplotspec()
    if place is None:
        raise ValueError(
            f"{caller} divides the place of ax into a grid, which needs an axes made "
            f"by plt.subplots. Else pass a list of {n_panels} axes."
        )
    ax.set_axis_off()
    n_columns = min(n_columns, n_panels)
    grid = place.subgridspec(
        -(-n_panels // n_columns), n_columns, width_ratios=width_ratios
    )
    axes = np.empty(n_panels, dtype=object)
    for i in range(n_panels):
        axes[i] = ax.figure.add_subplot(grid[divmod(i, n_columns)])
    return axes, ax


def log_scale(set_scale, values):
    """A logarithmic axis; linear below the smallest positive value if one is not.

    Parameters
    ----------
    set_scale : callable
        ``ax.set_xscale`` or ``ax.set_yscale``.
    values : list of array-like
        What is drawn along it; at least one is positive, or nothing is done.
    """
    values = np.concatenate([np.ravel(part) for part in values])
    positive = values[values > 0]
    if len(positive) == len(values):
        set_scale("log")
    elif len(positive):
        set_scale("symlog", linthresh=positive.min())


def hide_frame(ax):
    """Leave only the lines of a frame that carry ticks."""
    ax.spines[["top", "right"]].set_visible(False)


def signed_colors(values):
    """Blue for what is negative, red for what is not."""
    return ["tab:blue" if value < 0 else "tab:red" for value in values]


def whole_ticks(axis):
    """Ticks at whole numbers only: what is counted or indexed."""
    from matplotlib.ticker import MaxNLocator

    axis.set_major_locator(
        MaxNLocator("auto", steps=[1, 2, 4, 5, 10], integer=True, min_n_ticks=1)
    )


def height_of_names(names):
    """Inches that names of features take below an axis; short ones and None take none.

    Longer ones are written upwards.
    """
    longest = 0 if names is None else max(len(str(name)) for name in names)
    return 0.08 * longest if longest > 2 else 0


def name_features(ax, names):
    """Names, or indices without them, at the ticks of the horizontal axis."""
    if names is None:
        whole_ticks(ax.xaxis)
        return
    rotation = "vertical" if height_of_names(names) else "horizontal"
    ax.set_xticks(range(len(names)), names, rotation=rotation, fontsize="small")
