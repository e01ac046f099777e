# SPDX-License-Identifier: BSD-3-Clause
"""
What lies in a landscape that six sensors recorded?
===================================================

An aeroplane recorded fields, woods and roads in 200 colours of light: the Indian Pines
scene, which TensorLy ships [1]_. Here six of these channels are the sensors, and each
of the 145 x 145 pixels is a sample. Independent sources show what lies there.
"""

# %%
# Six channels
# ------------
# Two channels are visible light, four are infrared. Brightness differs far less between
# channels than between fields, so all six pictures look alike.

import textwrap
import warnings

import numpy as np
from tensorly.datasets import load_indian_pines

scene = load_indian_pines()
channels = [12, 30, 45, 85, 130, 180]
labels, wavelengths = scene.ticks
names = [f"{wavelengths[i] / 1000:.1f} µm" for i in channels]
cube = np.asarray(scene.tensor, dtype=float)[:, :, channels]
X = cube.reshape(-1, len(channels))

# %%
# Sources
# -------
# What grows on a field depends on what grows beside it, so no sources are truly
# independent here. ``CumulantICA`` notices: it would need more terms than there are
# sources, and warns. It then keeps as many sources as sensors, as FastICA does.

from sklearn_overtensor import CumulantICA

with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    ica = CumulantICA(random_state=0).fit(X)
for warning in caught:
    print(textwrap.fill(str(warning.message), 66))
print(f"{ica.n_components_} sources, kurtosis", ica.kurtosis_.round(1))

# %%
# Do they mean anything? People on the ground wrote down what grew where. The table has,
# for each source, the plant or thing that it tells best from all others, by the area
# under the ROC curve (0.5 is chance, 1 is perfect).

from sklearn.metrics import roc_auc_score

THINGS = [
    "alfalfa",
    "corn not tilled",
    "corn little tilled",
    "corn",
    "grass",
    "grass and trees",
    "mown grass",
    "hay",
    "oats",
    "soy not tilled",
    "soy little tilled",
    "soy",
    "wheat",
    "woods",
    "buildings",
    "stone and steel",
]
known = labels.ravel() > 0
sources, truth = ica.transform(X), labels.ravel()
found = []
for source in sources.T:
    areas = [
        roc_auc_score(truth[known] == i + 1, source[known]) for i in range(len(THINGS))
    ]
    areas = np.maximum(areas, 1 - np.array(areas))  # a source has no sign
    found.append(THINGS[areas.argmax()])
    print(f"{found[-1]:20} {areas.max():.2f}")

# %%
# The sources, and how they reach the sensors
# -------------------------------------------
# Above, a channel and the sources as pictures. Below, the columns of the mixing matrix
# with error bars. The bars assume that pixels are independent of each other. Neighbours
# are not, so the true errors are larger.

import matplotlib.pyplot as plt

from sklearn_overtensor.displays import MixingDisplay

figure = plt.figure(figsize=(11, 5), layout="constrained")
above, below = figure.subfigures(2, 1, height_ratios=[1, 1.15])
axes = above.subplots(1, 7)
axes[0].imshow(cube[:, :, 0], cmap="gray")
axes[0].set_title(f"channel of {names[0]}", fontsize="small")
for ax, picture, name in zip(axes[1:], sources.T, found, strict=True):
    ax.imshow(picture.reshape(145, 145), cmap="RdBu_r", vmin=-4, vmax=4)
    ax.set_title(name, fontsize="small")
for ax in axes:
    ax.set(xticks=[], yticks=[])
lower = below.subplots(1, 7)
lower[0].set_axis_off()
MixingDisplay.from_estimator(ica, feature_names=names, ax=lower[1:])
plt.show()

# %%
# .. rubric:: References
#
# .. [1] M. F. Baumgardner, L. L. Biehl and D. A. Landgrebe, "220 band AVIRIS
#    hyperspectral image data set: June 12, 1992 Indian Pine test site 3", Purdue
#    University Research Repository, 2015, doi:10.4231/R7RX991C. Licensed under CC BY
#    3.0.
