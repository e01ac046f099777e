# SPDX-License-Identifier: BSD-3-Clause
"""Where an array lives: its TensorLy backend, dtype and device.

TensorLy keeps the current backend in global and thread-local state, and its
context manager leaks that state into other threads. The package therefore never
switches it: a TensorLy backend is loaded by name and its functions are called
as methods, ``xp.dot(a, b)``, whatever backend the caller has set.
"""

import contextlib
import sys
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorly as tl

BACKENDS = ("numpy", "pytorch")


@dataclass(frozen=True)
class ArrayContext:
    """A TensorLy backend with the dtype and the device that work is done in.

    Parameters
    ----------
    backend : {"numpy", "pytorch"}, default="numpy"
        Name of the TensorLy backend.
    dtype : {"float64", "float32"}, default="float64"
        Name of the floating-point type.
    device : str or None, default=None
        Device of PyTorch tensors, such as ``"cpu"`` or ``"cuda:0"``.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_overtensor.machine.backend import ArrayContext
    >>> context = ArrayContext(dtype="float32")
    >>> context.asarray([[1, 2]]).dtype
    dtype('float32')
    """

    backend: str = "numpy"
    dtype: str = "float64"
    device: str | None = None

    @property
    def xp(self) -> Any:
        """The TensorLy backend object; its methods are TensorLy's functions."""
        return load_backend(self.backend)

    @property
    def on_cpu(self) -> bool:
        """Whether arrays are in the memory of the CPU."""
        return self.device is None or self.device.startswith("cpu")

    @property
    def eps(self) -> float:
        """Machine epsilon of the dtype."""
        return float(np.finfo(self.dtype).eps)

    def asarray(self, array):
        """Bring an array here; nothing is copied when it is here already."""
        if self.backend == "numpy":
            return np.asarray(to_numpy(array), dtype=self.dtype)
        import torch

        if not is_torch(array):
            array = np.asarray(array)
            if not (array.flags.writeable and array.dtype.isnative) or any(
                stride < 0 for stride in array.strides
            ):
                # PyTorch cannot share such memory.
                array = array.astype(self.dtype, copy=True, order="C")
        return torch.as_tensor(
            array, dtype=getattr(torch, self.dtype), device=self.device
        ).detach()


def is_torch(array) -> bool:
    """Whether an array is a torch tensor; torch is never imported to find out."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(array, torch.Tensor)


def is_dask(array) -> bool:
    """Whether something is a dask array or dataframe, without importing dask."""
    return hasattr(array, "__dask_graph__")


def contiguous(array):
    """The array with its last mode contiguous in memory; copied if it was not."""
    return array.contiguous() if is_torch(array) else np.ascontiguousarray(array)


def take_rows(array, indices):
    """Some rows of an array."""
    # NumPy's take is about twice as fast as its index.
    return array[indices] if is_torch(array) else array.take(indices, axis=0)


def to_numpy(array) -> np.ndarray:
    """A NumPy view (or a copy, from another device) of an array."""
    if is_torch(array):
        array = array.detach().cpu()
        if array.is_floating_point() and array.itemsize < 4:  # bfloat16, not NumPy's
            array = array.float()
        array = array.numpy()
    return np.asarray(array)


def off_torch(array):
    """A torch tensor in NumPy, and anything else as it is."""
    return to_numpy(array) if is_torch(array) else array


def load_backend(name: str):
    """TensorLy's backend object of that name, without making it current.

    Raises
    ------
    ImportError
        When the backend's library is missing; the message names the extra.
    """
    try:
        return tl.backend.load_backend(name)
    except ImportError as error:
        raise ImportError(
            "backend='pytorch' needs PyTorch, which is not installed. Install it "
            "with: pip install sklearn-overtensor[torch]"
        ) from error


def context_of(array, backend=None, device=None) -> ArrayContext:
    """Read the context off an array, and move it where the caller asked.

    Parameters
    ----------
    array : array-like
        A NumPy array, a torch tensor or anything that NumPy understands.
    backend : {"numpy", "pytorch"} or None, default=None
        Where to work; None: where the array lives.
    device : str or None, default=None
        A PyTorch device; None: the array's own, else the CPU.

    Returns
    -------
    context : ArrayContext
        float32 stays float32; every other real type is worked on in float64.

    Raises
    ------
    ValueError
        For an unknown backend, or a device for NumPy.
    ImportError
        When PyTorch is asked for and missing.
    """
    torch_input = is_torch(array)
    if backend is None:
        backend = "pytorch" if torch_input else "numpy"
    if backend not in BACKENDS:
        raise ValueError(
            f"backend={backend!r} is not supported: expected one of {BACKENDS} or "
            "None (the backend that the input lives in)."
        )
    dtype = str(getattr(array, "dtype", "float64")).removeprefix("torch.")
    dtype = "float32" if dtype in ("float32", ">f4") else "float64"
    if backend == "numpy":
        if device not in (None, "cpu"):
            raise ValueError(
                f"device={device!r} needs backend='pytorch'; NumPy works on the CPU."
            )
        return ArrayContext("numpy", dtype)
    load_backend(backend)
    if device is None:
        device = str(array.device) if torch_input else "cpu"
    return ArrayContext("pytorch", dtype, _checked_device(device))


def _checked_device(device) -> str:
    import torch

    try:
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError, TypeError) as error:
        raise ValueError(
            f"device={device!r} cannot be used by this PyTorch: {error}"
        ) from error
    return str(device)


@contextlib.contextmanager
def tensorly_backend(name: str):
    """Make a backend current in this thread only, for TensorLy's own algorithms.

    ``tl.backend_context`` would overwrite the default of every thread on exit.
    """
    # There is no public way to unset a thread's backend; one that is left set would
    # hide later changes of the default from this thread.
    of_this_thread = vars(tl.backend.BackendManager._THREAD_LOCAL_DATA)
    before = dict(of_this_thread)
    tl.set_backend(load_backend(name), local_threadsafe=True)
    try:
        yield
    finally:
        of_this_thread.clear()
        of_this_thread.update(before)
