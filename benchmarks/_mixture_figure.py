# SPDX-License-Identifier: BSD-3-Clause
"""The figure of mixtures: where moments need more rows than EM, and rounder ones."""

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

STYLES = {
    "number": ("moments", "o-", "#0b5cad"),
    "BIC number": ("best BIC", "s--", "#b35806"),
}
RIGHT = 5


def draw(path, rows, caption):
    """The share of right numbers by rows and by the shape of components."""
    parts = list(dict.fromkeys(row["part"] for row in rows))
    figure, axes = plt.subplots(
        1, len(parts), figsize=(4.2 * len(parts), 3.8), layout="constrained"
    )
    for panel, part in zip(axes, parts, strict=True):
        own = [row for row in rows if row["part"] == part]
        sizes = sorted({float(row["size"]) for row in own})
        n_seeds = len(own) // len(sizes)
        for key, (name, style, colour) in STYLES.items():
            numbers = [
                [int(row[key]) for row in own if float(row["size"]) == size]
                for size in sizes
            ]
            shares = [found.count(RIGHT) / len(found) for found in numbers]
            panel.plot(sizes, shares, style, color=colour, label=name)
        panel.set(
            title=part,
            xscale="log",
            ylim=(-0.05, 1.05),
            xlabel=f"{own[0]['axis']}, {n_seeds} data sets each",
        )
        panel.set_xticks(sizes, [f"{size:g}" for size in sizes])
        panel.minorticks_off()
        panel.grid(color="0.9")
    axes[0].set_ylabel("share of data sets with the right number")
    axes[0].legend(fontsize=8, frameon=False)
    figure.supxlabel(caption, fontsize=8, color="0.3")
    figure.savefig(path, dpi=110)
    plt.close(figure)
