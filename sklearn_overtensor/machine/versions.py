# SPDX-License-Identifier: BSD-3-Clause
"""``show_versions``: what a report of a bug should say of the machine."""

import importlib
import platform
import sys
from importlib.metadata import PackageNotFoundError, version

from joblib import cpu_count
from threadpoolctl import threadpool_info

from .._version import __version__

NEEDED = (
    *("numpy", "scipy", "scikit-learn", "tensorly"),
    *("joblib", "psutil", "threadpoolctl"),
)
OPTIONAL = ("torch", "dask", "distributed", "pandas", "matplotlib")


def show_versions() -> None:
    """Print the versions and the machine, for a report of a bug.

    The system, Python, the packages that this one needs or can use, the thread pools of
    BLAS and OpenMP, and the devices of PyTorch where that is installed.

    See Also
    --------
    sklearn.show_versions : The same for scikit-learn.

    Examples
    --------
    >>> from sklearn_overtensor import show_versions
    >>> show_versions()
    <BLANKLINE>
    System:
    ...
    """
    _section("System", _system())
    packages = {"sklearn-overtensor": __version__}
    packages.update((name, _version(name)) for name in ("pip", "setuptools"))
    _section("Needed", {**packages, **{name: _version(name) for name in NEEDED}})
    _section("Optional", {name: _version(name) for name in OPTIONAL})
    # SciPy's own BLAS is listed once its linear algebra is loaded.
    importlib.import_module("scipy.linalg")
    pools = {pool["filepath"]: _pool(pool) for pool in threadpool_info()}
    _section("Thread pools", pools)
    _section("PyTorch devices", _devices())


def _section(title, lines):
    print(f"\n{title}:")
    width = max(map(len, lines), default=0)
    for name, value in lines.items():
        print(f"  {name:>{width}}: {value}")


def _system():
    return {
        "python": sys.version.replace("\n", " "),
        "executable": sys.executable,
        "machine": platform.platform(),
        "cores": cpu_count(),
    }


def _version(name):
    """The version of an installed package; nothing is imported."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _pool(pool):
    return f"{pool['user_api']}, {pool['num_threads']} threads, {pool['version']}"


def _devices():
    if _version("torch") is None:
        return {"torch": "not installed"}
    try:
        import torch
    except Exception as error:  # a broken install is what a report should show
        return {"torch": f"cannot be imported: {error!r}"}
    devices = {"cpu": f"{torch.get_num_threads()} threads"}
    for index in range(torch.cuda.device_count()):
        devices[f"cuda:{index}"] = torch.cuda.get_device_name(index)
    if torch.backends.mps.is_available():
        devices["mps"] = "available"
    return devices
