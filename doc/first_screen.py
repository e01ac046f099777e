# SPDX-License-Identifier: BSD-3-Clause
"""Draw the picture of the first screen: ``python doc/first_screen.py``.

What ``README.md`` and ``doc/index.rst`` show and say: the kinds of wine that
``MomentGaussianMixture`` finds in a table, without labels.
"""

from pathlib import Path

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
from scipy.optimize import linear_sum_assignment
from sklearn.datasets import load_wine
from sklearn.decomposition import PCA
from sklearn.metrics import confusion_matrix
from sklearn.preprocessing import StandardScaler

from sklearn_overtensor import MomentGaussianMixture

OUTPUT = Path(__file__).parent / "_static" / "first_screen.svg"
COLOURS = ("#3499cd", "#f7931e", "#7b4fa3")


def kinds_of_wine():
    """Points in the plane of PCA, the kind of each, and whether the label agrees."""
    data = load_wine()
    wines = StandardScaler().fit_transform(data.data)
    mixture = MomentGaussianMixture(covariance_type="diag", random_state=0)
    mixture.fit(wines)
    found = mixture.predict(wines)
    _, label = linear_sum_assignment(-confusion_matrix(found, data.target))
    plane = PCA(2).fit(wines)
    means = plane.transform(mixture.means_)
    return plane.transform(wines), means, mixture, found, label[found] == data.target


def draw(points, means, mixture, found, agrees):
    """Left the table, right what is found in it."""
    fig, axes = plt.subplots(1, 2, figsize=(7, 3.3), sharex=True, sharey=True)
    axes[0].scatter(*points.T, s=22, color="0.55", linewidths=0)
    axes[0].set_title("178 wines, 13 measurements")
    for kind, colour in enumerate(COLOURS[: mixture.n_components_]):
        axes[1].scatter(*points[found == kind].T, s=22, color=colour, linewidths=0)
        share, error = mixture.weights_[kind], mixture.weights_std_[kind]
        axes[1].text(
            *(1.2 * means[kind]),  # outwards, where no circle is
            f"{share:.0%} ± {error:.0%}",
            ha="center",
            va="center",
            fontsize=11,
            fontweight="bold",
            bbox={"facecolor": "white", "edgecolor": colour, "boxstyle": "round"},
        )
    axes[1].scatter(
        *points[~agrees].T, s=70, facecolors="none", edgecolors="black", linewidths=1.2
    )
    axes[1].set_title(f"Found without labels: {mixture.n_components_} kinds")
    axes[1].set_xlabel(
        f"circles: {(~agrees).sum()} of {len(agrees)} are of another grape"
    )
    axes[0].set_xlabel("in the plane of two principal components")
    for ax in axes:
        ax.set(xticks=[], yticks=[])
        ax.spines[:].set_color("0.8")
    fig.tight_layout()
    return fig


if __name__ == "__main__":
    plt.rcParams["svg.hashsalt"] = "sklearn-overtensor"  # the same file on each run
    plt.rcParams["svg.fonttype"] = "path"  # no font is needed to look at it
    figure = draw(*kinds_of_wine())
    figure.savefig(OUTPUT, metadata={"Date": None})
    print(OUTPUT)
