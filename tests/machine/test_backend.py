# SPDX-License-Identifier: BSD-3-Clause
"""Arrays come to where the work is, and TensorLy's global state stays as it was."""

import threading

import numpy as np
import pytest
import tensorly as tl
from numpy.testing import assert_array_equal

from sklearn_overtensor.machine.backend import (
    ArrayContext,
    context_of,
    is_torch,
    load_backend,
    tensorly_backend,
    to_numpy,
)

from ..cases import one_test
from ..conftest import has_torch, make_context
from ..missing_torch import hide_torch

needs_torch = pytest.mark.skipif(not has_torch(), reason="needs torch")


# --- ArrayContext.asarray ------------------------------------------------------------


def test_array_that_is_here_is_not_copied(context):
    array = np.arange(6.0).reshape(2, 3)
    here = context.asarray(array)
    assert np.shares_memory(to_numpy(here), array)
    again = context.asarray(here)
    assert np.shares_memory(to_numpy(again), array)


@one_test("dtype", ["float32", "float64"])
@one_test("given", ["float16", "float32", "float64", "int64", "bool"])
def test_values_come_in_the_dtype_of_the_context(backend, dtype, given):
    array = np.array([[0, 1], [1, 0]], dtype=given)
    here = make_context(backend, dtype).asarray(array)
    assert is_torch(here) == (backend == "pytorch")
    assert str(here.dtype).removeprefix("torch.") == dtype
    assert_array_equal(to_numpy(here), array.astype(dtype))


@pytest.mark.filterwarnings("error")
@one_test(
    "make",
    [
        lambda x: x[::-1],
        lambda x: x[:, ::-1],
        lambda x: x.T,
        lambda x: x.astype(">f8"),
        lambda x: x.astype(">f4"),
        lambda x: x.tolist(),
    ],
)
def test_memory_of_any_kind(context, make):
    array = np.arange(6.0).reshape(2, 3)
    given = make(array)
    assert_array_equal(to_numpy(context.asarray(given)), np.asarray(given, dtype=float))


@pytest.mark.filterwarnings("error")
def test_read_only_memory_is_not_written_to(context):
    array = np.arange(3.0)
    array.flags.writeable = False
    here = context.asarray(array)
    assert_array_equal(to_numpy(here), [0, 1, 2])
    if context.backend == "pytorch":  # it cannot tell, so it must not share
        here[0] = 7.0
        assert array[0] == 0.0


@needs_torch
def test_torch_tensors_come_without_their_graph():
    import torch

    tensor = torch.ones(3, requires_grad=True)
    for backend in ("numpy", "pytorch"):
        here = make_context(backend).asarray(tensor)
        assert_array_equal(to_numpy(here), np.ones(3))
        assert not getattr(here, "requires_grad", False)
    assert tensor.requires_grad
    assert_array_equal(to_numpy(tensor), np.ones(3))


# --- context_of ----------------------------------------------------------------------


@one_test(
    ("given", "expected"),
    [
        ("float64", "float64"),
        ("float32", "float32"),
        (">f4", "float32"),
        (">f8", "float64"),
        ("float16", "float64"),
        ("int32", "float64"),
        ("bool", "float64"),
        ("object", "float64"),
    ],
)
def test_dtype_of_numpy_arrays(given, expected):
    assert context_of(np.zeros(2, dtype=given)) == ArrayContext("numpy", expected)


@needs_torch
@one_test(
    ("given", "expected"),
    [
        ("float64", "float64"),
        ("float32", "float32"),
        ("float16", "float64"),
        ("bfloat16", "float64"),
        ("int64", "float64"),
    ],
)
def test_dtype_of_torch_tensors(given, expected):
    import torch

    tensor = torch.zeros(2, dtype=getattr(torch, given))
    assert context_of(tensor) == ArrayContext("pytorch", expected, "cpu")
    assert context_of(tensor, backend="numpy") == ArrayContext("numpy", expected)


def test_lists_are_numpy():
    assert context_of([[1, 2]]) == ArrayContext()


