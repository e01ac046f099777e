# SPDX-License-Identifier: BSD-3-Clause
"""The figure of the README: success rate and time by family, ours beside the peers."""

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from benchmark_utils.families import FAMILIES

NAMES = {
    "ours": "ours (L-BFGS)",
    "ours-search": "ours, the search alone",
    "ours-gd": "ours (Algorithm 1)",
    "tensorly-parafac[init=random]": "TensorLy parafac, random",
    "tensorly-parafac[init=svd]": "TensorLy parafac, SVD",
    "tensorly-symmetric-cp": "TensorLy SymmetricCP",
    "pyttb-cp-als": "pyttb cp_als",
    "pyttb-gcp-opt": "pyttb gcp_opt, L-BFGS",
    "symmetric-lbfgs": "symmetric L-BFGS, restarts",
    "subspace-power": "subspace power method",
    "foobi": "FOOBI (order 4)",
    "jennrich": "Jennrich (r ≤ d)",
}
STYLES = {
    "ours": ("o", "#0b5cad"),
    "ours-search": (".", "#0b5cad"),
    "ours-gd": ("o", "#8fbce6"),
    "tensorly-parafac[init=random]": ("s", "#e08214"),
    "tensorly-parafac[init=svd]": ("D", "#b35806"),
    "tensorly-symmetric-cp": ("v", "#fdb863"),
    "pyttb-cp-als": ("s", "#7fbf7b"),
    "pyttb-gcp-opt": ("D", "#1b7837"),
    "symmetric-lbfgs": ("^", "#762a83"),
    "subspace-power": ("P", "#d6005a"),
    "foobi": ("X", "#f28bb8"),
    "jennrich": ("x", "#444444"),
}


def draw(path, table, solvers, caption):
    """Success rates as a grid of numbers, times as dots on a logarithmic axis."""
    n_families = len(table)
    figure, (grid, dots) = plt.subplots(
        1,
        2,
        figsize=(12, 2.6 + 0.29 * n_families),
        sharey=True,
        width_ratios=(1, 1.25),
        layout="constrained",
    )
    _success(grid, table, solvers)
    _times(dots, table, solvers)
    grid.set_yticks(range(n_families), [FAMILIES[name].label for name in table])
    grid.set_ylim(n_families - 0.5, -0.5)
    handles, labels = dots.get_legend_handles_labels()
    figure.legend(
        handles[::-1],
        labels[::-1],
        loc="outside upper center",
        ncols=5,
        frameon=False,
    )
    figure.supxlabel("\n".join(caption), fontsize=8, color="0.3")
    figure.savefig(path, dpi=110)
    plt.close(figure)


def _success(axes, table, solvers):
    rates = np.array(
        [
            [cells[name]["exact"] if name in cells else np.nan for name in solvers]
            for cells in table.values()
        ]
    )
    axes.imshow(rates, cmap="Blues", vmin=0, vmax=1.6, aspect="auto")
    for (row, column), rate in np.ndenumerate(rates):
        text = "" if np.isnan(rate) else f"{100 * rate:.0f}"
        weight = "bold" if column == 0 else "normal"
        axes.text(
            column, row, text, ha="center", va="center", fontsize=8, weight=weight
        )
    labels = [NAMES[name] for name in solvers]
    axes.set_xticks(
        range(len(solvers)), labels, rotation=40, ha="right", rotation_mode="anchor"
    )
    axes.set_title("exact answers, % of the seeds", fontsize=10)
    axes.tick_params(length=0)


def _times(axes, table, solvers):
    for name in reversed(solvers):
        points = [
            (cells[name]["expected_time"], row)
            for row, cells in enumerate(table.values())
            if name in cells and np.isfinite(cells[name]["expected_time"])
        ]
        marker, colour = STYLES[name]
        axes.plot(
            *(np.transpose(points) if points else ([], [])),
            marker,
            color=colour,
            markersize=9 if name == "ours" else 6,
            label=NAMES[name],
        )
    axes.set_xscale("log")
    axes.set_xlabel("seconds")
    axes.set_title(
        "expected time to an exact answer (mean time / success rate)", fontsize=10
    )
    axes.grid(axis="both", color="0.9")
    axes.set_axisbelow(True)
