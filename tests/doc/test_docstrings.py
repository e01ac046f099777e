# SPDX-License-Identifier: BSD-3-Clause
"""Docstrings of public names, by numpydoc's own validation."""

import importlib
import inspect
import re
from pathlib import Path

import pytest

API = Path(__file__).parents[2] / "doc" / "api.rst"
# What is not asked for, and why.
LEFT_OUT = {
    "ES01": "a summary may say it all",
    "EX01": "properties and short methods need no example",
    "GL01": "the text begins on the line of the quotes, as pycodestyle of NumPy has it",
    "GL08": "names of tests say what they test; ruff asks all others for a docstring",
    "PR01": "a dataclass lists its attributes; what a solver calls says it in one line",
    "PR04": "parameters that are as in another class are listed together",
    "PR07": "its shape is all that there is to say of some",
    "RT01": "what a solver calls says it in one line",
    "RT02": "results have names, as scikit-learn's",
    "RT03": "its shape is all that there is to say of some",
    "RT04": "what a Bunch holds begins with the name of an entry",
    "SA01": "a link is for where there is something to see",
    "SS01": "an attribute has none",
    "SS05": "a summary may be a noun with an -s",
    "SS06": "summaries of two lines are allowed where one would be cryptic",
    "SA04": "the name of a function says what it does",
}


def public_names():
    """Names of doc/api.rst, and of the public methods of ours that classes have."""
    for name in re.findall(r"^   ([A-Za-z]\S+)$", API.read_text("utf-8"), re.MULTILINE):
        room, _, own_name = f"sklearn_overtensor.{name}".rpartition(".")
        value = getattr(importlib.import_module(room), own_name)
        yield name
        if inspect.isclass(value):
            for method, function in inspect.getmembers(value):
                function = getattr(function, "fget", function)
                room = getattr(function, "__module__", None) or ""
                if method[0] != "_" and room.startswith("sklearn_overtensor"):
                    yield f"{name}.{method}"


def test_public_names_are_found():
    assert len(set(public_names())) > 100


def test_docstrings_are_as_numpydoc_asks():
    validation = pytest.importorskip("numpydoc.validate")
    errors = {
        name: [error for error in found if error[0] not in LEFT_OUT]
        for name in sorted(set(public_names()))
        for found in [validation.validate(f"sklearn_overtensor.{name}")["errors"]]
    }
    assert {name: found for name, found in errors.items() if found} == {}
