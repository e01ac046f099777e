# SPDX-License-Identifier: BSD-3-Clause
"""A sample of the cases of ``benchmarks/fuzz.py``, which runs 12,000 of them."""

import sys
import threading
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
pytestmark = [
    pytest.mark.skipif(not BENCHMARKS.is_dir(), reason="needs the benchmarks folder"),
    # Its time limit is a signal, which only the main thread may set.
    pytest.mark.skipif(
        threading.current_thread() is not threading.main_thread(),
        reason="needs the main thread",
    ),
]


@pytest.fixture
def fuzz(monkeypatch):
    pytest.importorskip("dask.array")
    pytest.importorskip("torch")
    monkeypatch.syspath_prepend(BENCHMARKS)
    before = set(sys.modules)
    import fuzz

    yield fuzz
    for name in set(sys.modules) - before:
        if name in ("fuzz", "_fuzz_case", "_hostile", "_common"):
            del sys.modules[name]


def test_a_right_answer_or_a_clear_error(fuzz):
    rows = [fuzz.run_case(seed) for seed in range(20_000, 20_050)]
    bad = [row for row in rows if row["outcome"].startswith("VIOLATION")]
    assert not bad
    assert sum(row["outcome"].startswith("right answer") for row in rows) > 12


def test_violations_are_seen(fuzz, monkeypatch):
    def wrong(self, *args, **kwargs):
        raise IndexError("list index out of range")

    monkeypatch.setattr("sklearn_overtensor.overparam_symmetric_cp", wrong)
    outcomes = [fuzz.run_case(seed)["outcome"] for seed in range(40)]
    assert any(outcome.startswith("VIOLATION: IndexError") for outcome in outcomes)
