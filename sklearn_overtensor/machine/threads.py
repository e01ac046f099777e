# SPDX-License-Identifier: BSD-3-Clause
"""One BLAS thread for products too small to share."""

import contextlib
import sys
import threading
from functools import lru_cache

from threadpoolctl import ThreadpoolController

# Largest dimension of a core whose products are quicker on one thread: waiting for the
# others costs more than they bring, and far more on a machine that is busy.
SMALL = 64


@contextlib.contextmanager
def few_threads(n_features):
    """Keep BLAS to one thread while a small problem is solved, then restore it.

    Only in the main thread, of this process or of a worker: the number of threads
    belongs to the process, and limits that overlap in several threads would undo each
    other in the wrong order and stay.
    """
    in_main_thread = threading.current_thread() is threading.main_thread()
    if n_features > SMALL or not in_main_thread:
        yield
        return
    with _controller("torch" in sys.modules).limit(limits=1, user_api="blas"):
        yield


@lru_cache(maxsize=2)
def _controller(torch_is_loaded):
    """Find the libraries, again once PyTorch has brought its own."""
    return ThreadpoolController()
