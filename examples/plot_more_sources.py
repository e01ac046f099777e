# SPDX-License-Identifier: BSD-3-Clause
"""
Can there be more sources than sensors?
=======================================

Six sensors record nine independent sources. No linear map can separate them. FastICA
looks for one, so it stops at six. But the fourth cumulant still shows the mixing
matrix.
"""

# %%
# The mixture
# -----------
# Unit-variance sources, Laplace (heavy tails) and uniform (light tails) in turn, so
# that the kurtosis has both signs.

from sklearn_overtensor.datasets import make_latent_samples

data = make_latent_samples(
    200_000,
    n_features=6,
    n_sources=9,
    distribution=["laplace", "uniform"],
    order=4,
    random_state=0,
)
print(data.X.shape, data.components.shape)

# %%
# Nine terms, found
# -----------------
# Cumulants of independent sources add up: the cumulant of order 4 is the sum of one
# term a source, ``kurtosis * direction^{⊗4}``. The rank is not given. The rows tell how
# far the cumulant may be off. The terms that stand out from this are kept.

import numpy as np

from sklearn_overtensor import OverparamSymmetricCP
from sklearn_overtensor.metrics import factor_match_score

model = OverparamSymmetricCP(statistic="cumulant", order=4, random_state=0).fit(data.X)
match = factor_match_score(data.components, model.components_, order=4)
print(f"{model.n_components_} sources, factor match score {match:.4f}")
print("kurtosis found:", np.round(np.sort(model.weights_), 2))
print("kurtosis true: ", np.round(np.sort(data.weights), 2))
print("standard errors", np.round(model.weights_std_[np.argsort(model.weights_)], 2))

# %%
# As many sources as sensors
# --------------------------
# With six sources both methods apply. The Amari error says how far the unmixing matrix
# times the mixing matrix is from a permutation. On whitened samples ours is close to
# FastICA with the cube, which maximises the same cumulants one direction at a time.
# FastICA's ``logcosh``, which is made for heavy tails, is more accurate and faster. Use
# it there.

from sklearn.decomposition import PCA, FastICA

square = make_latent_samples(200_000, n_features=6, order=4, random_state=0)


def amari_error(unmixing):
    """Distance of ``W A`` from a scaled permutation, in [0, 1]."""
    gains = np.abs(unmixing @ square.mixing)
    rows = (gains / gains.max(axis=1, keepdims=True)).sum()
    columns = (gains / gains.max(axis=0, keepdims=True)).sum()
    return (rows + columns - 2 * len(gains)) / (2 * len(gains) * (len(gains) - 1))


whitening = PCA(whiten=True).fit(square.X)
ours = OverparamSymmetricCP(statistic="cumulant", order=4, rank=6, random_state=0).fit(
    whitening.transform(square.X)
)
whiten = whitening.components_ / np.sqrt(whitening.explained_variance_)[:, None]
errors = {"ours": amari_error(np.linalg.pinv(ours.components_).T @ whiten)}
for fun in ("cube", "logcosh"):
    ica = FastICA(fun=fun, whiten="unit-variance", max_iter=1000, random_state=0)
    errors[f"FastICA, {fun}"] = amari_error(ica.fit(square.X).components_)
for name, error in errors.items():
    print(f"{name:17} Amari error {error:.4f}")

# %%
# In a picture
# ------------
# The cosines between the directions found and the true ones.

import matplotlib.pyplot as plt
from scipy.optimize import linear_sum_assignment

cosines = np.abs(data.components @ model.components_.T)
_, order = linear_sum_assignment(-cosines)
figure, ax = plt.subplots(figsize=(5.5, 4.5), layout="constrained")
image = ax.imshow(cosines[:, order], vmin=0, vmax=1, cmap="viridis")
ax.set(xlabel="component found", ylabel="source", title="Nine sources, six sensors")
figure.colorbar(image, label="|cosine|")
plt.show()

# %%
# When to prefer which
# --------------------
# Use FastICA or Picard for as many sources as sensors. They are more accurate there:
# they also use that whitened sources are orthogonal, and contrasts that suit the
# distribution. Use the cumulant for more sources than sensors, for an unknown number of
# sources, and under Gaussian noise, whose cumulants of order 3 and more vanish.
# :class:`~sklearn_overtensor.CumulantICA` puts both together:
# :ref:`sphx_glr_auto_examples_plot_independent_sources.py`.
