# SPDX-License-Identifier: BSD-3-Clause
"""What ``AlphaPathDisplay`` draws into its axes."""

import numpy as np

from ..decompose.folds import shortfall
from ._common import style, whole_ticks


def score_panel(axes, alphas, scores, line, fold, band_kwargs):
    """Scores on held-out rows: the mean's line, the folds' lines, and the band."""
    scores = np.asarray(scores)
    mean, (_, error) = scores.mean(axis=1), shortfall(scores)
    fold_lines = axes.plot(alphas, scores, **fold)
    fold_lines[0].set_label("one fold")
    # below the lines
    default = {"color": "tab:orange", "alpha": 0.4, "linewidth": 0, "zorder": 1.9}
    default["label"] = "standard error of the\ndifference to the best"
    band = axes.fill_between(
        alphas, mean - error, mean + error, **style(default, band_kwargs)
    )
    (mean_line,) = axes.plot(alphas, mean, **style({"label": "mean"}, line))
    axes.axhline(mean.max(), color="black", linewidth=0.8, linestyle=":")
    axes.set_ylabel("score on held-out rows")
    return mean_line, fold_lines, band


def terms_panel(axes, alphas, n_components, weights, line, fold):
    """Numbers of terms: the line of all samples, or None, and the folds' lines."""
    line_of_all, fold_lines = None, []
    if n_components is not None:
        fold_lines = axes.plot(alphas, np.asarray(n_components), **fold)
        fold_lines[0].set_label("one fold")
    if weights is not None:
        counts = [len(each) for each in weights]
        label = "all samples" if fold_lines else None
        (line_of_all,) = axes.plot(alphas, counts, **style({"label": label}, line))
    axes.set(ylabel="number of terms", ylim=(0, None))
    whole_ticks(axes.yaxis)
    return line_of_all, fold_lines


def weights_panel(axes, alphas, weights, weight_kwargs):
    """The weights, a dot each."""
    weights = [np.asarray(each) for each in weights]
    alphas = np.repeat(alphas, [len(each) for each in weights])
    default = {"color": "black", "linestyle": "none", "marker": ".", "alpha": 0.7}
    (dots,) = axes.plot(
        alphas, np.concatenate(weights), **style(default, weight_kwargs)
    )
    axes.axhline(0, color="black", linewidth=0.8)
    axes.set_ylabel("weight")
    return dots
