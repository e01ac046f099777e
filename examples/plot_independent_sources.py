# SPDX-License-Identifier: BSD-3-Clause
"""
How many sources are there, and how sure is each?
=================================================

Use ``CumulantICA`` instead of ``FastICA`` if you do not know the number of sources, if
there may be more of them than sensors, or if the sensors are noisy.
"""

# %%
# Nine sources, six sensors
# -------------------------
# Laplace sources (heavy tails) and uniform ones (light tails) in turn. Nobody says
# nine. The columns of the mixing matrix get unit length here: with more sources than
# sensors, their lengths are less certain than their directions.

import numpy as np

from sklearn_overtensor import CumulantICA
from sklearn_overtensor.datasets import make_latent_samples

data = make_latent_samples(
    200_000,
    n_features=6,
    n_sources=9,
    distribution=["laplace", "uniform"],
    random_state=0,
)
ica = CumulantICA(whiten="arbitrary-variance", random_state=0).fit(data.X)
print(ica.n_components_, "sources from", ica.n_features_in_, "sensors")
print("kurtosis:", ica.kurtosis_.round(1))

# %%
# Each entry of the mixing matrix comes with its standard error. Sources have no order
# and no sign, so they are matched to the true ones first.

from scipy.optimize import linear_sum_assignment

cosines = data.mixing.T @ ica.mixing_
_, order = linear_sum_assignment(-np.abs(cosines))
signs = np.sign(cosines[range(9), order])
found, std = ica.mixing_[:, order] * signs, ica.mixing_std_[:, order]
within = (np.abs(found - data.mixing) < 2 * std).mean()
print(f"{within:.0%} of the entries are within two standard errors")

# %%
# Noisy sensors
# -------------
# With as many sources as sensors, FastICA applies too. It whitens with the covariance,
# which contains the noise of the sensors. The cumulant does not. Without noise both are
# equally good. With noise ``CumulantICA`` notices that the whitened sources are not
# orthogonal, and leaves them so.

from sklearn.decomposition import FastICA


def crosstalk(model, mixing):
    """Mean share of other sources in each estimate."""
    gains = np.sort(np.abs(model.components_ @ mixing), axis=1)
    return np.mean(np.sqrt((gains[:, :-1] ** 2).sum(axis=1)) / gains[:, -1])


levels = [0.0, 0.1, 0.2, 0.3, 0.4]
errors: dict[str, list[float]] = {"CumulantICA": [], "FastICA": []}
for level in levels:
    noisy = make_latent_samples(
        20_000, 6, distribution=["laplace", "uniform"], noise=level, random_state=1
    )
    for name, model in (
        ("CumulantICA", CumulantICA(6, random_state=0)),
        ("FastICA", FastICA(random_state=0, max_iter=1000)),
    ):
        errors[name].append(crosstalk(model.fit(noisy.X), noisy.mixing))
for name, values in errors.items():
    print(f"{name:12}", np.round(values, 3))

# %%
# In a picture
# ------------
# Left, how far the 54 entries of the mixing matrix are from the true ones, with two
# standard errors. Right, crosstalk between the estimated sources as noise grows.

import matplotlib.pyplot as plt

figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4.4), layout="constrained")
left.axhline(0, color="0.7", zorder=0)
left.errorbar(
    np.arange(54),
    (found - data.mixing).T.ravel(),
    2 * std.T.ravel(),
    fmt="o",
    markersize=3,
    elinewidth=1,
    color="#0b5cad",
)
left.set(
    xlabel="entry, six of each source",
    ylabel="found - true",
    title="Mixing matrix, nine sources, six sensors",
)
left.set_xticks(np.arange(0, 55, 6) - 0.5, labels=[])
for (name, values), style in zip(errors.items(), ("o-", "s--"), strict=True):
    right.plot(levels, values, style, label=name)
right.set(
    xlabel="standard deviation of the sensors' noise",
    ylabel="crosstalk",
    title="Six sources, six noisy sensors",
    ylim=(0, None),
)
right.legend(frameon=False)
plt.show()

# %%
# When to prefer which
# --------------------
# Use FastICA for as many sources as sensors when time matters and noise does not: it is
# then as precise and several times faster. Use ``CumulantICA`` for an unknown number of
# sources, for more sources than sensors, for noisy sensors, and for standard errors.
