# SPDX-License-Identifier: BSD-3-Clause
"""Tables of scikit-learn: is the answer the same for other seeds, for moved rows?"""

import time
import warnings
from itertools import product

import numpy as np

TABLES = ("iris", "wine", "breast_cancer", "diabetes", "digits")
N_SEEDS, N_PERMUTATIONS = 10, 3
# Fits of the digits at order 4 take seconds each: fewer of them.
FEW_SEEDS, FEW_PERMUTATIONS = 3, 1
# Weights over the largest, and entries of components, that are the same.
SAME = 1e-3


def load(name, scaling):
    """The table as it is, or with columns of mean 0 and variance 1."""
    from sklearn import datasets
    from sklearn.preprocessing import StandardScaler

    X = getattr(datasets, f"load_{name}")().data
    return StandardScaler().fit_transform(X) if scaling == "standardised" else X


def run(name, scaling, statistic, order, seed, permutation):
    """One fit: terms, status, seconds."""
    from sklearn_overtensor import OverparamSymmetricCP

    warnings.simplefilter("ignore")
    X = load(name, scaling)
    if permutation:
        X = np.random.default_rng(permutation).permutation(X)
    model = OverparamSymmetricCP(statistic=statistic, order=order, random_state=seed)
    start = time.perf_counter()
    model.fit(X)
    seconds = time.perf_counter() - start
    return model.weights_, model.components_, model.status_, seconds


def same_terms(found, other, order):
    """Whether two fits are the same, term by term from the largest weight on."""
    (weights, V, *_), (weights_2, V_2, *_) = found, other
    if len(weights) != len(weights_2):
        return False
    if order % 2 == 0:
        V_2 = V_2 * np.sign(np.einsum("kd,kd->k", V, V_2))[:, None]
    apart = np.abs(weights - weights_2).max() / np.abs(weights).max()
    return bool(apart <= SAME and np.abs(V - V_2).max() <= SAME)


def _variants(name, order, quick):
    """Pairs of a seed and a permutation; the first is what others are compared with."""
    few = quick or (name == "digits" and order > 3)
    seeds = FEW_SEEDS if few else N_SEEDS
    permutations = FEW_PERMUTATIONS if few else N_PERMUTATIONS
    return [(seed, 0) for seed in range(seeds)] + [
        (0, permutation) for permutation in range(1, 1 + permutations)
    ]


def measure(each, n_seeds, quick=False):
    """Lines of the table; see :func:`_noise_tensors.measure`. Seeds are fixed here."""
    names = TABLES[:2] if quick else TABLES
    cells = list(
        product(names, ("raw", "standardised"), ("moment", "cumulant"), (3, 4))
    )
    jobs = [
        (*cell, *variant)
        for cell in cells
        for variant in _variants(cell[0], cell[3], quick)
    ]
    results = dict(zip(jobs, each(run, jobs), strict=True))
    rows = []
    for cell in cells:
        name, scaling, statistic, order = cell
        variants = _variants(name, order, quick)
        first, *others = [results[(*cell, *variant)] for variant in variants]
        counts = {len(one[0]) for one in (first, *others)}
        different = [
            f"{seed}/{permutation}"
            for (seed, permutation), one in zip(variants[1:], others, strict=True)
            if not same_terms(first, one, order)
        ]
        rows.append(
            {
                "table": name,
                "columns": scaling,
                "statistic": statistic,
                "order": order,
                "terms": len(first[0]),
                "status": first[2],
                "seconds": round(first[3], 3),
                "seeds": sum(not permutation for _, permutation in variants),
                "permutations": sum(bool(one) for _, one in variants),
                "numbers": " ".join(map(str, sorted(counts))),
                "other terms (seed/permutation)": " ".join(different),
            }
        )
    return rows
