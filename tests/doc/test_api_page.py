# SPDX-License-Identifier: BSD-3-Clause
"""The API page lists what is public, and nothing else."""

import re
from importlib import import_module

from ..cases import one_test
from .common import PACKAGE, page

LISTED = re.findall(r"^   (?!:)([\w.]+)$", page("api"), flags=re.MULTILINE)
# Modules whose names are on the page; "" is the package itself.
PUBLIC = sorted({name.rpartition(".")[0] for name in LISTED})
# Rooms of the house that are nobody else's business.
INTERNAL = {
    "algebra",
    "checks",
    "compression",
    "decompose",
    "estimators",
    "machine",
    "measured",
    "noise",
    "persistence",
    "refine",
    "results",
    "rows",
    "search",
    "coordinates",
    "settings",
}
# Public through the package itself.
REEXPORTED = {"symmetry"}


def public_names(module):
    path = "sklearn_overtensor" + (f".{module}" if module else "")
    names = import_module(path).__all__
    prefix = f"{module}." if module else ""
    return {prefix + name for name in names if not name.startswith("__")}


@one_test("module", PUBLIC)
def test_the_page_lists_what_a_module_exports(module):
    listed = {name for name in LISTED if name.rpartition(".")[0] == module}
    assert listed == public_names(module)


def test_nothing_is_listed_twice():
    assert len(set(LISTED)) == len(LISTED) > 20


def test_every_module_is_private_or_on_the_page():
    modules = {path.stem for path in PACKAGE.glob("*") if path.suffix in ("", ".py")}
    modules = {name for name in modules if not name.startswith(("_", "."))}
    assert modules == (set(PUBLIC) - {""}) | INTERNAL | REEXPORTED


def test_what_is_listed_has_a_docstring():
    for name in LISTED:
        module, _, attribute = name.rpartition(".")
        path = "sklearn_overtensor" + (f".{module}" if module else "")
        assert getattr(import_module(path), attribute).__doc__, name
