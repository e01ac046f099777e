# SPDX-License-Identifier: BSD-3-Clause
"""A tensor that is known by rank-one measurements."""

import numpy as np
import pytest
from scipy.sparse import csr_array
from sklearn.exceptions import ConvergenceWarning

from sklearn_overtensor import OverparamSymmetricCP, overparam_symmetric_cp
from sklearn_overtensor.datasets import make_symmetric_cp
from sklearn_overtensor.targets import MeasuredTarget

from ..cases import one_test


def measured(n, d=6, rank=2, order=3, noise=0.0, seed=0):
    truth = make_symmetric_cp(d, rank, order=order, random_state=seed)
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, d))
    y = (X @ truth.components.T) ** order @ truth.weights
    return X, y + noise * y.std() * rng.standard_normal(n), truth


@pytest.mark.parametrize("order", [3, 4])
def test_the_contraction_is_minus_the_gradient_of_the_loss(order):
    X, y, truth = measured(30, order=order, noise=0.5)
    target = MeasuredTarget(X, y, order, sample_weight=np.arange(30) % 3)
    w, C = truth.weights, truth.components + 0.1
    gradient = -order * w * target.contract_residual(C.T, w, C)
    for index in np.ndindex(C.shape):
        step = np.zeros_like(C)
        step[index] = 1e-6
        slope = (target.loss(w, C + step) - target.loss(w, C - step)) / 2e-6
        assert gradient.T[index] == pytest.approx(slope, abs=1e-6)


def test_sparse_rows_measure_the_same():
    X, y, truth = measured(40)
    X[np.abs(X) < 1] = 0
    dense, sparse = MeasuredTarget(X, y), MeasuredTarget(csr_array(X), y)
    model = truth.weights, truth.components
    assert sparse.loss(*model) == pytest.approx(dense.loss(*model))
    V = truth.components.T
    assert np.allclose(
        dense.contract_residual(V, *model), sparse.contract_residual(V, *model)
    )


def test_fewer_measurements_than_entries_are_enough():
    X, y, truth = measured(500, 20, 5, seed=0)  # of 1,540
    result = overparam_symmetric_cp(MeasuredTarget(X, y), random_state=0)
    assert result.status == "exact"
    assert np.allclose(result.weights, truth.weights, rtol=1e-8)
    assert np.allclose(result.weights_std, 0)


def test_noise_leaves_the_number_of_terms_and_shows_its_size():
    X, y, truth = measured(800, noise=0.1)
    result = overparam_symmetric_cp(MeasuredTarget(X, y), random_state=0)
    assert (result.n_components, result.status) == (2, "within_noise")
    assert result.noise == pytest.approx(0.1, rel=0.1)
    assert result.reconstruction_err == pytest.approx(0.1, rel=0.1)
    assert np.all(np.abs(result.weights - truth.weights) < 4 * result.weights_std)


def test_standard_errors_cover_the_truth():
    covered = []
    for seed in range(12):
        X, y, truth = measured(150, 3, 2, noise=0.2, seed=seed)
        result = overparam_symmetric_cp(MeasuredTarget(X, y), random_state=0)
        if result.n_components == 2:
            covered.append(
                np.abs(result.weights - truth.weights) < 2 * result.weights_std
            )
    assert len(covered) >= 10
    assert 0.85 <= np.mean(covered) <= 1


def test_nothing_but_noise_is_said_to_be_that():
    X, _, _ = measured(200)
    y = np.random.default_rng(1).standard_normal(200)
    with pytest.warns(ConvergenceWarning, match="told from noise"):
        result = overparam_symmetric_cp(MeasuredTarget(X, y), random_state=0)
    assert (result.n_components, result.status) == (1, "noise")


def test_zero_measurements_have_one_term_of_weight_zero():
    X, y, _ = measured(50)
    result = overparam_symmetric_cp(MeasuredTarget(X, 0 * y), random_state=0)
    assert result.weights.tolist() == [0.0]
    assert result.status == "noise"


def test_a_rank_is_met_whatever_the_noise():
    X, y, _ = measured(400, noise=0.1)
    for rank in (1, 3):
        result = overparam_symmetric_cp(MeasuredTarget(X, y), rank=rank, random_state=0)
        assert result.n_components == rank


def test_a_price_shrinks_the_weights():
    X, y, truth = measured(400)
    result = overparam_symmetric_cp(MeasuredTarget(X, y), alpha=0.1, random_state=0)
    assert np.abs(result.weights).sum() < np.abs(truth.weights).sum()
    assert result.alpha == 0.1


