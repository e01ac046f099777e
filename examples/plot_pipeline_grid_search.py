# SPDX-License-Identifier: BSD-3-Clause
"""
Which alpha and width suit handwritten digits? A grid search
============================================================

A scikit-learn pipeline decomposes the third-order moment of a real data set. How well
does a model of one part of the images describe the moment of another part? ``score``
answers this, so :class:`~sklearn.model_selection.GridSearchCV` can choose the penalty
``alpha`` and the width ``n_components`` without labels.
"""

# %%
# The pipeline
# ------------
# The digits that ship with scikit-learn are 1797 images of 8 × 8 pixels. PCA centres
# them and keeps ten directions. The estimator decomposes their third-order moment,
# which says in which directions the images spread further to one side than to the
# other.

from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.pipeline import Pipeline

from sklearn_overtensor import OverparamSymmetricCP

images, digits = load_digits(return_X_y=True)
model = OverparamSymmetricCP(order=3, refine=False, max_iter=500, random_state=0)
pipeline = Pipeline([("pca", PCA(n_components=10, random_state=0)), ("cp", model)])

# %%
# The search
# ----------
# The score of a cell is :math:`1 - \|T_X - T\|^2 / \|T_X\|^2`, with the moment
# :math:`T_X` of images that the model has not seen. 1 is perfect, and a model without a
# term has 0.

from sklearn.model_selection import GridSearchCV, KFold

alphas = [1e-3, 1e-2, 3e-2, 1e-1, 2e-1]
widths = [2, 4, 8, 16, 32]
search = GridSearchCV(
    pipeline,
    {"cp__alpha": alphas, "cp__n_components": widths},
    cv=KFold(3, shuffle=True, random_state=0),
    n_jobs=2,
)
search.fit(images)

print("best parameters:", search.best_params_)
print(f"score on images held out: {search.best_score_:.3f}")

# %%
# A model that is too narrow cannot describe the moment. One with room to spare does no
# harm. A small ``alpha`` shrinks the terms a little, a large one drops them.

import matplotlib.pyplot as plt

# rows: alpha, columns: n_components (the grid varies the last name fastest)
scores = search.cv_results_["mean_test_score"].reshape(len(alphas), len(widths))

figure, (left, right) = plt.subplots(1, 2, figsize=(11, 3.6), layout="constrained")
image = left.imshow(scores, cmap="viridis", vmin=0, vmax=1)
left.set_xticks(range(len(widths)), widths)
left.set_yticks(range(len(alphas)), [f"{alpha:g}" for alpha in alphas])
left.set(xlabel="n_components", ylabel="alpha", title="Score on held-out images")
for row in range(len(alphas)):
    for column in range(len(widths)):
        score = scores[row, column]
        color = "white" if score < 0.6 else "black"
        left.text(column, row, f"{score:.2f}", ha="center", va="center", color=color)
figure.colorbar(image, ax=left, shrink=0.8)
for column, width in enumerate(widths):
    right.plot(alphas, scores[:, column], "o-", label=f"n_components={width}")
right.set(xscale="log", ylim=(0, 1), xlabel="alpha", title="The same as curves")
figure.legend(loc="outside right center")
plt.show()

# %%
# What the components are
# -----------------------
# Each component is a direction in the space of images. Below are the eight of largest
# weight, drawn as images, with the digit that is most frequent among the 50 images
# furthest along each. No label took part in the fit.

import numpy as np

from sklearn_overtensor.displays import ComponentsDisplay

best = search.best_estimator_
components = best["cp"].components_[:8]
directions = components @ best["pca"].components_
positions = best["pca"].transform(images) @ components.T

display = ComponentsDisplay(components=directions).plot(
    kind="image", image_shape=(8, 8), n_cols=4
)
for ax, position in zip(display.axes_, positions.T, strict=True):
    furthest = digits[np.argsort(position)[-50:]]
    counts = np.bincount(furthest, minlength=10)
    ax.set_title(f"{counts.argmax()} ({counts.max()} of 50)")
plt.show()
