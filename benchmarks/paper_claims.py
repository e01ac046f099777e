# SPDX-License-Identifier: BSD-3-Clause
"""The paper's claims, measured at full size.

Each page of ``examples/paper/`` holds one study: ``measure(...)``, which returns rows,
``draw(rows)``, which returns a figure, and two sets of arguments of ``measure``,
``GALLERY`` for the page itself and ``FULL`` for this script::

    python benchmarks/paper_claims.py --list
    python benchmarks/paper_claims.py lazy_training
"""

import argparse
import sys
import time
from importlib import import_module
from pathlib import Path

import _common

PAGES = _common.HERE.parent / "examples" / "paper"
PACKAGES = ("numpy", "scipy", "scikit-learn", "tensorly")


def names():
    """The studies there are."""
    return sorted(path.stem.removeprefix("plot_") for path in PAGES.glob("plot_*.py"))


def load(name):
    """The page as a module, found by its name in joblib's processes as well."""
    sys.path.insert(0, str(PAGES))
    return import_module(f"plot_{name}")


def main(argv=None):
    """Run one study, write paper_NAME.csv and paper_NAME.png."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name", nargs="?", choices=names(), metavar="NAME")
    parser.add_argument("--list", action="store_true", help="the names, and no more")
    parser.add_argument(
        "--gallery-size", action="store_true", help="as small as on the page"
    )
    parser.add_argument("--output", type=Path, default=_common.RESULTS)
    arguments = parser.parse_args(argv)
    if arguments.list:
        print(*names(), sep="\n")
        return
    if arguments.name is None:
        parser.error(f"NAME is missing, one of {', '.join(names())}")
    _common.one_thread()
    run(arguments.name, arguments.output, arguments.gallery_size)


def run(name, folder, gallery_size):
    """Measure, and write table and figure."""
    import matplotlib

    matplotlib.use("Agg")
    page = load(name)
    start = time.perf_counter()
    rows = page.measure(**(page.GALLERY if gallery_size else page.FULL))
    print(f"{name}: {len(rows)} rows in {time.perf_counter() - start:.0f} s")
    stem = folder / f"paper_{name}"
    _common.write_csv(stem.with_suffix(".csv"), rows)
    figure = page.draw(rows)
    figure.supxlabel(_common.versions(*PACKAGES), fontsize=8, color="0.3")
    figure.savefig(stem.with_suffix(".png"), dpi=110)


if __name__ == "__main__":
    main()