def test_counts_are_rows():
    X, y, _ = measured(300, noise=0.1)
    counts = np.random.default_rng(0).integers(0, 3, 300)
    weighted = overparam_symmetric_cp(
        MeasuredTarget(X, y, sample_weight=counts), random_state=0
    )
    repeated = overparam_symmetric_cp(
        MeasuredTarget(np.repeat(X, counts, axis=0), np.repeat(y, counts)),
        random_state=0,
    )
    assert np.allclose(weighted.weights, repeated.weights, rtol=1e-7)
    assert np.allclose(weighted.weights_std, repeated.weights_std, rtol=1e-5)


@one_test(
    ("arguments", "message"),
    [
        ({"order": 2}, "order=2 is too small"),
        ({"y": np.ones(7)}, "one measurement for each of the 10 rows"),
        ({"y": np.full(10, np.nan)}, "NaN"),
        ({"X": np.full((10, 3), np.inf)}, "infinity"),
        ({"sample_weight": -np.ones(10)}, "Negative"),
    ],
)
def test_bad_input_is_named(arguments, message):
    rng = np.random.default_rng(0)
    good = {"X": rng.standard_normal((10, 3)), "y": np.ones(10)}
    with pytest.raises(ValueError, match=message):
        MeasuredTarget(**{**good, **arguments})


@pytest.mark.parametrize("n", [1500, 60], ids=["summarised", "read into memory"])
def test_rows_in_chunks_measure_the_same(n):
    dask = pytest.importorskip("dask.array")
    X, y, truth = measured(n, noise=0.1)
    weights = np.arange(n) % 3
    whole = MeasuredTarget(X, y, sample_weight=weights)
    chunks = dask.from_array(X, chunks=(n // 4, -1))
    target = MeasuredTarget(chunks, dask.from_array(y), sample_weight=weights)
    model = truth.weights, truth.components
    assert target.loss(*model) == pytest.approx(whole.loss(*model), rel=1e-12)
    assert target.contract_residual(np.eye(6), *model) == pytest.approx(
        whole.contract_residual(np.eye(6), *model), abs=1e-12
    )
    expected = overparam_symmetric_cp(whole, random_state=0)
    result = overparam_symmetric_cp(target, random_state=0)
    assert result.status == expected.status
    assert result.weights == pytest.approx(expected.weights, rel=1e-8)
    assert result.weights_std == pytest.approx(expected.weights_std, rel=1e-8)


def test_values_in_chunks_need_rows_in_chunks():
    dask = pytest.importorskip("dask.array")
    with pytest.raises(TypeError, match="dask"):
        MeasuredTarget(np.ones((10, 3)), dask.ones(10))
    with pytest.raises(ValueError, match="one value for each of the 10 rows"):
        MeasuredTarget(dask.ones((10, 3)), np.ones(9))


def test_of_few_exact_measurements_no_term_hides_in_noise():
    found = []
    for seed in range(4):  # 100 of 364 entries, by the rule of noise alone 1 or 2 terms
        X, y, _ = measured(100, d=12, rank=3, seed=seed)
        found.append(overparam_symmetric_cp(MeasuredTarget(X, y), random_state=0))
    exact = [result.n_components for result in found if result.status == "exact"]
    assert len(exact) >= 3
    assert set(exact) == {3}


@one_test(
    ("arguments", "message"),
    [
        ({"solver": "gd"}, "solver='lbfgs'"),
        ({"refine": False}, "refine=True"),
        ({"observer": print}, "observer watches"),
        ({"mask": np.ones((6, 6, 6), dtype=bool)}, "mask is for the entries"),
    ],
)
def test_what_is_for_tensors_that_are_held_is_refused(arguments, message):
    X, y, _ = measured(50)
    with pytest.raises(ValueError, match=message):
        overparam_symmetric_cp(MeasuredTarget(X, y), **arguments)


def test_the_norm_of_what_is_not_held_is_not_known():
    X, y, _ = measured(50)
    with pytest.raises(TypeError, match="measurements alone"):
        MeasuredTarget(X, y).squared_norm  # noqa: B018


def test_the_estimator_takes_such_a_target():
    X, y, _ = measured(400)
    target = MeasuredTarget(X, y)
    model = OverparamSymmetricCP(random_state=0).fit(target)
    result = overparam_symmetric_cp(target, random_state=0)
    np.testing.assert_array_equal(model.components_, result.components)
    assert model.status_ == result.status
