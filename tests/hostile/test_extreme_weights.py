# SPDX-License-Identifier: BSD-3-Clause
"""Weights of samples are shares: their size changes nothing, up to the last float."""

import numpy as np
import pytest

from sklearn_overtensor import OverparamSymmetricCP
from sklearn_overtensor.rows.weights import WeightSums
from sklearn_overtensor.targets import AccumulatedMoments, MomentTarget

from ..cases import one_test

SIZES = [1e308, 1e-310, 5e-324]


@pytest.fixture
def X():
    return np.random.default_rng(0).exponential(size=(150, 3))


def model():
    return OverparamSymmetricCP(statistic="cumulant", random_state=0)


def check_same(one, other):
    assert one.status_ == other.status_
    np.testing.assert_allclose(one.weights_, other.weights_, rtol=1e-8)
    np.testing.assert_allclose(one.components_, other.components_, atol=1e-8)


@pytest.mark.parametrize("size", SIZES)
def test_partial_fit_is_fit(size, X):
    weight = np.full(150, size)
    expected = model().partial_fit(X)
    check_same(model().partial_fit(X, sample_weight=weight), expected)


@one_test("size", SIZES)
@one_test("statistic", ["moment", "cumulant"])
def test_parts_of_any_weight_add_up(size, statistic, X):
    ordinary = AccumulatedMoments(statistic=statistic)
    extreme = AccumulatedMoments(statistic=statistic)
    for rows, weight in ((X[:50], 1.0), (X[50:80], 0.5), (X[80:], 1.0)):
        ordinary.update(rows, np.full(len(rows), weight))
        # Half of the smallest number is zero.
        factor = 2 * weight if size < 1e-320 else weight
        extreme.update(rows, np.full(len(rows), factor * size))
    np.testing.assert_allclose(extreme.to_dense(), ordinary.to_dense(), rtol=1e-9)


def test_what_is_kept_between_two_processes_keeps_the_weight(X):
    seen = AccumulatedMoments().update(X[:50], np.full(50, 1e308))
    again = AccumulatedMoments.from_state(seen.state())
    for part in (seen, again):
        part.update(X[50:], np.full(100, 1e308))
    assert seen.weight == np.inf
    np.testing.assert_array_equal(again.to_dense(), seen.to_dense())
    np.testing.assert_allclose(seen.to_dense(), MomentTarget(X).to_dense())


def test_a_part_that_weighs_nothing_beside_another_changes_nothing(X):
    seen = AccumulatedMoments().update(X[:50], np.full(50, 1e308))
    seen.update(X[50:], np.full(100, 1e-308))
    np.testing.assert_allclose(seen.to_dense(), MomentTarget(X[:50]).to_dense())


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("lazy", [False, True])
def test_chunks(size, dtype, lazy, X):
    da = pytest.importorskip("dask.array")
    X, weight = X.astype(dtype), np.full(150, size)
    chunks = da.from_array(X, chunks=(40, 3))
    expected = MomentTarget(X)
    found = MomentTarget(
        chunks, sample_weight=da.from_array(weight, chunks=60) if lazy else weight
    )
    assert found.rows.weight == pytest.approx(150)
    np.testing.assert_allclose(found.to_dense(), expected.to_dense(), rtol=1e-5)


@pytest.mark.parametrize("weight", [np.arange(40) % 4, np.linspace(0.1, 1.7, 40)])
def test_rows_in_chunks_are_worth_as_many_as_others(weight):
    da = pytest.importorskip("dask.array")
    X = np.random.default_rng(0).standard_normal((40, 2))
    chunks, lazy = da.from_array(X, chunks=(7, 2)), da.from_array(weight, chunks=9)
    assert MomentTarget(chunks, sample_weight=lazy).rows.weight == pytest.approx(
        MomentTarget(X, sample_weight=weight).rows.weight
    )


@pytest.mark.parametrize(
    ("bad", "message"),
    [(np.nan, "NaN"), (np.inf, "infinity"), (-1.0, "Negative"), (0.0, "are zero")],
)
def test_weights_in_chunks_that_are_no_weights(bad, message):
    da = pytest.importorskip("dask.array")
    chunks = da.ones((40, 2), chunks=(10, 2))
    with pytest.raises(ValueError, match=message):
        MomentTarget(chunks, sample_weight=da.full(40, bad, chunks=10))


def test_sums_of_parts_are_those_of_the_whole():
    rng = np.random.default_rng(0)
    for weight in (rng.integers(0, 5, 30), rng.uniform(size=30), np.zeros(30)):
        whole = WeightSums.of(weight.astype(float))
        parts = [WeightSums.of(part.astype(float)) for part in np.split(weight, 3)]
        total = parts[0] + parts[1] + parts[2]
        assert total.count == pytest.approx(whole.count)
        assert total.scaled_total[0] == pytest.approx(weight.sum())
