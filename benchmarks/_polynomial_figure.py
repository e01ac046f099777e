# SPDX-License-Identifier: BSD-3-Clause
"""The figure of polynomial regression: R^2 and time beside peers, and how they grow."""

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

STYLES = {
    "ours": ("o", "#0b5cad"),
    "KernelRidge(poly)": ("s", "#b35806"),
    "PolynomialFeatures, Ridge": ("D", "#e08214"),
    "Ridge": ("D", "#e08214"),
    "PolynomialFeatures, Lasso": ("v", "#fdb863"),
    "Lasso": ("v", "#fdb863"),
    "MLPRegressor": ("^", "#762a83"),
    "HistGradientBoosting": ("P", "#1b7837"),
    "factorisation machine": ("X", "#d6005a"),
}
# Scores below are drawn at the edge.
LEAST = -0.4


def draw(path, tables, caption):
    """Scores on planted networks and real tables, times against rows and features."""
    figure, axes = plt.subplots(2, 2, figsize=(11, 8), layout="constrained")
    _networks(axes[0, 0], tables["peers"])
    _real(axes[0, 1], tables["tables"])
    _growth(axes[1, 0], tables["growth"], "rows", "features")
    _growth(axes[1, 1], tables["growth"], "features", "rows")
    for ax in axes.ravel():
        ax.grid(color="0.9")
        ax.set_axisbelow(True)
    handles = {}
    for ax in axes.ravel():
        handles |= dict(zip(*reversed(ax.get_legend_handles_labels()), strict=True))
    figure.legend(
        handles.values(), handles, loc="outside upper center", ncols=5, frameon=False
    )
    figure.supxlabel(caption, fontsize=8, color="0.3")
    figure.savefig(path, dpi=110)
    plt.close(figure)


def _dots(ax, name, scores, places):
    marker, colour = STYLES[name]
    label = {"Ridge": "PolynomialFeatures, Ridge", "Lasso": "PolynomialFeatures, Lasso"}
    ax.plot(
        np.maximum(scores, LEAST),
        places,
        marker,
        color=colour,
        markersize=9 if name == "ours" else 6,
        label=label.get(name, name),
        zorder=3 if name == "ours" else 2,
    )


def _names(ax, names, title):
    ax.set_yticks(range(len(names)), names)
    ax.set_ylim(len(names) - 0.5, -0.5)
    ax.set(xlabel="R² of new rows", title=title)


def _networks(ax, rows):
    names = list(dict.fromkeys(row["(d, r, l)"] for row in rows))
    for method in STYLES:
        own = [row for row in rows if row["method"] == method]
        places = [names.index(row["(d, r, l)"]) for row in own]
        if own:
            _dots(ax, method, [float(row["test R^2"]) for row in own], places)
    _names(ax, names, "Planted networks (d, r, l), 10 % noise")


def _real(ax, rows):
    for method in STYLES:
        if method in rows[0]:
            scores = [float(row[method]) for row in rows]
            _dots(ax, method, scores, range(len(rows)))
    _names(ax, [row["table"] for row in rows], "Tables, grid searches inside folds")


def _growth(ax, rows, along, fixed):
    """Times against one size, where the other is that of most rows."""
    values = [row[fixed] for row in rows]
    common = max(values, key=values.count)
    rows = sorted(
        (row for row in rows if row[fixed] == common), key=lambda row: int(row[along])
    )
    for method, (marker, colour) in STYLES.items():
        if f"{method}: seconds" in rows[0]:
            ax.loglog(
                [int(row[along]) for row in rows],
                [float(row[f"{method}: seconds"]) for row in rows],
                marker + "-",
                color=colour,
                label=method,
            )
    sizes = [int(row[along]) for row in rows]
    ax.set_xticks(sizes, sizes)
    ax.minorticks_off()
    ax.set(xlabel=along, ylabel="seconds of one core", title=f"{common} {fixed}")
