# SPDX-License-Identifier: BSD-3-Clause
"""Tests and doctests: warnings of scikit-learn that are shown and break nothing."""


def pytest_configure(config):
    """Not in ``pyproject.toml``: who only hands out the tests need not import it."""
    if hasattr(config, "workerinput") or not config.getoption("numprocesses", None):
        for name in ("ConvergenceWarning", "SkipTestWarning"):
            line = f"default::sklearn.exceptions.{name}"
            config.addinivalue_line("filterwarnings", line)
