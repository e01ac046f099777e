# SPDX-License-Identifier: BSD-3-Clause
"""Choosing alpha: OverparamSymmetricCPCV against GridSearchCV over the same alphas.

CPU seconds of one process on one thread, so that other jobs of the machine count for
little. Both score the same folds and fit all samples with the alpha chosen::

    python benchmarks/alpha_path.py --seeds 1
"""

import argparse
import time
import warnings
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import _common

PACKAGES = ("numpy", "scipy", "scikit-learn", "tensorly")


@dataclass(frozen=True)
class Case:
    """Samples and the statistic of them that is decomposed."""

    dominant: str
    n_samples: int
    n_features: int
    n_sources: int
    distribution: tuple
    order: int = 4
    eps: float = 1e-2

    def samples(self, seed):
        """Mixtures of independent sources."""
        from sklearn_overtensor.datasets import make_latent_samples

        return make_latent_samples(
            self.n_samples,
            self.n_features,
            self.n_sources,
            distribution=list(self.distribution),
            random_state=seed,
        ).X


CASES = (
    Case("statistic", 200_000, 10, 8, ("laplace",)),
    Case("statistic", 100_000, 15, 12, ("laplace",), eps=0.05),
    Case("statistic", 200_000, 15, 10, ("exponential",), order=3),
    Case("search", 20_000, 6, 9, ("laplace",)),
    Case("search", 200_000, 6, 9, ("laplace", "uniform")),
    Case("search", 20_000, 12, 10, ("exponential",), order=3),
    Case("search", 20_000, 10, 15, ("laplace", "uniform")),
    Case("search", 20_000, 10, 15, ("laplace", "uniform"), eps=0.05),
)


def clock(function):
    """CPU seconds of one call, and what it returned."""
    start = time.process_time()
    value = function()
    return time.process_time() - start, value


def measure(case, seed, n_alphas):
    """Both on one set of samples: seconds, and how far they agree."""
    from sklearn.model_selection import GridSearchCV

    from sklearn_overtensor import OverparamSymmetricCP, OverparamSymmetricCPCV

    X = case.samples(seed)
    settings = {"order": case.order, "statistic": "cumulant", "random_state": 0}
    path, model = clock(
        lambda: OverparamSymmetricCPCV(alphas=n_alphas, eps=case.eps, **settings).fit(X)
    )
    grid, search = clock(
        lambda: GridSearchCV(
            OverparamSymmetricCP(**settings), {"alpha": model.alphas_}, cv=5
        ).fit(X)
    )
    means = search.cv_results_["mean_test_score"]
    return {
        "path": path,
        "grid": grid,
        "score lost": means.max() - means[list(model.alphas_).index(model.alpha_)],
        "terms": (model.n_components_, search.best_estimator_.n_components_),
    }


def row(case, found, n_alphas):
    """One line of the table."""
    kinds = " + ".join(case.distribution)
    return {
        "dominant": case.dominant,
        "samples": f"{case.n_samples:,} x {case.n_features}, {case.n_sources} {kinds}",
        "order": case.order,
        "alphas": f"{n_alphas} down to {case.eps:g} of the largest",
        "GridSearchCV": _common.seconds(median(one["grid"] for one in found)),
        "CV": _common.seconds(median(one["path"] for one in found)),
        "ratio": f"{median(one['grid'] / one['path'] for one in found):.1f}",
        "score lost": f"{max(one['score lost'] for one in found):.0e}",
        "terms (CV, grid)": ", ".join(
            f"{a}/{b}" for a, b in (one["terms"] for one in found)
        ),
    }


def main(argv=None):
    """Measure every case, write alpha_path.csv and alpha_path.md."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--alphas", type=int, default=15)
    parser.add_argument("--output", type=Path, default=_common.RESULTS)
    arguments = parser.parse_args(argv)
    # Alphas far below the noise end in warnings, in both.
    warnings.simplefilter("ignore")
    rows = []
    for case in CASES:
        found = [
            measure(case, seed, arguments.alphas) for seed in range(arguments.seeds)
        ]
        rows.append(row(case, found, arguments.alphas))
        print(rows[-1], flush=True)
    _common.write_csv(arguments.output / "alpha_path.csv", rows)
    text = (
        f"{_common.markdown(rows)}\nMedian CPU seconds of one process over "
        f"{arguments.seeds} seed(s), five folds; {_common.machine()}, one thread; "
        f"{_common.versions(*PACKAGES)}.\n"
    )
    (arguments.output / "alpha_path.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    _common.one_thread()
    main()
