# SPDX-License-Identifier: BSD-3-Clause
"""Ours against the peers: run the benchopt benchmark, write the table and the figure.

The benchmark is the folder ``symmetric_cp``: one objective, families of exact tensors
as datasets, solvers as plug-ins. Each solver runs once a seed to its end, on one thread
and never longer than ``--limit`` seconds::

    python benchmarks/run.py            # everything: about an hour on 2 cores
    python benchmarks/run.py --quick    # a cross-section in about two minutes
    python benchmarks/run.py --resume   # go on where an earlier run was stopped

Without ``--resume`` what earlier runs left in the cache is removed, since it may belong
to an earlier version of the package.
"""

import argparse
import shutil
import time
from pathlib import Path

import _common
import _summary
from benchmark_utils.base import SLOW_SEEDS
from benchmark_utils.families import FAMILIES, QUICK

PACKAGES = ("numpy", "scipy", "scikit-learn", "tensorly", "pyttb", "benchopt")
# Columns of benchopt's results and what they are called here.
COLUMNS = {
    "p_dataset_family": "family",
    "p_dataset_seed": "seed",
    "solver_name": "solver",
    "objective_seconds": "time",
    "objective_value": "residual",
    "objective_exact": "exact",
    "objective_rank": "rank",
    "objective_true_rank": "true_rank",
    "objective_score": "score",
    "objective_match": "match",
    "objective_outcome": "outcome",
}


def parse_arguments(argv=None):
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="few families, 2 seeds")
    parser.add_argument("--seeds", type=int, help="tensors of each family (5)")
    parser.add_argument("--families", nargs="+", choices=FAMILIES, metavar="FAMILY")
    parser.add_argument("--solvers", nargs="+", help="names of solvers (all)")
    parser.add_argument("--limit", type=float, help="most seconds of one run (10)")
    parser.add_argument("--jobs", type=int, default=2, help="processes (2)")
    parser.add_argument("--resume", action="store_true", help="keep cached runs")
    parser.add_argument(
        "--again", nargs="+", default=[], help="with --resume: solvers to run anew"
    )
    parser.add_argument("--output", type=Path, help="folder of table and figure")
    arguments = parser.parse_args(argv)
    quick = arguments.quick
    if arguments.output is None:
        quick_folder = _common.BENCHMARK / "outputs" / "quick"
        arguments.output = quick_folder if quick else _common.RESULTS
    arguments.seeds = arguments.seeds or (2 if quick else 5)
    arguments.limit = arguments.limit or (5.0 if quick else 10.0)
    arguments.families = arguments.families or list(QUICK if quick else FAMILIES)
    return arguments


def run_benchopt(arguments):
    """All runs, as a data frame of benchopt."""
    import pandas as pd
    from benchopt import run_benchmark

    if not arguments.resume:
        shutil.rmtree(_common.BENCHMARK / "__cache__", ignore_errors=True)
    path = run_benchmark(
        _common.BENCHMARK,
        solver_names=arguments.solvers or ["all"],
        forced_solvers=arguments.again,
        dataset_names=[
            {
                "exact": {
                    "family": arguments.families,
                    "seed": list(range(arguments.seeds)),
                }
            }
        ],
        objective_filters=[f"Symmetric CP[limit={arguments.limit}]"],
        n_jobs=arguments.jobs,
        plot_result=False,
        output_file=str(_common.BENCHMARK / "outputs" / "last.parquet"),
    )
    return pd.read_parquet(path)


def as_rows(frame):
    """The columns that matter, as dicts in the sequence of the families."""
    frame = frame[list(COLUMNS)].rename(columns=COLUMNS)
    frame["time"] = frame["time"].round(6)
    frame["score"] = frame["score"].round(6)
    rows = frame.to_dict("records")
    place = {family: index for index, family in enumerate(FAMILIES)}
    rows.sort(key=lambda row: (place[row["family"]], row["solver"], row["seed"]))
    for row in rows:
        row["residual"] = f"{row['residual']:.2e}"
    return rows


def caption(arguments):
    """Machine, versions and settings, one line each."""
    date = time.strftime("%Y-%m-%d", time.gmtime())
    return [
        f"Machine: {_common.machine()}; {arguments.jobs} runs at a time, one thread "
        "each.",
        f"Versions: {_common.versions(*PACKAGES)}.",
        f"Tensors of each family: {arguments.seeds}; iterative peers 1 to "
        f"{SLOW_SEEDS}, ours-gd 1. Seconds of the processor; stopped after "
        f"{arguments.limit:g} of them. Measured on {date}.",
    ]


def main(argv=None):
    """Run everything and write it down."""
    arguments = parse_arguments(argv)
    start = time.perf_counter()
    rows = as_rows(run_benchopt(arguments))
    _common.write_csv(arguments.output / "runs.csv", rows)
    _summary.write(arguments.output, caption(arguments))
    print((arguments.output / "summary.md").read_text())
    print(f"Took {time.perf_counter() - start:.0f} s; see {arguments.output}")


if __name__ == "__main__":
    _common.one_thread()
    main()
