# SPDX-License-Identifier: BSD-3-Clause
"""On a CUDA device: the same answers, from the same code, where the data lives."""

from functools import partial

import numpy as np
import pytest
from sklearn.base import clone

from sklearn_overtensor import (
    CumulantICA,
    OverparamSymmetricCP,
    OverparamSymmetricCPCV,
    symmetric_cp_path,
    symmetrize,
)
from sklearn_overtensor.datasets import make_latent_samples, make_symmetric_cp
from sklearn_overtensor.decompose.parameters import SOLVERS
from sklearn_overtensor.machine.backend import ArrayContext
from sklearn_overtensor.targets import (
    CPTarget,
    CumulantTarget,
    DenseTarget,
    HermiteMomentTarget,
    MixedMomentTarget,
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


@pytest.fixture
def X():
    """Four exponential sources of six sensors."""
    rng = np.random.default_rng(0)
    return rng.exponential(size=(3000, 4)) @ rng.standard_normal((4, 6))


def fit_both(model, X, **options):
    """Fitted to NumPy's array, and to the same on the device."""
    there = clone(model).fit(CUDA.asarray(X), **options)
    return model.fit(X, **options), there


@pytest.mark.parametrize("order", [3, 4])
@pytest.mark.parametrize("statistic", ["moment", "cumulant"])
def test_the_rule_of_noise(statistic, order, X):
    weight = np.random.default_rng(1).uniform(0.5, 2, len(X))
    model = OverparamSymmetricCP(order=order, statistic=statistic, random_state=0)
    here, there = fit_both(model, X, sample_weight=weight)
    assert there.status_ == here.status_
    for name in ("weights_", "components_", "weights_std_", "components_std_"):
        np.testing.assert_allclose(
            getattr(there, name), getattr(here, name), rtol=1e-6, atol=1e-8
        )


def test_a_noisy_tensor():
    tensor = make_symmetric_cp(10, 4, noise=0.1, random_state=0).tensor
    here, there = fit_both(OverparamSymmetricCP(random_state=0), tensor)
    assert (there.n_components_, there.status_) == (4, here.status_)
    np.testing.assert_allclose(there.weights_, here.weights_, rtol=1e-8)
    np.testing.assert_allclose(there.weights_std_, here.weights_std_, rtol=1e-6)


@pytest.mark.parametrize("contraction", ["dense", "implicit"])
def test_contractions_of_samples(contraction, X):
    model = OverparamSymmetricCP(contraction=contraction, random_state=0)
    here, there = fit_both(model, X)
    assert there.contraction_ == contraction
    np.testing.assert_allclose(there.components_, here.components_, atol=1e-7)


def test_given_rank_given_alpha_and_a_path(X):
    for settings in ({"rank": 3}, {"alpha": 0.05}, {"noise": 0}):
        model = OverparamSymmetricCP(random_state=0, **settings)
        here, there = fit_both(model, X)
        np.testing.assert_allclose(there.weights_, here.weights_, rtol=1e-5)
    paths = [
        symmetric_cp_path(MomentTarget(data), alphas=(0.3, 0.1), random_state=0)[2]
        for data in (X, CUDA.asarray(X))
    ]
    np.testing.assert_allclose(paths[1], paths[0], rtol=1e-6)


def test_cross_validation(X):
    model = OverparamSymmetricCPCV(alphas=(0.3, 0.1), cv=3, random_state=0)
    here, there = fit_both(model, X[:600])
    assert there.alpha_ == here.alpha_
    np.testing.assert_allclose(there.weights_, here.weights_, rtol=1e-5)


def test_streams_of_rows(X):
    models = OverparamSymmetricCP(random_state=0), OverparamSymmetricCP(random_state=0)
    for block in np.split(X, 3):
        models[0].partial_fit(block)
        models[1].partial_fit(CUDA.asarray(block))
    np.testing.assert_allclose(models[1].weights_, models[0].weights_, rtol=1e-6)


def test_sources(X):
    here, there = fit_both(CumulantICA(random_state=0), X)
    np.testing.assert_allclose(there.mixing_, here.mixing_, atol=1e-6)
    assert there.transform(CUDA.asarray(X)).is_cuda


@pytest.mark.parametrize(
    "target",
    [partial(HermiteMomentTarget, noise_covariance=np.eye(6)), MixedMomentTarget],
    ids=["Hermite", "mixed"],
)
def test_moments_without_noise_and_of_several_orders(target, X):
    here, there = target(X), target(CUDA.asarray(X))
    V = np.random.default_rng(1).standard_normal((here.n_features, 9))
    contraction = there.contract(V)
    assert contraction.is_cuda
    np.testing.assert_allclose(contraction.cpu(), here.contract(V), rtol=1e-8)


def test_what_is_saved_is_loaded_without_the_device(X, tmp_path):
    model = OverparamSymmetricCP(random_state=0).fit(CUDA.asarray(X))
    model.save(tmp_path / "model.json")
    again = OverparamSymmetricCP.load(tmp_path / "model.json")
    np.testing.assert_array_equal(again.components_, model.components_)


def test_symmetric_part():
    array = np.random.default_rng(0).standard_normal((4, 4, 4, 4))
    found = symmetrize(CUDA.asarray(array))
    assert found.is_cuda
    np.testing.assert_allclose(found.cpu(), symmetrize(array), atol=1e-14)


@pytest.mark.parametrize("statistic", ["moment", "cumulant"])
def test_a_fit_waits_for_the_device_a_few_times(statistic, X, recwarn):
    import torch

    there = CUDA.asarray(X)
    torch.cuda.set_sync_debug_mode("warn")
    try:
        OverparamSymmetricCP(statistic=statistic, random_state=0).fit(there)
    finally:
        torch.cuda.set_sync_debug_mode("default")
    waits = [str(w.message) for w in recwarn if "synchroniz" in str(w.message)]
    assert 0 < len(waits) <= 150
