# SPDX-License-Identifier: BSD-3-Clause
"""Any magnitude: the right answer where floats can hold it, else an error saying so."""

import numpy as np
import pytest
import scipy.sparse
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.exceptions import ConvergenceWarning

from sklearn_overtensor import (
    OverparamSymmetricCP,
    OverparamSymmetricCPCV,
    overparam_symmetric_cp,
    symmetric_cp_path,
)
from sklearn_overtensor.algebra.scale import times_power_of_two
from sklearn_overtensor.symmetry import asymmetry, symmetrize
from sklearn_overtensor.targets import (
    AccumulatedMoments,
    CompressedTarget,
    CPTarget,
    CumulantTarget,
    MomentTarget,
)

from ..cases import one_test
from ..conftest import torch_param

X = np.random.default_rng(0).exponential(size=(20, 3))
MODEL = np.random.default_rng(1).standard_normal((2, 3))
TENSOR = np.einsum("r,ra,rb,rc->abc", [1.0, 2.0], MODEL, MODEL, MODEL)
STATISTICS = ["moment", "cumulant"]
quiet = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
pytestmark = quiet


def fit(data, **parameters):
    return OverparamSymmetricCP(random_state=0, **parameters).fit(data)


@one_test("exponent", [-1000, -700, -200, 200, 700, 1000])
def test_tensors(exponent):
    scaled = fit(np.ldexp(TENSOR, exponent))
    assert scaled.status_ == "exact"
    expected = np.ldexp(fit(TENSOR).weights_, exponent)
    np.testing.assert_allclose(scaled.weights_, expected, rtol=1e-12)


@pytest.mark.parametrize("statistic", STATISTICS)
@pytest.mark.parametrize(("order", "exponent"), [(3, 300), (3, -300), (6, 140)])
def test_samples(statistic, order, exponent):
    parameters = {"statistic": statistic, "order": order, "max_epochs": 2}
    data = times_power_of_two(X, exponent)
    scaled, model = fit(data, **parameters), fit(X, **parameters)
    np.testing.assert_allclose(
        scaled.weights_, np.ldexp(model.weights_, order * exponent), rtol=1e-6
    )
    np.testing.assert_array_equal(scaled.mean_, np.ldexp(model.mean_, exponent))
    assert scaled.score(data) == pytest.approx(model.score(X), abs=1e-9)


@pytest.mark.parametrize("exponent", [-300, 300])
@pytest.mark.parametrize("kind", ["dask", "sparse", torch_param, "numpy"])
def test_rows_of_every_kind(exponent, kind):
    # Every two of kind, exponent and statistic meet.
    statistic = STATISTICS[(kind in ("sparse", "numpy")) ^ (exponent > 0)]
    data = times_power_of_two(X, exponent)
    if kind == "dask":
        data = pytest.importorskip("dask.array").from_array(data, chunks=(7, 3))
    elif kind == "sparse":
        data = scipy.sparse.csr_array(data)
    elif kind == "pytorch":
        data = pytest.importorskip("torch").as_tensor(data)
    parameters = {"statistic": statistic, "contraction": "implicit", "max_epochs": 2}
    scaled, model = fit(data, **parameters), fit(X, **parameters)
    expected = np.ldexp(model.weights_, 3 * exponent)
    np.testing.assert_allclose(scaled.weights_, expected, rtol=1e-2)


@pytest.mark.parametrize("statistic", STATISTICS)
@pytest.mark.parametrize("exponent", [-300, 300])
def test_parts(statistic, exponent):
    def fit_parts(X):
        model = OverparamSymmetricCP(statistic=statistic, random_state=0)
        return model.partial_fit(X[:8]).partial_fit(X[8:])

    scaled = fit_parts(times_power_of_two(X, exponent))
    model = fit_parts(X)
    expected = np.ldexp(model.weights_, 3 * exponent)
    np.testing.assert_allclose(scaled.weights_, expected, rtol=1e-6)
    np.testing.assert_allclose(scaled.mean_, np.ldexp(model.mean_, exponent))


@pytest.mark.parametrize("statistic", STATISTICS)
def test_parts_of_different_magnitude(statistic):
    """What is small beside the rest is nothing; the sequence does not matter."""
    small, large = X, times_power_of_two(X, 200)
    both = np.concatenate([small, large])
    expected = MomentTarget if statistic == "moment" else CumulantTarget
    expected = expected(both, 3).to_dense()
    for parts in ((small, large), (large, small)):
        seen = AccumulatedMoments(3, statistic)
        for part in parts:
            seen.update(part)
        difference = np.abs(seen.to_dense() - expected).max()
        assert difference <= 1e-12 * np.abs(expected).max()


