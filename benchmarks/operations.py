# SPDX-License-Identifier: BSD-3-Clause
"""What whole fits compute, counted: no load of the machine changes that.

``python benchmarks/operations.py`` counts and compares with what is stored, as the
tests do; ``--write`` stores what was counted. More than ``MOST`` of a stored count
fails. The same code counts the same on one machine; on processors that round otherwise
the counts of these cases differed by 3 %, once by 13 %.
"""

import argparse
import sys
import warnings
from functools import partial

import _common
import numpy as np
from _counter import COUNTS, Counter
from scipy.sparse import csr_array

from sklearn_overtensor import OverparamSymmetricCP, OverparamSymmetricCPCV
from sklearn_overtensor.datasets import make_symmetric_cp

STORED = _common.RESULTS / "operations.csv"
# Of a stored count; and what may be added to it, since small counts jump.
MOST, LEAST, SLACK = 1.25, 0.8, 5
SEEDS = range(3)


def dense(order, d, r, seed, noise=0.0, **options):
    """A tensor and how to fit it."""
    data = make_symmetric_cp(d, r, order, noise=noise, random_state=seed)
    return data.tensor, OverparamSymmetricCP(random_state=seed, **options)


def rows(n, d, r, seed, fit=OverparamSymmetricCP, sparse=False, **options):
    """Mixtures of exponential sources and how to fit them."""
    rng = np.random.default_rng(seed)
    X = rng.exponential(size=(n, r)) @ rng.standard_normal((r, d))
    X = csr_array(X * (rng.uniform(size=X.shape) < 0.3)) if sparse else X
    return X, fit(random_state=seed, **options)


PATH = {"fit": OverparamSymmetricCPCV, "alphas": (0.3, 0.1, 0.03), "cv": 3}
CASES = {
    "exact, order 3, read off": partial(dense, 3, 20, 8),
    "exact, order 3, searched": partial(dense, 3, 8, 11),
    "exact, order 4, read off": partial(dense, 4, 8, 14),
    "exact, order 5, searched": partial(dense, 5, 5, 16),
    "noise of 10 %": partial(dense, 3, 10, 6, noise=0.1),
    "noise, few components": partial(dense, 3, 10, 4, noise=0.1, n_components=3),
    "given rank": partial(dense, 3, 6, 5, noise=0.5, rank=3),
    "given alpha": partial(dense, 3, 10, 6, noise=0.1, alpha=0.05),
    "raw moment": partial(rows, 2000, 6, 4),
    "cumulant": partial(rows, 5000, 6, 6, statistic="cumulant"),
    "sparse rows": partial(rows, 1000, 12, 4, sparse=True, statistic="cumulant"),
    "path of alphas": partial(rows, 500, 5, 5, statistic="cumulant", **PATH),
}


def count(name):
    """The counts of a case, summed over its seeds."""
    total = dict.fromkeys(COUNTS, 0)
    for seed in SEEDS:
        X, model = CASES[name](seed=seed)
        with warnings.catch_warnings(), Counter() as counts:
            warnings.simplefilter("ignore")
            model.fit(X)
        total = {column: total[column] + counts[column] for column in COUNTS}
    return total


def complaints(stored, counted):
    """What is wrong with the counts of a case beside the stored ones."""
    for name in COUNTS:
        before, now = int(stored[name]), counted[name]
        if now > MOST * before + SLACK:
            yield f"{name}: {now} where {before} are stored. The fit does more work."
        if now < LEAST * before - SLACK:
            yield f"{name}: {now} where {before} are stored. Run `make operations`."


def main(argv=None):
    """Count all cases; compare, or store."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="store what was counted")
    arguments = parser.parse_args(argv)
    table = [{"case": name} | count(name) for name in CASES]
    print(_common.markdown(table))
    if arguments.write:
        return _common.write_csv(STORED, table)
    found = [
        f"{stored['case']}: {said}"
        for stored, counted in zip(_common.read_csv(STORED), table, strict=True)
        for said in complaints(stored, counted)
    ]
    print("\n".join(found) or "As stored.")
    return int(bool(found))


if __name__ == "__main__":
    _common.one_thread()
    sys.exit(main())
