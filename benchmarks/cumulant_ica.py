# SPDX-License-Identifier: BSD-3-Clause
"""``CumulantICA`` beside FastICA: error, number of sources, wrong optima.

Five questions, on ``make_latent_samples`` with 6 sensors:

- 6 sources: the Amari error beside FastICA (logcosh) and Picard, from one start and the
  best of 20 of each by the error itself, which no user could choose. How many sources
  are found?
- How many answers are wrong optima, ours and those of one start of the others: more
  than three times the least error of the data set.
- The same with Gaussian noise of the sensors, which whitening takes for sources.
- 9 sources: how many are found, how near they are, beside FOOBI and RICA, which are
  told nine; and how far from the truth beside the standard errors: the share of entries
  within two of them.
- Signal to noise of the 9 sources by each ``transform_algorithm``, for Laplace sources
  and for such that are zero in 80 % of the samples.

::

    python benchmarks/cumulant_ica.py --seeds 10
"""

import argparse
import warnings
from pathlib import Path
from statistics import median

import _common
import numpy as np
from _ica_peers import fast_ica, foobi, peers, rica, timed
from ica import amari_error

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
PACKAGES = ("numpy", "scipy", "scikit-learn", "python-picard")


def as_many(kind, n_samples, n_seeds, n_starts):
    """Lines of the first table: ours without and with polish, and the others."""
    from sklearn_overtensor import CumulantICA
    from sklearn_overtensor.datasets import make_latent_samples

    rows, best, numbers = {}, [], {}
    for seed in range(n_seeds):
        data = make_latent_samples(
            n_samples, N_SENSORS, distribution=MIXTURES[kind], random_state=seed
        )
        errors = []
        for name, polish in (("ours, polish=None", None), ("ours", "logcosh")):
            model = CumulantICA(polish=polish, random_state=0)
            found, seconds = timed(model.fit, data.X)
            numbers.setdefault(name, []).append(found.n_components_)
            whole = found.n_components_ == N_SENSORS
            error = amari_error(found.components_, data.mixing) if whole else 1.0
            rows.setdefault(name, []).append((error, seconds))
        for name, method in peers().items():
            starts = [timed(method, data.X, start) for start in range(n_starts)]
            own = [amari_error(found, data.mixing) for found, _ in starts]
            errors += own
            rows.setdefault(f"{name}, one start", []).append((own[0], starts[0][1]))
        best.append(min(errors))
    return [
        {
            "sources": f"{N_SENSORS}, {kind}",
            "samples": f"{n_samples:,}",
            "method": name,
            "Amari error, median": f"{median(error for error, _ in pairs):.5f}",
            "over the best of all starts": f"{ratio_of(pairs, best):.3f}",
            "right number": f"{numbers[name].count(N_SENSORS)} of {n_seeds}"
            if name in numbers
            else "told",
            "starts": n_starts,
            "time": _common.seconds(median(seconds for _, seconds in pairs)),
        }
        for name, pairs in rows.items()
    ]


def ratio_of(pairs, best):
    """Median error over the median of the best of all starts."""
    return median(error for error, _ in pairs) / median(best)


def wrong_optima(n_samples, n_seeds):
    """Lines of the second table: answers far above the least error of a data set."""
    from sklearn_overtensor import CumulantICA
    from sklearn_overtensor.datasets import make_latent_samples

    def ours(X, start):
        model = CumulantICA(N_SENSORS, random_state=start)
        return model.fit(X).components_

    methods = {"ours": ours} | peers()
    lines = []
    for kind, distribution in MIXTURES.items():
        errors = []
        for seed in range(n_seeds):
            data = make_latent_samples(
                n_samples, N_SENSORS, distribution=distribution, random_state=seed
            )
            errors.append(
                [amari_error(each(data.X, 0), data.mixing) for each in methods.values()]
            )
        wrong = np.array(errors) > WRONG * np.min(errors, axis=1, keepdims=True)
        counts = dict(zip(methods, wrong.sum(axis=0), strict=True))
        lines.append({"sources": f"{N_SENSORS}, {kind}", "data sets": n_seeds} | counts)
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
    """Lines of the table of more sources than sensors."""
    from sklearn_overtensor import CumulantICA
    from sklearn_overtensor.datasets import make_latent_samples
    from sklearn_overtensor.metrics import factor_match_score

    numbers, scores, within = [], ([], [], []), []
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
        found = [(directions, seconds)]
        found += [timed(method, data.X, n_sources) for method in (foobi, rica)]
        for rows, (own, seconds) in zip(scores, found, strict=True):
            rows.append((factor_match_score(data.components, own, order=4), seconds))
        gains = directions @ data.mixing
        own = np.abs(gains).argmax(axis=0)
        signs = np.sign(gains[own, range(n_sources)])
        errors = model.mixing_[:, own] * signs - data.mixing
        within.append((np.abs(errors) < 2 * model.mixing_std_[:, own]).mean())
    lines = []
    for i, name in enumerate(("ours", "FOOBI", "RICA, 20,000 rows")):
        matches, times = zip(*scores[i], strict=True)
        lines.append(
            {
                "sources": f"{n_sources}, {kind}",
                "samples": f"{n_samples:,}",
                "method": name,
                "numbers": " ".join(map(str, sorted(numbers))) if i == 0 else "told",
                "match, median": f"{median(matches):.4f}",
                "worst": f"{min(matches):.4f}",
                "within two standard errors": f"{np.mean(within):.0%}"
                if i == 0
                else "–",
                "time": _common.seconds(median(times)),
            }
        )
    return lines


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
    for name in ("min_norm", "lasso", "posterior_mean"):
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
    parser.add_argument("--optima-seeds", type=int, default=25)
    parser.add_argument("--more-seeds", type=int, default=3)
    parser.add_argument("--starts", type=int, default=20)
    parser.add_argument("--samples", type=int, default=20_000)
    parser.add_argument("--more-samples", type=int, default=200_000)
    parser.add_argument("--more-starts", type=int, default=5)
    parser.add_argument(
        "--output", type=Path, default=_common.RESULTS / "cumulant_ica.md"
    )
    options = parser.parse_args(argv)
    warnings.simplefilter("ignore")
    square = [
        line
        for kind in MIXTURES
        for n_samples, n_seeds, n_starts in (
            (options.samples, options.seeds, options.starts),
            (options.more_samples, options.more_seeds, options.more_starts),
        )
        for line in as_many(kind, n_samples, n_seeds, n_starts)
    ]
    optima = wrong_optima(options.samples, options.optima_seeds)
    noise = [noisy(size, options.samples, options.seeds) for size in NOISES]
    wide = [
        line
        for kind in ("Laplace", "Laplace and uniform")
        for line in more(kind, options.more_samples, 9, options.more_seeds)
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
            f"Wrong optima from {options.samples:,} samples, of one start each:",
            _common.markdown(optima),
            "Laplace and uniform sources, Gaussian noise of that standard deviation in "
            "each sensor, Amari error, median:",
            _common.markdown(noise),
            f"More sources than the {N_SENSORS} sensors:",
            _common.markdown(wide),
            "Signal to noise of their estimates:",
            _common.markdown(codes),
            f"{options.seeds} seeds, {options.more_seeds} for {options.more_samples:,} "
            f"samples, 1 for the last table; {caption}",
        ]
    )
    options.output.write_text(text + "\n")
    print(text)


if __name__ == "__main__":
    _common.one_thread()
    main()
