# SPDX-License-Identifier: BSD-3-Clause
"""
How many clusters are there, and where?
=======================================

Twelve Gaussian clusters lie in five features. EM does not find them from most starts,
although it is told that there are twelve. The moments of the rows show how many there
are, and where.
"""

# %%
# The rows
# --------

import numpy as np

rng = np.random.default_rng(1)
means = 3.0 * rng.standard_normal((12, 5))
weights = np.linspace(0.12, 0.0467, 12)
weights /= weights.sum()


def draw(n_samples):
    """Rows, and the cluster of each."""
    labels = rng.choice(12, n_samples, p=weights)
    return means[labels] + rng.standard_normal((n_samples, 5)), labels


X, _ = draw(10_000)
unseen, labels = draw(10_000)

# %%
# Twelve components, found
# ------------------------
# There are more clusters than features, so the moment has order 4. Along every axis the
# means differ; the variance of the clusters is where the moment matrix loses rank.

from sklearn_overtensor import MomentGaussianMixture

mixture = MomentGaussianMixture(random_state=0).fit(X)
print(f"{mixture.n_components_} components from a moment of order {mixture.order_}")
print(f"variance by moments {mixture.noise_variance_:.2f}, true 1")
for weight, error in zip(mixture.weights_, mixture.weights_std_, strict=True):
    print(f"weight {weight:.3f} +- {error:.3f}")

# %%
# Beside EM from k-means
# ----------------------
# The mean log likelihood of rows that no fit has seen. EM is told the number, and
# starts from k-means with 20 seeds.

from sklearn.mixture import GaussianMixture

ours = mixture.score(unseen)
theirs = [
    GaussianMixture(12, covariance_type="spherical", random_state=seed)
    .fit(X)
    .score(unseen)
    for seed in range(20)
]
print(f"ours {ours:.3f}; theirs at best {max(theirs):.3f}, at worst {min(theirs):.3f}")
print(f"starts of theirs that end as high: {np.sum(np.array(theirs) > ours - 1e-3)}/20")

# %%
# The picture
# -----------
# Ellipses at one and two standard deviations, over the rows along two features.

import matplotlib.pyplot as plt

from sklearn_overtensor.displays import MixtureDisplay

figure, axes = plt.subplots(1, 2, figsize=(10, 4.2), layout="constrained")
MixtureDisplay.from_estimator(mixture, X, features=(0, 1), ax=axes[0])
axes[0].scatter(*means[:, :2].T, marker="+", color="black", label="true means")
axes[0].legend(frameon=False)
axes[0].set_title("Found, told nothing")
axes[1].plot(np.sort(theirs), "o", color="tab:orange", label="EM from k-means, told 12")
axes[1].axhline(ours, color="tab:blue", label="moments, then EM")
axes[1].set(xlabel="start, worst first", ylabel="held-out log likelihood of a row")
axes[1].legend(frameon=False)
axes[1].set_title("Beside 20 starts")
plt.show()

# %%
# When to prefer which
# --------------------
# Use moments for clusters that are about spherical, with thousands of rows. Use
# ``GaussianMixture`` for few rows and for elongated clusters. The guide's page on
# mixtures has figures of both.
