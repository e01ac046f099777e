# SPDX-License-Identifier: BSD-3-Clause
"""Fixtures of the metrics: inputs of any kind, and a user on another backend."""

import numpy as np
import pytest
import tensorly as tl


def as_numpy(array):
    return np.asarray(array)


def as_torch(array):
    tensor = pytest.importorskip("torch").as_tensor(np.asarray(array))
    return tensor.requires_grad_(tensor.is_floating_point())


@pytest.fixture(params=[as_numpy, as_torch, np.ndarray.tolist])
def convert(request):
    """From a NumPy array to what a user may hand in."""
    return request.param


@pytest.fixture
def tensorly_on_torch():
    """The user has made another backend current in this thread."""
    pytest.importorskip("torch")
    previous = tl.get_backend()
    tl.set_backend("pytorch", local_threadsafe=True)
    yield
    tl.set_backend(previous, local_threadsafe=True)
