# SPDX-License-Identifier: BSD-3-Clause
"""What cannot fit is refused with its size, of any magnitude."""

import math

import pytest

from sklearn_overtensor.machine import memory
from sklearn_overtensor.machine.memory import (
    available_bytes,
    dense_bytes,
    fits_in_memory,
    require_memory,
)


@pytest.fixture
def one_gib(monkeypatch):
    monkeypatch.setattr(memory, "available_bytes", lambda: 2**30)


def test_there_is_memory():
    assert 2**20 < available_bytes() < math.inf


def test_dense_bytes_do_not_overflow():
    assert dense_bytes(3, 4) == 8 * 81
    assert dense_bytes(10**6, 40, 4) == 4 * 10**240


@pytest.mark.usefixtures("one_gib")
def test_one_temporary_must_fit_too():
    assert fits_in_memory(2**29)
    assert not fits_in_memory(2**29 + 1)
    assert not fits_in_memory(10**400)


@pytest.mark.usefixtures("one_gib")
@pytest.mark.parametrize(
    ("n_bytes", "size"),
    [(2**31, "2"), pytest.param(10**400, r"9\.31e\+390", id="huge")],
)
def test_message_names_sizes_and_the_way_out(n_bytes, size):
    message = (
        rf"The tensor needs {size} GiB, but only 1 GiB of memory is available\. "
        r"Take less\."
    )
    with pytest.raises(MemoryError, match=message):
        require_memory(n_bytes, "The tensor", "Take less.")
    require_memory(2**30, "The tensor", "Take less.")


def test_a_containers_limit_counts(tmp_path, monkeypatch):
    monkeypatch.setattr(memory, "CONTROL_GROUP", tmp_path)
    assert memory._container_bytes() == math.inf
    (tmp_path / "memory.current").write_text("1000\n")
    (tmp_path / "memory.max").write_text("max\n")
    assert memory._container_bytes() == math.inf
    (tmp_path / "memory.max").write_text("5000\n")
    assert memory.available_bytes() == 4000
