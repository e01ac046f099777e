# SPDX-License-Identifier: BSD-3-Clause
"""
Which alpha predicts rows that the model has not seen?
======================================================

:class:`~sklearn_overtensor.OverparamSymmetricCPCV` is to
:class:`~sklearn_overtensor.OverparamSymmetricCP` what ``LassoCV`` is to ``Lasso``: it
follows a decreasing path of ``alpha`` on each fold and scores each model on the moment
or cumulant of the rows held out. This page has nine sources in six mixtures, and a real
table. It shows what the score says about the number of terms, and what it does not.
"""

# %%
# More sources than mixtures
# --------------------------
# The fourth cumulant of 200,000 samples. Half of the sources have heavy tails and
# positive weights, half light tails and negative ones. No parameter says nine.

import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from sklearn_overtensor import OverparamSymmetricCPCV, symmetric_cp_path
from sklearn_overtensor.datasets import make_latent_samples
from sklearn_overtensor.metrics import factor_match_score

# with an alpha far below the noise there may be no best fit, and a warning says so
warnings.filterwarnings("ignore", category=ConvergenceWarning)

data = make_latent_samples(
    200_000, 6, 9, distribution=["laplace", "uniform"], random_state=2
)
statistic = {"order": 4, "statistic": "cumulant"}
model = OverparamSymmetricCPCV(selection="one_se", random_state=0, **statistic)
model.fit(data.X)

print(f"alpha: {model.alpha_:.3f}, terms: {model.n_components_}")
if model.n_components_ == 9:
    match = factor_match_score(data.components, model.components_, order=4)
    print(f"match with the sources' directions: {match:.3f}")

# %%
# Scores of one fold share the noise of its held-out cumulant: they go up and down
# together, and their spread says nothing about ``alpha``. What counts is how much a
# score falls short of the best one *of its own fold*; the band is the standard error of
# that. ``selection="one_se"`` takes the largest alpha whose band reaches the best mean
# score, the dotted line. With ``data.X`` the path on all samples is drawn, too.

import matplotlib.pyplot as plt

from sklearn_overtensor.displays import AlphaPathDisplay

display = AlphaPathDisplay.from_estimator(model, data.X)
score, terms, weights = display.axes_
score.set_ylim(0.4, 1)
terms.axhline(9, color="black", linewidth=0.8, linestyle=":")
weights.set_ylim(-2.5, 5)
plt.show()

# %%
# A score rewards what predicts the cumulant. A term too few costs much, a term too many
# next to nothing: beyond the true number the curve is flat. Over 40 data sets like this
# one (20 with these distributions, 20 with Laplace sources alone) the best score had
# nine terms in 32, and one standard error below it in 36. With 20,000 samples, whose
# cumulant is off by a fifth of its norm, neither is reliable: 17 and 16 of 40.

# %%
# Penalised weights
# -----------------
# The weights above are refitted: each term has nearly its full weight at once. With
# ``refine=False`` the path, :func:`~sklearn_overtensor.symmetric_cp_path`, has the
# penalised weights, which enter one after the other as those of the Lasso do. The
# dotted lines are the true weights.

alphas, penalised, objectives = symmetric_cp_path(
    data.X, alphas=model.alphas_, refine=False, random_state=0, **statistic
)
figure, axis = plt.subplots(figsize=(6, 3.6), layout="constrained")
for alpha, result in zip(alphas, penalised, strict=True):
    visible = result.weights[np.abs(result.weights) > 0.02]
    axis.semilogx(np.full(len(visible), alpha), visible, "k.", markersize=4)
for weight in np.unique(data.weights):
    axis.axhline(weight, color="tab:red", linewidth=0.8, linestyle=":")
axis.axvline(model.alpha_, color="tab:red", linewidth=0.8)
axis.set(xlabel="alpha", ylabel="weight")
plt.show()

# %%
# A real table
# ------------
# The third cumulant of the breast cancer data that ship with scikit-learn, in eight
# principal directions: 569 rows, 120 distinct entries, no true number of terms. Here
# the penalised model as it is (``refine=False``) predicts other rows better than its
# refit: with so much noise, shrinking pays. The grid has the width of the model, too.

from sklearn.datasets import load_breast_cancer
from sklearn.decomposition import PCA
from sklearn.model_selection import KFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

table = load_breast_cancer().data
scores = make_pipeline(StandardScaler(), PCA(8)).fit_transform(table)
cv = KFold(5, shuffle=True, random_state=0)

figure, axis = plt.subplots(figsize=(6, 3.6), layout="constrained")
for refine, width, style in (
    (True, None, "k.-"),
    (False, 2, "C0.--"),
    (False, 5, "C1.--"),
    (False, 20, "C2.-"),
):
    chosen = OverparamSymmetricCPCV(
        width, alphas=12, statistic="cumulant", refine=refine, cv=cv, random_state=0
    ).fit(scores)
    means = chosen.scores_path_.mean(axis=1)
    label = "refitted" if refine else f"penalised, n_components={width}"
    axis.semilogx(chosen.alphas_, means, style, label=label)
    print(f"{label}: score {means.max():.3f} at alpha = {chosen.alpha_:.3f}")
axis.set(xlabel="alpha", ylabel="score on held-out rows", ylim=(0, 0.7))
axis.legend()
plt.show()
