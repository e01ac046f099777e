# SPDX-License-Identifier: BSD-3-Clause
"""Mixtures of Gaussians by moments: number, held-out likelihood and time beside EM.

``MomentGaussianMixture`` is told nothing. Beside it ``GaussianMixture`` told k from 20
starts, and the best BIC over 1 to 2k components, by one start for each or by 20. In
full there are 52 data sets of each size, and the search takes 20::

    python benchmarks/gaussian_mixture.py
    python benchmarks/gaussian_mixture.py --seeds 13
    python benchmarks/gaussian_mixture.py --full

Data sets that the CSV file has already are not run again; ``--fresh`` forgets them, and
``--ours`` runs ours again beside the figures of the others.
"""

import argparse
import warnings
from itertools import product
from pathlib import Path
from statistics import median

import _common
import _mixture_data as data

SIZES = ((10, 5), (20, 10), (5, 8))
SEPARATIONS = (2, 3, 4, 6)
PACKAGES = ("numpy", "scipy", "scikit-learn")
# A held-out log likelihood that is the same: where their EM ends.
SAME = data.EM["tol"]
STARTS = 20
FULL = 13
LIMITS = (
    ("separation 2", "rows", (500, 1000, 2000, 5000)),
    ("separation 3, least weight 0.01", "rows", (500, 1000, 2000, 5000)),
    ('"full", separation 4, 5,000 rows', "ratio of axes", (1, 1.5, 2, 3)),
)


def measure(d, k, separation, n_samples, seed, search_init):
    """One data set."""
    X, unseen = data.planted(d, k, separation, n_samples, seed)
    fits = [data.told(X, number, search_init) for number in range(1, 2 * k + 1)]
    search_seconds, found = data.best_bic(X, fits)
    same = search_init == STARTS
    told_seconds, told = fits[k - 1] if same else data.told(X, k, STARTS)
    row = {
        "d": d,
        "k": k,
        "separation": separation,
        "rows": n_samples,
        "seed": seed,
        "search starts": search_init,
        "BIC number": found.n_components,
        "told score": round(told.score(unseen), 6),
        # That of EM which goes on as far as ours.
        "told score at the end": round(data.to_the_end(told, X).score(unseen), 6),
        "BIC score": round(found.score(unseen), 6),
        "told seconds": round(told_seconds, 3),
        "search seconds": round(search_seconds, 3),
    }
    return with_ours(row)


def with_ours(row):
    """The same with what ours finds now."""
    d, k, separation, n_samples, seed = (
        int(float(row[name])) for name in ("d", "k", "separation", "rows", "seed")
    )
    X, unseen = data.planted(d, k, separation, n_samples, seed)
    seconds, model = data.ours(X)
    return {
        **row,
        "number": model.n_components_,
        "score": round(model.score(unseen), 6),
        "seconds": round(seconds, 3),
    }


def key_of(row):
    """What names a data set and the search that it was compared with."""
    return tuple(
        int(row[name]) for name in ("d", "k", "separation", "search starts", "seed")
    )


def starts_of(rows):
    """The starts of EM that searches over k made."""
    return sorted({int(row["search starts"]) for row in rows})


def summary(rows):
    """One line for each size and separation, and one for all of a size."""
    lines = []
    for starts, (d, k) in product(starts_of(rows), SIZES):
        size = [row for row in rows if key_of(row)[:2] == (d, k)]
        size = [row for row in size if int(row["search starts"]) == starts]
        for separation in SEPARATIONS:
            own = [row for row in size if int(row["separation"]) == separation]
            lines += [line_of(own, separation)] if own else []
        lines += [line_of(size, "all")] if size else []
    return lines


def line_of(rows, separation):
    """What the table says of data sets of one size."""
    rows = [{name: float(value) for name, value in row.items()} for row in rows]
    d, k, count = int(rows[0]["d"]), int(rows[0]["k"]), len(rows)
    lost = [row["told score"] - row["score"] for row in rows]
    left = [row["told score at the end"] - row["score"] for row in rows]
    right = [row["number"] == k for row in rows]
    theirs = [row["BIC number"] == k for row in rows]
    missed = sum(b and not a for a, b in zip(right, theirs, strict=True))
    ratio = sum(row["search seconds"] for row in rows)
    ratio /= sum(row["seconds"] for row in rows)
    return {
        "d, k": f"{d}, {k}",
        "separation": separation,
        "number right": f"{sum(right)}/{count}",
        "of best BIC": f"{sum(theirs)}/{count}",
        "BIC alone right": missed,
        "as likely as 20 starts": f"{sum(x <= SAME for x in lost)}/{count}",
        "at the same end": f"{sum(x <= SAME for x in left)}/{count}",
        "largest loss": f"{max(lost):.5f}",
        "largest gain": f"{-min(lost):.4f}",
        "seconds": f"{median(row['seconds'] for row in rows):.1f}",
        "20 starts": f"{median(row['told seconds'] for row in rows):.1f}",
        "search over k": f"{ratio:.1f} times as long",
        "starts of it": int(rows[0]["search starts"]),
    }


