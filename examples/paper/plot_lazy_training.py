# SPDX-License-Identifier: BSD-3-Clause
"""
Theorem 1: lazy training needs many components
==============================================

*The claim.* In the lazy regime, where components stay at their random start and only
first-order moves count, a random rank-one tensor of order :math:`l` takes of the order
of :math:`d^{l-1}` components.
"""

# %%
# What is measured
# ----------------
# Work in progress.

from itertools import product
from math import comb

import matplotlib.pyplot as plt
import numpy as np
from joblib import Parallel, delayed

from sklearn_overtensor import OverparamSymmetricCP
from sklearn_overtensor.baselines import LazyCP
from sklearn_overtensor.datasets import make_symmetric_cp

SHARES = (0.1, 0.25, 0.4, 0.5, 0.6, 0.8, 1.0)
METHODS = {
    "lazy": lambda m, seed: LazyCP(m, random_state=seed),
    "Algorithm 1": lambda m, seed: OverparamSymmetricCP(
        m, solver="gd", refine=False, tol=1e-2, random_state=seed
    ),
    "default": lambda m, seed: OverparamSymmetricCP(m, random_state=seed),
}


def measure(sizes, n_lazy, n_ours, n_jobs=1):
    """Mean squared residuals of random unit rank-one tensors, a row a method and m.

    Parameters: pairs (order, d), the seeds for ``LazyCP`` and those for ours, and the
    processes to use.
    """
    tasks = [
        (order, d, m, method, n_lazy if method == "lazy" else n_ours)
        for order, d in sizes
        for m, method in product(widths(order, d), METHODS)
    ]
    return Parallel(n_jobs)(delayed(mean_residual)(*task) for task in tasks)


def widths(order, d):
    """The few components that ours need, and shares of what fills the space."""
    full = comb(d + order - 1, order) / d
    return sorted({1, 2, 3, 4, *(round(share * full) for share in SHARES)} - {0})


def mean_residual(order, d, m, method, n_seeds):
    squares = [
        METHODS[method](m, seed).fit(random_term(order, d, seed)).reconstruction_err_
        ** 2
        for seed in range(n_seeds)
    ]
    return {
        "order": order,
        "d": d,
        "m": m,
        "method": method,
        "squared_residual": float(np.mean(squares)),
        "standard_error": float(np.std(squares) / np.sqrt(n_seeds)),
    }


def random_term(order, d, seed):
    return make_symmetric_cp(d, 1, order, random_state=seed + 10**6).tensor


def draw(rows):
    """Squared residual against m, for each order."""
    figure, axes = plt.subplots(1, 2, figsize=(9, 4), layout="constrained")
    for row in rows:
        axes[row["order"] - 3].loglog(row["m"], row["squared_residual"], ".")
    return figure


GALLERY = {"sizes": [(3, 4), (3, 6), (4, 3), (4, 4)], "n_lazy": 10, "n_ours": 2}
FULL = {"sizes": [(3, 4), (3, 6), (4, 3), (4, 4)], "n_lazy": 10, "n_ours": 2}

# %%
# The figure
# ----------

if __name__ == "__main__":
    draw(measure(**GALLERY))
    plt.show()
