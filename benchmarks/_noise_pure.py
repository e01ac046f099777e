# SPDX-License-Identifier: BSD-3-Clause
"""Nothing but noise: how often is it found to be just that?"""

import warnings
from itertools import islice

import numpy as np

SIZES = (500, 5000, 50_000)
FEATURES = (5, 10)
# What is held to 5 % of false alarms. At order 4 uniform and t-distributed columns have
# cumulants that are not zero, so there only normal rows are nothing but noise.
HELD = (
    ("Gaussian", "cumulant", 3),
    ("Gaussian", "cumulant", 4),
    ("Gaussian", "moment", 3),
    ("uniform", "cumulant", 3),
    ("uniform in a ball", "cumulant", 3),
    ("Student t9", "cumulant", 3),
    ("multivariate t9", "cumulant", 3),
)
# What happens elsewhere: t3 has no third moment, so no standard error of one; the
# logarithmic normal distribution is skew, so that there are terms to be found.
SEEN = (("Student t3", "cumulant", 3), ("lognormal", "cumulant", 3))
# Data sets of a cell for each seed of the tensors: a rate of 5 % needs many.
REPEATS, SEEN_REPEATS = 10, 4


def draw(kind, n, d, seed):
    """Rows that have no third cumulant, but for the lognormal ones."""
    rng = np.random.default_rng(seed)
    if kind == "uniform":
        return rng.uniform(-1, 1, (n, d))
    if kind == "lognormal":
        return rng.lognormal(size=(n, d)) - np.exp(0.5)
    if kind.startswith("Student"):
        return rng.standard_t(int(kind[-1]), (n, d))
    X = rng.standard_normal((n, d))
    if kind == "uniform in a ball":
        radius = rng.uniform(size=(n, 1)) ** (1 / d)
        return X * radius / np.linalg.norm(X, axis=1, keepdims=True)
    if kind == "multivariate t9":
        return X / np.sqrt(rng.chisquare(9, (n, 1)) / 9)
    return X


def run(kind, statistic, order, n, d, seed):
    """The number of terms that were found: zero if nothing but noise."""
    from sklearn_overtensor import OverparamSymmetricCP

    warnings.simplefilter("ignore")
    model = OverparamSymmetricCP(statistic=statistic, order=order, random_state=0)
    model.fit(draw(kind, n, d, seed))
    return 0 if model.status_ == "noise" else model.n_components_


def summarise(kind, statistic, order, n, d, counts):
    """One line: rows of a kind, in one number."""
    return {
        "rows": kind,
        "statistic": statistic,
        "order": order,
        "n": n,
        "d": d,
        "held": int((kind, statistic, order) in HELD),
        "runs": len(counts),
        "noise": counts.count(0),
        "most terms": max(counts),
        "alarms (seed: terms)": " ".join(
            f"{seed}:{count}" for seed, count in enumerate(counts) if count
        ),
    }


def measure(each, n_seeds, quick=False):
    """Lines of the table; see :func:`_noise_tensors.measure`."""
    sizes, features = (SIZES[:2], FEATURES[:1]) if quick else (SIZES, FEATURES)
    cells = [(*one, n, d) for one in HELD + SEEN for n in sizes for d in features]
    counts = [
        n_seeds * (REPEATS if cell[:3] in HELD else SEEN_REPEATS) for cell in cells
    ]
    jobs = [
        (*cell, seed)
        for cell, count in zip(cells, counts, strict=True)
        for seed in range(count)
    ]
    found = iter(each(run, jobs))
    return [
        summarise(*cell, list(islice(found, count)))
        for cell, count in zip(cells, counts, strict=True)
    ]
