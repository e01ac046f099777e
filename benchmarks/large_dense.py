# SPDX-License-Identifier: BSD-3-Clause
"""Large dense tensors: a whole fit against one product of the unfolding.

The product of the mode-1 unfolding, ``d x d^(l-1)``, with its transpose is the first
step of any method that begins with singular vectors. NumPy computes half of it, since
it is symmetric. Both are measured in turn in one process::

    python benchmarks/large_dense.py --repeats 7
"""

import argparse
import time
from pathlib import Path
from statistics import median

import _common
from benchmark_utils.families import FAMILIES

LARGE = ("gaussian-200-20-3", "signed-60-10-4")
PACKAGES = ("numpy", "scipy", "scikit-learn", "tensorly")


def clock(function):
    """Seconds of one call, and what it returned."""
    start = time.perf_counter()
    value = function()
    return time.perf_counter() - start, value


def measure(name, repeats):
    """One line of the table."""
    from sklearn_overtensor import OverparamSymmetricCP

    family = FAMILIES[name]
    tensor = family.make(0)[0]
    unfolding = tensor.reshape(family.d, -1)
    products, fits = [], []
    for seed in range(-1, repeats):  # the first round only warms up
        product, _ = clock(lambda: unfolding @ unfolding.T)
        fit, model = clock(
            lambda: OverparamSymmetricCP(random_state=max(seed, 0)).fit(tensor)  # noqa: B023
        )
        if seed >= 0:
            products.append(product)
            fits.append(fit)
    return {
        "family (d, r, l)": family.label,
        "fit": _common.seconds(median(fits)),
        "product": _common.seconds(median(products)),
        "ratio": f"{median(fits) / median(products):.1f}",
        "slowest fit": _common.seconds(max(fits)),
        "terms": model.n_components_,
        "residual": f"{model.reconstruction_err_:.0e}",
    }


def main(argv=None):
    """Measure both sizes, write large_dense.csv and large_dense.md."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--output", type=Path, default=_common.RESULTS)
    arguments = parser.parse_args(argv)
    rows = [measure(name, arguments.repeats) for name in LARGE]
    _common.write_csv(arguments.output / "large_dense.csv", rows)
    text = (
        f"{_common.markdown(rows)}\nMedians of {arguments.repeats} fits from different "
        f"starts and as many products; {_common.machine()}, one thread; "
        f"{_common.versions(*PACKAGES)}.\n"
    )
    (arguments.output / "large_dense.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    _common.one_thread()
    main()
