# SPDX-License-Identifier: BSD-3-Clause
"""The figure with noise: error, number of terms and time of each method."""

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from _figure import STYLES

CHOOSING = {
    "parafac[svd], held out": ("D", "#b35806"),
    "parafac[svd], elbow": ("s", "#b35806"),
    "symmetric-lbfgs, held out": ("D", "#762a83"),
    "symmetric-lbfgs, elbow": ("s", "#762a83"),
}
# Errors beyond it are drawn at the edge.
WORST = 3


def draw(path, table, caption):
    """Dots by problem: filled for what is told the rank, and for ours; hollow else."""
    figure, axes = plt.subplots(
        1,
        3,
        figsize=(13, 2.4 + 0.32 * len(table)),
        sharey=True,
        layout="constrained",
    )
    for name, style in reversed((STYLES | CHOOSING).items()):
        points = [
            (
                min(cell["error"], WORST),
                cell["right"] / cell["runs"],
                cell["seconds"],
                row,
            )
            for row, cells in enumerate(table.values())
            for cell in cells
            if cell["method"] == name
        ]
        if points:
            _dots(axes, name, style, list(zip(*points, strict=True)))
    axes[0].set_title(
        f"error over the oracle's (beyond {WORST}: at the edge)", fontsize=10
    )
    axes[1].set_title("share of right numbers of terms", fontsize=10)
    axes[2].set_title("seconds", fontsize=10)
    axes[2].set_xscale("log")
    axes[0].set_yticks(range(len(table)), list(table))
    axes[0].set_ylim(len(table) - 0.5, -0.5)
    for each in axes:
        each.grid(color="0.9")
        each.set_axisbelow(True)
    handles, labels = axes[2].get_legend_handles_labels()
    figure.legend(
        handles[::-1], labels[::-1], loc="outside upper center", ncols=4, frameon=False
    )
    figure.supxlabel("\n".join(caption), fontsize=8, color="0.3")
    figure.savefig(path, dpi=110)
    plt.close(figure)


def _dots(axes, name, style, columns):
    errors, right, seconds, rows = columns
    marker, colour = style
    options = {"color": colour, "markersize": 9 if name == "ours" else 6}
    if name in CHOOSING:
        options["markerfacecolor"] = "none"
    label = name if name == "ours" or name in CHOOSING else f"{name}, told the rank"
    axes[0].plot(errors, rows, marker, **options)
    axes[2].plot(seconds, rows, marker, label=label, **options)
    if name == "ours" or name in CHOOSING:
        axes[1].plot(right, rows, marker, **options)
