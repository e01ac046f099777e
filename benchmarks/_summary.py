# SPDX-License-Identifier: BSD-3-Clause
"""From single runs to the table by family, and to the figure."""

from itertools import groupby, product
from statistics import mean, median

import _common
import _figure
from benchmark_utils.families import FAMILIES

OURS, SEARCH, JENNRICH = "ours", "ours-search", "jennrich"
SOLVERS = (
    OURS,
    SEARCH,
    "ours-gd",
    "tensorly-parafac[init=random]",
    "tensorly-parafac[init=svd]",
    "tensorly-symmetric-cp",
    "pyttb-cp-als",
    "pyttb-gcp-opt",
    "symmetric-lbfgs",
    "subspace-power",
    "foobi",
    JENNRICH,
)
# What counts as a peer in the ratio; Jennrich's method has its own.
PEERS = SOLVERS[3:-1]
ALGEBRAIC = ("subspace-power", "foobi")
ITERATIVE = tuple(name for name in SOLVERS[2:-1] if name not in ALGEBRAIC)
KINDS = {
    "All peers": PEERS,
    "Peers that are told the rank": ITERATIVE[1:],
    "Peers that find it": ALGEBRAIC,
    "Jennrich's method, which is told the rank": (JENNRICH,),
}


def summarise(runs):
    """One dict for each family and solver.

    The expected time to success is what restarts from fresh seeds would need: the mean
    time of a run over the share of the runs that are exact; infinite if none is.
    """

    def key(row):
        return row["family"], row["solver"]

    rows = []
    for (family, solver), group in groupby(sorted(runs, key=key), key):
        group = list(group)
        times = [float(row["time"]) for row in group]
        rates = {
            name: mean(str(row[name]) == "True" for row in group)
            for name in ("exact", "true_rank", "match")
        }
        expected = mean(times) / rates["exact"] if rates["exact"] else float("inf")
        rows.append(
            {"family": family, "solver": solver, "runs": len(group)}
            | {name: round(rate, 3) for name, rate in rates.items()}
            | {"median_time": round(median(times), 6)}
            | {"time_limit": sum(row["outcome"] == "time limit" for row in group)}
            | {"expected_time": round(expected, 6)}
        )
    families, solvers = list(FAMILIES), list(SOLVERS)
    rows.sort(
        key=lambda row: (families.index(row["family"]), solvers.index(row["solver"]))
    )
    return rows


def by_family(summary):
    """``{family: {solver: row}}`` in the sequence of the families."""
    return {
        family: {row["solver"]: row for row in group}
        for family, group in groupby(summary, lambda row: row["family"])
    }


def comparison(summary):
    """One dict for each family: ours, the best peer, the ratio, Jennrich's method."""
    rows = []
    for family, cells in by_family(summary).items():
        ours = cells[OURS]
        peers = [cells[name] for name in PEERS if name in cells]
        best = min(peers, key=lambda row: row["expected_time"], default=None)
        ratio = best["expected_time"] / ours["expected_time"] if best else float("nan")
        found = best is not None and best["expected_time"] < float("inf")
        rows.append(
            {
                "family (d, r, l)": FAMILIES[family].label,
                "exact": f"{ours['exact']:.0%}",
                "true rank": f"{ours['true_rank']:.0%}",
                "factors": f"{ours['match']:.0%}",
                "median time": _common.seconds(ours["median_time"]),
                "expected time": _common.seconds(ours["expected_time"]),
                "search alone": _time(cells, SEARCH),
                "best peer": _name(best, found),
                "its exact": f"{best['exact']:.0%}" if found else "–",
                "its expected time": _common.seconds(best["expected_time"])
                if found
                else "–",
                "ratio": _ratio(ratio),
                "Jennrich": _time(cells, JENNRICH),
            }
        )
    return rows


def _ratio(ratio):
    if ratio != ratio:
        return "–"
    if ratio == float("inf"):
        return "∞"
    return f"{ratio:.{0 if ratio >= 10 else 2 if ratio < 1 else 1}f}"


def _name(best, found):
    if best is None:
        return "none applies"
    return best["solver"] if found else "none is ever exact"


def _time(cells, solver):
    if solver not in cells:
        return "–"
    return _common.seconds(cells[solver]["expected_time"])


def solvers_of(summary):
    """The solvers that were run, in their sequence."""
    return [name for name in SOLVERS if any(row["solver"] == name for row in summary)]


def every_solver(summary):
    """One dict for each family: exact runs and expected time of every solver."""
    rows = []
    for family, cells in by_family(summary).items():
        row = {"family (d, r, l)": FAMILIES[family].label}
        for solver in solvers_of(summary):
            cell = cells.get(solver)
            row[solver] = (
                ("not run" if solver in ITERATIVE else "not applicable")
                if cell is None
                else f"{cell['exact']:.0%}, {_common.seconds(cell['expected_time'])}"
            )
        rows.append(row)
    return rows


def ratios(summary, peers=PEERS, own=OURS):
    """Best of some peers over ours, in expected time, where one of them applies."""
    found = {}
    for family, cells in by_family(summary).items():
        times = [cells[name]["expected_time"] for name in peers if name in cells]
        if times and own in cells:
            found[family] = min(times) / cells[own]["expected_time"]
    return found


def verdict(summary):
    """How the ratios stand, and whose they are."""
    lines = []
    for own, (title, peers) in product((OURS, SEARCH), KINDS.items()):
        found = list(ratios(summary, peers, own).values())
        if found:
            who = "ours" if own == OURS else "our search alone"
            lines.append(
                f"- {title}: of {len(found)} families that one applies to, {who} takes "
                f"at most a third of the best one's expected time on "
                f"{sum(r >= 3 for r in found)}, at most a tenth on "
                f"{sum(r >= 10 for r in found)}, and more than it on "
                f"{sum(r < 1 for r in found)}; median ratio {_ratio(median(found))}, "
                f"least {_ratio(min(found))}."
            )
    return "\n".join(lines)


def write(folder, caption):
    """Read ``runs.csv`` of a folder; write summary.csv, summary.md, benchmark.png."""
    summary = summarise(_common.read_csv(folder / "runs.csv"))
    _common.write_csv(folder / "summary.csv", summary)
    text = [
        "Ours, told nothing but that there is no noise, and the best of the peers:\n",
        _common.markdown(comparison(summary)),
        "*Ratio*: the expected time of the best peer that was run over ours. *Search "
        "alone*: ours without the checks of the input and the proof of the residual.\n",
        verdict(summary) + "\n",
        "Every solver: share of exact runs, expected time to an exact answer:\n",
        _common.markdown(every_solver(summary)),
        "\n".join(f"{line}  " for line in caption) + "\n",
    ]
    (folder / "summary.md").write_text("\n".join(text), encoding="utf-8")
    _figure.draw(
        folder / "benchmark.png", by_family(summary), solvers_of(summary), caption
    )
