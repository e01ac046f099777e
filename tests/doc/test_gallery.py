# SPDX-License-Identifier: BSD-3-Clause
"""The gallery is a course: each page has its place, and its title asks a question."""

import runpy

from ..cases import one_test
from .common import ROOT

COURSE = runpy.run_path(str(ROOT / "doc" / "_extensions" / "gallery_order.py"))[
    "COURSE"
]
PAGES = sorted(ROOT.glob("examples/plot_*.py")) + sorted(
    ROOT.glob("examples/paper/plot_*.py")
)


def test_every_page_has_one_place():
    assert sorted(COURSE) == sorted(page.name for page in PAGES)


@one_test("page", PAGES)
def test_the_title_asks_a_question(page):
    title = page.read_text("utf-8").splitlines()[2]
    assert "?" in title
