# SPDX-License-Identifier: BSD-3-Clause
"""
What if the samples are in chunks? Dask
=======================================

``fit`` takes a dask array or dataframe as it is. Each chunk computes its share of a
contraction on its own machine or thread. A matrix of ``d x m`` numbers travels to it,
and one comes back.
"""

# %%
# A dask array
# ------------
# Four skewed sources, mixed, and Gaussian noise: 200,000 rows in ten chunks. No chunk
# exists yet.

import time

import dask.array as da
import joblib
import numpy as np
from distributed import Client, LocalCluster

from sklearn_overtensor import OverparamSymmetricCP
from sklearn_overtensor.metrics import factor_match_score

rng = np.random.default_rng(0)
mixing = rng.standard_normal((4, 7))
mixing /= np.linalg.norm(mixing, axis=1, keepdims=True)
sources = da.random.default_rng(0).exponential(size=(200_000, 4), chunks=(20_000, 4))
noise = 0.3 * da.random.default_rng(1).normal(size=(200_000, 7), chunks=(20_000, 7))
samples = sources @ mixing + noise
print(samples)

# %%
# Fit and transform
# -----------------
# ``contraction_`` says that the array of 7 x 7 x 7 numbers was formed once, in one
# pass over the chunks. If it were large, each contraction would visit them.

model = OverparamSymmetricCP(statistic="cumulant", alpha=0.05, random_state=0)
start = time.perf_counter()
model.fit(samples)
print(f"{time.perf_counter() - start:.1f} s, {model.n_components_} terms")
print(f"contraction: {model.contraction_}")
match = factor_match_score(mixing, model.components_, order=3)
print(f"factor match score {match:.4f}")

# %%
# The codes are lazy: dask computes them when you ask for them.

codes = model.transform(samples)
print(codes)
print(codes[:3].compute().round(2))

# %%
# The same rows in memory give the same model.

in_memory = OverparamSymmetricCP(statistic="cumulant", alpha=0.05, random_state=0)
in_memory.fit(samples.compute())
difference = np.abs(model.components_ - in_memory.components_).max()
print(f"components differ by {difference:.1e}")

# %%
# A cluster
# ---------
# With a ``Client`` the same lines run on its workers; here they are threads of this
# process. Restarts, and the fits of a ``GridSearchCV``, run there through joblib.

settings = {"processes": False, "n_workers": 2, "dashboard_address": ":0"}
with LocalCluster(threads_per_worker=1, **settings) as cluster, Client(cluster):
    persisted = samples.persist()  # kept by the workers, not made again for each sum
    on_cluster = OverparamSymmetricCP(statistic="cumulant", alpha=0.05, random_state=0)
    on_cluster.fit(persisted)
    with joblib.parallel_backend("dask"):
        restarts = OverparamSymmetricCP(
            statistic="cumulant", alpha=0.05, n_init=3, random_state=0
        )
        restarts.fit(samples[:20_000].compute())
difference = np.abs(on_cluster.components_ - model.components_).max()
print(f"components differ by {difference:.1e}")
print(f"{restarts.n_components_} terms from the best of three starts")

# %%
# The picture
# -----------
# The cosines between the components that were found and the true ones.

import matplotlib.pyplot as plt

figure, axes = plt.subplots(figsize=(4, 3.4), layout="constrained")
image = axes.imshow(np.abs(model.components_ @ mixing.T), vmin=0, vmax=1, cmap="Blues")
axes.set(xlabel="true direction", ylabel="component found")
figure.colorbar(image, label="|cosine|")
plt.show()
