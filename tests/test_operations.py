# SPDX-License-Identifier: BSD-3-Clause
"""A search that does more work fails here: operations are counted, not timed."""

import csv
import sys
from functools import partial
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).resolve().parents[1] / "benchmarks"
pytestmark = pytest.mark.skipif(
    not BENCHMARKS.is_dir(), reason="needs the benchmarks folder"
)
STORED = BENCHMARKS / "results" / "operations.csv"


def stored_rows():
    if not STORED.exists():
        return {}
    with open(STORED, newline="") as file:
        return {row["case"]: row for row in csv.DictReader(file)}


@pytest.fixture
def operations(monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    before = set(sys.modules)
    import operations

    yield operations
    for name in {"operations", "_common", "_counter"} - before:
        del sys.modules[name]


def test_every_case_is_stored(operations):
    assert list(stored_rows()) == list(operations.CASES)


@pytest.mark.parametrize("name", stored_rows())
def test_a_fit_does_no_more_work_than_it_did(operations, name):
    counted = operations.count(name)
    assert list(operations.complaints(stored_rows()[name], counted)) == []


def test_a_fit_that_does_its_work_twice_is_told(operations, monkeypatch):
    name = "cumulant"
    twice = partial(operations.CASES[name], n_init=2)
    monkeypatch.setitem(operations.CASES, name, twice)
    counted = operations.count(name)
    said = list(operations.complaints(stored_rows()[name], counted))
    assert "contractions" in said[0]
    assert "more work" in said[0]


def test_a_fit_that_does_less_asks_to_be_stored(operations):
    row = dict.fromkeys(operations.COUNTS, 1000)
    said = list(operations.complaints(row, dict.fromkeys(row, 700)))
    assert len(said) == len(row)
    assert "make operations" in said[0]
    assert list(operations.complaints(row, dict.fromkeys(row, 1200))) == []


def test_counting_leaves_everything_as_it_was(operations):
    import numpy as np

    from sklearn_overtensor.targets import DenseTarget, Target

    before = Target.contract, np.linalg.eigh
    with operations.Counter() as counts:
        DenseTarget(np.ones((2, 2, 2))).contract(np.eye(2))
    assert (counts["contractions"], counts["columns"]) == (1, 2)
    assert (Target.contract, np.linalg.eigh) == before
