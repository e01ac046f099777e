# SPDX-License-Identifier: BSD-3-Clause
"""Samples: the contraction against its matrix products, growth, dask, memory.

``X' diag(p) (X V)^{l-1}`` cannot cost less than its two products, ``X V`` and the one
with ``X'``. From order 5 on a cumulant consists of three: its polynomial in ``X V`` has
the moments of ``X V`` as coefficients, so they come first. Each table is measured in
one process, but for peaks, each in its own::

    python benchmarks/large_samples.py
"""

import argparse
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from statistics import median

import _common
import _samples_figure
import numpy as np

# n, d, m, order: each of the four is varied from the first.
GROWTH = (
    (100_000, 50, 100, 3),
    (10_000, 50, 100, 3),
    (1_000_000, 50, 100, 3),
    (100_000, 25, 100, 3),
    (100_000, 100, 100, 3),
    (100_000, 50, 50, 3),
    (100_000, 50, 200, 3),
    (100_000, 50, 100, 4),
    (100_000, 50, 100, 5),
    (100_000, 50, 100, 6),
)
STATISTICS = ("moment", "cumulant")
# Order from which on a cumulant projects the rows twice.
TWO_PROJECTIONS = 5
PEAKS = ("moment", "cumulant", "partial_fit")
PACKAGES = ("numpy", "scipy", "scikit-learn", "dask", "distributed")


def clock(function, repeats):
    """Median of the seconds of several calls, after one to warm up."""
    return clock_in_turn({"": function}, repeats)[""]


def clock_in_turn(functions, repeats):
    """The same of several functions by name, called in turn: other jobs slow all."""
    times = {name: [] for name in functions}
    for _ in range(repeats + 1):
        for name, function in functions.items():
            start = time.perf_counter()
            function()
            times[name].append(time.perf_counter() - start)
    return {name: median(found[1:]) for name, found in times.items()}


def samples(n, d):
    """Exponential rows, in place."""
    return np.random.default_rng(0).standard_exponential(size=(n, d))


def growth(repeats):
    """Seconds of the contraction of each statistic and of its bare products."""
    from sklearn_overtensor.targets import CumulantTarget, MomentTarget

    rows = []
    for n, d, m, order in GROWTH:
        X, V = samples(n, d), np.random.default_rng(1).standard_normal((d, m))
        image = X @ V
        functions = {
            "products": partial(products, X, V, image),
            "three products": partial(products, X, V, image, n_projections=2),
        }
        for name, kind in zip(STATISTICS, (MomentTarget, CumulantTarget), strict=True):
            target = kind(X, order, contraction="implicit")
            functions[name] = partial(target.contract, V)
        taken = clock_in_turn(functions, repeats)
        thrice = order >= TWO_PROJECTIONS
        bare = taken["three products" if thrice else "products"]
        rows.append({"n": n, "d": d, "m": m, "order": order} | taken)
        rows[-1]["moment / products"] = taken["moment"] / taken["products"]
        rows[-1]["cumulant / products"] = taken["cumulant"] / bare
        print(rows[-1], flush=True)
    return rows


def products(X, V, image, n_projections=1):
    """The bare products that a contraction consists of, into memory that is there."""
    for _ in range(n_projections):
        np.matmul(X, V, out=image)
    X.T @ image


def readable(rows):
    """Numbers as a reader wants them, and lengths with commas."""
    written = []
    for row in rows:
        row = dict(row)
        for name, value in row.items():
            if "/" in name:
                row[name] = f"{value:.2f}"
            elif isinstance(value, float):
                row[name] = _common.seconds(value)
        written.append(row | {"n": f"{row['n']:,}"})
    return written


