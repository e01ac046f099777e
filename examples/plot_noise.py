# SPDX-License-Identifier: BSD-3-Clause
"""
With noise: how many terms, and how sure is each?
=================================================

With noise no short model is exact. By default (``alpha="auto"``) the fit adds terms as
long as more is left along some direction than noise explains. This page shows it on
tensors whose terms are known, and on a table of flowers.
"""

# %%
# Tensors with noise
# ------------------
# Four terms in ten dimensions, and symmetric Gaussian noise of 1 % to 50 % of the
# tensor's norm. The model is told neither. ``tensor_clean`` is the tensor without
# noise, and the oracle is the least-squares fit of four terms from the true ones on.

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_iris

from sklearn_overtensor import OverparamSymmetricCP, overparam_symmetric_cp
from sklearn_overtensor.datasets import make_symmetric_cp
from sklearn_overtensor.displays import ComponentsDisplay
from sklearn_overtensor.metrics import relative_error


def error_to_clean(problem, weights, components):
    return relative_error(problem.tensor_clean, (weights, [components.T] * 3))


for noise in (0.01, 0.1, 0.3, 0.5):
    problem = make_symmetric_cp(10, 4, noise=noise, random_state=0)
    model = OverparamSymmetricCP(random_state=0).fit(problem.tensor)
    truth = problem.weights, problem.components
    oracle = overparam_symmetric_cp(
        problem.tensor, 4, rank=4, init=truth, random_state=0
    )
    error = error_to_clean(problem, model.weights_, model.components_)
    best = error_to_clean(problem, oracle.weights, oracle.components)
    print(
        f"noise {noise:4.2f}: {model.n_components_} terms, noise_ {model.noise_:.3f}, "
        f"error to the truth {error:.4f}, oracle's {best:.4f}"
    )

# %%
# Error bars
# ----------
# Each weight and each entry of a component has a standard error. Bars show the last
# fit, at 50 % noise, and lines reach two standard errors to each side.

ComponentsDisplay.from_estimator(model, kind="bar")
plt.show()

# %%
# A real table
# ------------
# Four lengths of 150 irises. Which structure beyond mean and variance do so few
# rows show? The fourth cumulant is zero for normal data.

iris = load_iris()
flowers = OverparamSymmetricCP(statistic="cumulant", order=4, random_state=0)
flowers.fit(iris.data)
print(f"{flowers.n_components_} term, {flowers.status_}")
for weight, error in zip(flowers.weights_, flowers.weights_std_, strict=True):
    print(f"weight {weight:.1f} ± {error:.1f}")
lengths = zip(
    iris.feature_names, flowers.components_[0], flowers.components_std_[0], strict=True
)
for name, entry, error in lengths:
    print(f"{name:18} {entry:5.2f} ± {error:.2f}")

# %%
# One term stands out from the noise, and its weight is negative: along this direction
# the flowers are flatter than a normal distribution, as two groups are. It is mostly
# the length of the petals. So look at the codes along it, and cut them at their widest
# gap.

codes = flowers.transform(iris.data)[:, 0]
ranked = np.sort(codes)
widest = np.argmax(np.diff(ranked))
cut = ranked[widest : widest + 2].mean()
for label, name in enumerate(iris.target_names):
    below = np.sum(codes[iris.target == label] < cut)
    print(f"{name:11} {below:2d} of {np.sum(iris.target == label)} below the cut")

# %%
# The model has not seen the species. Its one direction, and one cut, tell all setosa
# from the others. It does not part the other two: the rows show no second term.

figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
left.bar(
    [name.removesuffix(" (cm)").replace(" ", "\n") for name in iris.feature_names],
    flowers.components_[0],
    yerr=2 * flowers.components_std_[0],
    capsize=4,
)
left.axhline(0, color="black", linewidth=0.8)
left.set(ylabel="component, two standard errors")
bins = np.linspace(codes.min(), codes.max(), 31)
groups = [codes[iris.target == label] for label in range(3)]
right.hist(groups, bins, stacked=True, label=list(iris.target_names))
right.axvline(cut, color="black", linestyle=":")
right.set(xlabel="code along the component", ylabel="flowers")
right.legend()
plt.show()
