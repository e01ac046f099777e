# SPDX-License-Identifier: BSD-3-Clause
"""The figure of the rule of noise: four parts of the study, one panel each."""

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

NOMINAL = 0.05
COVERED = (0.92, 0.97)
SHAPES = {"8/4": "o", "8/8": "s", "6/6": "^", "6/9": "*"}


def draw(path, found, caption):
    """Draw what was measured; a panel of a part that was not stays empty.

    Parameters
    ----------
    path : Path
    found : dict
        Rows of each part, as they were read from its file.
    caption : str
    """
    figure, panels = plt.subplots(2, 2, figsize=(13, 10), layout="constrained")
    drawers = {
        "tensors": _tensors,
        "samples": _samples,
        "pure": _pure,
        "coverage": _coverage,
    }
    for (part, drawer), axes in zip(drawers.items(), panels.flat, strict=True):
        axes.grid(color="0.9")
        axes.set_axisbelow(True)
        if part in found:
            drawer(axes, found[part])
    figure.supxlabel(caption, fontsize=9, color="0.3")
    figure.savefig(path, dpi=100)
    plt.close(figure)


def _tensors(axes, rows):
    """Share of the solvable tensors with the right number, as a grid of numbers."""
    families = list(dict.fromkeys(row["family"] for row in rows))
    noises = list(dict.fromkeys(row["noise"] for row in rows))
    shares = np.full((len(families), len(noises)), np.nan)
    for row in rows:
        place = families.index(row["family"]), noises.index(row["noise"])
        solvable = int(row["solvable"])
        text = f"– of {row['runs']}"
        if solvable:
            shares[place] = int(row["right"]) / solvable
            text = f"{row['right']} of {solvable}"
        axes.text(*place[::-1], text, ha="center", va="center", fontsize=9)
    axes.imshow(shares, cmap="RdYlGn", vmin=0.5, vmax=1.2, aspect="auto")
    axes.grid(False)
    axes.set_xticks(range(len(noises)), [f"{float(x):.1%}" for x in noises])
    axes.set_yticks(range(len(families)), families)
    axes.tick_params(length=0)
    axes.set(xlabel="norm of the noise over the tensor's")
    axes.set_title("tensors (d, r, l): right number of terms, of those solvable")


def _samples(axes, rows):
    """Share of data sets with the right number, beside that with more."""
    kinds = list(dict.fromkeys(row["sources"] for row in rows))
    cells = list(dict.fromkeys(_cell(row) for row in rows))
    for row in rows:
        shift = 0.7 * ((cells.index(_cell(row)) + 0.5) / len(cells) - 0.5)
        x, runs = kinds.index(row["sources"]) + shift, int(row["runs"])
        marker = SHAPES[f"{row['sensors']}/{row['number']}"]
        colour = "#0b5cad" if int(row["rows"]) < 20_000 else "#e08214"
        if int(row["rows"]) > 20_000:
            colour = "#1b7837"
        axes.plot(
            x,
            int(row["right"]) / runs,
            marker,
            color=colour,
            markersize=9,
            label=_cell(row),
        )
        axes.plot(x, int(row["more"]) / runs, marker, color=colour, fillstyle="none")
    axes.axhline(0.95, color="0.5", linestyle="--")
    axes.axhline(NOMINAL, color="0.5", linestyle=":")
    axes.set_xticks(
        range(len(kinds)), [kind.replace(" and", "\nand") for kind in kinds]
    )
    axes.set_xlim(-0.5, len(kinds) - 0.5)
    axes.set_ylim(-0.03, 1.03)
    axes.set_ylabel("share of the data sets")
    handles, labels = axes.get_legend_handles_labels()
    unique = dict(zip(labels, handles, strict=True))
    axes.legend(
        unique.values(),
        unique,
        title="sensors, sources, rows",
        loc="center right",
        fontsize=9,
    )
    axes.set_title("mixtures: right number (filled), more than there are (open)")


def _cell(row):
    return f"{row['sensors']}, {row['number']}, {int(row['rows']):,}"


def _pure(axes, rows):
    """Rate of false alarms over the number of rows, with two standard errors."""
    lines = {}
    for row in rows:
        if int(row["held"]):
            name = f"{row['rows']}, {row['statistic']} {row['order']}"
            own = lines.setdefault(name, {}).setdefault(int(row["n"]), [0, 0])
            own[0] += int(row["runs"]) - int(row["noise"])
            own[1] += int(row["runs"])
    for i, (name, own) in enumerate(lines.items()):
        sizes, counts = np.array(list(own)), np.array(list(own.values()))
        rates = counts[:, 0] / counts[:, 1]
        # Of a rate that may be zero: one alarm more in two runs more.
        held = (counts[:, 0] + 1) / (counts[:, 1] + 2)
        bars = 2 * np.sqrt(held * (1 - held) / counts[:, 1])
        axes.errorbar(
            sizes * 1.07 ** (i - len(lines) / 2),
            rates,
            [np.minimum(bars, rates), bars],
            fmt="o-",
            capsize=2,
            linewidth=1,
            label=name,
        )
    axes.axhline(NOMINAL, color="0.3", linestyle="--")
    axes.annotate(
        "nominal 5 %",
        (0.99, NOMINAL),
        ("axes fraction", "data"),
        ha="right",
        va="bottom",
    )
    axes.set_xscale("log")
    every = sorted({size for own in lines.values() for size in own})
    axes.set_xticks(every, [f"{size:,}" for size in every])
    axes.minorticks_off()
    axes.set_ylim(bottom=-0.005)
    axes.set(xlabel="rows n", ylabel="share of data sets in which terms are found")
    axes.legend(fontsize=9)
    axes.set_title("nothing but noise: false alarms, d = 5 and 10 together")


def _coverage(axes, rows):
    """Shares covered, with two standard errors."""
    places = np.arange(len(rows))
    for name, shift, colour in (
        ("weights", -0.12, "#0b5cad"),
        ("components", 0.12, "#e08214"),
    ):
        axes.errorbar(
            [float(row[name]) for row in rows],
            places + shift,
            xerr=[2 * float(row[f"{name} ±"]) for row in rows],
            fmt="o",
            capsize=3,
            color=colour,
            label=name,
        )
    axes.axvline(0.95, color="0.3", linestyle="--")
    axes.axvspan(*COVERED, color="0.93", zorder=0)
    axes.set_yticks(places, ["\n".join(row["data"].rsplit(", ", 1)) for row in rows])
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlim(right=1.005)
    axes.set_xlabel("share of intervals of 95 % that hold the true value")
    axes.legend()
    axes.set_title("standard errors: coverage")
