# SPDX-License-Identifier: BSD-3-Clause
"""Standard errors: how often do intervals of 95 % hold the true value?"""

import warnings

import numpy as np
from _noise_samples import draw_sources
from _noise_tensors import Family
from scipy.optimize import linear_sum_assignment
from scipy.stats import norm

NOISE = 0.1
N_SENSORS, N_SOURCES, N_ROWS = 6, 4, 20_000
# Cumulants of Exp(1) and of the Laplace distribution of scale one.
SAMPLES = {
    "exponential, cumulant": ("exponential", "cumulant", 3, 2.0),
    "exponential, moment": ("exponential", "moment", 3, 2.0),
    "Laplace, cumulant": ("Laplace", "cumulant", 4, 12.0),
}
TENSORS = (Family(10, 4, 3), Family(8, 6, 4))
# Data sets of a cell for each seed of the tensors.
REPEATS = 40
WIDTH = norm.ppf(0.975)


def draw_samples(name, seed):
    """Rows, and the true weights and directions of their terms."""
    kind, statistic, order, cumulant = SAMPLES[name]
    rng = np.random.default_rng(seed)
    mixing = rng.standard_normal((N_SENSORS, N_SOURCES))
    sources = draw_sources(kind, N_ROWS, N_SOURCES, rng)
    if statistic == "moment":
        sources = sources - 1  # the third moment is the third cumulant then
    lengths = np.linalg.norm(mixing, axis=0)
    return sources @ mixing.T, cumulant * lengths**order, (mixing / lengths).T


def run(case, seed):
    """Shares of the weights and of the entries of components that are covered.

    None where the number of terms is not the true one.
    """
    from sklearn_overtensor import OverparamSymmetricCP

    warnings.simplefilter("ignore")
    if isinstance(case, Family):
        data, _, weights, components = case.make(NOISE, seed)
        model = OverparamSymmetricCP(order=case.l, random_state=0).fit(data)
    else:
        data, weights, components = draw_samples(case, seed)
        _, statistic, order, _ = SAMPLES[case]
        model = OverparamSymmetricCP(
            statistic=statistic, order=order, random_state=0
        ).fit(data)
    if model.n_components_ != len(weights):
        return None
    cosines = components @ model.components_.T
    true, own = linear_sum_assignment(-np.abs(cosines))
    # At even order a direction and its opposite are one.
    turned = components[true] * np.sign(cosines[true, own])[:, None]
    off = np.abs(model.weights_[own] - weights[true])
    apart = np.abs(model.components_[own] - turned)
    return (
        np.mean(off <= WIDTH * model.weights_std_[own]),
        np.mean(apart <= WIDTH * model.components_std_[own]),
    )


def measure(each, n_seeds, quick=False):
    """Lines of the table; see :func:`_noise_tensors.measure`."""
    cases = [*TENSORS, *SAMPLES]
    count = (20 if quick else REPEATS) * n_seeds
    found = each(run, [(case, seed) for case in cases for seed in range(count)])
    rows = []
    for i, case in enumerate(cases):
        own = found[i * count : (i + 1) * count]
        shares = np.array([one for one in own if one is not None])
        # Of the mean over data sets: the terms of one are not independent.
        errors = shares.std(axis=0) / np.sqrt(len(shares))
        is_tensor = isinstance(case, Family)
        rows.append(
            {
                "data": f"{case.label}, noise {NOISE}" if is_tensor else case,
                "runs": count,
                "right number": len(shares),
                "weights": round(shares[:, 0].mean(), 4),
                "weights ±": round(errors[0], 4),
                "components": round(shares[:, 1].mean(), 4),
                "components ±": round(errors[1], 4),
                "wrong number (seed)": " ".join(
                    str(seed) for seed, one in enumerate(own) if one is None
                ),
            }
        )
    return rows
