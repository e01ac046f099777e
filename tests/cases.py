# SPDX-License-Identifier: BSD-3-Clause
"""Small cases in one test: to hand out a test takes longer than most of them run."""

from functools import wraps
from inspect import signature

import pytest

# What an assertion raises, ``pytest.raises`` where nothing does, and cases in a case.
FAILURES = (Exception, pytest.fail.Exception, BaseExceptionGroup)


def check_each(cases, check):
    """Call ``check(*case)`` for each case; tell all that fail."""
    failures = []
    for case in cases:
        try:
            check(*case)
        except FAILURES as error:
            error.add_note(f"in the case {case!r}")
            failures.append(error)
    if failures:
        raise BaseExceptionGroup("some cases fail", failures)


def over(name, values):
    """Each test of a class, in one test with ``self.name`` of each of the values."""

    def decorate(cls):
        for test in [x for x in dir(cls) if x.startswith("test_")]:
            method = getattr(cls, test)
            if method is not None and not hasattr(method, "over"):
                setattr(cls, test, _over(method, name, values))
        return cls

    return decorate


def _over(method, name, values):
    @wraps(method)
    def with_each(self, **fixtures):
        def check(value):
            setattr(self, name, value)
            method(self, **fixtures)

        check_each([(value,) for value in values], check)

    with_each.over = name
    return with_each


def one_test(names, cases):
    """As ``pytest.mark.parametrize``, for cases that share the fixtures of one test."""
    names = (names,) if isinstance(names, str) else names
    cases = [case if len(names) > 1 else (case,) for case in cases]

    def decorate(test):
        own = signature(test)

        @wraps(test)
        def all_of_them(**fixtures):
            def check(*case):
                test(**dict(zip(names, case, strict=True)), **fixtures)

            check_each(cases, check)

        fixtures = [p for name, p in own.parameters.items() if name not in names]
        all_of_them.__signature__ = own.replace(parameters=fixtures)
        return all_of_them

    return decorate
