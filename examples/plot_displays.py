# SPDX-License-Identifier: BSD-3-Clause
"""
What does a decomposition look like?
====================================

The package draws its results as scikit-learn does. ``from_estimator`` makes a display,
which draws into your axes or its own. This page shows four of them: the search, the
components, the match with a known truth, and the choice of ``alpha``.
"""

# %%
# The search
# ----------
# Four terms in eight dimensions, and noise of 10 % of the tensor's norm.
# :class:`~sklearn_overtensor.displays.ConvergenceDisplay` shows the objective after
# each iteration and the residual that each epoch leaves. Searches for an exact answer,
# here the first and the last epoch, are in whitened coordinates and have a penalty of
# their own (dashed, hollow): their values are not to be compared with those of the
# epochs with ``alpha``.

import matplotlib.pyplot as plt

from sklearn_overtensor import OverparamSymmetricCP, overparam_symmetric_cp
from sklearn_overtensor.datasets import make_symmetric_cp
from sklearn_overtensor.displays import ConvergenceDisplay

data = make_symmetric_cp(8, 4, noise=0.1, random_state=0)
model = OverparamSymmetricCP(alpha=0.05, random_state=0).fit(data.tensor)
ConvergenceDisplay.from_estimator(model)
plt.show()

# %%
# Several searches go into one picture. Here are the two solvers on the same penalised
# objective: Algorithm 1 of the paper and L-BFGS.

display = None
for solver in ("gd", "lbfgs"):
    result = overparam_symmetric_cp(
        data.tensor,
        12,
        alpha=0.05,
        solver=solver,
        refine=False,
        max_epochs=3,
        max_iter=200,
        random_state=0,
    )
    display = ConvergenceDisplay.from_result(
        result, name=solver, ax=display and display.ax_
    )
plt.show()

# %%
# The components
# --------------
# All in one heat map beside their weights, or a chart for each.

from sklearn_overtensor.displays import ComponentsDisplay

ComponentsDisplay.from_estimator(model)
ComponentsDisplay.from_estimator(model, kind="bar")
plt.show()

# %%
# Components of images are images. The constructor takes any rows: here components that
# were found in principal directions, brought back to pixels.

from sklearn.datasets import load_digits
from sklearn.decomposition import PCA

pca = PCA(12, random_state=0)
codes = pca.fit_transform(load_digits().data)
cumulant = OverparamSymmetricCP(
    16, statistic="cumulant", alpha=0.05, refine=False, random_state=0
).fit(codes)
display = ComponentsDisplay(
    components=cumulant.components_ @ pca.components_, weights=cumulant.weights_
)
display.plot(kind="image", image_shape=(8, 8))
plt.show()

# %%
# A known truth
# -------------
# :class:`~sklearn_overtensor.displays.FactorMatchDisplay` puts each true term beside
# the one found that it is matched with. If ``alpha`` is too large, some terms are
# missing. If it is too small, some are superfluous. Both come last and have red labels.

from sklearn_overtensor.displays import FactorMatchDisplay

for alpha in (0.3, 0.05, 0.02):
    found = OverparamSymmetricCP(alpha=alpha, random_state=0).fit(data.tensor)
    display = FactorMatchDisplay.from_estimator(found, data.components, data.weights)
    display.figure_.suptitle(f"alpha = {alpha}")
plt.show()

# %%
# The choice of alpha
# -------------------
# :class:`~sklearn_overtensor.displays.AlphaPathDisplay` shows what
# :class:`~sklearn_overtensor.OverparamSymmetricCPCV` has chosen from. If you pass the
# samples, it also shows the path on all of them. The example
# :ref:`sphx_glr_auto_examples_plot_alpha_path.py` says how to read it.

from sklearn_overtensor import OverparamSymmetricCPCV
from sklearn_overtensor.datasets import make_latent_samples
from sklearn_overtensor.displays import AlphaPathDisplay

X = make_latent_samples(20_000, n_features=6, n_sources=4, random_state=0).X
chosen = OverparamSymmetricCPCV(order=4, statistic="cumulant", random_state=0).fit(X)
display = AlphaPathDisplay.from_estimator(chosen, X)
plt.show()

# %%
# What is drawn can be changed afterwards.

score, terms, weights = display.axes_
score.set_ylim(0.5, 1)
display.score_line_.set_color("tab:green")
terms.set_yscale("log")
display.figure_
