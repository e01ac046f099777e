# SPDX-License-Identifier: BSD-3-Clause
"""What a file holds, and how a bad one is refused."""

import pytest

from sklearn_overtensor import OverparamSymmetricCP
from sklearn_overtensor.persistence import file


def refused(path, message):
    with pytest.raises(ValueError, match=message) as caught:
        OverparamSymmetricCP.load(path)
    assert str(caught.value).startswith(str(path))


def contents(path):
    """What a file holds, as JSON and arrays."""
    return file.read_file(path, lambda *parts: parts)