def with_dask(repeats, sizes=(10_000, 100_000, 1_000_000)):
    """One contraction from NumPy, and from persisted chunks on one and two workers."""
    import dask.array as da
    from distributed import Client, LocalCluster

    from sklearn_overtensor.targets import MomentTarget

    V = np.random.default_rng(1).standard_normal((50, 100))
    rows = [{"n": n} for n in sizes]
    for row, n in zip(rows, sizes, strict=True):
        target = MomentTarget(samples(n, 50), contraction="implicit")
        row["NumPy"] = clock(partial(target.contract, V), repeats)
    for n_workers in (1, 2):
        with (
            LocalCluster(
                n_workers=n_workers, threads_per_worker=1, dashboard_address=":0"
            ) as cluster,
            Client(cluster),
        ):
            for row, n in zip(rows, sizes, strict=True):
                # Each chunk makes its own rows, where it stays.
                state = da.random.default_rng(0)
                X = state.standard_exponential((n, 50), chunks=(n // 10, 50)).persist()
                target = MomentTarget(X, contraction="implicit")
                taken = clock(partial(target.contract, V), repeats)
                row[f"{n_workers} worker{'s' * (n_workers > 1)}"] = taken
                del X, target
                print(row, flush=True)
    return rows


def peak_memory(what, n=1_000_000, d=50):
    """MiB over X (or over a chunk) that a contraction or a stream needs: the growth
    of the process's peak."""
    from sklearn_overtensor import OverparamSymmetricCP
    from sklearn_overtensor.targets import CumulantTarget, MomentTarget

    def peak():
        # Of this process alone: getrusage would begin with that of its parent.
        lines = Path("/proc/self/status").read_text().splitlines()
        return next(int(x.split()[1]) for x in lines if x.startswith("VmHWM")) / 1024

    V = np.random.default_rng(1).standard_normal((d, 100))
    if what == "partial_fit":
        n = n // 100
    X = samples(n, d)
    before = peak()
    if what == "partial_fit":
        model = OverparamSymmetricCP(4, max_epochs=1, max_iter=20, random_state=0)
        for _ in range(3):
            model.partial_fit(X)
    else:
        kind = {"moment": MomentTarget, "cumulant": CumulantTarget}[what]
        target = kind(X, 3, contraction="implicit")
        target.contract(V)
        target.squared_norm  # noqa: B018
    print(f"{peak() - before:.0f}")


def peaks():
    """Each in a process of its own."""
    names = {
        "moment": "order-3 moment: 1,000,000 rows, contraction and norm",
        "cumulant": "order-3 cumulant: 1,000,000 rows, contraction and norm",
        "partial_fit": "order-3 moment: partial_fit of 10,000 rows at a time",
    }
    rows = []
    for what in PEAKS:
        command = [sys.executable, __file__, "--peak", what]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        mebibytes = done.stdout.split()[-1]
        rows.append({"d = 50, m = 100": names[what], "MiB over X": mebibytes})
    return rows


def main(argv=None):
    """Measure all; write large_samples.md and .png and two CSV files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--peak", choices=PEAKS, help="one measurement, printed")
    parser.add_argument("--output", type=Path, default=_common.RESULTS)
    arguments = parser.parse_args(argv)
    if arguments.peak:
        return peak_memory(arguments.peak)
    grown, dask = growth(arguments.repeats), with_dask(arguments.repeats)
    caption = (
        f"Medians of {arguments.repeats}; {_common.machine()}, one thread a process, "
        f"shared with other jobs; {_common.versions(*PACKAGES)}."
    )
    text = (
        "One contraction of the rows over the bare products that it consists of: two, "
        "and three for cumulants from order 5 on:\n\n"
        f"{_common.markdown(readable(grown))}\n"
        "One contraction of an order-3 moment, d = 50, m = 100, ten chunks that stay "
        "on the workers:\n\n"
        f"{_common.markdown(readable(dask))}\n"
        "Peak memory over the samples themselves:\n\n"
        f"{_common.markdown(peaks())}\n"
        f"{caption}\n"
    )
    folder = arguments.output
    _common.write_csv(folder / "large_samples.csv", grown)
    _common.write_csv(folder / "large_samples_dask.csv", dask)
    (folder / "large_samples.md").write_text(text, encoding="utf-8")
    _samples_figure.draw(folder / "large_samples.png", grown, dask, caption)
    print(text)


if __name__ == "__main__":
    _common.one_thread()
    main()
