# SPDX-License-Identifier: BSD-3-Clause
"""Parts of samples add up to the statistic of all of them, whatever the parts are."""

import copy
import pickle

import numpy as np
import pytest
import scipy.sparse
from sklearn.exceptions import ConvergenceWarning

from sklearn_overtensor import overparam_symmetric_cp
from sklearn_overtensor.algebra.monomials import (
    fold,
    monomial_table,
    n_monomials,
    times_vector,
    unfold,
)
from sklearn_overtensor.rows import as_rows
from sklearn_overtensor.symmetry import symmetrize
from sklearn_overtensor.targets import AccumulatedMoments, CumulantTarget, MomentTarget
from sklearn_overtensor.testing import TargetContract

from ..cases import one_test, over

N_FEATURES = 3
WHOLE = {"moment": MomentTarget, "cumulant": CumulantTarget}


ORDERS = (3, 4, 5, 6)


@pytest.fixture(params=ORDERS)
def order(request):
    return request.param


@pytest.fixture(params=WHOLE)
def statistic(request):
    return request.param


@pytest.fixture
def X():
    return np.random.default_rng(0).exponential(size=(60, N_FEATURES)) + 1


def accumulated(parts, order, statistic, weights=None, **settings):
    seen = AccumulatedMoments(order, statistic, **settings)
    for part, weight in zip(parts, weights or [None] * len(parts), strict=True):
        seen.update(part, weight)
    return seen


def assert_same(seen, whole, rtol=1e-11):
    expected = np.asarray(whole.to_dense())
    tolerance = rtol * np.abs(expected).max()
    np.testing.assert_allclose(seen.to_dense(), expected, rtol=0, atol=tolerance)
    assert seen.squared_norm == pytest.approx(whole.squared_norm, rel=10 * rtol)


@over("order", ORDERS)
class TestContract(TargetContract):
    @pytest.fixture(autouse=True)
    def _environment(self, statistic, X):
        self.statistic, self.X = statistic, X

    def make_target(self):
        return accumulated(np.split(self.X, [7, 8, 50]), self.order, self.statistic)

    def dense(self):
        return WHOLE[self.statistic](self.X, self.order).to_dense()


def test_weights_are_on_one_scale_for_all_parts(X, order, statistic, rng):
    weight = rng.integers(0, 4, len(X)).astype(float)
    weight[:10] = 0  # a first part that counts nothing
    cuts = [10, 30]
    seen = accumulated(
        np.split(X, cuts), order, statistic, weights=np.split(weight, cuts)
    )
    assert_same(seen, WHOLE[statistic](X, order, weight))
    assert (seen.n_samples, seen.weight) == (60, weight.sum())


def test_parts_of_any_kind(X, order, statistic, context):
    X = np.where(X > 1.5, X, 0.0)
    parts = [
        context.asarray(X[:20]),
        scipy.sparse.csr_array(X[20:40]),
        scipy.sparse.csc_array(X[40:50]),
        np.asfortranarray(X[50:55]),
        X[55:].tolist(),
    ]
    assert_same(accumulated(parts, order, statistic), WHOLE[statistic](X, order))


def test_single_precision(X, order, statistic):
    seen = accumulated(np.split(X.astype("float32"), 3), order, statistic)
    assert seen.contract(np.eye(3)).dtype == np.float32
    assert_same(seen, WHOLE[statistic](X, order), rtol=1e-4)


def test_merged_in_any_sequence(X, order, statistic):
    parts = [accumulated([p], order, statistic) for p in np.split(X, [10, 11, 35])]
    before = [copy.deepcopy(part.state()["moments"]) for part in parts]
    empty = AccumulatedMoments(order, statistic)
    left = AccumulatedMoments(order, statistic).merge(parts[3]).merge(empty)
    left.merge(parts[1])
    right = AccumulatedMoments(order, statistic).merge(parts[2]).merge(parts[0])
    assert_same(
        left.merge(pickle.loads(pickle.dumps(right))), WHOLE[statistic](X, order)
    )
    for part, moments in zip(parts, before, strict=True):
        for k, expected in moments.items():
            np.testing.assert_array_equal(part.state()["moments"][k], expected)


def test_an_update_after_an_answer_is_seen(X, order, statistic):
    seen = accumulated([X[:30]], order, statistic)
    assert_same(seen, WHOLE[statistic](X[:30], order))
    assert_same(seen.update(X[30:]), WHOLE[statistic](X, order))


@one_test("shift", [1e4, 1e6])
def test_a_large_mean_costs_a_cumulant_no_digits(X, order, shift):
    seen = accumulated(np.split(X + shift, [1, 20]), order, "cumulant")
    # Of the rows as they are once rounded; what is left is the rounding of the mean.
    expected = CumulantTarget((X + shift) - shift, order).to_dense()
    error = np.abs(seen.to_dense() - expected).max() / np.abs(expected).max()
    assert error < 10 * order * shift * np.finfo(float).eps


