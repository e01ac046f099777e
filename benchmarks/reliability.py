# SPDX-License-Identifier: BSD-3-Clause
"""How reliably the default solver finds the exact answer, family by family.

Many seeds of each family of the benchmark, nothing tuned: the share of exact answers
(explicit relative residual at most 1e-6), of the true rank, of matching factors (score
at least 0.999), and times::

    python benchmarks/reliability.py --seeds 20 --jobs 2

The rank of a family over the generic rank of its size says how hard it is: up to about
0.7 the factors are as good as determined, near 1 many decompositions fit equally well.
"""

import argparse
import time
import warnings
from pathlib import Path
from statistics import mean, median

import _common
from benchmark_utils.families import FAMILIES

EXACT, MATCH = 1e-6, 0.999
PACKAGES = ("numpy", "scipy", "scikit-learn", "tensorly")


def run(name, seed):
    """One fit: one line of the raw table."""
    from sklearn_overtensor import OverparamSymmetricCP
    from sklearn_overtensor.metrics import factor_match_score, relative_error

    family = FAMILIES[name]
    tensor, weights, components = family.make(seed)
    start = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = OverparamSymmetricCP(noise=0, random_state=seed).fit(tensor)
    seconds = time.perf_counter() - start
    residual = relative_error(tensor, model.cp_tensor_)
    score = factor_match_score(
        components, model.components_, weights, model.weights_, order=family.l
    )
    return {
        "family": name,
        "seed": seed,
        "seconds": round(seconds, 5),
        "residual": f"{residual:.2e}",
        "exact": residual <= EXACT,
        "n_components": model.n_components_,
        "true_rank": model.n_components_ == family.r,
        "score": round(score, 6),
        "match": score >= MATCH,
        "epochs": model.n_epochs_,
    }


def summarise(name, rows):
    """One line of the table for readers."""
    from sklearn_overtensor.compression import generic_rank

    family = FAMILIES[name]
    seconds = [row["seconds"] for row in rows]
    return {
        "family (d, r, l)": family.label,
        "r / generic rank": f"{family.r / generic_rank(family.d, family.l):.2f}",
        "exact": f"{mean(row['exact'] for row in rows):.0%}",
        "true rank": f"{mean(row['true_rank'] for row in rows):.0%}",
        "factors": f"{mean(row['match'] for row in rows):.0%}",
        "median time": _common.seconds(median(seconds)),
        "longest": _common.seconds(max(seconds)),
    }


def parse_arguments(argv=None):
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=20, help="tensors of each family")
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--families", nargs="+", default=list(FAMILIES))
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    parser.add_argument("--output", type=Path, default=_common.RESULTS)
    return parser.parse_args(argv)


def main(argv=None):
    """Run all seeds, write reliability.csv and reliability.md."""
    from joblib import Parallel, delayed

    arguments = parse_arguments(argv)
    seeds = range(arguments.first_seed, arguments.first_seed + arguments.seeds)
    rows, table = [], []
    with Parallel(n_jobs=arguments.jobs) as parallel:
        for name in arguments.families:
            new = parallel(delayed(run)(name, seed) for seed in seeds)
            rows += new
            table.append(summarise(name, new))
            print(*table[-1].values(), sep=" | ", flush=True)
    _common.write_csv(arguments.output / "reliability.csv", rows)
    text = (
        f"{_common.markdown(table)}\n{arguments.seeds} seeds for each family; "
        f"{_common.machine()}; {arguments.jobs} fits at a time, one thread each; "
        f"{_common.versions(*PACKAGES)}.\n"
    )
    (arguments.output / "reliability.md").write_text(text, encoding="utf-8")
    print(f"\n{text}")


if __name__ == "__main__":
    _common.one_thread()
    main()
