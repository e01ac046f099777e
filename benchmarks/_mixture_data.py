# SPDX-License-Identifier: BSD-3-Clause
"""Planted mixtures of Gaussians, and both ways to fit them, for gaussian_mixture.py."""

import time

import numpy as np

# The end of EM for their starts, stricter than scikit-learn's own.
EM = {"tol": 1e-4, "max_iter": 500}


def planted(d, k, separation, n_samples, seed, least=0.05, ratio=1.0):
    """Rows to fit and rows held out of k Gaussians.

    The two closest means are ``separation`` standard deviations apart; one weight is
    ``least``, and the others are at least that. ``ratio`` is that of the largest and
    the least standard deviation of a component along axes of its own.
    """
    rng = np.random.default_rng(seed)
    means = rng.standard_normal((k, d))
    gaps = np.linalg.norm(means[:, None] - means, axis=-1) + np.diag([np.inf] * k)
    means *= separation / gaps.min()
    weights = least + (1 - least * k) * rng.dirichlet(np.ones(k))
    weights[weights.argmin()] = least
    weights /= weights.sum()
    lengths = np.geomspace(ratio**-0.5, ratio**0.5, d)
    roots = [lengths * np.linalg.qr(rng.standard_normal((d, d)))[0] for _ in range(k)]

    def draw(n):
        labels = rng.choice(k, n, p=weights)
        noise = rng.standard_normal((n, d))
        if ratio != 1:
            noise = np.stack(
                [z @ roots[i].T for z, i in zip(noise, labels, strict=True)]
            )
        return means[labels] + noise

    return draw(n_samples), draw(20_000)


def clock(function):
    """CPU seconds of one call, and what it returned."""
    start = time.process_time()
    value = function()
    return time.process_time() - start, value


def ours(X, covariance_type="spherical"):
    """CPU seconds, and the mixture that is told nothing."""
    from sklearn_overtensor import MomentGaussianMixture

    model = MomentGaussianMixture(covariance_type=covariance_type, random_state=0)
    return clock(lambda: model.fit(X))


def told(X, k, n_init, covariance_type="spherical"):
    """CPU seconds, and scikit-learn's mixture that is told k."""
    from sklearn.mixture import GaussianMixture

    model = GaussianMixture(
        k, covariance_type=covariance_type, n_init=n_init, random_state=0, **EM
    )
    return clock(lambda: model.fit(X))


def to_the_end(model, X):
    """Where EM goes on to from a fitted mixture, by the end that ours has."""
    from sklearn.mixture import GaussianMixture

    from sklearn_overtensor import MomentGaussianMixture

    ours = MomentGaussianMixture()
    return GaussianMixture(
        model.n_components,
        covariance_type=model.covariance_type,
        weights_init=model.weights_,
        means_init=model.means_,
        precisions_init=model.precisions_,
        tol=ours.tol,
        max_iter=ours.max_iter,
    ).fit(X)


def best_bic(X, fits):
    """CPU seconds of all fits, and the mixture of the best BIC."""
    seconds = sum(seconds for seconds, _ in fits)
    return seconds, min((model for _, model in fits), key=lambda model: model.bic(X))
