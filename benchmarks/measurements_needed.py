# SPDX-License-Identifier: BSD-3-Clause
"""How many rank-one measurements of a tensor are enough to find it exactly?

Random tensors of r terms, measured along normal rows without noise: in what share of
them is every term found, against the number of measurements for each of the ``d r``
unknowns? Once with the defaults, which do not know that there is no noise, and once
with ``noise=0``. A tensor is found if new measurements are right to 1e-6 and the number
of terms is.

::

    python benchmarks/measurements_needed.py
"""

import argparse
import time
import warnings

import _common
import numpy as np

# Features, terms, order.
TENSORS = [(20, 5, 3), (12, 3, 3), (10, 4, 4)]
PER_UNKNOWN = (0.8, 1, 1.25, 1.5, 2, 2.5, 3, 4, 5)
SETTINGS = {"default": {}, "noise=0": {"noise": 0.0}}
PACKAGES = ("numpy", "scipy", "scikit-learn")


def is_found(d, r, order, n, seed, options):
    """Whether a tensor is found from n measurements, and the time of one core."""
    from sklearn_overtensor import overparam_symmetric_cp
    from sklearn_overtensor.datasets import make_symmetric_cp
    from sklearn_overtensor.targets import MeasuredTarget

    truth = make_symmetric_cp(d, r, order=order, random_state=seed)
    rng = np.random.default_rng(1000 + seed)
    X = rng.standard_normal((n, d))
    y = (X @ truth.components.T) ** order @ truth.weights
    start = time.process_time()
    result = overparam_symmetric_cp(
        MeasuredTarget(X, y, order), random_state=seed, **options
    )
    spent = time.process_time() - start
    new = rng.standard_normal((1000, d))
    values = (new @ truth.components.T) ** order @ truth.weights
    left = values - (new @ result.components.T) ** order @ result.weights
    right = np.linalg.norm(left) <= 1e-6 * np.linalg.norm(values)
    return bool(right and result.n_components == r), spent


def measure(n_seeds):
    """A row for each tensor, setting and number of measurements."""
    from sklearn_overtensor.algebra.monomials import n_monomials

    for d, r, order in TENSORS:
        for setting, options in SETTINGS.items():
            for ratio in PER_UNKNOWN:
                n = round(ratio * d * r)
                runs = [is_found(d, r, order, n, s, options) for s in range(n_seeds)]
                yield {
                    "d": d,
                    "r": r,
                    "l": order,
                    "entries": n_monomials(d, order),
                    "setting": setting,
                    "per_unknown": ratio,
                    "measurements": n,
                    "found": sum(found for found, _ in runs),
                    "runs": n_seeds,
                    "seconds": f"{np.median([spent for _, spent in runs]):.2g}",
                }


def sizes_of(rows):
    """The rows of each tensor and setting."""
    groups = {}
    for row in rows:
        key = (row["d"], row["r"], row["l"], row["entries"], row["setting"])
        groups.setdefault(key, []).append(row)
    return groups


def table(rows):
    """Successes, one column for each number of measurements for an unknown."""
    lines = []
    for (d, r, order, entries, setting), group in sizes_of(rows).items():
        line = {
            "(d, r, l)": f"({d}, {r}, {order})",
            "distinct entries": entries,
            "unknowns": int(d) * int(r),
            "setting": setting,
        }
        for row in group:
            line[f"{float(row['per_unknown']):g}"] = row["found"]
        lines.append(line)
    return _common.markdown(lines)


def draw(path, rows, caption):
    """The share that is found against measurements for each unknown."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(
        1, len(TENSORS), figsize=(11, 3.6), sharey=True, layout="constrained"
    )
    for ax, tensor in zip(axes, TENSORS, strict=True):
        for (*size, entries, setting), group in sizes_of(rows).items():
            if tuple(map(int, size)) != tensor:
                continue
            shares = [int(row["found"]) / int(row["runs"]) for row in group]
            ratios = [float(row["per_unknown"]) for row in group]
            style = "o-" if setting == "default" else "s--"
            ax.plot(ratios, shares, style, label=setting)
            d, r, order = tensor
            full = int(entries) / (d * r)
            title = f"d = {d}, r = {r}, order {order}\n{entries} distinct entries"
            ax.set(
                title=f"{title}: {full:.3g} for an unknown",
                xlabel="measurements for each unknown",
            )
        ax.axvline(1, color="0.8", zorder=0)
        ax.grid(color="0.93")
    axes[0].set_ylabel("share found exactly")
    axes[0].legend(loc="lower right")
    figure.supxlabel(caption, fontsize=8, color="0.3")
    figure.savefig(path, dpi=110)
    plt.close(figure)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--seeds", type=int, default=10)
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    path = _common.RESULTS / "measurements_needed.csv"
    _common.write_csv(path, list(measure(arguments.seeds)))
    rows = _common.read_csv(path)
    caption = f"{_common.machine()}; {_common.versions(*PACKAGES)}; "
    caption += f"{arguments.seeds} seeds of each."
    draw(path.with_suffix(".png"), rows, caption)
    path.with_suffix(".md").write_text(f"{table(rows)}\n{caption}\n")


if __name__ == "__main__":
    _common.one_thread()
    main()
