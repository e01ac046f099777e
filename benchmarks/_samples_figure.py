# SPDX-License-Identifier: BSD-3-Clause
"""The figure of samples: contractions over their products; dask beside NumPy."""

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

AXES = {"n": "rows n", "d": "features d", "m": "columns m", "order": "order l"}
COLOURS = {"moment": "#0b5cad", "cumulant": "#b35806"}
# The bound that a release must keep: 70 % of the speed of the bare products.
BOUND = 1 / 0.7


def draw(path, growth, dask, caption):
    """Five panels: the ratio against n, d, m and order; seconds with dask."""
    figure, axes = plt.subplots(1, 5, figsize=(17, 4.2), layout="constrained")
    for panel, name in zip(axes, AXES, strict=False):
        _draw_ratios(panel, name, growth)
        panel.sharey(axes[0])
    axes[0].set(ylabel="time of a contraction / of its bare products", ylim=(0, None))
    axes[0].legend(fontsize=8, frameon=False)
    _draw_dask(axes[-1], dask)
    figure.supxlabel(caption, fontsize=8, color="0.3")
    figure.savefig(path, dpi=110)
    plt.close(figure)


def _draw_ratios(axes, varied, growth):
    """The rows that differ from the first in one of the sizes, and the first."""
    first = growth[0]
    fixed = [name for name in AXES if name != varied]
    rows = [row for row in growth if all(row[name] == first[name] for name in fixed)]
    rows = sorted(rows, key=lambda row: row[varied])
    sizes = [row[varied] for row in rows]
    for name, colour in COLOURS.items():
        ratios = [row[f"{name} / products"] for row in rows]
        axes.plot(sizes, ratios, "o-", color=colour, label=name)
    axes.axhline(1, color="0.5")
    axes.axhline(BOUND, color="0.5", linestyle="--")
    axes.set(xlabel=AXES[varied])
    if varied != "order":
        axes.set_xscale("log")
    axes.set_xticks(sizes, [f"{size:,}" for size in sizes])
    axes.minorticks_off()
    axes.grid(color="0.9")
    at = [f"{name} = {first[name]:,}" for name in fixed]
    axes.set_title(", ".join(at).replace("order", "l"), fontsize=9)


def _draw_dask(axes, rows):
    sizes = [row["n"] for row in rows]
    styles = {"NumPy": "o-", "1 worker": "s--", "2 workers": "D:"}
    for name, style in styles.items():
        axes.loglog(sizes, [row[name] for row in rows], style, label=name)
    axes.set(xlabel="rows n", ylabel="seconds")
    axes.set_title("order-3 moment, d = 50, m = 100", fontsize=9)
    axes.grid(color="0.9")
    axes.legend(fontsize=8, frameon=False)
