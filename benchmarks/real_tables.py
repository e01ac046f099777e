# SPDX-License-Identifier: BSD-3-Clause
"""Which of scikit-learn's real tables have structure that the package finds?

Each face of the package with its defaults, and scikit-learn beside the clusters::

    python benchmarks/real_tables.py

Columns have mean 0 and variance 1; the digits are ten principal components of the
pixels.
"""

import argparse
import warnings
from collections import Counter
from pathlib import Path

import _common
from sklearn.base import clone

TABLES = ("iris", "wine", "breast_cancer", "diabetes", "digits")
N_COMPONENTS = range(1, 21)
N_PARTS = 10
KINDS = ("spherical", "diag", "full")
PACKAGES = ("numpy", "scipy", "scikit-learn")


def load(name):
    """Rows, and their classes; None for a regression."""
    from sklearn import datasets
    from sklearn.decomposition import PCA
    from sklearn.preprocessing import scale

    X, y = getattr(datasets, f"load_{name}")(return_X_y=True)
    X = PCA(10, random_state=0).fit_transform(X) if name == "digits" else scale(X)
    return X, None if name == "diabetes" else y


def directions(name, X):
    """What the third and fourth cumulants show, and the sources."""
    from sklearn_overtensor import CumulantICA, OverparamSymmetricCP

    row = {"table": f"{name} {X.shape}"}
    for order in (3, 4):
        model = OverparamSymmetricCP(
            statistic="cumulant", order=order, random_state=0
        ).fit(X)
        nothing = model.status_ == "noise"
        sure = (abs(model.weights_) > 2 * model.weights_std_).sum()
        found = "nothing" if nothing else f"{model.n_components_}, {sure} of them"
        row[f"terms of order {order}, with weights beyond two standard errors"] = found
    ica = CumulantICA(random_state=0).fit(X)
    sources = (~ica.is_gaussian_).sum()
    row["sources, the largest kurtosis"] = (
        f"{sources}, {abs(ica.kurtosis_).max():.3g}" if sources else "nothing"
    )
    return row


def numbers(found):
    """``3 (9 times), 4``: what was found, the most frequent first."""
    return ", ".join(
        f"{number} ({times} times)" if times > 1 else f"{number}"
        for number, times in Counter(found).most_common()
    )


def clusters(name, X, y, kind):
    """The number of clusters and their agreement with the classes."""
    import numpy as np
    from sklearn.metrics import adjusted_rand_score
    from sklearn.mixture import GaussianMixture

    from sklearn_overtensor import MomentGaussianMixture

    def answer(number, model):
        if y is None:
            return f"{number}"
        return f"{number}, {adjusted_rand_score(y, model.predict(X)):.2f}"

    ours = MomentGaussianMixture(covariance_type=kind, random_state=0)
    rng = np.random.default_rng(0)
    parts = [
        clone(ours).fit(rng.permutation(X)[: len(X) * 9 // 10]).n_components_
        for _ in range(N_PARTS)
    ]
    ours.fit(X)
    fits = [
        GaussianMixture(k, covariance_type=kind, n_init=2, random_state=0).fit(X)
        for k in N_COMPONENTS
    ]
    best = min(fits, key=lambda model: model.bic(X))
    return {
        "table": name,
        "classes": "" if y is None else len(set(y)),
        "covariances": kind,
        "ours": answer(ours.n_components_, ours),
        f"ours in {N_PARTS} parts of 90 % of the rows": numbers(parts),
        "best BIC": answer(best.n_components, best),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--output", type=Path, default=_common.RESULTS)
    arguments = parser.parse_args()
    _common.one_thread()
    warnings.simplefilter("ignore")
    tables = {name: load(name) for name in TABLES}
    shown = [directions(name, X) for name, (X, _) in tables.items()]
    grouped = [
        clusters(name, X, y, kind) for name, (X, y) in tables.items() for kind in KINDS
    ]
    text = "\n".join(
        [
            "**Directions and sources**\n",
            _common.markdown(shown),
            "**Clusters: number, and adjusted Rand index with the classes**\n",
            _common.markdown(grouped),
            f"{_common.machine()}; {_common.versions(*PACKAGES)}.\n",
        ]
    )
    print(text)
    (arguments.output / "real_tables.md").write_text(text)


if __name__ == "__main__":
    main()
