# SPDX-License-Identifier: BSD-3-Clause
"""
How many entries of a tensor are enough?
========================================

A tensor of five terms in fifteen features has 680 distinct entries and 75 unknowns. How
many of the entries are enough to find the terms and their number, and so to fill in
the rest?
"""

# %%
# Forty per cent
# --------------
# ``np.nan`` marks what is not known. An entry is known if it is in any order of its
# indices.

import numpy as np

from sklearn_overtensor import OverparamSymmetricCP
from sklearn_overtensor.datasets import make_symmetric_cp


def hide(tensor, share, seed):
    """Leave that share of the distinct entries."""
    rng = np.random.default_rng(seed)
    first = np.sort(
        np.indices(tensor.shape), axis=0
    )  # each orbit by one of its entries
    known = rng.uniform(size=tensor.shape)[tuple(first)] < share
    return np.where(known, tensor, np.nan)


truth = make_symmetric_cp(15, 5, random_state=0)
model = OverparamSymmetricCP(missing_values=np.nan, random_state=0)
model.fit(hide(truth.tensor, 0.4, seed=0))
print(model.n_components_, model.status_)
print("share of the whole tensor that is explained:", model.score(truth.tensor))

# %%
# With noise
# ----------
# The noise of what is known tells how many terms there are, and how sure each is.

noisy = make_symmetric_cp(15, 5, noise=0.1, random_state=0)
model.fit(hide(noisy.tensor, 0.4, seed=0))
print(model.n_components_, model.status_, f"noise {model.noise_:.2f}")
for weight, error in zip(model.weights_, model.weights_std_, strict=True):
    print(f"{weight:.2f} ± {error:.2f}")

# %%
# How many are enough
# -------------------
# Ours is told nothing. TensorLy's ``parafac`` with a mask is told the rank; its factors
# need not be symmetric, so it has three times as many unknowns. An answer is right if
# it fills in the missing entries to 1 %.

import warnings

import tensorly as tl
from sklearn.exceptions import ConvergenceWarning
from tensorly.decomposition import parafac

from sklearn_overtensor.metrics import relative_error

warnings.simplefilter("ignore", ConvergenceWarning)


def parafac_told_the_rank(hidden, seed):
    """The array that TensorLy's decomposition reproduces."""
    mask = ~np.isnan(hidden)
    model = parafac(
        np.nan_to_num(hidden), 5, mask=mask, n_iter_max=100, init="random",
        random_state=seed, tol=1e-9,
    )  # fmt: skip
    return tl.cp_to_tensor(model)


shares, n_seeds = [0.12, 0.16, 0.2, 0.3, 0.4, 0.6], 4
right = np.zeros((2, len(shares)))
for column, share in enumerate(shares):
    for seed in range(n_seeds):
        tensor = make_symmetric_cp(15, 5, random_state=seed).tensor
        hidden = hide(tensor, share, seed)
        ours = tl.cp_to_tensor(model.fit(hidden).cp_tensor_)
        theirs = parafac_told_the_rank(hidden, seed)
        errors = [relative_error(tensor, found) for found in (ours, theirs)]
        right[:, column] += np.array(errors) < 0.01
print("ours:   ", right[0] / n_seeds)
print("parafac:", right[1] / n_seeds)

# %%
# The picture
# -----------

import matplotlib.pyplot as plt

figure, axis = plt.subplots(figsize=(6, 3.6), layout="constrained")
known = 680 * np.array(shares)
axis.plot(known, right[0] / n_seeds, "o-", label="ours, told nothing")
axis.plot(known, right[1] / n_seeds, "s--", label="TensorLy's parafac, told the rank")
axis.axvline(75, color="grey", linestyle=":")
axis.text(80, 0.5, "unknowns", color="grey", rotation=90, va="center")
axis.set_xlabel("distinct entries that are known, of 680")
axis.set_ylabel("share of tensors filled in")
axis.set_ylim(-0.05, 1.05)
axis.legend(loc="center right")
plt.show()
