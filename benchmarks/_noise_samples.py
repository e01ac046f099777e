# SPDX-License-Identifier: BSD-3-Clause
"""Mixtures of independent sources: are all found, and as well as FastICA does?"""

import time
import warnings
from itertools import cycle, islice
from statistics import median

import numpy as np
from ica import amari_error

# The distributions of the sources in turn, and the order at which they show.
KINDS = {
    "exponential": (("exponential",), 3),
    "Laplace": (("laplace",), 4),
    "uniform": (("uniform",), 4),
    "Laplace and uniform": (("laplace", "uniform"), 4),
}
SHAPES = ((8, 4), (8, 8), (6, 6))
SIZES = (10_000, 20_000)
OVERCOMPLETE = (6, 9, 200_000)
# Data sets of a cell for each seed of the tensors; times of more sources are longer.
REPEATS, EFFICIENCY_REPEATS = 4, 2


def draw_mixing(d, r, rng):
    """A random mixing matrix of sensors whose units differ."""
    return rng.standard_normal((d, r)) * 10 ** rng.uniform(-1, 1, (d, 1))


def draw_sources(kind, n, r, rng):
    """Independent columns, not scaled: Exp(1), Laplace(1), uniform in [-1, 1]."""
    draw = {
        "exponential": lambda: rng.exponential(size=n),
        "laplace": lambda: rng.laplace(size=n),
        "uniform": lambda: rng.uniform(-1, 1, size=n),
    }
    return np.column_stack([draw[name]() for name in islice(cycle(KINDS[kind][0]), r)])


def draw(kind, d, r, n, seed):
    """Samples of a kind, and the mixing matrix."""
    rng = np.random.default_rng(seed)
    mixing = draw_mixing(d, r, rng)
    return draw_sources(kind, n, r, rng) @ mixing.T, mixing


def fit(X, order):
    """The estimator with nothing set but the statistic, and its seconds."""
    from sklearn_overtensor import OverparamSymmetricCP

    warnings.simplefilter("ignore")
    start = time.perf_counter()
    model = OverparamSymmetricCP(statistic="cumulant", order=order, random_state=0).fit(
        X
    )
    return model, time.perf_counter() - start


def run(kind, d, r, n, seed):
    """One fit: the number of terms, and how near they are to the mixing matrix."""
    X, mixing = draw(kind, d, r, n, seed)
    model, seconds = fit(X, KINDS[kind][1])
    cosines = model.components_ @ (mixing / np.linalg.norm(mixing, axis=0))
    return {
        "seed": seed,
        "terms": 0 if model.status_ == "noise" else model.n_components_,
        "match": np.abs(cosines).max(axis=0).mean(),
        "seconds": seconds,
    }


def summarise(kind, d, r, n, found):
    """One line: sources of a kind, in one number."""
    matches = [one["match"] for one in found]
    wrong = [one for one in found if one["terms"] != r]
    return {
        "sources": kind,
        "order": KINDS[kind][1],
        "sensors": d,
        "number": r,
        "rows": n,
        "runs": len(found),
        "right": len(found) - len(wrong),
        "more": sum(one["terms"] > r for one in found),
        "min match": round(min(matches), 5),
        "median match": round(median(matches), 5),
        "seconds": round(median(one["seconds"] for one in found), 4),
        "wrong (seed: terms)": " ".join(
            f"{one['seed']}:{one['terms']}" for one in wrong
        ),
    }


def measure(each, n_seeds, quick=False):
    """Lines of the table; see :func:`_noise_tensors.measure`."""
    cells = [
        (kind, *shape, n)
        for kind in KINDS
        for shape in (SHAPES[:1] if quick else SHAPES)
        for n in (SIZES[:1] if quick else SIZES)
    ]
    counts = [REPEATS * n_seeds] * len(cells)
    if not quick:
        cells += [(kind, *OVERCOMPLETE) for kind in ("Laplace", "Laplace and uniform")]
        counts += [n_seeds] * 2
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


def run_efficiency(kind, seed):
    """Amari errors of ours and of FastICA; ours infinite if the number is wrong."""
    from sklearn.decomposition import FastICA

    X, mixing = draw(kind, 6, 6, 20_000, seed)
    model, _ = fit(X, 4)
    peer = FastICA(
        fun="cube", whiten="unit-variance", tol=1e-6, max_iter=1000, random_state=0
    ).fit(X)
    errors = []
    for unmixing in (np.linalg.pinv(model.components_).T, peer.components_):
        # Sources of one scale, as the error takes them.
        unmixing = unmixing / (X @ unmixing.T).std(axis=0)[:, None]
        scale = draw_sources(kind, 20_000, 6, np.random.default_rng(0)).std(axis=0)
        errors.append(amari_error(unmixing, mixing * scale))
    right = model.n_components_ == 6
    return {"seed": seed, "ours": errors[0] if right else np.inf, "peer": errors[1]}


def measure_efficiency(each, n_seeds, quick=False):
    """Lines of the last table; see :func:`_noise_tensors.measure`."""
    kinds = ("Laplace", "uniform")
    count = EFFICIENCY_REPEATS * n_seeds
    found = each(run_efficiency, [(k, seed) for k in kinds for seed in range(count)])
    rows = []
    for i, kind in enumerate(kinds):
        own = found[i * count : (i + 1) * count]
        ours, peer = (median(one[name] for one in own) for name in ("ours", "peer"))
        rows.append(
            {
                "sources": kind,
                "runs": count,
                "right": sum(one["ours"] < np.inf for one in own),
                "Amari error": round(ours, 5),
                "FastICA cube": round(peer, 5),
                "ratio": round(ours / peer, 3),
                "wrong number (seed)": " ".join(
                    str(one["seed"]) for one in own if one["ours"] == np.inf
                ),
            }
        )
    return rows
