# SPDX-License-Identifier: BSD-3-Clause
"""Independent components from fourth cumulants: more sources than sensors, and as many.

Three questions, on ``make_latent_samples`` with unit-variance sources:

- 9 sources, 6 sensors: how often are 9 terms found, and how near are they to the mixing
  directions? Beside the least-squares fit that starts from the truth.
- 6 sources, 6 sensors: the Amari error and the time, beside FastICA and Picard.
  Ours decomposes the cumulant of whitened samples with ``rank`` the number of sensors,
  which the others take for the number of sources as well.
- The same: when does each method reach an error that all of them reach? FastICA and
  Picard are run from the start with at most 1, 2, 3, ... iterations, so a time is that
  of a whole fit. Ours is a single point: with ``max_iter=1`` it takes as long and ends
  at the same model, since the fit at the rank asked for does the work.

::

    python benchmarks/ica.py --seeds 10
"""

import argparse
import time
import warnings
from pathlib import Path
from statistics import median

import _common
import _ica_figure
import numpy as np

# Above the sampling error of the cumulants below, under the weights of their terms.
ALPHA = 0.03
N_SENSORS = 6
MIXTURES = {
    "Laplace": "laplace",
    "Laplace and uniform": ["laplace", "uniform"],
    "uniform": "uniform",
}
# Iterations that the others are stopped after, to see errors against time.
LIMITS = (1, 2, 3, 4, 6, 8, 10, 20, 50, 200)
# Errors within this factor of each other are the same.
SAME = 1.2
PACKAGES = ("numpy", "scipy", "scikit-learn", "python-picard")


def amari_error(unmixing, mixing):
    """Distance of ``W A`` from a scaled permutation, in [0, 1] (Amari et al., 1996)."""
    gains = np.abs(unmixing @ mixing)
    excess = (gains / gains.max(axis=1, keepdims=True)).sum() - len(gains)
    excess += (gains / gains.max(axis=0, keepdims=True)).sum() - len(gains)
    return excess / (2 * len(gains) * (len(gains) - 1))


def overcomplete(kind, n_samples, n_sources, n_seeds):
    """One line of the first table."""
    from sklearn_overtensor import OverparamSymmetricCP, overparam_symmetric_cp
    from sklearn_overtensor.datasets import make_latent_samples
    from sklearn_overtensor.metrics import factor_match_score

    counts, scores, oracles, times = [], [], [], []
    for seed in range(n_seeds):
        data = make_latent_samples(
            n_samples,
            N_SENSORS,
            n_sources,
            distribution=MIXTURES[kind],
            random_state=seed,
        )
        model = OverparamSymmetricCP(
            statistic="cumulant", order=4, alpha=ALPHA, random_state=0
        )
        start = time.perf_counter()
        model.fit(data.X)
        times.append(time.perf_counter() - start)
        counts.append(model.n_components_)
        truth = data.components
        scores.append(factor_match_score(truth, model.components_, order=4))
        oracle = overparam_symmetric_cp(
            data.X,
            n_sources,
            rank=n_sources,
            statistic="cumulant",
            order=4,
            init=(data.weights, truth),
            random_state=0,
        )
        oracles.append(factor_match_score(truth, oracle.components, order=4))
    return {
        "sources": f"{n_sources}, {kind}",
        "samples": f"{n_samples:,}",
        "right number": f"{counts.count(n_sources)} of {n_seeds}",
        "numbers": " ".join(map(str, sorted(counts))),
        "match, median": f"{median(scores):.4f}",
        "worst": f"{min(scores):.4f}",
        "from the truth, median": f"{median(oracles):.4f}",
        "time": _common.seconds(median(times)),
    }


def methods():
    """Functions from samples to an unmixing matrix, by name."""
    return {"ours": whitened_cumulant} | iterative_methods(1000)


def iterative_methods(max_iter):
    """Those of other packages, stopped after that many iterations at the latest."""
    from sklearn.decomposition import FastICA

    settings = {"tol": 1e-6, "max_iter": max_iter, "random_state": 0}

    def fast_ica(fun):
        model = FastICA(fun=fun, whiten="unit-variance", **settings)
        return lambda X: model.fit(X).components_

    found = {f"FastICA, {fun}": fast_ica(fun) for fun in ("cube", "logcosh")}
    try:
        from picard import Picard
    except ImportError:
        return found
    picard = Picard(**settings)
    return found | {"Picard": lambda X: picard.fit(X).components_}


def whitened_cumulant(X):
    """Unmixing matrix from the fourth cumulant of whitened samples."""
    from sklearn.decomposition import PCA

    from sklearn_overtensor import OverparamSymmetricCP

    whitening = PCA(whiten=True).fit(X)
    model = OverparamSymmetricCP(
        statistic="cumulant", order=4, rank=N_SENSORS, alpha=ALPHA, random_state=0
    ).fit(whitening.transform(X))
    scales = np.sqrt(whitening.explained_variance_)[:, None]
    return np.linalg.pinv(model.components_).T @ (whitening.components_ / scales)


