# SPDX-License-Identifier: BSD-3-Clause
"""What ``FactorMatchDisplay`` draws into its axes.

``rows`` and ``columns`` are the indices of true components and of those found, of which
the first ``n_pairs`` are matched, in this sequence.
"""

import numpy as np

from ._common import hide_frame, style

# Most terms whose cosines are written into the map, and whose labels are horizontal.
MOST_LABELS = 12


def cosine_panel(axes, cosines, rows, columns, n_pairs, signed, im_kwargs):
    """The cosines, already in that sequence, as a map."""
    default = {"cmap": "RdBu_r" if signed else "Reds", "vmin": -signed, "vmax": 1}
    image = axes.imshow(cosines, **style(default, im_kwargs))
    axes.set(xlabel="component found", ylabel="true component")
    axes.set_xticks(range(len(columns)), columns, fontsize="small")
    axes.set_yticks(range(len(rows)), rows, fontsize="small")
    _redden(axes.get_xticklabels()[n_pairs:])
    _redden(axes.get_yticklabels()[n_pairs:])
    return image


def diagonal_texts(axes, cosines):
    """The first cosines on the diagonal of the map as texts."""
    look = {"ha": "center", "va": "center", "fontsize": "x-small"}
    return [
        axes.text(
            i,
            i,
            f"{cosine:.2f}",
            color="white" if abs(cosine) > 0.6 else "black",
            **look,
        )
        for i, cosine in enumerate(cosines)
    ]


def weights_panel(axes, true, found, rows, columns, n_pairs, bar_kwargs):
    """The weights of each pair side by side, then those without a partner."""
    superfluous = len(rows) + np.arange(len(columns) - n_pairs)
    kwargs = style({"width": 0.4}, bar_kwargs)
    half = kwargs["width"] / 2
    bars_true = axes.bar(
        np.arange(len(rows)) - half,
        np.asarray(true)[rows],
        **style({"color": "tab:gray", "label": "true"}, kwargs),
    )
    bars_found = axes.bar(
        np.append(np.arange(n_pairs), superfluous) + half,
        np.asarray(found)[columns],
        **style({"color": "tab:blue", "label": "found"}, kwargs),
    )
    paired = zip(rows[:n_pairs], columns[:n_pairs], strict=True)
    labels = [f"{i}|{j}" for i, j in paired]
    labels += [f"{i}|–" for i in rows[n_pairs:]]
    labels += [f"–|{j}" for j in columns[n_pairs:]]
    rotation = "vertical" if len(labels) > MOST_LABELS else "horizontal"
    axes.set_xticks(range(len(labels)), labels, rotation=rotation, fontsize="small")
    _redden(axes.get_xticklabels()[n_pairs:])
    axes.axhline(0, color="black", linewidth=0.8)
    axes.set(xlabel="true|found", xlim=(-0.7, len(labels) - 0.3))
    axes.set_title("weights", loc="left", fontsize="medium")
    hide_frame(axes)
    above = {"loc": "lower right", "bbox_to_anchor": (1, 1), "ncols": 2}
    axes.legend(**above, fontsize="small", frameon=False)
    return bars_true, bars_found


def _redden(labels):
    """Mark what has no partner."""
    for label in labels:
        label.set_color("tab:red")
