# SPDX-License-Identifier: BSD-3-Clause
r"""
Challenge 1: how fast does a search leave zero?
===============================================

*The claim.* Descent on the vanilla objective (equation (2) of the paper) leaves a small
start very slowly, since zero is a saddle of order :math:`l`; the 2-homogeneous model of
Algorithm 1 leaves it fast.
"""

# %%
# What theory predicts
# --------------------
# Near zero the model is negligible beside the target, and each component moves on its
# own. Write :math:`u = p v` with a length :math:`p` and a direction :math:`v`. The
# gradient flow of the vanilla model :math:`\sum_i c_i u_i^{\otimes l}`, whose
# :math:`c_i` start at :math:`\pm 1` and hardly move, is
#
# .. math:: \dot u = l c \, T^*(u^{l-1}, \cdot) \quad\Rightarrow\quad
#           \dot p = l c \, p^{l-1} \psi(v), \quad
#           \dot v = l c \, p^{l-2} \left(T^*(v^{l-1}, \cdot) - \psi(v) v\right), \quad
#           \psi(v) = T^*(v, \dots, v).
#
# In the 2-homogeneous model :math:`c = a / p` keeps :math:`p^{l-2}` out of it (take
# the scalar :math:`s = 1` first). So both models run along the *same path*, and differ
# by the clock: where the 2-homogeneous model takes the time :math:`d\tau`, the vanilla
# one takes :math:`dt = p^{-(l-2)} d\tau`. Along the path :math:`p` is :math:`\delta`
# times something that does not depend on :math:`\delta`, and it grows like
# :math:`e^{l \kappa \tau}` once :math:`v` is near a term of the target, of weight
# :math:`\kappa`. Hence the times to a given length are
#
# .. math:: t_\text{vanilla} \propto \delta^{-(l-2)}, \qquad
#           t_\text{2-homogeneous} = \frac{\ln (1 / \delta)}{l (\kappa - \lambda)}
#           + \text{const},
#
# where the penalty :math:`\lambda` takes its part of the growth.
#
# The scalar mode of Algorithm 1, :math:`s = \sqrt{d (m + K)}` until the length first
# exceeds :math:`2 \sqrt{m + K} \, \delta`, speeds up the growth from :math:`\delta`
# to a *fixed multiple* of it: it moves the line down, and leaves its slope.

# %%
# What is measured
# ----------------
# The time, iterations times step size, until the objective is a tenth below its
# start. The target, the width :math:`m`, the seed (hence directions and signs of
# the start) and the constant step are the same for both models and every
# :math:`\delta`. The target has three orthonormal terms of one weight,
# :math:`\kappa = 1/\sqrt 3`, so that the predicted slope has nothing to be fitted.

import warnings

import matplotlib.pyplot as plt
import numpy as np
from sklearn.exceptions import ConvergenceWarning

from sklearn_overtensor import overparam_symmetric_cp
from sklearn_overtensor.baselines import VanillaGradientCP
from sklearn_overtensor.targets import CPTarget

N_FEATURES, RANK, N_COMPONENTS, ALPHA, STEP = 6, 3, 10, 1e-3, 0.02
WEIGHT = RANK**-0.5
DROP = 0.9  # share of the objective of zero, 1/2, at which zero has been left
DELTAS = (1e-10, 1e-5)  # of the 2-homogeneous model


def measure(orders, longest, n_points, n_seeds):
    """Times to leave zero, a row for each model, order, delta and seed.

    Vanilla starts have ``delta^{-(l-2)}`` from 20 to ``longest``, which bounds the
    iterations at every order alike.
    """
    rows = []
    for order in orders:
        scales = np.geomspace(20, longest, n_points) ** (-1 / (order - 2))
        for seed in range(n_seeds):
            for delta in scales:
                time = vanilla_time(order, delta, seed)
                rows.append(as_row("vanilla", order, delta, seed, time))
            for delta in np.geomspace(*DELTAS, n_points):
                time = homogeneous_time(order, delta, seed)
                rows.append(as_row("2-homogeneous", order, delta, seed, time))
    return rows


def as_row(model, order, delta, seed, time):
    return {
        "model": model,
        "order": order,
        "delta": float(delta),
        "seed": seed,
        "time": round(float(time), 6),
    }


def make_target(order):
    weights = np.full(RANK, WEIGHT)
    return CPTarget(weights, np.eye(RANK, N_FEATURES), order)


def vanilla_time(order, delta, seed):
    model = VanillaGradientCP(
        N_COMPONENTS,
        init_scale=delta,
        step_size=STEP,
        max_iter=10**7,
        tol=DROP**0.5,
        random_state=seed,
    ).fit(make_target(order).to_dense())
    return STEP * model.n_iter_


