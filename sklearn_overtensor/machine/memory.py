# SPDX-License-Identifier: BSD-3-Clause
"""Refuse what cannot fit in memory before anything is allocated."""

import math
from decimal import Decimal
from pathlib import Path

import numpy as np
import psutil

# Temporaries made of rows of samples are kept under this size by working in blocks:
# small enough to be in the cache still when the second product reads them, and for the
# allocator to keep a few for the next block: pages that it gives back to the system and
# asks for again have cost as much as the products.
BLOCK_BYTES = 2 * 2**20
# The same on a GPU: starting an operation there takes the time of a large one.
DEVICE_BLOCK_BYTES = 256 * 2**20
CONTROL_GROUP = Path("/sys/fs/cgroup")


def block_bytes(context) -> int:
    """Size of temporaries where the arrays of a context live."""
    return BLOCK_BYTES if context.on_cpu else DEVICE_BLOCK_BYTES


def is_mapped(array) -> bool:
    """Whether an array, or what it is a view of, is mapped from a file."""
    while isinstance(array, np.ndarray):
        if isinstance(array, np.memmap):
            return True
        array = array.base
    return False


def available_bytes() -> float:
    """Memory that can still be had, on the machine and in the container if any."""
    return min(psutil.virtual_memory().available, _container_bytes())


def _container_bytes() -> float:
    """What a container's limit (cgroup v2) leaves; infinite where there is none."""
    try:
        limit, used = (
            (CONTROL_GROUP / name).read_text()
            for name in ("memory.max", "memory.current")
        )
        return max(int(limit) - int(used), 0)
    except (OSError, ValueError):  # no such file, or "max"
        return math.inf


def dense_bytes(n_features: int, order: int, itemsize: int = 8) -> int:
    """Bytes of an array of shape ``(n_features,) * order``."""
    return int(n_features) ** int(order) * itemsize


def fits_in_memory(n_bytes: int) -> bool:
    """Whether an array of that size, and one temporary beside it, can be had."""
    return 2 * n_bytes <= available_bytes()


def require_memory(n_bytes: int, what: str, advice: str) -> None:
    """Raise before an allocation that cannot succeed.

    Asked beforehand, since an operating system that overcommits grants the memory
    and kills the process later.

    Parameters
    ----------
    n_bytes : int
        Size of what is to be allocated, of any magnitude.
    what : str
        What needs the memory: the start of the message.
    advice : str
        What to do instead: its end.

    Raises
    ------
    MemoryError
        With the size asked for, the size available and what to do instead.
    """
    available = available_bytes()
    if n_bytes > available:
        raise MemoryError(
            # Decimal, since the size may overflow a float.
            f"{what} needs {Decimal(n_bytes) / 2**30:.3g} GiB, but only "
            f"{available / 2**30:.3g} GiB of memory is available. {advice}"
        )
