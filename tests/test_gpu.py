# SPDX-License-Identifier: BSD-3-Clause
"""On a CUDA device: the same answers, from the same code, where the data lives."""

import numpy as np
import pytest

from sklearn_overtensor import OverparamSymmetricCP
from sklearn_overtensor.datasets import make_latent_samples, make_symmetric_cp
from sklearn_overtensor.decompose.parameters import SOLVERS
from sklearn_overtensor.machine.backend import ArrayContext
from sklearn_overtensor.targets import (
    CPTarget,
    CumulantTarget,
    DenseTarget,
    MomentTarget,
)


def has_cuda():
    try:
        import torch
    except ImportError:
        return False
    return torch.cuda.is_available()


pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not has_cuda(), reason="needs a CUDA device"),
]
CUDA = ArrayContext("pytorch", "float64", "cuda")


@pytest.mark.parametrize("order", [3, 4, 5])
@pytest.mark.parametrize("kind", [MomentTarget, CumulantTarget])
def test_sample_targets(kind, order):
    X = np.random.default_rng(0).exponential(size=(500, 5))
    V = np.random.default_rng(1).standard_normal((5, 7))
    cpu, gpu = kind(X, order), kind(CUDA.asarray(X), order)
    contraction = gpu.contract(V)
    assert contraction.is_cuda
    np.testing.assert_allclose(contraction.cpu(), cpu.contract(V), rtol=1e-9, atol=1e-9)
    assert gpu.squared_norm == pytest.approx(cpu.squared_norm, rel=1e-9)
    np.testing.assert_allclose(
        gpu.compressed(V[:, :3]).cpu(), cpu.compressed(V[:, :3]), rtol=1e-9, atol=1e-8
    )


def test_tensor_targets():
    bunch = make_symmetric_cp(7, 3, 4, signed=True, random_state=0)
    V = np.random.default_rng(1).standard_normal((7, 9))
    expected = DenseTarget(bunch.tensor).contract(V)
    dense = DenseTarget(CUDA.asarray(bunch.tensor))
    cp = CPTarget(bunch.weights, CUDA.asarray(bunch.components), 4)
    for target in (dense, cp):
        assert target.contract(V).is_cuda
        np.testing.assert_allclose(target.contract(V).cpu(), expected, atol=1e-10)


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_fit_where_the_data_lives(solver):
    import torch

    settings = {"solver": solver, "max_epochs": 2, "max_iter": 200, "random_state": 0}
    bunch = make_symmetric_cp(8, 3, random_state=0)
    expected = OverparamSymmetricCP(12, **settings).fit(bunch.tensor)
    there = OverparamSymmetricCP(12, **settings).fit(CUDA.asarray(bunch.tensor))
    moved = OverparamSymmetricCP(12, device="cuda", backend="pytorch", **settings)
    for model in (there, moved.fit(bunch.tensor)):
        assert isinstance(model.components_, np.ndarray)
        np.testing.assert_allclose(model.weights_, expected.weights_, rtol=1e-6)
    X = make_latent_samples(1000, 8, random_state=0).X
    code = there.transform(torch.as_tensor(X, device="cuda"))
    assert code.is_cuda
    np.testing.assert_allclose(code.cpu(), there.transform(X), rtol=1e-8, atol=1e-8)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_float32_on_the_device():
    bunch = make_symmetric_cp(8, 3, random_state=0)
    tensor = ArrayContext("pytorch", "float32", "cuda").asarray(bunch.tensor)
    model = OverparamSymmetricCP(random_state=0).fit(tensor)
    assert model.components_.dtype == np.float32
    assert model.score(bunch.tensor) > 0.9999
