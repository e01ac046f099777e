# SPDX-License-Identifier: BSD-3-Clause
"""
What happens inside Algorithm 1?
================================

An ``observer`` sees every step of Algorithm 1: components are born, grow and freeze.
The tensor has order 4, and its three terms lie in a plane of the three-dimensional
space, so that one picture shows all directions.
"""

# %%
# A search, observed
# ------------------
# Two positive terms and a negative one, :math:`T^* = \sum_i w_i v_i^{\otimes 4}`. Five
# components start at a length of 1e-4, each with a random direction and a random sign.
# Each epoch begins by drawing the smallest of them anew. The step is constant and
# small, as in the paper; the observer keeps what the pictures need of each
# :class:`~sklearn_overtensor.solvers.Observation`.

import numpy as np

from sklearn_overtensor import overparam_symmetric_cp
from sklearn_overtensor.targets import CPTarget

true_angles = np.array([20, 75, 140])
terms = np.array([[np.cos(a), np.sin(a), 0] for a in np.radians(true_angles)])
target = CPTarget([1.0, -0.8, 0.6], terms, order=4)
seen = []

delta, m, K = 1e-4, 5, 5
result = overparam_symmetric_cp(
    target,
    m,
    solver="gd",
    refine=False,
    init_scale=delta,
    step_size=0.02,
    max_epochs=K,
    max_iter=250,
    tol=1e-2,
    random_state=1,
    observer=seen.append,
)
print(f"{result.n_epochs} epochs, relative residual {result.reconstruction_err:.4f}")
print("weights", result.weights.round(3))

# %%
# The records as arrays, one row a step. Components keep their places in
# ``parameters``, so that a column is one component until it is drawn anew.

seen = seen[1:]  # the start itself is drawn over by the first epoch
U = np.array([one.parameters.U for one in seen])  # (steps, d, m)
signs = np.array([one.parameters.signs for one in seen])
modes = np.array([one.scalar_modes for one in seen])
norms = np.array([one.norms for one in seen])
objective = np.array([one.objective for one in seen])
leakage = np.array([one.leakage(terms) for one in seen])
births = [t for t, one in enumerate(seen) if one.iteration == 0]
angles = np.degrees(np.arctan2(U[:, 1], U[:, 0])) % 180  # u and -u are one term

# %%
# In the plane of the terms
# -------------------------
# Angle of each component against the iteration; the wider the line, the heavier the
# component. Blue components add to the model, red ones subtract from it. Dotted: the
# true angles.

import matplotlib.pyplot as plt
from matplotlib.collections import LineCollection

COLORS = {1.0: "#0b5cad", -1.0: "#c0392b"}


def draw_paths(ax, x, values, j, widths, jump=np.inf):
    """One component as a line of changing width and sign, cut where it was reborn."""
    points = np.column_stack([x, values])
    segments = np.stack([points[:-1], points[1:]], axis=1)
    kept = np.abs(np.diff(values)) < jump
    for birth in births[1:]:
        kept[birth - 1] &= seen[birth].reinitialized != j
    colors = [COLORS[sign] for sign in signs[1:, j][kept]]
    ax.add_collection(
        LineCollection(
            segments[kept], linewidths=widths[1:][kept], colors=colors, capstyle="round"
        )
    )


def mark_epochs(ax):
    for k, birth in enumerate(births):
        ax.axvline(birth, color="0.75", linewidth=0.8, zorder=0)
        if ax is axes[0]:
            ax.text(birth + 5, 181, f"epoch {k + 1}", fontsize=9, color="0.4")


steps = np.arange(len(seen))
figure, axes = plt.subplots(
    3, 1, figsize=(9, 9), sharex=True, height_ratios=(1.7, 1.3, 1), layout="constrained"
)
for ax in axes:
    mark_epochs(ax)
for j in range(m):
    draw_paths(axes[0], steps, angles[:, j], j, 0.8 + 9 * norms[:, j], jump=90)
    draw_paths(axes[1], steps, norms[:, j], j, np.full(len(seen), 1.6))
    switched = np.flatnonzero((modes[:-1, j] != 1) & (modes[1:, j] == 1)) + 1
    axes[1].plot(switched, norms[switched, j], "o", color="black", markersize=4)
for birth in births:
    j = seen[birth].reinitialized
    axes[0].plot(birth, angles[birth, j], "*", color="#e08214", markersize=12)
    axes[1].plot(birth, norms[birth, j], "*", color="#e08214", markersize=12)
for angle in true_angles:
    axes[0].axhline(angle, color="black", linestyle=":", linewidth=1, zorder=0)
axes[0].set(ylim=(0, 180), yticks=range(0, 181, 45), ylabel="angle in the plane, °")
threshold, bound = 2 * np.sqrt(m + K) * delta, np.sqrt(m + K) * delta
axes[1].axhline(threshold, color="black", linestyle="--", linewidth=1)
axes[1].text(len(seen) - 8, threshold, "scalar mode switches", va="bottom", ha="right")
axes[1].set(yscale="log", ylabel=r"length $\|u_i\|$")
axes[2].semilogy(steps, objective, color="black", label="objective")
axes[2].semilogy(steps, leakage, color="#1b7837", label="outside of the plane")
axes[2].axhline(bound, color="#1b7837", linestyle="--", linewidth=1)
axes[2].text(len(seen) - 8, bound, "bound of Lemma 5", va="bottom", ha="right")
axes[2].set(xlabel="iteration", xlim=(0, len(seen)))
axes[2].legend(loc="center left", bbox_to_anchor=(0, 0.62))
plt.show()

# %%
# What one sees
# -------------
# - *Birth.* Stars mark components drawn at the length 1e-4. In the first scalar mode
#   they jump over the threshold in a few steps (black dots), already turned towards a
#   good direction.
# - *Growth.* Then their length grows exponentially, a straight line on the logarithmic
#   axis: the 2-homogeneous model has no flat saddle at zero.
# - *A bad place.* The positive components first meet between two terms, some 10° off
#   the nearest. What the second and third epoch draw finds too little to grow on: it
#   stays tiny, and the next epoch draws it anew. Meanwhile the heavy components part,
#   and one of them turns, through 0°, which is 180°, to the term at 140°.
# - *The missing term.* The fourth epoch draws a negative component with a good
#   direction; it grows to the term at 75°, and the objective falls.
# - *Freezing.* Once the residual is gone, nothing moves but for the balance of the
#   penalty.
#
# Green is all that the components have outside of the plane of the terms: it grows at
# re-initialisations alone and stays below :math:`\sqrt{m + K} \, \delta`, as Lemma 5
# says.
