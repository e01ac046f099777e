# SPDX-License-Identifier: BSD-3-Clause
"""What must not matter does not: scale, rotation, sequence, signs, memory, threads.

Beside what ``test_symmetric_cp.py`` says of scaled and rotated data, by property:
tensors with few terms, so that the decomposition is unique and can be compared term by
term.
"""

from functools import reduce

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from threadpoolctl import threadpool_limits

from sklearn_overtensor import OverparamSymmetricCP, overparam_symmetric_cp
from sklearn_overtensor.datasets import make_latent_samples
from sklearn_overtensor.metrics import factor_match_score

from ..conftest import torch_param

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
few = settings(max_examples=12, deadline=None)
seeds = st.integers(0, 2**32 - 1)
orders = st.sampled_from([3, 4])
N_FEATURES, RANK = 4, 3


def cp(weights, components, order):
    outer = [reduce(np.multiply.outer, [v] * order) for v in components]
    return np.tensordot(weights, np.array(outer), axes=1)


@st.composite
def models(draw):
    """Weights, well separated components and an order: unique terms."""
    rng, order = np.random.default_rng(draw(seeds)), draw(orders)
    basis = np.linalg.qr(rng.standard_normal((N_FEATURES, N_FEATURES)))[0][:RANK]
    components = basis + 0.3 * rng.uniform(-1, 1, basis.shape)
    components /= np.linalg.norm(components, axis=1, keepdims=True)
    signs = rng.choice([-1, 1], RANK) if order % 2 == 0 else 1
    return rng.uniform(1, 3, RANK) * signs, components, order, rng


def decompose(data, **parameters):
    # All there is, not a sample of more: the terms of so few rows would be noise.
    return overparam_symmetric_cp(data, **{"random_state": 0, "noise": 0, **parameters})


def assert_terms(result, weights, components, order, least=1 - 1e-6):
    """The result has exactly these terms."""
    assert result.n_components == len(weights)
    found = result.components, components, result.weights, weights
    assert factor_match_score(found[1], found[0], found[3], found[2], order=order) > (
        least
    )


@few
@given(models(), st.floats(1e-30, 1e30), st.booleans())
def test_scaling(model, scale, negative):
    weights, components, order, _ = model
    weights = weights * (-scale if negative else scale)
    assert_terms(decompose(cp(weights, components, order)), weights, components, order)


@few
@given(models())
def test_rotation(model):
    weights, components, order, rng = model
    rotated = components @ np.linalg.qr(rng.standard_normal((N_FEATURES,) * 2))[0]
    assert_terms(decompose(cp(weights, rotated, order)), weights, rotated, order)


@few
@given(models())
def test_permuted_features(model):
    weights, components, order, rng = model
    sequence = rng.permutation(N_FEATURES)
    tensor = cp(weights, components, order)[np.ix_(*[sequence] * order)]
    assert_terms(decompose(tensor), weights, components[:, sequence], order)


@few
@given(models(), st.integers(1, 4))
def test_embedding_in_a_larger_space(model, extra):
    weights, components, order, rng = model
    wider = np.pad(components, [(0, 0), (0, extra)])
    assert_terms(decompose(cp(weights, wider, order)), weights, wider, order)
    rotation = np.linalg.qr(rng.standard_normal((N_FEATURES + extra,) * 2))[0]
    wider = wider @ rotation
    assert_terms(decompose(cp(weights, wider, order)), weights, wider, order)


@few
@given(models())
def test_sum_of_duplicates(model):
    weights, components, order, _ = model
    twice = np.concatenate([weights, weights]), np.concatenate([components] * 2)
    assert_terms(decompose(cp(*twice, order)), 2 * weights, components, order)


# --- samples -------------------------------------------------------------------------


@st.composite
def samples(draw):
    """Samples whose moment has unique terms: rows along a few directions."""
    weights, components, order, rng = draw(models())
    labels = np.arange(30) % RANK
    sizes = rng.uniform(0.8, 1.2, 30) * (1 + 0.5 * labels)  # no two weights are alike
    return sizes[:, None] * components[labels], order, rng


def assert_same(result, other, rtol=1e-6, sign=1.0):
    """The same terms, in the same sequence."""
    np.testing.assert_allclose(result.weights, other.weights, rtol=rtol)
    expected = sign * other.components
    np.testing.assert_allclose(result.components, expected, atol=rtol)


@few
@given(samples())
def test_permuted_repeated_and_weighted_samples(case):
    X, order, rng = case
    plain = decompose(X, order=order)
    assert_same(decompose(rng.permutation(X), order=order), plain)
    assert_same(decompose(np.concatenate([X, X]), order=order), plain)
    assert_same(decompose(X, order=order, sample_weight=np.full(len(X), 0.3)), plain)


@few
@given(samples())
def test_flipped_samples(case):
    X, order, _ = case
    sign = -1.0 if order % 2 else 1.0
    plain, flipped = decompose(X, order=order), decompose(-X, order=order)
    assert_same(flipped, plain, sign=sign)


@few
@given(samples())
def test_single_precision(case):
    X, order, _ = case
    single = decompose(X.astype(np.float32), order=order, tol=1e-4)
    assert single.components.shape == (RANK, N_FEATURES)
    assert_same(single, decompose(X, order=order), rtol=2e-3)


