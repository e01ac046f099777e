# SPDX-License-Identifier: BSD-3-Clause
"""The page that maps the paper to the code names what exists, and all of the paper."""

import ast
import re

from ..cases import one_test
from .common import PACKAGE, ROOT, page

PAGE = page("guide/paper_to_code")
# ``path.py`` or ``path.py::name``, the name perhaps that of a method.
REFERENCES = sorted(set(re.findall(r"``([\w/]+\.py)(?:::([\w.]+))?``", PAGE)))


def definitions(path):
    """Names of the functions, classes and methods of a file."""
    names = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        if isinstance(node, ast.ClassDef):
            members = (part for part in node.body if isinstance(part, ast.FunctionDef))
            names.update(f"{node.name}.{member.name}" for member in members)
    return names


@one_test(("path", "name"), REFERENCES)
def test_what_is_named_exists(path, name):
    file = (ROOT if path.startswith("tests/") else PACKAGE) / path
    assert file.is_file()
    assert not name or name in definitions(file)


def test_every_literal_with_a_file_was_looked_up():
    literals = re.findall(r"``[^`]*\.py[^`]*``", PAGE)
    assert len(literals) > 40
    assert {literal.strip("`") for literal in literals} == {
        f"{path}::{name}" if name else path for path, name in REFERENCES
    }


def test_every_page_of_the_gallery_on_the_paper_is_linked():
    linked = set(re.findall(r"sphx_glr_auto_examples_paper_(\w+)\.py", PAGE))
    assert linked == {path.stem for path in ROOT.glob("examples/paper/plot_*.py")}


def test_every_test_of_a_lemma_is_named():
    files = {path.name for path in ROOT.glob("tests/paper/test_*.py")}
    assert files == {
        path.removeprefix("tests/paper/")
        for path, _ in REFERENCES
        if path.startswith("tests/paper/")
    }


def test_every_statement_of_the_paper_has_a_row():
    rows = re.findall(r"^ +\* - (.*)", PAGE, flags=re.MULTILINE)
    theorems = [f"Theorem {number}" for number in range(1, 4)]
    lemmas = [f"Lemma {number}" for number in range(1, 8)]
    for statement in theorems + lemmas:
        assert any(row.startswith(f"{statement}:") for row in rows), statement
    assert any(row.startswith("Lemmas 8 and 9:") for row in rows)


def test_the_lines_of_algorithm_1_are_complete():
    lines = re.findall(r"^ +\* - (\d+)$", PAGE, flags=re.MULTILINE)
    assert [int(line) for line in lines] == list(range(11))
