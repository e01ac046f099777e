# SPDX-License-Identifier: BSD-3-Clause
"""What was measured is shown: each script is listed, each result is on a page."""

from ..cases import one_test
from .common import ROOT, page

SCRIPTS = sorted(path.name for path in ROOT.glob("benchmarks/[!_]*.py"))
RESULTS = sorted(
    path.name
    for path in ROOT.glob("benchmarks/results/*")
    if path.suffix in (".md", ".png")
)
PAGES = "".join(page(path.stem) for path in sorted((ROOT / "doc").glob("*.rst")))
README = (ROOT / "benchmarks" / "README.md").read_text(encoding="utf-8")


@one_test("script", SCRIPTS)
def test_every_script_is_listed(script):
    command = f"python benchmarks/{script}"
    assert f"| `{command}" in README
    assert command in page("benchmarks")


@one_test("result", RESULTS)
def test_every_table_and_figure_is_on_a_page(result):
    assert f":: ../benchmarks/results/{result}\n" in PAGES
