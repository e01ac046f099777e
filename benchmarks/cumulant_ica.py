# SPDX-License-Identifier: BSD-3-Clause
"""``CumulantICA`` beside FastICA: error, number of sources, wrong optima.

Four questions, on ``make_latent_samples`` with 6 sensors:

- 6 sources: the Amari error beside FastICA (logcosh), from one start and the best of 20
  by the error itself, which no user could choose. How many sources are found, and how
  many answers are wrong optima: more than three times the least error of the data set.
- The same with Gaussian noise of the sensors, which whitening takes for sources.
- 9 sources: how many are found, how near they are, and how far from the truth beside
  the standard errors: the share of entries within two of them.
- Signal to noise of the 9 sources by each ``transform_algorithm``, for Laplace sources
  and for such that are zero in 80 % of the samples.

::

    python benchmarks/cumulant_ica.py --seeds 10
"""

import argparse
import time
import warnings
from pathlib import Path
from statistics import median

import _common
import numpy as np
from ica import amari_error
from sklearn.decomposition import FastICA

N_SENSORS = 6
MIXTURES = {
    "Laplace": "laplace",
    "uniform": "uniform",
    "Laplace and uniform": ["laplace", "uniform"],
    "exponential and uniform": ["exponential", "uniform"],
}
NOISES = (0.0, 0.1, 0.2, 0.3, 0.5)
# An answer with more than so many times the least error is another optimum.
WRONG = 3
PACKAGES = ("numpy", "scipy", "scikit-learn")


def fast_ica(X, start):
    """Unmixing matrix from one start."""
    model = FastICA(random_state=start, tol=1e-6, max_iter=1000)
    return model.fit(X).components_


def timed(function, *arguments):
    """What a function returns, and its seconds."""
    start = time.perf_counter()
    found = function(*arguments)
    return found, time.perf_counter() - start


def as_many(kind, n_samples, n_seeds, n_starts):
    """Lines of the first table: ours without and with polish, FastICA."""
    from sklearn_overtensor import CumulantICA
    from sklearn_overtensor.datasets import make_latent_samples

    rows = {"ours, polish=None": [], "ours": [], "FastICA, one start": []}
    best, numbers = [], {name: [] for name in rows}
    for seed in range(n_seeds):
        data = make_latent_samples(
            n_samples, N_SENSORS, distribution=MIXTURES[kind], random_state=seed
        )
        starts = [timed(fast_ica, data.X, start) for start in range(n_starts)]
        errors = [amari_error(found, data.mixing) for found, _ in starts]
        best.append(min(errors))
        rows["FastICA, one start"].append((errors[0], starts[0][1]))
        for name, polish in (("ours, polish=None", None), ("ours", "logcosh")):
            model = CumulantICA(polish=polish, random_state=0)
            found, seconds = timed(model.fit, data.X)
            numbers[name].append(found.n_components_)
            whole = found.n_components_ == N_SENSORS
            error = amari_error(found.components_, data.mixing) if whole else 1.0
            rows[name].append((error, seconds))
    lines = []
    for name, pairs in rows.items():
        errors = [error for error, _ in pairs]
        least = np.minimum(best, np.min([[e for e, _ in p] for p in rows.values()], 0))
        ratio = median(errors) / median(best)
        right = numbers[name].count(N_SENSORS)
        lines.append(
            {
                "sources": f"{N_SENSORS}, {kind}",
                "samples": f"{n_samples:,}",
                "method": name,
                "Amari error, median": f"{median(errors):.5f}",
                f"over the best of {n_starts} starts": f"{ratio:.3f}",
                "wrong optima": f"{(errors > WRONG * least).sum()} of {n_seeds}",
                "right number": f"{right} of {n_seeds}" if numbers[name] else "told",
                "time": _common.seconds(median(seconds for _, seconds in pairs)),
            }
        )
    return lines


def noisy(noise, n_samples, n_seeds):
    """One line of the table of sensor noise."""
    from sklearn_overtensor import CumulantICA
    from sklearn_overtensor.datasets import make_latent_samples

    ours, theirs, oblique = [], [], 0
    for seed in range(n_seeds):
        data = make_latent_samples(
            n_samples,
            N_SENSORS,
            distribution=MIXTURES["Laplace and uniform"],
            noise=noise,
            random_state=seed,
        )
        model = CumulantICA(N_SENSORS, random_state=0).fit(data.X)
        oblique += not model.is_orthogonal_
        ours.append(amari_error(model.components_, data.mixing))
        theirs.append(amari_error(fast_ica(data.X, 0), data.mixing))
    return {
        "sensor noise": noise,
        "ours": f"{median(ours):.4f}",
        "FastICA": f"{median(theirs):.4f}",
        "taken for noisy": f"{oblique} of {n_seeds}",
    }


