# SPDX-License-Identifier: BSD-3-Clause
"""
How many components do natural images have?
===========================================

FastICA finds as many components as there are dimensions. The fourth cumulant of image
patches has more. This page shows both.
"""

# %%
# Patches
# -------
# Patches of 8 × 8 pixels of the two photographs that ship with scikit-learn, each with
# its mean removed and its contrast evened out. PCA keeps 16 directions and whitens
# them.

import numpy as np
from sklearn.datasets import load_sample_images
from sklearn.decomposition import PCA
from sklearn.feature_extraction.image import extract_patches_2d

size, n_directions = 8, 16
images = [image.mean(axis=2) / 255 for image in load_sample_images().images]
patches = np.concatenate(
    [
        extract_patches_2d(image, (size, size), max_patches=50_000, random_state=0)
        for image in images
    ]
).reshape(-1, size * size)
patches -= patches.mean(axis=1, keepdims=True)
patches /= np.sqrt(patches.var(axis=1, keepdims=True) + 0.01)

whitening = PCA(n_directions, whiten=True, random_state=0).fit(patches)
X = whitening.transform(patches)

# %%
# Components
# ----------
# The cumulant of order 4 of a mixture of independent sources is the sum of one term a
# source, however many there are. ``alpha`` decides how weak a term may be.

from sklearn_overtensor import OverparamSymmetricCP

model = OverparamSymmetricCP(
    statistic="cumulant", order=4, alpha=0.07, max_iter=2000, random_state=0
).fit(X)
print(
    f"{model.n_components_} components in {n_directions} dimensions, which leave "
    f"{model.reconstruction_err_:.0%} of the cumulant's norm."
)

# %%
# What they look like
# -------------------
# A component is a direction in whitened coordinates. Seen as pixels, most are edges and
# gratings of one orientation, as in the first stage of the visual cortex [1]_. The
# heaviest come first.

import matplotlib.pyplot as plt
from sklearn.decomposition import FastICA

from sklearn_overtensor.displays import ComponentsDisplay

ica = FastICA(whiten="unit-variance", max_iter=500, random_state=0).fit(X)


def as_pixels(directions):
    """Directions in whitened coordinates, as patches of pixels."""
    spread = np.sqrt(whitening.explained_variance_)
    return (directions * spread) @ whitening.components_


figure = plt.figure(figsize=(8, 6.4), layout="constrained")
parts = figure.subfigures(2, 1, height_ratios=[5, 2])
for part, directions, title in (
    (parts[0], model.components_, "The fourth cumulant's: {}"),
    (parts[1], ica.mixing_.T, "FastICA's: {}, the number of dimensions"),
):
    ComponentsDisplay(components=as_pixels(directions)).plot(
        part.subplots(),
        kind="image",
        image_shape=(size, size),
        n_cols=12,
        im_kwargs={"cmap": "gray"},
        title_kwargs={"visible": False},
    )
    part.suptitle(title.format(len(directions)))
plt.show()

# %%
# What to read from it
# --------------------
# Both find edges and gratings. FastICA is limited to as many as there are dimensions.
# The cumulant's terms show the same structure at more positions and orientations. They
# are not an exact model: natural images are not a sum of independent sources, and a
# smaller ``alpha`` would go on adding terms.
#
# .. rubric:: References
#
# .. [1] A. J. Bell and T. J. Sejnowski, "The 'independent components' of natural scenes
#    are edge filters", Vision Research 37(23), 1997.