def square_samples(kind, n_samples, n_seeds):
    """As many sources as sensors, one data set a seed."""
    from sklearn_overtensor.datasets import make_latent_samples

    return [
        make_latent_samples(
            n_samples, N_SENSORS, distribution=MIXTURES[kind], random_state=seed
        )
        for seed in range(n_seeds)
    ]


def error_and_time(method, samples, clock=time.perf_counter):
    """Medians of the Amari error and of the seconds of fits."""
    errors, times = [], []
    for data in samples:
        start = clock()
        unmixing = method(data.X)
        times.append(clock() - start)
        errors.append(amari_error(unmixing, data.mixing))
    return median(errors), median(times)


def square(kind, n_samples, n_seeds):
    """Lines of the second table, one a method."""
    samples = square_samples(kind, n_samples, n_seeds)
    found = {
        name: error_and_time(method, samples) for name, method in methods().items()
    }
    reference, _ = found["FastICA, cube"]
    return [
        {
            "sources": f"{N_SENSORS}, {kind}",
            "samples": f"{n_samples:,}",
            "method": name,
            "Amari error, median": f"{error:.5f}",
            "over FastICA cube's": f"{error / reference:.2f}",
            "time": _common.seconds(seconds),
        }
        for name, (error, seconds) in found.items()
    ]


def courses(n_samples, n_seeds):
    """Error and seconds on each mixture: ours, the others stopped after each limit.

    Seconds are those of the processor, which other jobs on the machine change less.
    """
    rows = []
    for kind in MIXTURES:
        samples = square_samples(kind, n_samples, n_seeds)
        runs = [("ours", "", whitened_cumulant)]
        for limit in LIMITS:
            for name, method in iterative_methods(limit).items():
                runs.append((name, limit, method))
        for name, limit, method in runs:
            row = {"sources": kind, "method": name, "max_iter": limit}
            row["error"], row["seconds"] = error_and_time(
                method, samples, time.process_time
            )
            rows.append(row)
    return rows


def same_error(rows):
    """Lines of the third table: when each method has the error that all reach.

    That is ``SAME`` times the largest of the methods' least errors.
    """
    lines = []
    for kind in MIXTURES:
        course = {}
        for row in rows:
            if row["sources"] == kind:
                course.setdefault(row["method"], []).append(row)
        least = {name: min(row["error"] for row in own) for name, own in course.items()}
        goal = SAME * max(least.values())
        for name, own in course.items():
            first = next(row for row in own if row["error"] <= goal)
            lines.append(
                {
                    "sources": f"{N_SENSORS}, {kind}",
                    "the same error": f"{goal:.5f}",
                    "method": name,
                    "reached after": _common.seconds(first["seconds"]),
                    "iterations": first["max_iter"] or "–",
                    "its least error": f"{least[name]:.5f}",
                }
            )
    return lines


def main(argv=None):
    """Measure all; write ica.md, ica.png and three CSV files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--course-seeds", type=int, default=3)
    parser.add_argument("--samples", type=int, nargs="+", default=[20_000, 200_000])
    parser.add_argument("--output", type=Path, default=_common.RESULTS / "ica.md")
    options = parser.parse_args(argv)
    warnings.simplefilter("ignore")
    more = [
        overcomplete(kind, max(options.samples), 9, options.seeds)
        for kind in ("Laplace", "Laplace and uniform")
    ]
    as_many = [
        line
        for kind in MIXTURES
        for n_samples in options.samples
        for line in square(kind, n_samples, options.seeds)
    ]
    _common.write_csv(options.output.with_name("ica_overcomplete.csv"), more)
    _common.write_csv(options.output.with_name("ica_square.csv"), as_many)
    stopped = courses(max(options.samples), options.course_seeds)
    _common.write_csv(options.output.with_name("ica_time.csv"), stopped)
    caption = f"{_common.machine()}, one thread; {_common.versions(*PACKAGES)}."
    text = "\n\n".join(
        [
            f"More sources than the {N_SENSORS} sensors:",
            _common.markdown(more),
            "As many sources as sensors:",
            _common.markdown(as_many),
            f"Processor time to the same Amari error, {SAME} times the least that all "
            f"methods reach, from {max(options.samples):,} samples:",
            _common.markdown(same_error(stopped)),
            f"{options.seeds} seeds, {options.course_seeds} for the last table; "
            + caption,
        ]
    )
    options.output.write_text(text + "\n")
    _ica_figure.draw(
        options.output.with_suffix(".png"),
        stopped,
        SAME,
        f"{N_SENSORS} sources and sensors, {max(options.samples):,} samples, medians "
        f"of {options.course_seeds} seeds; {caption}",
    )
    print(text)


if __name__ == "__main__":
    _common.one_thread()
    main()