def limit(part, axis, size, seed):
    """Whether the number is right where moments have it hard."""
    d, k = 10, 5
    rows, kind, settings, separation = size, "spherical", {}, 2
    if axis != "rows":
        rows, kind, settings, separation = 5000, "full", {"ratio": size}, 4
    elif "weight" in part:
        settings, separation = {"least": 0.01}, 3
    X, _ = data.planted(d, k, separation, rows, seed, **settings)
    _, model = data.ours(X, kind)
    fits = [data.told(X, number, 3, kind) for number in range(1, k + 4)]
    _, found = data.best_bic(X, fits)
    return {
        "part": part,
        "axis": axis,
        "size": size,
        "seed": seed,
        "number": model.n_components_,
        "BIC number": found.n_components,
    }


def measure_limits(path, n_seeds):
    """Data sets of the figure that the file has not yet."""
    rows = _common.read_csv(path) if path.exists() else []
    done = {(row["part"], float(row["size"]), int(row["seed"])) for row in rows}
    for seed in range(n_seeds):
        for part, axis, sizes in LIMITS:
            for size in sizes:
                if (part, size, seed) not in done:
                    rows.append(limit(part, axis, size, seed))
                    print(rows[-1], flush=True)
                    _common.write_csv(path, rows)


def main(argv=None):
    """Measure, and write gaussian_mixture.md, .png and two CSV files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--full", action="store_true", help="13 seeds, search 20 starts"
    )
    parser.add_argument("--seeds", type=int, default=None, help="default: 1")
    parser.add_argument("--first", type=int, default=0, help="first seed")
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--sizes", type=int, nargs="*", default=range(len(SIZES)))
    parser.add_argument("--separations", type=int, nargs="*", default=SEPARATIONS)
    parser.add_argument("--search-starts", type=int, default=None, help="default: 1")
    parser.add_argument("--limits", type=int, default=0, help="seeds of the figure")
    parser.add_argument("--fresh", action="store_true")
    parser.add_argument("--ours", action="store_true")
    parser.add_argument("--output", type=Path, default=_common.RESULTS)
    arguments = parser.parse_args(argv)
    warnings.simplefilter("ignore")  # starts of EM that do not end
    seeds = arguments.seeds or (FULL if arguments.full else 1)
    starts = arguments.search_starts or (STARTS if arguments.full else 1)
    path = arguments.output / "gaussian_mixture.csv"
    rows = [] if arguments.fresh or not path.exists() else _common.read_csv(path)
    if arguments.ours:
        rows = [with_ours(row) for row in rows]
        _common.write_csv(path, rows)
    done = {key_of(row) for row in rows}
    for seed in range(arguments.first, arguments.first + seeds):
        for size in arguments.sizes:
            for separation in arguments.separations:
                if (*SIZES[size], separation, starts, seed) not in done:
                    cell = *SIZES[size], separation
                    rows.append(measure(*cell, arguments.rows, seed, starts))
                    print(rows[-1], flush=True)
                    _common.write_csv(path, rows)
    limits = arguments.output / "gaussian_mixture_limits.csv"
    measure_limits(limits, arguments.limits)
    report(rows, limits, arguments.output / "gaussian_mixture.md")


def report(rows, limits, path):
    """The table, and the figure where there are figures for it."""
    caption = f"{_common.machine()}, one thread; {_common.versions(*PACKAGES)}"
    text = (
        f"{_common.markdown(summary(rows))}\nMixtures of {rows[0]['rows']} rows. Their "
        f"EM ends at a change of {SAME:g}. What differs by at most {SAME:g} is as "
        "likely; at the same end their EM has gone on as far as ours. Seconds of the "
        "processor, medians. "
        f"The search takes 1 to 2k components. {caption}.\n"
    )
    path.write_text(text, encoding="utf-8")
    print(text)
    if limits.exists():
        import _mixture_figure

        _mixture_figure.draw(
            path.with_suffix(".png"),
            _common.read_csv(limits),
            f"5 components in 10 features; BIC from 3 starts; {caption}",
        )


if __name__ == "__main__":
    _common.one_thread()
    main()
