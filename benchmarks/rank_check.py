# SPDX-License-Identifier: BSD-3-Clause
"""Best fits at a given rank: ours against the best of many plain L-BFGS starts.

For random and for noisy symmetric tensors and ``rank`` = 1 to 6, the relative residual
of ``OverparamSymmetricCP(rank=rank)`` must not lie above the best of 50 random starts
of symmetric L-BFGS at that rank (Kolda 2015) by more than 1e-4::

    python benchmarks/rank_check.py --seeds 2 --output rank_check.csv

One line of the table is one tensor at one rank. The command fails if one is above.
``--reuse`` takes the starts' residuals from the table of an earlier run.
"""

import argparse
import csv
import sys
from itertools import product
from time import perf_counter
from types import SimpleNamespace

import numpy as np
from joblib import Parallel, delayed
from scipy.optimize import minimize

from sklearn_overtensor import OverparamSymmetricCP, symmetrize
from sklearn_overtensor.compression import CompactTarget
from sklearn_overtensor.datasets import make_symmetric_cp

ORDERS, SIZES, RANKS = (3, 4, 6), (3, 4, 5, 6, 7, 8), (1, 2, 3, 4, 5, 6)
KINDS = ("random", "noisy")
# Terms of a noisy tensor, and the norm of its noise over that of the terms.
NOISY_RANK, NOISE = 3, 0.2
N_STARTS, START_SCALE = 50, 0.5
# How far above the starts' best residual ours may lie.
TOLERANCE = 1e-4
KEY = ("order", "n_features", "kind", "seed", "rank")
FIELDS = (*KEY, "ours", "starts", "gap", "status", "weight_sum", "seconds")
FIELDS = (*FIELDS, "starts_seconds")


def make_tensor(order, n_features, kind, seed):
    """A symmetric tensor of norm one without exact structure."""
    if kind == "random":
        rng = np.random.RandomState(seed)
        tensor = symmetrize(rng.standard_normal((n_features,) * order))
    else:
        tensor = make_symmetric_cp(
            n_features,
            NOISY_RANK,
            order,
            signed=True,
            noise=NOISE,
            random_state=seed,
        ).tensor
    return tensor / np.linalg.norm(tensor)


def best_of_starts(tensor, rank, seed, n_starts=N_STARTS):
    """Least residual of symmetric L-BFGS from random starts.

    At even order each start draws its signs.
    """
    target, order = CompactTarget(tensor), tensor.ndim
    rng, shape = np.random.RandomState(seed), (len(tensor), rank)
    options = {"maxiter": 1000, "maxfun": 3000, "ftol": 1e-14, "gtol": 1e-9}

    def objective(flat, signs):
        squared, contraction = target.difference(signs, flat.reshape(shape))
        return squared / 2, -(order * signs * contraction).ravel()

    best = np.inf
    for _ in range(n_starts):
        signs = np.ones(rank) if order % 2 else rng.choice([-1.0, 1.0], rank)
        found = minimize(
            objective,
            START_SCALE * rng.standard_normal(shape).ravel(),
            args=(signs,),
            jac=True,
            method="L-BFGS-B",
            options=options,
        )
        best = min(best, np.sqrt(2 * found.fun))
    return best


def compare(cell, known=None):
    """One line of the table; ``known`` is the starts' best where it was computed."""
    tensor = make_tensor(cell.order, cell.n_features, cell.kind, cell.seed)
    start = perf_counter()
    model = OverparamSymmetricCP(rank=cell.rank, random_state=cell.seed).fit(tensor)
    middle = perf_counter()
    best = best_of_starts(tensor, cell.rank, cell.seed) if known is None else known
    return {
        **vars(cell),
        "ours": model.reconstruction_err_,
        "starts": best,
        "gap": model.reconstruction_err_ - best,
        "status": model.status_,
        "weight_sum": np.abs(model.weights_).sum(),
        "seconds": middle - start,
        "starts_seconds": perf_counter() - middle,
    }


def read_known(path):
    """Residuals of the starts in an earlier table, by cell."""
    if path is None:
        return {}
    with open(path, newline="") as file:
        return {
            tuple(row[name] for name in KEY): float(row["starts"])
            for row in csv.DictReader(file)
        }


def make_cells(arguments):
    """All cells of the grid, small tensors first."""
    return [
        SimpleNamespace(**dict(zip(KEY, values, strict=True)))
        for values in product(
            arguments.orders,
            arguments.sizes,
            KINDS,
            range(arguments.first_seed, arguments.first_seed + arguments.seeds),
            arguments.ranks,
        )
    ]


def parse_arguments(argv=None):
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=2, help="tensors of each kind")
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--orders", type=int, nargs="+", default=ORDERS)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--ranks", type=int, nargs="+", default=RANKS)
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--reuse", help="an earlier table")
    parser.add_argument("--output", default="rank_check.csv")
    return parser.parse_args(argv)


def main(argv=None):
    """Run the grid, write the table; return how many cells are above."""
    arguments = parse_arguments(argv)
    known = read_known(arguments.reuse)
    rows, n_above = [], 0
    jobs = Parallel(n_jobs=arguments.jobs, return_as="generator")
    with open(arguments.output, "w", newline="") as file:
        writer = csv.DictWriter(file, FIELDS)
        writer.writeheader()
        for row in jobs(
            delayed(compare)(cell, known.get(tuple(map(str, vars(cell).values()))))
            for cell in make_cells(arguments)
        ):
            rows.append(row)
            writer.writerow(row)
            file.flush()
            if row["gap"] > TOLERANCE:
                n_above += 1
                print("above:", *(f"{name}={row[name]}" for name in FIELDS), flush=True)
    seconds = [row["seconds"] for row in rows]
    print(
        f"{len(rows)} cells, {n_above} above by more than {TOLERANCE}; "
        f"worst gap {max(row['gap'] for row in rows):.1e}; seconds: "
        f"median {np.median(seconds):.2f}, most {max(seconds):.2f}"
    )
    return n_above


if __name__ == "__main__":
    sys.exit(min(main(), 1))