def homogeneous_time(order, delta, seed):
    with warnings.catch_warnings():
        # it says that the descent goes on: only its beginning is needed here
        warnings.simplefilter("ignore", ConvergenceWarning)
        result = overparam_symmetric_cp(
            make_target(order),
            N_COMPONENTS,
            solver="gd",
            refine=False,
            alpha=ALPHA,
            init_scale=delta,
            step_size=STEP,
            max_epochs=1,
            max_iter=1000,
            random_state=seed,
        )
    left = np.flatnonzero(result.loss_curve <= DROP / 2)
    return STEP * (left[0] + 1) if len(left) else np.nan


# %%
# The slopes: of :math:`\ln t` for the vanilla model, of :math:`t` for the other,
# against :math:`\ln(1 / \delta)`, fitted for each seed. The prediction for the latter
# takes account of the finite step: a growth by ``1 + STEP * rate`` at each of them.


def slopes(rows, model, order):
    """Predicted slope, mean and standard deviation over seeds of the fitted ones."""
    fitted = []
    for seed in sorted({row["seed"] for row in rows}):
        delta, time = curve(rows, model, order, seed)
        values = np.log(time) if model == "vanilla" else time
        fitted.append(np.polyfit(np.log(1 / delta), values, 1)[0])
    growth = STEP * order * (WEIGHT - ALPHA)
    predicted = order - 2 if model == "vanilla" else STEP / np.log1p(growth)
    return predicted, np.mean(fitted), np.std(fitted)


def curve(rows, model, order, seed):
    """Delta and time of one start, as arrays."""
    own = [
        (row["delta"], row["time"])
        for row in rows
        if (row["model"], row["order"], row["seed"]) == (model, order, seed)
    ]
    return np.transpose(own)


def draw(rows):
    """Left, both models on logarithmic axes; right, the 2-homogeneous one alone."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4.2), layout="constrained")
    for order in sorted({row["order"] for row in rows}):
        color = plt.cm.viridis((order - 3) / 2.5)
        draw_model(left, rows, "vanilla", order, color, "o")
        draw_model(right, rows, "2-homogeneous", order, color, "s")
        for seed in {row["seed"] for row in rows}:
            delta, time = curve(rows, "2-homogeneous", order, seed)
            left.plot(1 / delta, time, "s-", color=color, alpha=0.4, markersize=3)
    left.set(xscale="log", yscale="log", xlabel=r"$1 / \delta$", ylabel="time to leave")
    left.set_title("vanilla (circles), 2-homogeneous (squares)", fontsize=10)
    left.legend(title="vanilla: slope on log axes", fontsize=8)
    right.set(xscale="log", xlabel=r"$1 / \delta$", ylim=(0, None))
    right.set_title("2-homogeneous: linear in the logarithm", fontsize=10)
    right.legend(title=r"time for each factor $e$ of $1 / \delta$", fontsize=8)
    return figure


def draw_model(axes, rows, model, order, color, marker):
    """Times of one model and order, and the predicted slope through their middle."""
    predicted, mean, spread = slopes(rows, model, order)
    label = f"l = {order}: {mean:.3f} ± {spread:.3f}, predicted {predicted:.3f}"
    seeds = sorted({row["seed"] for row in rows})
    curves = [curve(rows, model, order, seed) for seed in seeds]
    inverse = 1 / curves[0][0]
    times = np.array([time for _, time in curves])
    points = axes.plot(inverse, times.T, marker, color=color, markersize=4)
    points[0].set_label(label)
    logarithm = np.log(inverse)
    if model == "vanilla":
        line = np.exp(np.log(times).mean() + predicted * (logarithm - logarithm.mean()))
    else:
        line = times.mean() + predicted * (logarithm - logarithm.mean())
    axes.plot(inverse, line, "--", color=color, linewidth=1)


GALLERY = {"orders": (3, 4, 5), "longest": 200, "n_points": 4, "n_seeds": 2}
FULL = {"orders": (3, 4, 5), "longest": 2000, "n_points": 6, "n_seeds": 5}

# %%
# The figure
# ----------
# Each point is one run; dashed, the predicted slopes.

if __name__ == "__main__":
    rows = measure(**GALLERY)
    figure = draw(rows)
    for model in ("vanilla", "2-homogeneous"):
        for order in GALLERY["orders"]:
            predicted, mean, _ = slopes(rows, model, order)
            print(f"{model:13} l = {order}: {mean:.3f}, predicted {predicted:.3f}")
    plt.show()

# %%
# Does it agree?
# --------------
# Yes. At full size (``benchmarks/results/paper_leaving_zero.csv``: five seeds, vanilla
# times up to 1,900) the vanilla slopes are 1.02, 2.03 and 3.03 at orders 3, 4 and 5,
# predicted 1, 2 and 3. They are a little above since the objective falls at a finite
# length, :math:`t \propto \delta^{-(l-2)} - \text{const}`. Those of the 2-homogeneous
# model are 0.588, 0.443 and 0.360, predicted 0.588, 0.444 and 0.357.
#
# At order 3 Algorithm 1 leaves :math:`\delta = 10^{-10}` in a time of 11, some 570
# steps here. The vanilla model takes a time of 1,400 to 1,900 from
# :math:`\delta = 1/2000`; from :math:`10^{-10}` it would take about :math:`10^{10}`.