@pytest.mark.parametrize("kind", ["implicit", "dask", torch_param])
@settings(max_examples=5, deadline=None)
@given(samples())
def test_where_samples_are_contracted(kind, case):
    X, order, _ = case
    data, contraction = X, "auto"
    if kind == "dask":
        data = pytest.importorskip("dask.array").from_array(X, chunks=(11, -1))
    elif kind == "pytorch":
        data = pytest.importorskip("torch").as_tensor(X)
    else:
        contraction = "implicit"
    expected = OverparamSymmetricCP(order=order, noise=0, random_state=0).fit(X)
    model = OverparamSymmetricCP(
        order=order, contraction=contraction, noise=0, random_state=0
    ).fit(data)
    np.testing.assert_allclose(model.weights_, expected.weights_, rtol=1e-6)
    np.testing.assert_allclose(model.components_, expected.components_, atol=1e-6)
    assert expected.score(data) == pytest.approx(expected.score(X), abs=1e-9)
    codes = expected.transform(data)
    codes = codes.compute() if kind == "dask" else np.asarray(codes)
    np.testing.assert_allclose(codes, expected.transform(X), atol=1e-9)


@pytest.mark.parametrize(
    ("n", "d", "r", "parameters"),
    [
        (3000, 8, 5, {"statistic": "cumulant", "alpha": 0.02}),
        (20_000, 6, 9, {"statistic": "cumulant", "order": 4, "alpha": 0.05}),
        (20, 15, 4, {"alpha": 1e-2}),  # more features than rank
        (200, 5, 4, {"order": 4}),  # fits exactly, in many ways
    ],
)
def test_noise_is_no_different_to_either_contraction(n, d, r, parameters):
    X = make_latent_samples(n, d, r, random_state=0).X
    dense, implicit = (
        OverparamSymmetricCP(**parameters, contraction=way, random_state=0).fit(X)
        for way in ("dense", "implicit")
    )
    assert (dense.contraction_, implicit.contraction_) == ("dense", "implicit")
    # Of two terms that nearly cancel the sum is found to rounding, each to 3e-4.
    np.testing.assert_allclose(implicit.weights_, dense.weights_, rtol=1e-3)
    np.testing.assert_allclose(implicit.components_, dense.components_, atol=1e-4)


@pytest.mark.parametrize("solver", ["lbfgs", "gd"])
def test_threads_of_blas(solver):
    """The same up to rounding."""
    X = make_latent_samples(300, 5, 5, random_state=0).X
    parameters = {"solver": solver, "max_epochs": 2, "max_iter": 40}
    parameters = {**parameters, "alpha": 0.1, "random_state": 0}
    with threadpool_limits(1):
        one = OverparamSymmetricCP(**parameters).fit(X)
    with threadpool_limits(2):
        two = OverparamSymmetricCP(**parameters).fit(X)
    np.testing.assert_allclose(two.weights_, one.weights_, rtol=1e-6)
    np.testing.assert_allclose(two.components_, one.components_, atol=1e-6)


def test_signs_do_not_hang_on_rounding_where_the_largest_entries_tie():
    """Sign vectors: all entries of a component are of one size."""
    for seed in range(3):
        rng = np.random.default_rng(seed)
        components = np.sign(rng.standard_normal((3, 6))) / np.sqrt(6)
        tensor = cp(np.array([3.0, -2.0, 1.0]), components, 4)
        model = OverparamSymmetricCP(random_state=0).fit(tensor)
        for other in (3 * tensor, tensor.astype(np.float32)):
            again = OverparamSymmetricCP(random_state=0).fit(other)
            np.testing.assert_allclose(
                again.components_, model.components_, rtol=0, atol=1e-4
            )


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_unit_for_each_feature_of_samples_changes_nothing_else(dtype):
    rng = np.random.default_rng(0)
    mixing, units = rng.standard_normal((4, 5)), 10.0 ** np.array([0, 4, -4, 2, -2])
    X = rng.exponential(size=(5000, 4)) @ mixing + rng.normal(size=(5000, 5))
    X = np.column_stack([X, np.full(5000, 3.7)])  # a constant is none in any unit
    model = OverparamSymmetricCP(statistic="cumulant", random_state=0)

    def columns(rows, units):
        model.fit(rows.astype(dtype))
        columns = np.cbrt(model.weights_)[:, None] * model.components_
        return columns[:, :5] / units

    expected, found = columns(X, 1.0), columns(X * [*units, 1.0], units)
    assert len(found) == len(expected) == 4
    gaps = np.linalg.norm(expected[:, None] - found, axis=2)
    assert gaps.min(axis=1).max() < (1e-8 if dtype is np.float64 else 1e-3)


@pytest.mark.parametrize("statistic", ["moment", "cumulant"])
def test_noise_along_one_feature_is_noise(statistic):
    X = np.random.default_rng(0).standard_normal((1000, 1))
    model = OverparamSymmetricCP(statistic=statistic, random_state=0).fit(X)
    assert model.status_ == "noise"
    assert model.noise_ == np.inf
