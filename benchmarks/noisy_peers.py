# SPDX-License-Identifier: BSD-3-Clause
"""With noise: ours told nothing, peers told the rank, peers choosing it.

Tensors with noise of 1 % and 10 %, and the cumulants of 10,000 rows. The peers choose
the rank as their users do: by the error on held-out data, or where the error bends::

    python benchmarks/noisy_peers.py --seeds 3 --jobs 2

Seconds are those of the processor. Errors are against the truth, over those of an
oracle: least squares at the true rank, started from the truth.
"""

import argparse
import time
from pathlib import Path
from statistics import mean, median

import _common
import _noisy_figure

PACKAGES = ("numpy", "scipy", "scikit-learn", "tensorly", "pyttb")
NAME = "noisy_peers"
KINDS = {"ours": "ours", "told": "best told", "chooses": "best choosing"}
WARM: list = []
START_SEED = 1000  # from the seed of the data a start could be the truth


def run(index, seed):
    """Every method on one problem."""
    from _noisy_methods import CHOOSERS, METHODS, quietly
    from _noisy_problems import CELLS

    if not WARM:  # imports and first calls come before the clock
        WARM.append(True)
        run(0, seed)
    cell = CELLS[index]
    problem = cell.make(seed)
    best, lines = problem.oracle(), []
    for name, method in METHODS.items():
        start = time.thread_time()
        model = quietly(method, problem, START_SEED + seed)
        seconds = time.thread_time() - start
        terms = 0 if model is None else len(model[0])
        error = 1.0 if terms == 0 else problem.error(model)
        kind = "ours" if name == "ours" else "chooses" if name in CHOOSERS else "told"
        lines.append(
            {"problem": cell.label, "rank": problem.rank, "seed": seed}
            | {"method": name, "kind": kind, "terms": terms}
            | {"error": round(error / best, 4), "seconds": round(seconds, 5)}
            | {"failed": model is None}
        )
    return lines


def summarise(rows):
    """One dict for each problem and method that did not fail on all seeds."""
    groups: dict = {}
    for row in rows:
        groups.setdefault((row["problem"], row["method"]), []).append(row)
    return [
        {"problem": problem, "method": method, "kind": group[0]["kind"]}
        | {"runs": len(group)}
        | {"right": sum(row["terms"] == row["rank"] for row in group)}
        | {"more": sum(int(row["terms"]) > int(row["rank"]) for row in group)}
        | {"error": mean(float(row["error"]) for row in group)}
        | {"seconds": mean(float(row["seconds"]) for row in group)}
        for (problem, method), group in groups.items()
        if any(row["failed"] == "False" for row in group)
    ]


def best(cells, kind):
    """Of one kind the method of the least error, and of those alike the fastest."""
    return min(
        (cell for cell in cells if cell["kind"] == kind),
        key=lambda cell: (round(cell["error"], 2), cell["seconds"]),
    )


def by_problem(summary):
    """``{problem: [cells]}``."""
    found: dict = {}
    for cell in summary:
        found.setdefault(cell["problem"], []).append(cell)
    return found


def comparison(summary):
    """One line for each problem: ours, the best that is told, the best that chooses."""
    lines = []
    for problem, cells in by_problem(summary).items():
        line = {"problem": problem}
        for kind, title in KINDS.items():
            cell = best(cells, kind)
            if kind != "ours":
                line[title] = cell["method"]
            if kind != "told":
                line[f"right number ({title})"] = f"{cell['right']} of {cell['runs']}"
            line[f"error ({title})"] = f"{cell['error']:.2f}"
            line[f"time ({title})"] = _common.seconds(cell["seconds"])
        lines.append(line)
    return lines


def by_method(summary):
    """One line for each method over the problems that it applies to."""
    ours = {cell["problem"]: cell for cell in summary if cell["method"] == "ours"}
    lines = []
    for name in dict.fromkeys(cell["method"] for cell in summary):
        cells = [cell for cell in summary if cell["method"] == name]
        shares = [c["seconds"] / ours[c["problem"]]["seconds"] for c in cells]
        told = cells[0]["kind"] == "told"
        runs = sum(cell["runs"] for cell in cells)
        right, more = (sum(cell[key] for cell in cells) for key in ("right", "more"))
        lines.append(
            {"method": name, "problems": len(cells)}
            | {"right number": "told" if told else f"{right} of {runs}"}
            | {"more terms": "told" if told else f"{more} of {runs}"}
            | {"median error": f"{median(c['error'] for c in cells):.2f}"}
            | {"worst error": f"{max(c['error'] for c in cells):.2f}"}
            | {"median time over ours": f"{median(shares):.2g}"}
        )
    return lines


def caption(summary):
    """Machine, versions and settings, one line each."""
    from _noisy_problems import BEYOND

    seeds = sorted({cell["runs"] for cell in summary})
    return [
        f"Seeds of a problem: {' or '.join(map(str, seeds))}; {_common.machine()}, one "
        "thread; seconds of the processor.",
        f"Ranks from 1 to {BEYOND} beyond the true one are compared. Held out: the "
        "other of two tensors with more noise, whose mean the tensor is, or of two "
        "halves of the rows.",
        f"{_common.versions(*PACKAGES)}.",
    ]


def write(folder):
    """Make the table and the figure of the runs of a folder."""
    summary = summarise(_common.read_csv(folder / f"{NAME}.csv"))
    lines = caption(summary)
    text = [
        "Errors are against the truth, over the oracle's; means over the seeds. Ours "
        "is told the statistic alone. *Best*: of the least error, of those alike the "
        "fastest.\n",
        _common.markdown(comparison(summary)),
        "Every method:\n",
        _common.markdown(by_method(summary)),
        "\n".join(f"{line}  " for line in lines) + "\n",
    ]
    (folder / f"{NAME}.md").write_text("\n".join(text), encoding="utf-8")
    _noisy_figure.draw(folder / f"{NAME}.png", by_problem(summary), lines)


def main(argv=None):
    """Run all problems, write noisy_peers.csv, .md and .png."""
    from _noisy_problems import CELLS
    from joblib import Parallel, delayed

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--output", type=Path, default=_common.RESULTS)
    arguments = parser.parse_args(argv)
    todo = [(i, seed) for seed in range(arguments.seeds) for i in range(len(CELLS))]
    rows = []
    work = Parallel(arguments.jobs, return_as="generator")
    for lines in work(delayed(run)(*one) for one in todo):
        rows += lines  # written each time: nothing is lost where a run is stopped
        _common.write_csv(arguments.output / f"{NAME}.csv", rows)
    write(arguments.output)
    print((arguments.output / f"{NAME}.md").read_text())


if __name__ == "__main__":
    _common.one_thread()
    main()
