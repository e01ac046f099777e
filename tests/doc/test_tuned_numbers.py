# SPDX-License-Identifier: BSD-3-Clause
"""The page of tuned numbers: all of them, each with a reason, and no more than now."""

import sys
from dataclasses import fields

import pytest

from sklearn_overtensor.settings import Settings

from .common import ROOT

pytest.importorskip("docutils")
sys.path.insert(0, str(ROOT / "doc" / "_extensions"))
tuned_numbers = pytest.importorskip("tuned_numbers").tuned_numbers

ROOMS = "settings", "noise", "compression", "algebra"
# A ratchet. A number more needs a benchmark that fails without it, and one to go.
MOST_IN_THE_MIDDLE = 40


@pytest.mark.parametrize("room", ROOMS)
def test_every_number_has_a_reason(room):
    found = tuned_numbers(room)
    assert found
    assert [(module, names) for module, names, _, reason in found if not reason] == []


def test_the_search_has_no_more_numbers_than_it_had():
    assert len(tuned_numbers("settings")) == len(fields(Settings))
    assert len(fields(Settings)) <= MOST_IN_THE_MIDDLE


@pytest.mark.parametrize("room", ["coordinates", "refine", "search"])
def test_what_reads_the_settings_has_no_numbers_of_its_own(room):
    assert tuned_numbers(room) == []


def test_a_number_and_its_reason_are_read_as_they_stand():
    found = {tuple(names): rest for _, names, *rest in tuned_numbers("noise")}
    value, reason = found["TOO_FEW_ENTRIES",]
    assert value == "35"
    assert reason.startswith("Distinct entries up to which a tensor says nothing")


def test_the_page_names_the_rooms():
    page = (ROOT / "doc" / "numbers.rst").read_text()
    assert f".. tuned-numbers:: {' '.join(ROOMS)}" in page