@needs_torch
def test_the_caller_can_move_the_work():
    assert context_of(np.zeros(2), "pytorch") == ArrayContext(
        "pytorch", "float64", "cpu"
    )
    context = context_of(np.zeros(2), "pytorch", "meta")
    assert context.device == "meta"
    assert str(context.asarray(np.zeros(2)).device) == "meta"


def test_numpy_has_no_device():
    assert context_of(np.zeros(2), device="cpu") == ArrayContext()
    with pytest.raises(ValueError, match=r"device='cuda' needs backend='pytorch'"):
        context_of(np.zeros(2), device="cuda")


@needs_torch
@pytest.mark.parametrize("device", ["cuda:99", "gpu", 1.5])
def test_device_that_cannot_be_used(device):
    message = rf"device={device!r} cannot be used by this PyTorch: "
    with pytest.raises(ValueError, match=message):
        context_of(np.zeros(2), "pytorch", device)


@one_test("backend", ["jax", "torch", "", 3])
def test_unknown_backend(backend):
    message = rf"backend={backend!r} is not supported: expected one of.*'pytorch'"
    with pytest.raises(ValueError, match=message):
        context_of(np.zeros(2), backend)


def test_eps_is_that_of_the_dtype(backend):
    assert make_context(backend, "float64").eps == np.finfo("float64").eps
    assert make_context(backend, "float32").eps == np.finfo("float32").eps


# --- PyTorch is missing --------------------------------------------------------------


def test_missing_torch_is_named_with_its_extra(monkeypatch):
    hide_torch(monkeypatch)
    message = (
        r"backend='pytorch' needs PyTorch.*pip install sklearn-overtensor\[torch\]"
    )
    with pytest.raises(ImportError, match=message):
        load_backend("pytorch")
    with pytest.raises(ImportError, match=message):
        context_of(np.zeros(2), "pytorch")


def test_numpy_needs_no_torch(monkeypatch):
    hide_torch(monkeypatch)
    assert not is_torch(np.zeros(2))
    assert context_of(np.zeros(2)) == ArrayContext()
    assert_array_equal(to_numpy([1, 2]), [1, 2])


# --- TensorLy's global state ---------------------------------------------------------


def in_a_thread(function):
    """Result of a function that runs in a thread of its own."""
    result = []
    thread = threading.Thread(target=lambda: result.append(function()))
    thread.start()
    thread.join()
    return result[0]


def test_loading_makes_nothing_current(backend):
    load_backend(backend)
    assert tl.get_backend() == "numpy"
    assert in_a_thread(tl.get_backend) == "numpy"


@needs_torch
def test_backend_is_current_in_this_thread_only():
    with tensorly_backend("pytorch"):
        assert tl.get_backend() == "pytorch"
        assert in_a_thread(tl.get_backend) == "numpy"
    assert tl.get_backend() == "numpy"
    assert in_a_thread(tl.get_backend) == "numpy"


@needs_torch
def test_backend_of_the_user_comes_back():
    tl.set_backend("pytorch", local_threadsafe=True)
    try:
        with tensorly_backend("numpy"):
            assert tl.get_backend() == "numpy"
            with tensorly_backend("pytorch"):
                assert tl.get_backend() == "pytorch"
            assert tl.get_backend() == "numpy"
        assert tl.get_backend() == "pytorch"
        assert in_a_thread(tl.get_backend) == "numpy"
    finally:
        tl.set_backend("numpy", local_threadsafe=True)


@needs_torch
def test_default_of_all_threads_is_left_alone():
    tl.set_backend("pytorch")
    try:
        with tensorly_backend("numpy"):
            assert in_a_thread(tl.get_backend) == "pytorch"
        assert tl.get_backend() == "pytorch"
        assert in_a_thread(tl.get_backend) == "pytorch"
    finally:
        tl.set_backend("numpy")


@needs_torch
def test_backend_comes_back_after_an_error():
    with pytest.raises(RuntimeError, match="inside"), tensorly_backend("pytorch"):
        raise RuntimeError("inside")
    assert tl.get_backend() == "numpy"
