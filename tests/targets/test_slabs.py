# SPDX-License-Identifier: BSD-3-Clause
"""Tensors larger than memory: mapped from a file, or in chunks of dask."""

import subprocess
import sys
import tracemalloc

import numpy as np
import pytest

from sklearn_overtensor import OverparamSymmetricCP, overparam_symmetric_cp
from sklearn_overtensor.datasets import make_symmetric_cp
from sklearn_overtensor.targets import DenseTarget, as_target
from sklearn_overtensor.testing import TargetContract

from ..cases import one_test

dask = pytest.importorskip("dask.array")

# A process that may hold 24 MiB more than its imports and a small fit.
LIMITED = """
import resource, sys
from pathlib import Path
import numpy as np
from sklearn_overtensor import OverparamSymmetricCP
from sklearn_overtensor.datasets import make_symmetric_cp
model = OverparamSymmetricCP(random_state=0).fit(make_symmetric_cp(70, 3).tensor)
lines = Path("/proc/self/status").read_text().splitlines()
held = next(int(line.split()[1]) for line in lines if line.startswith("VmData"))
resource.setrlimit(resource.RLIMIT_DATA, (1024 * (held + 24 * 1024),) * 2)
tensor = np.load(sys.argv[1], mmap_mode="r")
try:
    np.array(tensor)
    print("whole")
except MemoryError:
    print("too large")
print(model.fit(tensor).status_, model.n_components_)
"""


@pytest.mark.parametrize("order", [3, 4])
class TestChunks(TargetContract):
    """The contract, in chunks along all modes."""

    @pytest.fixture(autouse=True)
    def tensor(self, order):
        self.array = make_symmetric_cp(5, 3, order=order, noise=0.3, random_state=0)

    def make_target(self):
        return as_target(dask.from_array(self.array.tensor, chunks=3))

    def dense(self):
        return self.array.tensor


@pytest.mark.parametrize("kind", ["mapped", "chunks"])
def test_nothing_of_the_whole_is_copied(kind, tmp_path):
    truth = make_symmetric_cp(120, 3, random_state=0)
    np.save(tmp_path / "tensor.npy", truth.tensor)  # 13.8 MB
    tensor = np.load(tmp_path / "tensor.npy", mmap_mode="r")
    whole = tensor.nbytes
    if kind == "chunks":
        tensor = dask.from_array(tensor, chunks=(20, -1, -1))
    overparam_symmetric_cp(truth.tensor, random_state=0)  # what is imported stays
    tracemalloc.start()
    as_target(tensor).contract(np.eye(120))
    model = OverparamSymmetricCP(random_state=0).fit(tensor)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (model.n_components_, model.status_) == (3, "exact")
    assert model.weights_ == pytest.approx(truth.weights)
    assert model.score(tensor) == pytest.approx(1)
    assert peak < 0.6 * whole


@pytest.mark.parametrize("shape", [(24, 24, 24), (14, 14, 14, 14)])
def test_slabs_add_up(shape, monkeypatch, tmp_path):
    rng = np.random.default_rng(0)
    tensor = make_symmetric_cp(
        shape[0], 2, order=len(shape), noise=0.5, random_state=0
    ).tensor
    V, Q = rng.standard_normal((shape[0], 7)), np.eye(shape[0])[:, :3]
    whole = DenseTarget(tensor)
    expected = whole.contract(V), whole.compressed(Q)
    monkeypatch.setattr("sklearn_overtensor.targets._slabs.BLOCK_BYTES", 10_000)
    monkeypatch.setattr("sklearn_overtensor.targets.chunked.SLAB_BYTES", 10_000)
    np.save(tmp_path / "tensor.npy", tensor)
    mapped = DenseTarget(np.load(tmp_path / "tensor.npy", mmap_mode="r"))
    for target in (mapped, as_target(dask.from_array(tensor, chunks=11))):
        assert target.contract(V) == pytest.approx(expected[0], abs=1e-12)
        assert target.compressed(Q) == pytest.approx(expected[1], abs=1e-12)
    assert expected[1] == pytest.approx(tensor[(slice(3),) * len(shape)], abs=1e-12)


@pytest.mark.parametrize("scale", [1e-200, 1e150, 1e306])
def test_entries_of_any_size(scale):
    truth = make_symmetric_cp(8, 2, random_state=0)
    tensor = scale * truth.tensor
    result = overparam_symmetric_cp(dask.from_array(tensor, chunks=3), random_state=0)
    assert result.weights == pytest.approx(scale * truth.weights, rel=1e-9, abs=0)
    tensor[0, 0, 1] *= 0.5
    with pytest.raises(
        ValueError, match=r"not symmetric: it differs .* about 0\.\d+ of"
    ):
        as_target(dask.from_array(tensor, chunks=3))


@one_test(
    ("change", "message"),
    [
        (lambda t: t + np.arange(5.0), "not symmetric"),
        (lambda t: t[:4], "cubical"),
        (lambda t: np.where(t == t.max(), np.nan, t), "NaN"),
        (lambda t: t + 0j, "Complex"),
    ],
)
def test_what_is_no_symmetric_tensor(change, message):
    tensor = make_symmetric_cp(5, 2, random_state=0).tensor
    with pytest.raises(ValueError, match=message):
        overparam_symmetric_cp(dask.from_array(change(tensor), chunks=2))


@pytest.mark.skipif(sys.platform != "linux", reason="limits of memory are Linux's")
def test_a_file_larger_than_what_may_be_held_is_decomposed(tmp_path):
    truth = make_symmetric_cp(180, 3, random_state=0)
    np.save(tmp_path / "tensor.npy", truth.tensor)  # 44 MiB
    command = [sys.executable, "-c", LIMITED, str(tmp_path / "tensor.npy")]
    run = subprocess.run(command, capture_output=True, text=True)
    assert run.stdout.split("\n")[:2] == ["too large", "exact 3"], run.stderr
