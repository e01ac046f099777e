# SPDX-License-Identifier: BSD-3-Clause
"""
Noise: what alpha is for
========================

With noise no short model is exact, and the penalty ``alpha`` decides how many terms are
worth their weight. This page measures the error to the *noiseless* tensor along a grid
of ``alpha``, beside an oracle that starts from the truth and knows the rank.
"""

# %%
# Tensors with noise
# ------------------
# Four terms in ten dimensions, and symmetric Gaussian noise of 1 % to 50 % of the
# tensor's norm. ``tensor_clean`` is the tensor without the noise.

import numpy as np

from sklearn_overtensor import OverparamSymmetricCP, overparam_symmetric_cp
from sklearn_overtensor.datasets import make_symmetric_cp
from sklearn_overtensor.metrics import relative_error

noise_levels = (0.01, 0.1, 0.3, 0.5)
problems = [
    make_symmetric_cp(10, 4, noise=noise, random_state=0) for noise in noise_levels
]

# %%
# The oracle is the least-squares fit with four terms that one reaches from the truth:
# the same search at ``rank=4``, started at the true terms.


def error_to_clean(problem, model):
    weights, components = model.weights, model.components
    rebuilt = (weights, [components.T] * 3)
    return relative_error(problem.tensor_clean, rebuilt)


oracles = [
    error_to_clean(
        problem,
        overparam_symmetric_cp(
            problem.tensor,
            4,
            rank=4,
            init=(problem.weights, problem.components),
            random_state=0,
        ),
    )
    for problem in problems
]

# %%
# Along a grid of alpha
# ---------------------
# Nothing is told about the rank or the noise.

alphas = np.geomspace(1e-2, 0.5, 6)
errors = np.empty((len(problems), len(alphas)))
counts = np.empty((len(problems), len(alphas)), dtype=int)

import warnings

from sklearn.exceptions import ConvergenceWarning

# with an alpha far below the noise there may be no best fit, and a warning says so
warnings.filterwarnings("ignore", category=ConvergenceWarning)

for i, problem in enumerate(problems):
    for j, alpha in enumerate(alphas):
        model = OverparamSymmetricCP(alpha=alpha, random_state=0).fit(problem.tensor)
        rebuilt = (model.weights_, [model.components_.T] * 3)
        errors[i, j] = relative_error(problem.tensor_clean, rebuilt)
        counts[i, j] = model.n_components_

for i, noise in enumerate(noise_levels):
    ratios = errors[i] / oracles[i]
    good = alphas[ratios <= 1.05]
    print(
        f"noise {noise:4.2f}: within 5 % of the oracle from alpha = {good.min():.3f} "
        f"to {good.max():.3f}; best ratio {ratios.min():.3f}"
    )

# %%
# The picture
# -----------
# Left, the error over that of the oracle: where alpha is of the size of the noise it is
# the oracle's, to the line. Far below, the model fits noise; far above, it drops terms.
# Right, the number of terms: four wherever the error is the oracle's.

import matplotlib.pyplot as plt

figure, (left, right) = plt.subplots(
    1, 2, figsize=(9, 3.6), sharex=True, layout="constrained"
)
for i, noise in enumerate(noise_levels):
    color = plt.cm.viridis(i / len(noise_levels))
    label = f"{noise:.0%}"
    left.loglog(alphas, errors[i] / oracles[i], ".-", color=color, label=label)
    right.loglog(alphas, counts[i], ".-", color=color, label=label)
left.axhline(1, color="black", linewidth=0.8, linestyle=":")
right.axhline(4, color="black", linewidth=0.8, linestyle=":")
left.set(xlabel="alpha", ylabel="error to the truth / oracle's")
right.set(xlabel="alpha", ylabel="terms kept")
left.legend(title="noise")
plt.show()