def test_a_mean_that_moves_during_the_stream(order):
    rng = np.random.default_rng(1)
    X = rng.exponential(size=(3000, N_FEATURES))
    X[:5] += 50.0  # the first part is far from all others
    parts = [X[:5], *np.array_split(X[5:], 40)]
    assert_same(accumulated(parts, order, "cumulant"), CumulantTarget(X, order))


def test_constant_samples_have_no_cumulant(order):
    seen = accumulated([np.full((3, 2), 0.1)] * 4, order, "cumulant")
    assert seen.squared_norm == 0
    with pytest.warns(ConvergenceWarning, match="nothing to decompose"):
        assert overparam_symmetric_cp(seen).weights == [0.0]


def test_it_is_a_target_like_any_other(X, statistic):
    seen = accumulated(np.split(X, 3), 3, statistic)
    settings = {"rank": 3, "random_state": 0}
    one = overparam_symmetric_cp(seen, **settings)
    other = overparam_symmetric_cp(WHOLE[statistic](X), **settings)
    np.testing.assert_allclose(one.weights, other.weights, rtol=1e-8)


def test_distinct_entries_alone_are_kept(X, statistic):
    seen = accumulated([X], 5, statistic)
    sizes = {k: len(entries) for k, entries in seen.state()["moments"].items()}
    assert sizes[5] == n_monomials(N_FEATURES, 5)
    assert set(sizes) == ({2, 5} if statistic == "moment" else {2, 3, 4, 5})


# --- what is refused -----------------------------------------------------------------


def test_nothing_to_answer_from():
    seen = AccumulatedMoments()
    for ask in (
        lambda: seen.squared_norm,
        lambda: seen.contract(np.eye(3)),
        lambda: overparam_symmetric_cp(seen),
        lambda: seen.update(np.ones((2, 2)), [0, 0]).to_dense(),
    ):
        with pytest.raises(ValueError, match=r"no samples of positive weight yet.*upd"):
            ask()


@one_test(
    ("change", "error", "message"),
    [
        (
            lambda X: X[:, :2],
            ValueError,
            "n_features = 3, those to add have .* = 2",
        ),
        (lambda X: X * np.nan, ValueError, "contains NaN"),
        (lambda X: X[:0], ValueError, r"0 sample\(s\)"),
        (lambda X: X[0], ValueError, "got 1D array"),
        (lambda X: X[:, :, None], ValueError, r"Samples are a matrix"),
    ],
)
def test_a_bad_part_adds_nothing(X, statistic, change, error, message):
    seen = accumulated([X], 3, statistic)
    with pytest.raises(error, match=message):
        seen.update(change(X))
    assert seen.n_samples == 60
    assert_same(seen, WHOLE[statistic](X))


def test_bad_weights_and_parameters(X):
    seen = AccumulatedMoments()
    with pytest.raises(ValueError, match="Negative values"):
        seen.update(X, -np.ones(60))
    with pytest.raises(ValueError, match=r"expected \(60,\)"):
        seen.update(X, np.ones(59))
    with pytest.raises(ValueError, match="'median' must be 'moment' or 'cumulant'"):
        AccumulatedMoments(3, "median")
    with pytest.raises(ValueError, match="order=2 is too small"):
        AccumulatedMoments(2)


def test_others_that_do_not_add_up(X):
    seen = accumulated([X], 3, "moment")
    with pytest.raises(ValueError, match="order = 3, those to add have order = 4"):
        seen.merge(accumulated([X], 4, "moment"))
    with pytest.raises(ValueError, match="have statistic = cumulant"):
        seen.merge(accumulated([X], 3, "cumulant"))


def test_an_array_that_cannot_fit_is_refused_at_the_first_part():
    message = r"order 5 in 10000 features needs .* GiB, but only .* memory-mapped"
    with pytest.raises(MemoryError, match=message):
        AccumulatedMoments(5).update(np.ones((2, 10_000)))


# --- distinct entries ----------------------------------------------------------------


@one_test("n_features", [1, 2, 4])
def test_distinct_entries_and_their_products(n_features, order, rng):
    degree = order - 1
    tensor = symmetrize(rng.standard_normal((n_features,) * degree))
    entries = tensor[tuple(monomial_table(n_features, degree)[1].T)]
    again = fold(unfold(entries, n_features, degree), n_features, degree)
    np.testing.assert_array_equal(again, entries)
    vector = rng.standard_normal(n_features)
    product = symmetrize(np.multiply.outer(tensor, vector))
    expected = product[tuple(monomial_table(n_features, order)[1].T)]
    np.testing.assert_allclose(times_vector(entries, vector, degree), expected)


def test_rows_of_a_part_are_not_kept(X):
    seen = accumulated([X], 3, "cumulant")
    assert as_rows(X).n_samples == 60
    held = [v for v in vars(seen).values() if getattr(v, "shape", None) == X.shape]
    assert not held
