# SPDX-License-Identifier: BSD-3-Clause
"""
Tutorial: how many kinds of wine are in this table?
===================================================

Ten minutes from a table to a conclusion. PCA and FastICA see the same table, so that
you can tell what each method answers. You need to know scikit-learn, and nothing of
tensors.
"""

# %%
# The table
# ---------
# A laboratory measured 13 properties of 178 wines from one region. How many kinds of
# wine are there? What sets them apart? The table has labels as well. We put them aside
# and look at them at the end.
#
# The measurements have different units, so each column gets mean 0 and variance 1.

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_wine
from sklearn.preprocessing import scale

data = load_wine()
X = scale(data.data)
X.shape

# %%
# PCA: along which directions do the wines differ most?
# -----------------------------------------------------

from sklearn.decomposition import PCA

pca = PCA().fit(X)
print("share of the variance:", pca.explained_variance_ratio_[:6].round(2))
plane = pca.transform(X)[:, :2]

# %%
# Two directions hold 55 % of the variance. The shares then fall slowly: they do not say
# where to stop, and they do not say how many kinds there are. PCA has read the
# covariances, and nothing else.
#
# FastICA: which directions are least like a normal distribution?
# ---------------------------------------------------------------

from sklearn.decomposition import FastICA

kurtosis = {}
for n_components in (2, 4, 13):
    ica = FastICA(n_components, whiten="unit-variance", max_iter=500, random_state=0)
    sources = ica.fit_transform(X)
    kurtosis[n_components] = np.sort((sources**4).mean(axis=0) - 3)
    print(n_components, "sources, kurtosis", kurtosis[n_components].round(1))

# %%
# FastICA returns as many sources as you ask for. A kurtosis near -1 is that of two
# groups, and a large one is that of a few wines far out. Which of these sources are
# real, and which are the chance of 178 rows? FastICA does not say.
# :class:`~sklearn_overtensor.CumulantICA` asks this question, and its answer is that no
# source can be told from chance:

import warnings

from sklearn.exceptions import ConvergenceWarning

from sklearn_overtensor import CumulantICA

with warnings.catch_warnings():
    warnings.simplefilter("ignore", ConvergenceWarning)  # it warns that it is so
    ica = CumulantICA(random_state=0).fit(X)
print("cannot be told from chance:", ica.is_gaussian_)

# %%
# So "independent sources" is not a model that these few rows support. A table of
# several kinds is made of clusters.
#
# Clusters: how many, where, and how sure?
# ----------------------------------------
# :class:`~sklearn_overtensor.MomentGaussianMixture` reads the clusters off the third
# moment of the rows: the mean of ``x[i] * x[j] * x[k]`` over all rows, for each three
# columns. Each cluster adds one term to it. The terms that stand out from the noise are
# a first count of the clusters. Scikit-learn's EM then fits them, and rows that it has
# not seen confirm the count. With ``"diag"`` each measurement may spread differently in
# each cluster.

from sklearn_overtensor import MomentGaussianMixture

mixture = MomentGaussianMixture(covariance_type="diag", random_state=0).fit(X)
for share, error in zip(mixture.weights_, mixture.weights_std_, strict=True):
    print(f"{share:.0%} ± {error:.0%} of the wines")

# %%
# Three kinds, and the share of each with its standard error. The plane of PCA is a good
# place to draw them.

kind = mixture.predict(X)
figure, axes = plt.subplots(1, 3, figsize=(9, 3), layout="constrained")
axes[0].scatter(*plane.T, s=12, color="0.5")
axes[0].set_title("PCA: a plane")
sources = FastICA(2, whiten="unit-variance", random_state=0).fit_transform(X)
axes[1].scatter(*sources.T, s=12, color="0.5")
axes[1].set_title("FastICA: two sources")
axes[2].scatter(*plane.T, s=12, c=[f"C{k}" for k in kind])
axes[2].set_title("Moments: three kinds")
for ax in axes:
    ax.set(xticks=[], yticks=[])
plt.show()

# %%
# What sets the kinds apart?
# --------------------------
# ``means_`` has the mean of each kind, and ``means_std_`` its standard error. The bars
# reach two standard errors to each side.

figure, ax = plt.subplots(figsize=(9, 3.6), layout="constrained")
position = np.arange(X.shape[1])
for k, (mean, error) in enumerate(zip(mixture.means_, mixture.means_std_, strict=True)):
    ax.errorbar(
        position + 0.2 * (k - 1), mean, yerr=2 * error, fmt="o", label=f"kind {k}"
    )
ax.axhline(0, color="black", linewidth=0.8)
names = [name.partition("/")[0].replace("_", " ") for name in data.feature_names]
ax.set_xticks(position, names, rotation=35, ha="right")
ax.set_ylabel("mean, in standard deviations")
ax.legend(ncols=3, loc="lower center", bbox_to_anchor=(0.5, 1))
plt.show()

# %%
# - Kind 0 has little alcohol and a pale colour.
# - Kind 1 has much alcohol, proline and flavanoids.
# - Kind 2 has few flavanoids, much malic acid and a low hue.
#
# Some bars are long and cross zero, such as the flavanoids of kind 0. They are no part
# of the conclusion.
#
# Is it stable?
# -------------
# Take a tenth of the wines away at random, and ask again.

from sklearn.base import clone

rng = np.random.default_rng(0)
answers = []
for _ in range(10):
    rows = rng.permutation(len(X))[:160]
    again = clone(mixture).fit(X[rows])
    answers.append(again.n_components_)
answers

# %%
# Now the labels
# --------------
# They are the grape variety of each wine. Each row of the table is a kind that was
# found, each column a variety.

from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score, confusion_matrix
from sklearn.mixture import GaussianMixture

print(confusion_matrix(kind, data.target))
agreement = {"moments": adjusted_rand_score(data.target, kind)}

# %%
# The best BIC is the usual way to a number of clusters. It says something else for each
# type of covariance. K-means is told that there are three.

for covariance_type in ("spherical", "diag", "full"):
    fits = [
        GaussianMixture(
            k, covariance_type=covariance_type, n_init=2, random_state=0
        ).fit(X)
        for k in range(1, 11)
    ]
    best = min(fits, key=lambda model: model.bic(X))
    name = f"BIC, {covariance_type}: {best.n_components} kinds"
    agreement[name] = adjusted_rand_score(data.target, best.predict(X))
k_means = KMeans(3, n_init=10, random_state=0).fit_predict(X)
agreement["k-means, told three"] = adjusted_rand_score(data.target, k_means)
for name, score in agreement.items():
    print(f"{name:25} agreement with the varieties {score:.2f}")

# %%
# The conclusion
# --------------
# The table has three kinds of wine, and they are the three grape varieties but for
# five wines. The number came from the rows alone.
#
# K-means does as well once it knows the number. That is the point: the number, and how
# sure it is, are what the moments add. :doc:`/tables` asks the same of other tables,
# and not all of them have an answer.
