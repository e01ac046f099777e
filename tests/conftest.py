# SPDX-License-Identifier: BSD-3-Clause
"""Fixtures: every numerical test runs on both backends."""

import os

# scikit-learn has one more check of estimators when SciPy's array API is on; SciPy
# reads this once, when it is first imported.
os.environ.setdefault("SCIPY_ARRAY_API", "1")

import numpy as np
import pytest

from sklearn_overtensor.machine.backend import ArrayContext


def has_torch():
    try:
        import torch
    except ImportError:
        return False
    # Test processes share the cores; threads of their own would wait for each other.
    torch.set_num_threads(1)
    return True


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
    return ArrayContext(backend, dtype, "cpu" if backend == "pytorch" else None)


@pytest.fixture
def rng():
    return np.random.default_rng(0)
