# SPDX-License-Identifier: BSD-3-Clause
"""
What if the file is larger than memory?
=======================================

``partial_fit`` takes samples part by part and keeps their statistic, not the samples.
After the last part the model is the one that a single ``fit`` of all rows finds, in
memory that does not grow with their number.
"""

# %%
# A file
# ------
# Four skewed sources, mixed into seven features, and Gaussian noise, whose cumulants
# vanish: 200,000 rows, written in parts and mapped, so that a row is read only when it
# is asked for.

import tempfile
import tracemalloc
from pathlib import Path

import numpy as np

from sklearn_overtensor import OverparamSymmetricCP, overparam_symmetric_cp
from sklearn_overtensor.metrics import factor_match_score
from sklearn_overtensor.targets import AccumulatedMoments

rng = np.random.default_rng(0)
mixing = rng.standard_normal((4, 7))
mixing /= np.linalg.norm(mixing, axis=1, keepdims=True)

folder = tempfile.TemporaryDirectory()
path = Path(folder.name) / "samples.npy"
file = np.lib.format.open_memmap(path, "w+", float, (200_000, 7))
parts = [slice(start, start + 40_000) for start in range(0, len(file), 40_000)]
for part in parts:
    noise = 0.3 * rng.standard_normal((40_000, 7))
    file[part] = rng.exponential(size=(40_000, 4)) @ mixing + noise
file.flush()
samples = np.load(path, mmap_mode="r")
print(f"{samples.nbytes / 2**20:.0f} MiB on disk")

# %%
# Part by part
# ------------
# The third cumulant of a mixture of independent sources has the mixing directions as
# its components. After each part there is a model that works: its distance from the
# truth falls as rows arrive.


def estimator():
    return OverparamSymmetricCP(statistic="cumulant", alpha=0.05, random_state=0)


model, errors = estimator(), []
tracemalloc.start()
for part in parts:
    model.partial_fit(samples[part])
    match = factor_match_score(mixing, model.components_, order=3)
    errors.append(1 - match)
peak = tracemalloc.get_traced_memory()[1]
tracemalloc.stop()
print(f"{model.n_samples_seen_:,} rows, {model.n_components_} terms")
print(f"peak memory {peak / 2**20:.1f} MiB")

# %%
# The same as one fit
# -------------------
# The result is the same up to rounding, whatever the parts were.

whole = estimator().fit(samples)
print(f"weights differ by {np.abs(model.weights_ - whole.weights_).max():.1e}")
print(f"components differ by {np.abs(model.components_ - whole.components_).max():.1e}")

# %%
# One search at the end, parts on several machines
# ------------------------------------------------
# ``partial_fit`` searches after each part. ``AccumulatedMoments`` only adds up, and two
# of them are merged: each machine sends a few kilobytes.

halves = [AccumulatedMoments(3, "cumulant") for _ in range(2)]
for i, part in enumerate(parts):
    halves[i % 2].update(samples[part])
result = overparam_symmetric_cp(halves[0].merge(halves[1]), alpha=0.05, random_state=0)
print(f"components differ by {np.abs(result.components - whole.components_).max():.1e}")

# %%
# The picture
# -----------

import matplotlib.pyplot as plt

figure, axes = plt.subplots(figsize=(5.5, 3.4), layout="constrained")
axes.loglog(40_000 * np.arange(1, len(errors) + 1), errors, ".-")
axes.set(xlabel="rows seen", ylabel="1 - factor match score")
plt.show()
del samples, file
folder.cleanup()
