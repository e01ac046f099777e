# SPDX-License-Identifier: BSD-3-Clause
"""Cases in one test fail as they would alone."""

from typing import ClassVar

import pytest

from .cases import one_test, over


@pytest.fixture
def limit():
    return 3


def test_every_case_that_fails_is_told(limit):
    @one_test("divisor", [1, 0, 5])
    @one_test(("number", "error"), [(1, ZeroDivisionError), (4, ZeroDivisionError)])
    def test(number, error, divisor, limit):
        with pytest.raises(error):
            number / divisor
        assert number < limit

    with pytest.raises(BaseExceptionGroup) as told:
        test(limit=limit)
    outer = told.value.exceptions
    assert [error.__notes__ for error in outer] == [
        [f"in the case {case}"] for case in ("(1,)", "(0,)", "(5,)")
    ]
    kinds = [[type(error) for error in each.exceptions] for each in outer]
    missed = pytest.fail.Exception
    assert kinds == [[missed, missed], [AssertionError], [missed, missed]]


@one_test("number", [1, 2])
def test_fixtures_come_to_each_case(number, limit):
    assert number < limit


@over("number", [1, 2, 5])
class TestOver:
    seen: ClassVar = []

    def test_each_value_is_met(self, limit):
        self.seen.append(self.number)
        assert self.number in (1, 2, 5)

    def test_all_were(self):
        if self.number == 5:
            assert self.seen == [1, 2, 5]
