# SPDX-License-Identifier: BSD-3-Clause
"""How time and memory of the default fit grow with the size of the tensor.

Time against the number of features at fixed rank, beside the time to read the tensor
once (its norm); time against the rank; time against the order; and the peak memory of a
fresh process over the size of the tensor, the tensor itself included::

    python benchmarks/cost_growth.py [--quick]

A slope is that of a least squares line through the upper half of the points, on
logarithmic axes: there the constant costs of a fit no longer hide its growth.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import _common
import numpy as np

RANK = 5
# Per curve: what varies, and the (d, r, l) of its points.
CURVES = {
    "features, order 3": [(d, RANK, 3) for d in (25, 40, 60, 90, 130, 190, 280, 400)],
    "features, order 4": [(d, RANK, 4) for d in (10, 14, 20, 28, 40, 56, 80)],
    "rank": [(60, r, 3) for r in (2, 4, 8, 15, 30, 60)],
    "order": [(10, RANK, l) for l in (3, 4, 5, 6, 7)],
}
X = {"features, order 3": 0, "features, order 4": 0, "rank": 1, "order": 2}
MEMORY = [(100, RANK, 3), (200, RANK, 3), (400, RANK, 3), (60, 10, 4), (80, RANK, 4)]
PACKAGES = ("numpy", "scipy", "scikit-learn", "tensorly")

# Run by a fresh process. Peaks are Linux's own count of resident memory; that of
# ``resource.getrusage`` would begin with the peak of the parent.
CHILD = """
import sys
from pathlib import Path
import numpy as np
from sklearn_overtensor import OverparamSymmetricCP
def resident(name):
    lines = Path("/proc/self/status").read_text().splitlines()
    return [1024 * int(line.split()[1]) for line in lines if line.startswith(name)][0]
OverparamSymmetricCP(random_state=0).fit(np.ones((3, 3, 3)))
before = resident("VmRSS")
tensor = np.load(sys.argv[1])
OverparamSymmetricCP(random_state=0).fit(tensor)
print((resident("VmHWM") - before) / tensor.nbytes)
"""


def make(d, r, l):
    """A tensor of signed random terms."""
    from sklearn_overtensor.datasets import make_symmetric_cp

    return make_symmetric_cp(d, r, l, signed=True, random_state=0).tensor


def measure(curve, size, repeats):
    """One line of the table: median times of fits and of reading the tensor."""
    from sklearn_overtensor import OverparamSymmetricCP

    tensor = make(*size)
    fits, reads = [], []
    for seed in range(-1, repeats):  # the first round only warms up
        start = time.perf_counter()
        np.linalg.norm(tensor)
        middle = time.perf_counter()
        model = OverparamSymmetricCP(random_state=max(seed, 0)).fit(tensor)
        if seed >= 0:
            fits.append(time.perf_counter() - middle)
            reads.append(middle - start)
    return dict(zip(("curve", "d", "r", "l"), (curve, *size), strict=True)) | {
        "fit": round(median(fits), 6),
        "read": round(median(reads), 9),
        "exact": model.status_ == "exact",
        "memory": "",
    }


def measure_memory(size):
    """Peak memory of a fit in a process of its own, over the size of the tensor."""
    # The child finds the package where this process found it.
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "tensor.npy")
        np.save(path, make(*size))
        command = [sys.executable, "-c", CHILD, str(path)]
        output = subprocess.check_output(command, text=True, env=environment)
    names = ("curve", "d", "r", "l")
    return dict(zip(names, ("memory", *size), strict=True)) | {
        "fit": "",
        "read": "",
        "exact": "",
        "memory": round(float(output), 3),
    }


def slope(sizes, times):
    """Slope of the line through the upper half of the points, on log axes."""
    half = len(sizes) // 2
    return np.polyfit(np.log(sizes[half:]), np.log(times[half:]), 1)[0]


def draw(path, rows, caption):
    """Four panels: features, rank, order, memory."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, 4, figsize=(15, 4.4), layout="constrained")
    panels = dict(zip(CURVES, (axes[0], axes[0], axes[1], axes[2]), strict=True))
    colours = dict(
        zip(CURVES, ("#0b5cad", "#b35806", "#0b5cad", "#0b5cad"), strict=True)
    )
    for curve, panel in panels.items():
        _draw_curve(panel, curve, colours[curve], rows)
    axes[0].set(title=f"rank {RANK}", xlabel="features d", ylabel="seconds")
    axes[1].set(title="60 features, order 3", xlabel="rank r")
    axes[2].set(title=f"10 features, rank {RANK}", xlabel="order l")
    memory = [row for row in rows if row["curve"] == "memory"]
    labels = [f"{row['d']}, {row['r']}, {row['l']}" for row in memory]
    axes[3].bar(labels, [float(row["memory"]) for row in memory], color="#0b5cad")
    axes[3].axhline(3, color="0.5", linestyle="--")
    axes[3].set(title="peak memory / size of the tensor", xlabel="d, r, l")
    axes[3].tick_params(axis="x", labelrotation=30)
    figure.supxlabel(caption, fontsize=8, color="0.3")
    figure.savefig(path, dpi=110)


def _draw_curve(axes, curve, colour, rows):
    own = [row for row in rows if row["curve"] == curve]
    sizes = np.array([float(row["drl"[X[curve]]]) for row in own])
    for name, style in (("fit", "o-"), ("read", "x:")):
        times = np.array([float(row[name]) for row in own])
        label = curve.replace("features, ", "") + f": {name}"
        if curve != "order":
            label += f", slope {slope(sizes, times):.1f}"
        axes.plot(sizes, times, style, color=colour, label=label)
    axes.set_yscale("log")
    if curve != "order":
        axes.set_xscale("log")
    if "features" not in curve:
        axes.set_xticks(sizes, [f"{size:g}" for size in sizes])
        axes.minorticks_off()
    axes.grid(color="0.9")
    axes.legend(fontsize=8, frameon=False)


def main(argv=None):
    """Measure all curves, write cost_growth.csv and cost_growth.png."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="small sizes only")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--output", type=Path, default=_common.RESULTS)
    arguments = parser.parse_args(argv)
    limit = 2e6 if arguments.quick else np.inf
    rows = []
    for curve, sizes in CURVES.items():
        for size in sizes:
            if size[0] ** size[2] <= limit:
                rows.append(measure(curve, size, arguments.repeats))
                print(*rows[-1].values(), flush=True)
    for size in MEMORY if sys.platform == "linux" else []:
        if size[0] ** size[2] <= limit:
            rows.append(measure_memory(size))
            print(*rows[-1].values(), flush=True)
    _common.write_csv(arguments.output / "cost_growth.csv", rows)
    caption = (
        f"Medians of {arguments.repeats} fits; dotted: reading the tensor once (norm). "
        f"{_common.machine()}, one thread; {_common.versions(*PACKAGES)}."
    )
    draw(arguments.output / "cost_growth.png", rows, caption)


if __name__ == "__main__":
    _common.one_thread()
    main()
