# SPDX-License-Identifier: BSD-3-Clause
"""Fixtures: every numerical test runs on both backends."""

import gc
import os
from importlib.util import find_spec

# scikit-learn has one more check of estimators when SciPy's array API is on; SciPy
# reads this once, when it is first imported.
os.environ.setdefault("SCIPY_ARRAY_API", "1")

import numpy as np
import pytest

# The package and torch are not imported here: the process that only hands out the
# tests needs neither, and nothing starts before it has read this.


def has_torch():
    return find_spec("torch") is not None


@pytest.fixture(scope="session", autouse=True)
def _one_thread():
    """Test processes share the cores; threads of torch would wait for each other."""
    if has_torch():
        import torch

        torch.set_num_threads(1)


def pytest_collection_finish():
    """What was imported and collected stays: no later collection looks through it."""
    gc.collect()
    gc.freeze()


torch_param = pytest.param(
    "pytorch", marks=pytest.mark.skipif(not has_torch(), reason="needs torch")
)


@pytest.fixture(params=["numpy", torch_param])
def backend(request):
    """Name of a TensorLy backend."""
    return request.param


@pytest.fixture
def context(backend):
    """Double precision on the CPU of either backend."""
    return make_context(backend)


def make_context(backend, dtype="float64"):
    from sklearn_overtensor.machine.backend import ArrayContext

    return ArrayContext(backend, dtype, "cpu" if backend == "pytorch" else None)


@pytest.fixture
def rng():
    return np.random.default_rng(0)
