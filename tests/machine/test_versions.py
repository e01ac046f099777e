# SPDX-License-Identifier: BSD-3-Clause
"""show_versions: what is printed is what is installed."""

import sys
from importlib.metadata import version

import numpy as np
import pytest

import sklearn_overtensor
from sklearn_overtensor import show_versions
from sklearn_overtensor.machine import versions


def printed(capsys):
    """What is printed, by name."""
    show_versions()
    lines = capsys.readouterr().out.splitlines()
    return dict(line.strip().split(": ", 1) for line in lines if ": " in line)


def test_versions_of_the_packages_in_use(capsys):
    lines = printed(capsys)
    assert lines["sklearn-overtensor"] == sklearn_overtensor.__version__
    assert lines["numpy"] == np.__version__
    assert lines["scikit-learn"] == version("scikit-learn")
    assert lines["python"].startswith(sys.version.split()[0])
    assert any(value.startswith("blas, ") for value in lines.values())


def test_every_dependency_is_listed():
    requires = importlib_requirements()
    needed = {name for name, extra in requires if not extra}
    assert needed == set(versions.NEEDED)
    optional = {name for name, extra in requires if extra in ("torch", "dask", "plot")}
    assert optional <= set(versions.OPTIONAL)


def importlib_requirements():
    """Names of required packages, each with its extra or an empty text."""
    from importlib.metadata import requires

    from packaging.requirements import Requirement

    for line in requires("sklearn-overtensor"):
        requirement = Requirement(line)
        marker = str(requirement.marker or "")
        yield requirement.name, marker.partition("extra == ")[2].strip('"')


def test_devices_of_torch(capsys):
    pytest.importorskip("torch")
    assert "threads" in printed(capsys)["cpu"]


def test_without_the_optional_packages(capsys, monkeypatch):
    absent = {"torch", "dask"}
    find = versions.version

    def without(name):
        if name in absent:
            raise versions.PackageNotFoundError(name)
        return find(name)

    monkeypatch.setattr(versions, "version", without)
    lines = printed(capsys)
    assert lines["torch"] == "not installed"
    assert lines["dask"] == "None"


def test_a_broken_torch_is_shown(capsys, monkeypatch):
    pytest.importorskip("torch")
    monkeypatch.setitem(sys.modules, "torch", None)  # its import raises ImportError
    assert "cannot be imported: ModuleNotFoundError" in printed(capsys)["torch"]