def more(kind, n_samples, n_sources, n_seeds):
    """One line of the table of more sources than sensors."""
    from sklearn_overtensor import CumulantICA
    from sklearn_overtensor.datasets import make_latent_samples
    from sklearn_overtensor.metrics import factor_match_score

    numbers, scores, times, within = [], [], [], []
    for seed in range(n_seeds):
        data = make_latent_samples(
            n_samples,
            N_SENSORS,
            n_sources,
            distribution=MIXTURES[kind],
            random_state=seed,
        )
        model, seconds = timed(CumulantICA(random_state=0).fit, data.X)
        directions = (model.mixing_ / np.linalg.norm(model.mixing_, axis=0)).T
        numbers.append(model.n_components_)
        scores.append(factor_match_score(data.components, directions, order=4))
        times.append(seconds)
        gains = directions @ data.mixing
        own = np.abs(gains).argmax(axis=0)
        signs = np.sign(gains[own, range(n_sources)])
        errors = model.mixing_[:, own] * signs - data.mixing
        within.append((np.abs(errors) < 2 * model.mixing_std_[:, own]).mean())
    return {
        "sources": f"{n_sources}, {kind}",
        "samples": f"{n_samples:,}",
        "right number": f"{numbers.count(n_sources)} of {n_seeds}",
        "numbers": " ".join(map(str, sorted(numbers))),
        "match, median": f"{median(scores):.4f}",
        "worst": f"{min(scores):.4f}",
        "within two standard errors": f"{np.mean(within):.0%}",
        "time": _common.seconds(median(times)),
    }


def signal_to_noise(sources, found):
    """Mean over the sources, in dB, each estimate at its best scale."""
    scale = (sources * found).sum(axis=0) / (found**2).sum(axis=0)
    left = ((sources - found * scale) ** 2).mean(axis=0)
    return float((10 * np.log10((sources**2).mean(axis=0) / left)).mean())


def estimates(kind, n_samples, n_sources, n_rows=2000):
    """One line of the table of ``transform``: from the mixing matrix that is found."""
    from sklearn_overtensor import CumulantICA
    from sklearn_overtensor.datasets import make_latent_samples

    data = make_latent_samples(n_samples, N_SENSORS, n_sources, random_state=0)
    sources = data.sources
    if kind != "Laplace":
        present = np.random.default_rng(0).uniform(size=sources.shape) < 0.2
        sources = sources * present / np.sqrt(0.2)
    X = sources @ data.components
    model = CumulantICA(n_sources, random_state=0).fit(X)
    directions = model.mixing_ / np.linalg.norm(model.mixing_, axis=0)
    own = np.abs(directions.T @ data.mixing).argmax(axis=0)
    line = {"sources": f"{n_sources}, {kind}"}
    for name in ("min_norm", "lasso"):
        model.set_params(transform_algorithm=name)
        found, seconds = timed(model.transform, X[:n_rows])
        value = signal_to_noise(sources[:n_rows], found[:, own])
        line[name] = f"{value:.1f} dB"
        line[f"time, {n_rows:,} rows, {name}"] = _common.seconds(seconds)
    return line


def main(argv=None):
    """Measure all; write cumulant_ica.md and a CSV file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--more-seeds", type=int, default=3)
    parser.add_argument("--starts", type=int, default=20)
    parser.add_argument("--samples", type=int, default=20_000)
    parser.add_argument("--more-samples", type=int, default=200_000)
    parser.add_argument(
        "--output", type=Path, default=_common.RESULTS / "cumulant_ica.md"
    )
    options = parser.parse_args(argv)
    warnings.simplefilter("ignore")
    square = [
        line
        for kind in MIXTURES
        for line in as_many(kind, options.samples, options.seeds, options.starts)
    ]
    noise = [noisy(size, options.samples, options.seeds) for size in NOISES]
    wide = [
        more(kind, options.more_samples, 9, options.more_seeds)
        for kind in ("Laplace", "Laplace and uniform")
    ]
    codes = [
        estimates(kind, options.more_samples, 9)
        for kind in ("Laplace", "zero in 80 % of the samples")
    ]
    _common.write_csv(options.output.with_suffix(".csv"), square)
    caption = f"{_common.machine()}, one thread; {_common.versions(*PACKAGES)}."
    text = "\n\n".join(
        [
            "As many sources as sensors:",
            _common.markdown(square),
            "Laplace and uniform sources, Gaussian noise of that standard deviation in "
            "each sensor, Amari error, median:",
            _common.markdown(noise),
            f"More sources than the {N_SENSORS} sensors:",
            _common.markdown(wide),
            "Signal to noise of their estimates:",
            _common.markdown(codes),
            f"{options.seeds} seeds, {options.more_seeds} for more sources, 1 for the "
            f"last table; {caption}",
        ]
    )
    options.output.write_text(text + "\n")
    print(text)


if __name__ == "__main__":
    _common.one_thread()
    main()
