# SPDX-License-Identifier: BSD-3-Clause
"""The package as a program imports it that lacks some modules, for one test."""

import contextlib
import sys
from unittest import mock


@contextlib.contextmanager
def imported_anew(*missing):
    """No module of ours is loaded, none of ``missing`` can be; undone at the end."""
    with mock.patch.dict(sys.modules):
        for name in [*sys.modules]:
            if name.partition(".")[0] == "sklearn_overtensor":
                del sys.modules[name]
        sys.modules.update(dict.fromkeys(missing))  # None: an import raises
        yield
