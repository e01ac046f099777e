# SPDX-License-Identifier: BSD-3-Clause
"""The rule of noise: is the number of terms right, and the answer as good as can be?

Fits with nothing set but the statistic and its order, in six parts:

- tensors: random tensors with noise, beside an oracle that knows the rank and starts
  from the truth;
- samples: cumulants of mixtures of independent sources;
- pure: rows in which there is nothing to be found;
- coverage: intervals of 95 % from the standard errors;
- tables: those of scikit-learn, with other seeds and other sequences of the rows;
- efficiency: the Amari error beside FastICA.

::

    python benchmarks/noise.py --jobs 2

Each part writes a CSV file. The tables for readers and the figure are made of all these
files, so one part can be run alone.
"""

import argparse
from functools import partial
from pathlib import Path
from statistics import mean

import _common
import _noise_coverage
import _noise_figure
import _noise_pure
import _noise_real
import _noise_samples
import _noise_tensors

PACKAGES = ("numpy", "scipy", "scikit-learn")
# Tensors in a cell; other parts have multiples of it.
FULL = 10
PARTS = {
    "tensors": _noise_tensors.measure,
    "samples": _noise_samples.measure,
    "pure": _noise_pure.measure,
    "coverage": _noise_coverage.measure,
    "tables": _noise_real.measure,
    "efficiency": _noise_samples.measure_efficiency,
}
TITLES = {
    "tensors": "Tensors `(d, r, l)` with noise. *Solvable*: the oracle's fit needs "
    "each of its terms. *Right* counts among these, *more* (terms than there are) "
    "among all. Errors are over the oracle's, where the number is right.",
    "samples": "Mixtures of independent sources; sensors in units from 0.1 to 10. "
    "*Match*: mean over the true directions of the largest cosine with a component.",
    "pure": "Nothing but noise, and below it rows that are not held to 5 %: t3 has no "
    "third moment, lognormal rows are skew.",
    "coverage": "Share of intervals of 95 % that hold the true value, where the "
    "number of terms is right; ± is a standard error.",
    "tables": "Tables of scikit-learn. *Other terms*: the fits that differ by more "
    "than 1e-3 from that of seed 0.",
    "efficiency": "Six sources, six sensors, 20,000 rows, order 4: median Amari "
    "errors; that of a wrong number counts as infinite.",
}
# Shares that the rule is held to.
RIGHT, MORE, NOISE, COVERAGE, RATIO = 0.95, 0.05, 0.92, (0.92, 0.97), 1.9


def totals(rows, *names):
    """Sums of columns that hold counts."""
    return [sum(int(row[name]) for row in rows) for name in names]


def _line(asked, limit, value, met):
    return {
        "asked": asked,
        "at least / at most": limit,
        "measured": value,
        "met": "yes" if met else "**no**",
    }


def verdicts(found):
    """What was asked of the rule, and what was measured."""
    lines = []
    for part in ("tensors", "samples"):
        rows = found.get(part, [])
        goals = "solvable" if part == "tensors" else "runs"
        right, goal, more, runs = totals(rows, "right", goals, "more", "runs")
        if goal:
            text = f"{right / goal:.1%} of {goal}"
            asked = f"{part}: right number, of the {goals}"
            lines.append(_line(asked, f"{RIGHT:.0%}", text, right >= RIGHT * goal))
            text = f"{more / runs:.1%} of {runs}"
            asked = f"{part}: more terms than there are"
            lines.append(_line(asked, f"{MORE:.0%}", text, more <= MORE * runs))
    held = [row for row in found.get("pure", []) if int(row["held"])]
    noise, runs = totals(held, "noise", "runs")
    if runs:
        text = f"{noise / runs:.1%} of {runs}"
        asked = "pure noise found to be that"
        lines.append(_line(asked, f"{NOISE:.0%}", text, noise >= NOISE * runs))
    low, high = COVERAGE
    for row in found.get("coverage", []):
        for name in ("weights", "components"):
            share = float(row[name])
            lines.append(
                _line(
                    f"coverage of {name}: {row['data']}",
                    f"{low:.0%} to {high:.0%}",
                    f"{share:.1%} ± {float(row[name + ' ±']):.1%}",
                    low <= share <= high,
                )
            )
    tables = found.get("tables", [])
    if tables:
        same = sum(not row["other terms (seed/permutation)"] for row in tables)
        asked = "tables: the same terms with other seeds, with moved rows"
        text = f"{same} of {len(tables)}"
        lines.append(_line(asked, "all", text, same == len(tables)))
    for row in found.get("efficiency", []):
        ratio = float(row["ratio"])
        asked = f"Amari error over FastICA cube's: {row['sources']}"
        lines.append(_line(asked, RATIO, f"{ratio:.2f}", ratio <= RATIO))
    return lines


def report(found, caption):
    """All tables for readers."""
    parts = ["What is asked of the rule of noise:", _common.markdown(verdicts(found))]
    for name, rows in found.items():
        shown = [{k: v for k, v in row.items() if k != "held"} for row in rows]
        times = [float(row["seconds"]) for row in rows if "seconds" in row]
        text = f"**{name}**: {TITLES[name]}"
        if times:
            text += f" Mean of the column of seconds: {_common.seconds(mean(times))}."
        parts += [text, _common.markdown(shown)]
    return "\n\n".join(part.strip() for part in [*parts, caption]) + "\n"


def parse_arguments(argv=None):
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--seeds",
        type=int,
        default=FULL,
        help="tensors in a cell; 4 times as many samples, 10 times as many data sets "
        "of pure noise, 40 times for the coverage, 2 times for the efficiency",
    )
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    parser.add_argument(
        "--parts",
        nargs="*",
        default=list(PARTS),
        help=f"of {', '.join(PARTS)}; none: draw what there is",
    )
    parser.add_argument(
        "--quick", action="store_true", help="a cross-section, one seed"
    )
    parser.add_argument("--output", type=Path, default=_common.RESULTS)
    arguments = parser.parse_args(argv)
    if unknown := set(arguments.parts) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    return arguments


def _call(parallel, function, jobs):
    from joblib import delayed

    return parallel(delayed(function)(*job) for job in jobs)


def main(argv=None):
    """Run the parts; write noise_PART.csv for each, and noise.md and noise.png."""
    from joblib import Parallel

    arguments = parse_arguments(argv)
    name = "noise_quick" if arguments.quick else "noise"
    paths = {part: arguments.output / f"{name}_{part}.csv" for part in PARTS}
    seeds = 1 if arguments.quick else arguments.seeds
    with Parallel(n_jobs=arguments.jobs) as parallel:
        each = partial(_call, parallel)
        for part in arguments.parts:
            _common.write_csv(paths[part], PARTS[part](each, seeds, arguments.quick))
            print(part, "is done", flush=True)
    if not any(path.exists() for path in paths.values()):
        raise SystemExit(f"There is nothing to draw in {arguments.output}.")
    found = {p: _common.read_csv(path) for p, path in paths.items() if path.exists()}
    caption = (
        f"A full run has --seeds {FULL}; the tables say how many there were. "
        f"{_common.machine()}; "
        f"{arguments.jobs} fits at a time, one thread each; "
        f"{_common.versions(*PACKAGES)}."
    )
    text = report(found, caption)
    (arguments.output / f"{name}.md").write_text(text, encoding="utf-8")
    _noise_figure.draw(arguments.output / f"{name}.png", found, caption)
    print(_common.markdown(verdicts(found)))


if __name__ == "__main__":
    _common.one_thread()
    main()
