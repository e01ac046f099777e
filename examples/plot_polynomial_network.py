# SPDX-License-Identifier: BSD-3-Clause
"""
Which neurons does a polynomial network have?
=============================================

A network has five cubic neurons and twenty features, and we have noisy samples of it.
Least squares over all monomials has 1,771 unknowns, and kernel ridge regression shrinks
them. Both predict, and neither shows the network. Here we find the neurons, and their
number.
"""

# %%
# The network
# -----------
# ``y = sum_i w_i (v_i'x)^3`` with weights of both signs, and 10 % noise.

import numpy as np

rng = np.random.default_rng(0)
neurons = rng.standard_normal((5, 20))
neurons /= np.linalg.norm(neurons, axis=1, keepdims=True)
weights = np.array([2.0, -1.7, 1.5, -1.2, 1.0])


def network(X):
    """Values of the network."""
    return (X @ neurons.T) ** 3 @ weights


X, X_test = rng.standard_normal((2000, 20)), rng.standard_normal((5000, 20))
y = network(X)
y = y + 0.1 * y.std() * rng.standard_normal(len(y))

# %%
# What is found
# -------------
# Nothing is set. Terms of order 1 and 2 might have been found as well.

from sklearn_overtensor import OverparamPolynomialRegressor

model = OverparamPolynomialRegressor(random_state=0).fit(X, y)
print("orders:", model.orders_)
for weight, error in zip(model.weights_, model.weights_std_, strict=True):
    print(f"{weight:.3f} ± {error:.3f}")

# %%
# At odd order a sign belongs to the neuron, and all weights are positive. The cosines
# between the neurons found and the true ones:

cosines = model.components_ @ (neurons * np.sign(weights)[:, None]).T
print(np.abs(cosines).max(axis=1).round(4))

# %%
# With fewer rows
# ---------------
# The test R^2 beside kernel ridge regression, whose penalty and scale a grid search
# chooses, and beside boosted trees. In 250 rows not all neurons can be told from noise;
# those that can are kept.

import warnings

from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.exceptions import ConvergenceWarning
from sklearn.kernel_ridge import KernelRidge
from sklearn.model_selection import GridSearchCV

warnings.simplefilter("ignore", ConvergenceWarning)
kernel = KernelRidge(kernel="poly", degree=3)
grid = {"alpha": [0.01, 0.1, 1.0, 10.0], "gamma": [0.01, 0.1]}
methods = {
    "neurons (ours)": OverparamPolynomialRegressor(random_state=0),
    "kernel ridge, cubic": GridSearchCV(kernel, grid, cv=3),
    "boosted trees": HistGradientBoostingRegressor(random_state=0),
}
sizes = [250, 500, 1000, 2000]
scores = {
    name: [method.fit(X[:n], y[:n]).score(X_test, network(X_test)) for n in sizes]
    for name, method in methods.items()
}
for name, values in scores.items():
    print(f"{name:20s}", np.round(values, 3))

# %%
# The picture
# -----------

import matplotlib.pyplot as plt

figure, (left, right) = plt.subplots(
    1, 2, figsize=(9, 3.8), width_ratios=(1, 1.4), layout="constrained"
)
image = left.imshow(cosines, vmin=-1, vmax=1, cmap="RdBu_r")
left.set_xlabel("true neuron")
left.set_ylabel("neuron found")
left.set_title("Cosines")
left.set_xticks(range(len(neurons)), range(1, len(neurons) + 1))
left.set_yticks(range(len(cosines)), range(1, len(cosines) + 1))
figure.colorbar(image, ax=left, shrink=0.8)
for (name, values), marker in zip(scores.items(), "os^", strict=True):
    right.plot(sizes, values, marker=marker, label=name)
right.set_xscale("log")
right.set_xticks(sizes, sizes)
right.minorticks_off()
right.set_xlabel("rows")
right.set_ylabel("R² of new rows")
right.set_title("Prediction")
right.set_ylim(0, 1.05)
right.legend(loc="lower right")
plt.show()
