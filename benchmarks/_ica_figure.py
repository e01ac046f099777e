# SPDX-License-Identifier: BSD-3-Clause
"""The figure of independent components: the Amari error against the time of a fit."""

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.ticker import NullFormatter

STYLES = {
    "ours": ("o-", "#0b5cad"),
    "FastICA, cube": ("s-", "#b35806"),
    "FastICA, logcosh": ("D-", "#fdb863"),
    "Picard": ("^-", "#1b7837"),
}


def draw(path, rows, same, caption):
    """One panel a mixture; the dashed line is the error that all methods reach."""
    kinds = list(dict.fromkeys(row["sources"] for row in rows))
    figure, axes = plt.subplots(
        1, len(kinds), figsize=(5 * len(kinds), 4.4), layout="constrained"
    )
    for panel, kind in zip(axes, kinds, strict=True):
        least = []
        for name, (style, colour) in STYLES.items():
            own = [r for r in rows if (r["sources"], r["method"]) == (kind, name)]
            if own:  # Picard may not be installed
                seconds, errors = (
                    [r[key] for r in own] for key in ("seconds", "error")
                )
                panel.loglog(
                    seconds, errors, style, color=colour, markersize=4, label=name
                )
                least.append(min(errors))
        panel.axhline(same * max(least), color="0.5", linestyle="--")
        panel.set(title=f"{kind} sources", xlabel="seconds of the processor")
        panel.grid(color="0.9")
        panel.xaxis.set_minor_formatter(NullFormatter())
    axes[0].set_ylabel("Amari error")
    axes[0].legend(fontsize=8, frameon=False)
    figure.supxlabel(caption, fontsize=8, color="0.3")
    figure.savefig(path, dpi=110)
    plt.close(figure)
