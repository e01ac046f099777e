# SPDX-License-Identifier: BSD-3-Clause
"""The page of tuned numbers: all of them, each with a reason, and no more than now."""

import sys

import pytest

from .common import ROOT

pytest.importorskip("docutils")
sys.path.insert(0, str(ROOT / "doc" / "_extensions"))
tuned_numbers = pytest.importorskip("tuned_numbers").tuned_numbers

ROOMS = "search", "refine", "coordinates", "noise", "compression", "algebra"
# A ratchet. A number more needs a benchmark that fails without it, and one to go.
MOST_IN_THE_MIDDLE = 40


@pytest.mark.parametrize("room", ROOMS)
def test_every_number_has_a_reason(room):
    found = tuned_numbers(room)
    assert found
    assert [(module, names) for module, names, _, reason in found if not reason] == []


def test_the_search_has_no_more_numbers_than_it_had():
    middle = [tuned for room in ROOMS[:3] for tuned in tuned_numbers(room)]
    assert sum(len(names) for _, names, _, _ in middle) <= MOST_IN_THE_MIDDLE


def test_a_number_and_its_reason_are_read_as_they_stand():
    found = {tuple(names): rest for _, names, *rest in tuned_numbers("noise")}
    value, reason = found["TOO_FEW_ENTRIES",]
    assert value == "35"
    assert reason.startswith("Distinct entries up to which a tensor says nothing")


def test_the_page_names_the_rooms():
    page = (ROOT / "doc" / "numbers.rst").read_text()
    assert f".. tuned-numbers:: {' '.join(ROOMS)}" in page
