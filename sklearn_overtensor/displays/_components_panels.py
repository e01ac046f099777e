# SPDX-License-Identifier: BSD-3-Clause
"""What ``ComponentsDisplay`` draws into its axes, and what it refuses to draw."""

import numpy as np

from ._common import hide_frame, name_features, signed_colors, style, whole_ticks

# Standard errors to either side that a normal estimate is within 95 times of 100.
STANDARD_ERRORS = 1.96


def check_sizes(display):
    """Refuse components that are no matrix, and what does not fit them."""
    shape = np.shape(display.components)
    if len(shape) != 2 or 0 in shape:
        raise ValueError(
            "components must have shape (n_components, n_features), at least one "
            f"each; got {shape}."
        )
    for name, size, of in (
        ("weights", shape[0], "components"),
        ("weights_std", shape[0], "components"),
        ("feature_names", shape[1], "features"),
    ):
        values = getattr(display, name)
        if values is not None and len(values) != size:
            raise ValueError(
                f"{name} must have one for each of the {size} {of}, got {len(values)}."
            )
    errors = display.components_std
    if errors is not None and np.shape(errors) != shape:
        raise ValueError(
            f"components_std must have the shape of components, {shape}, got "
            f"{np.shape(errors)}."
        )


def known_errors(errors):
    """Standard errors, or None where there are none to draw.

    An estimator says with NaN that it has none, and with zeros that it is exact.
    """
    if errors is None:
        return None
    errors = np.asarray(errors, dtype=float)
    return errors if np.isfinite(errors).all() and errors.any() else None


def reach(components, errors):
    """How far from zero the entries go, with their error bars."""
    sizes = np.abs(components)
    if errors is not None:
        sizes = sizes + STANDARD_ERRORS * errors
    return sizes.max()


def map_panel(axes, components, names, im_kwargs):
    """All components in one map; returns the image and its colour bar."""
    limit = np.abs(components).max() or 1.0
    default = {"cmap": "RdBu_r", "vmin": -limit, "vmax": limit, "aspect": "auto"}
    image = axes.imshow(components, **style(default, im_kwargs))
    colorbar = axes.figure.colorbar(image, ax=axes)
    axes.set(xlabel="feature", title="components")
    name_features(axes, names)
    whole_ticks(axes.yaxis)
    return image, colorbar


def weights_panel(axes, weights, errors, beside, bar_kwargs, errorbar_kwargs):
    """Weights as bars beside the rows of a map; returns bars and a list of errors."""
    rows = np.arange(len(weights))
    default = {"color": signed_colors(weights), "height": 0.8}
    bars = axes.barh(rows, weights, **style(default, bar_kwargs))
    drawn = _error_bars(axes, weights, rows, "xerr", errors, errorbar_kwargs)
    axes.axvline(0, color="black", linewidth=0.8)
    axes.set(title="weights", ylabel="component", ylim=beside.get_ylim())
    whole_ticks(axes.yaxis)
    hide_frame(axes)
    beside.tick_params(labelleft=False)
    return bars, drawn


def entries_panel(axes, component, errors, limit, names, bar_kwargs, errorbar_kwargs):
    """Entries of a component as bars; returns them and a list of errors."""
    positions = np.arange(len(component))
    default = {"color": signed_colors(component)}
    bars = axes.bar(positions, component, **style(default, bar_kwargs))
    drawn = _error_bars(axes, positions, component, "yerr", errors, errorbar_kwargs)
    axes.axhline(0, color="black", linewidth=0.8)
    axes.set(xlim=(-0.6, len(component) - 0.4), ylim=(-limit, limit))
    name_features(axes, names)
    hide_frame(axes)
    return bars, drawn


def _error_bars(axes, x, y, direction, errors, errorbar_kwargs):
    """A list of what ``ax.errorbar`` returns, empty without errors."""
    if errors is None:
        return []
    default = {"fmt": "none", "ecolor": "black", "elinewidth": 0.8, "capsize": 2}
    keywords = style(default, errorbar_kwargs)
    return [axes.errorbar(x, y, **{direction: STANDARD_ERRORS * errors}, **keywords)]
