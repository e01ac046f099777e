# SPDX-License-Identifier: BSD-3-Clause
"""The pages of ``examples/paper/`` keep to what ``benchmarks/paper_claims.py`` runs."""

import csv
import io
from importlib import import_module
from inspect import signature
from pathlib import Path

import pytest

PAGES = Path(__file__).parents[2] / "examples" / "paper"
# The smallest study that still passes through all of a page.
TINY = {
    "bad_local_minima": {
        "sizes": [(3, 1, 2, 5)],
        "n_seeds": 1,
        "n_perturbations": 5,
        "n_steps": 3,
        "max_epochs": 2,
        "max_iter": 5,
    },
    "lazy_training": {
        "sizes": [(3, 2, 1), (3, 3, 1)],
        "n_ours": 1,
    },
    "components_needed": {
        "orders": (3,),
        "dimensions": (8, 10),
        "ranks": (2,),
        "ratios": (1,),
        "n_seeds": 1,
    },
    "leaving_zero": {"orders": (3,), "longest": 25, "n_points": 2, "n_seeds": 1},
    "mixed_orders": {
        "n_points": [2],
        "n_exact": 1,
        "n_samples": [100],
        "n_noisy": 1,
    },
    "mixed_networks": {
        "sizes": [(3, 2)],
        "factors": [1],
        "n_seeds": 1,
        "n_rows": [60],
        "n_noisy": 1,
    },
    "smallest_width": {
        "families": ["Gaussian, d = 6, order 3"],
        "ranks": [1, 2],
        "n_seeds": 1,
    },
}


@pytest.fixture(params=sorted(path.stem for path in PAGES.glob("plot_*.py")))
def page(request, monkeypatch):
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    monkeypatch.syspath_prepend(PAGES)
    return import_module(request.param)


def test_a_page_measures_and_draws(page):
    from matplotlib import pyplot

    rows = page.measure(**TINY[page.__name__.removeprefix("plot_")])
    assert len(rows) > 1
    assert all(list(row) == list(rows[0]) for row in rows)
    csv.DictWriter(io.StringIO(), rows[0]).writerows(rows)
    figure = page.draw(rows)
    figure.draw_without_rendering()
    assert figure.axes
    pyplot.close(figure)


def test_a_page_has_both_sizes(page):
    for size in (page.GALLERY, page.FULL):
        signature(page.measure).bind(**size)