@pytest.mark.parametrize("exponent", [-300, 300])
def test_paths_and_folds(exponent):
    data, parameters = times_power_of_two(X, exponent), {"alphas": 3, "random_state": 0}
    _, scaled, _ = symmetric_cp_path(data, **parameters)
    _, results, _ = symmetric_cp_path(X, **parameters)
    for mine, other in zip(scaled, results, strict=True):
        expected = np.ldexp(other.weights, 3 * exponent)
        np.testing.assert_allclose(mine.weights, expected, rtol=1e-6)
    scaled = OverparamSymmetricCPCV(cv=2, **parameters).fit(data)
    model = OverparamSymmetricCPCV(cv=2, **parameters).fit(X)
    np.testing.assert_allclose(scaled.scores_path_, model.scores_path_, rtol=1e-6)
    expected = np.ldexp(model.weights_, 3 * exponent)
    np.testing.assert_allclose(scaled.weights_, expected, rtol=1e-6)


def test_warm_start():
    model = OverparamSymmetricCP(random_state=0, warm_start=True)
    data = times_power_of_two(X, -300)
    first = model.fit(data).weights_
    np.testing.assert_allclose(model.fit(data).weights_, first, rtol=1e-2)


def test_models():
    # Weights and lengths are out of range; their products are not.
    target = CPTarget([1e200, 1e190], 1e-60 * np.eye(2), order=6)
    result = overparam_symmetric_cp(target, random_state=0)
    np.testing.assert_allclose(result.weights, [1e-160, 1e-170])


@pytest.mark.parametrize("exponent", [-600, 600])
def test_compressed_targets(exponent):
    target = CompressedTarget(np.ldexp(TENSOR, exponent))
    np.testing.assert_allclose(target.to_dense(), np.ldexp(TENSOR, exponent))
    result = overparam_symmetric_cp(target, random_state=0)
    expected = np.ldexp(fit(TENSOR).weights_, exponent)
    np.testing.assert_allclose(result.weights, expected)


@pytest.mark.parametrize("size", [1e-310, 1e-150, 1e150, 1e308])
def test_sample_weights(size):
    weight = np.linspace(0.1, 1, len(X))
    model = OverparamSymmetricCP(random_state=0).fit(X, sample_weight=weight)
    scaled = OverparamSymmetricCP(random_state=0).fit(X, sample_weight=size * weight)
    np.testing.assert_allclose(scaled.weights_, model.weights_, rtol=1e-6)


@pytest.mark.parametrize("exponent", [-1040, 1020])
def test_symmetry_is_seen(exponent):
    tensor = np.ldexp(symmetrize(TENSOR), exponent)
    assert asymmetry(tensor) < 1e-8
    tensor[0, 0, 1] *= 0.5
    assert asymmetry(tensor) > 1e-3
    with pytest.raises(ValueError, match=r"not symmetric: it differs .* by 0\.\d+ of"):
        fit(tensor)


def test_the_largest_numbers_have_a_mean():
    tensor = np.full((2, 2, 2), 1.5e308)
    np.testing.assert_allclose(symmetrize(tensor), tensor)


@given(st.integers(-1074, 1020), st.sampled_from([3, 5]), st.sampled_from(STATISTICS))
@settings(max_examples=10, deadline=None)
def test_right_or_refused(exponent, order, statistic):
    data = times_power_of_two(X, exponent)
    parameters = {"order": order, "statistic": statistic, "max_epochs": 1}
    if order * exponent < -1040 or order * exponent > 1030:
        with pytest.raises(ValueError, match=r"float64 cannot hold|target is zero"):
            fit(data, **parameters)
        return
    if order * exponent < -1000 or order * exponent > 1000:
        return  # it depends on the weights
    model = fit(data, **parameters)
    expected = np.ldexp(fit(X, **parameters).weights_, order * exponent)
    np.testing.assert_allclose(model.weights_[0], expected[0], rtol=1e-2)


# --- what floats cannot hold ---------------------------------------------------------


@one_test(
    ("data", "message"),
    [
        (X * 1e-150, r"size 1e-4\d\d, which float64 cannot hold.*larger\.$"),
        (X * 1e150, r"size 1e\+4\d\d, which float64 cannot hold.*smaller\.$"),
        (TENSOR * 1e-311, r"size 1e-3\d\d, which float64 cannot hold.*larger\.$"),
        ((X * 1e-20).astype("f4"), "float32 cannot hold.*larger, or use float64"),
        ((X * 1e20).astype("f4"), "float32 cannot hold.*smaller, or use float64"),
    ],
)
def test_weights_out_of_range(data, message):
    with pytest.raises(ValueError, match=message):
        fit(data)
    if data.dtype == np.float32:  # the function returns float64
        assert overparam_symmetric_cp(data, random_state=0).weights.max() > 0


def test_constant_samples_have_no_cumulant_at_any_scale():
    for size in (1e-200, 1e-60, 0.1, 1e60):
        with pytest.warns(ConvergenceWarning, match="nothing to decompose"):
            fit(np.full((5, 3), size), statistic="cumulant")


def test_a_model_far_larger_than_the_target_scores_minus_infinity():
    model = fit(X * 1e60, noise=0)
    assert model.score(X * 1e-60) == -np.inf
    assert model.score(X * 1e60) > 0.9
