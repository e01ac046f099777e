# SPDX-License-Identifier: BSD-3-Clause
"""What the scripts of this folder share: threads, machine, tables."""

import csv
import os
import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results"
BENCHMARK = HERE / "symmetric_cp"
# The families of the benchopt benchmark, for all scripts.
sys.path.insert(0, str(BENCHMARK))


def one_thread():
    """Restart this script with one thread in each process, unless told otherwise.

    Processes share the cores; threads inside each of them would get in the way.
    """
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    if any(name not in os.environ for name in names):
        environment = {**dict.fromkeys(names, "1"), **os.environ}
        os.execve(sys.executable, [sys.executable, *sys.argv], environment)


def machine():
    """One line: processor, cores, system."""
    return f"{_processor()}, {os.cpu_count()} cores, {platform.system()}"


def _processor():
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.split(":")[1].strip() for line in lines if "model name" in line]
    return names[0] if names else platform.machine()


def versions(*names):
    """One line: Python and the packages named, those that are installed."""
    parts = [f"Python {platform.python_version()}"]
    for name in names:
        try:
            parts.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    return ", ".join(parts)


def write_csv(path, rows):
    """Write dicts with the same keys."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def read_csv(path):
    """Read what :func:`write_csv` wrote; all values are strings."""
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def markdown(rows):
    """A table of dicts with the same keys."""
    lines = [list(rows[0]), ["---"] * len(rows[0]), *(row.values() for row in rows)]
    return "".join("| " + " | ".join(map(str, line)) + " |\n" for line in lines)


def seconds(value):
    """A duration for readers: ``12 ms``, ``3.4 s``; a dash for none."""
    if value != value or value == float("inf"):
        return "–"
    return f"{1e3 * value:.3g} ms" if value < 1 else f"{value:.3g} s"
