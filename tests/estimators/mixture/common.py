# SPDX-License-Identifier: BSD-3-Clause
"""Planted mixtures of spherical Gaussians of variance one."""

import numpy as np
from sklearn.utils import Bunch


def planted(d, k, separation, n_samples, seed, least=0.05):
    rng = np.random.default_rng(seed)
    means = rng.standard_normal((k, d))
    gaps = np.linalg.norm(means[:, None] - means, axis=-1) + np.diag([np.inf] * k)
    means *= separation / gaps.min()
    weights = least + (1 - least * k) * rng.dirichlet(np.ones(k))
    labels = rng.choice(k, n_samples, p=weights / weights.sum())
    X = means[labels] + rng.standard_normal((n_samples, d))
    return Bunch(X=X, means=means, weights=weights, labels=labels)
