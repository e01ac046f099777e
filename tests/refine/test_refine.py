# SPDX-License-Identifier: BSD-3-Clause
"""Merging, pruning, Levenberg-Marquardt and reduction."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.random import RandomState
from scipy.optimize import approx_fprime

from sklearn_overtensor.algebra import cp
from sklearn_overtensor.compression import CompactTarget
from sklearn_overtensor.datasets import make_symmetric_cp
from sklearn_overtensor.refine import (
    Fit,
    descend_many,
    levenberg_marquardt,
    merge_parallel,
    plain_fit,
    polish,
    prune,
    reduce_to_rank,
    reduce_to_tolerance,
    removal_order,
)
from sklearn_overtensor.settings import SETTINGS
from sklearn_overtensor.symmetry import symmetrize
from sklearn_overtensor.targets import CPTarget, DenseTarget

from .common import CountedTarget, dense, make_model, truth_of


def test_terms_are_split_and_joined_without_a_change(order):
    model = make_model(order)
    weights, directions = model.terms
    np.testing.assert_allclose(np.linalg.norm(directions, axis=0), 1)
    tensor = CPTarget(weights, directions.T, order).to_dense()
    np.testing.assert_allclose(tensor, dense(model))
    np.testing.assert_allclose(dense(Fit.of_terms(*model.terms, order)), tensor)


def test_a_fit_knows_what_it_leaves_of_which_target(order):
    tensor = symmetrize(RandomState(1).standard_normal((3,) * order))
    target, model = CompactTarget(tensor), make_model(order)
    assert np.isnan(model.squared)
    fit = model.measured(target)
    expected = np.linalg.norm(tensor - dense(model))
    assert fit.residual(target) == pytest.approx(expected / np.linalg.norm(tensor))
    assert Fit.empty(target).residual(target) == 1
    # More terms and fewer are other models: nobody has asked what these leave.
    more = fit.plus(np.array([2.0]), np.eye(3)[:, :1])
    assert (len(more), len(more.without([0, 3]))) == (4, 2)
    assert np.isnan(more.squared)
    np.testing.assert_allclose(dense(more.without(3)), dense(fit), atol=1e-12)


def test_merging_equal_terms_keeps_the_tensor(order):
    # v twice, once mirrored (the same term up to the sign rule), and another one.
    v, u = np.eye(3)[0], np.array([0.0, 0.6, 0.8])
    directions = np.stack([v, -v, u], axis=1)
    weights = np.array([1.0, 2.0 * (-1) ** order, 3.0])
    merged = merge_parallel(weights, directions, order)
    assert len(merged[0]) == 2
    before = CPTarget(weights, directions.T, order).to_dense()
    after = CPTarget(merged[0], merged[1].T, order).to_dense()
    np.testing.assert_allclose(after, before, atol=1e-12)


def test_terms_that_cancel_are_not_merged(order):
    v = np.eye(3)[0]
    mirrored = -v if order % 2 else v
    weights = np.array([1.0, 1.0 if order % 2 else -1.0])
    merged, _ = merge_parallel(weights, np.stack([v, mirrored], axis=1), order)
    assert len(merged) == 2


def test_pruning_keeps_the_heaviest():
    weights, directions = prune(np.array([1e-9, -2.0, 1e-2]), np.eye(3), 1e-3)
    np.testing.assert_array_equal(weights, [-2.0, 1e-2])
    np.testing.assert_array_equal(directions, np.eye(3)[:, 1:])


def test_gradient_of_the_squared_residual(order):
    tensor = symmetrize(RandomState(1).standard_normal((3,) * order))
    model = make_model(order)

    def half(flat):
        return 0.5 * np.sum((tensor - dense(model.at(flat.reshape(3, 3)))) ** 2)

    expected = approx_fprime(model.vectors.ravel(), half, 1e-7).reshape(3, 3)
    for target in (CompactTarget(tensor), DenseTarget(tensor)):
        squared, contraction = target.difference(model.signs, model.vectors)
        assert 0.5 * squared == pytest.approx(half(model.vectors.ravel()))
        gradient = -order * model.signs * contraction
        scale = np.abs(expected).max()
        np.testing.assert_allclose(gradient, expected, atol=1e-4 * scale)


@pytest.mark.parametrize("max_cholesky", [0, 10**6])
def test_polish_reaches_machine_precision(order, max_cholesky, monkeypatch):
    settings = replace(SETTINGS, max_cholesky=max_cholesky)
    monkeypatch.setattr(plain_fit, "SETTINGS", settings)
    bunch = make_symmetric_cp(5, 4, order, signed=True, random_state=0)
    target, truth = CompactTarget(bunch.tensor), truth_of(bunch)
    noise = RandomState(0).standard_normal(truth.vectors.shape)
    found = polish(target, truth.at(truth.vectors + 0.02 * noise))
    assert found.residual(target) < 1e-12
    np.testing.assert_allclose(found.vectors, truth.vectors, atol=1e-9)


def test_least_squares_on_noise_ends_where_the_gradient_vanishes(order):
    bunch = make_symmetric_cp(4, 2, order, signed=True, noise=0.2, random_state=0)
    target = CountedTarget(bunch.tensor)
    fit = levenberg_marquardt(target, truth_of(bunch), max_iter=500)
    assert target.calls < 100  # it has seen that nothing is left to gain
    assert fit.residual(target) > 0.1
    squared, contraction = target.difference(fit.signs, fit.vectors)
    scale = target.squared_norm ** (1 - 1 / (2 * order))
    assert np.abs(contraction).max() < 1e-7 * scale
    assert fit.squared == squared


def test_a_coarse_fit_ends_sooner_and_about_as_close(order):
    bunch = make_symmetric_cp(6, 3, order, noise=0.3, random_state=0)
    start = Fit(0.5 * RandomState(0).standard_normal((6, 6)), np.ones(6), order)
    calls, residuals = [], []
    for precision in (0.0, 1e-4):
        target = CountedTarget(bunch.tensor / np.linalg.norm(bunch.tensor))
        fit = levenberg_marquardt(target, start, max_iter=400, precision=precision)
        calls.append(target.calls)
        residuals.append(fit.residual(target))
    assert calls[1] < calls[0]
    assert residuals[1] <= 1.1 * residuals[0]


def test_a_start_that_is_not_promising_is_returned_as_it_is(order):
    bunch = make_symmetric_cp(4, 2, order, random_state=0)
    target, start = CompactTarget(bunch.tensor), make_model(order, d=4)
    left = start.measured(target).residual(target)
    found = polish(target, start, promising=0.99 * left)
    assert found.residual(target) == left
    np.testing.assert_array_equal(found.vectors, start.vectors)
    assert polish(target, start, promising=1.01 * left).residual(target) < left


def test_a_ridge_shrinks(order):
    tensor = symmetrize(RandomState(1).standard_normal((3,) * order))
    target = CompactTarget(tensor / np.linalg.norm(tensor))
    sizes = [
        np.linalg.norm(
            levenberg_marquardt(target, make_model(order), ridge=ridge).vectors
        )
        for ridge in (0.0, 1e-2, 1e-1)
    ]
    assert sizes[0] > sizes[1] > sizes[2]


def test_removal_order_asks_the_least_squares_cost(order):
    model = make_model(order, m=4, d=2)  # far from orthogonal
    weights, directions = model.terms
    columns = [CPTarget([1.0], v[None], order).to_dense().ravel() for v in directions.T]
    design = np.stack(columns, axis=1)
    costs = []
    for index in range(4):
        others = np.delete(design, index, axis=1)
        fit, *_ = np.linalg.lstsq(others, design @ weights, rcond=None)
        costs.append(np.sum((design @ weights - others @ fit) ** 2))
    np.testing.assert_array_equal(removal_order(model), np.argsort(costs))


def test_needless_terms_go_and_needed_ones_stay(order):
    bunch = make_symmetric_cp(5, 3, order, signed=True, random_state=0)
    unit = np.linalg.norm(bunch.tensor)
    target, truth = CompactTarget(bunch.tensor / unit), truth_of(bunch, unit)
    # Each term twice, in halves that have drifted apart; the polish makes it exact.
    halves = np.repeat(truth.vectors, 2, axis=1) * 0.5 ** (1 / order)
    halves += 0.05 * RandomState(0).standard_normal(halves.shape)
    exact = polish(target, Fit(halves, np.repeat(truth.signs, 2), order))
    assert exact.residual(target) < 1e-9
    reduced = reduce_to_tolerance(target, exact, tol=1e-9)
    assert len(reduced) == 3
    assert reduced.residual(target) < 1e-9


def test_models_lose_what_is_needless_and_stop(monkeypatch):
    bunch = make_symmetric_cp(8, 11, random_state=0)
    unit = np.linalg.norm(bunch.tensor)
    target, vectors = CompactTarget(bunch.tensor / unit), truth_of(bunch, unit).vectors
    part = 0.5 ** (1 / 3)
    wide = np.column_stack([vectors, part * vectors[:, :2]])
    wide[:, :2] *= part
    ridges, original = [], plain_fit.LeastSquares

    def watched(target, signs, ridge=0.0):
        ridges.append(ridge)
        return original(target, signs, ridge)

    monkeypatch.setattr(plain_fit, "LeastSquares", watched)
    fewer = reduce_to_tolerance(target, Fit(wide, np.ones(13), 3), tol=1e-9)
    assert fewer.vectors.shape == (8, 11)
    # One ridge was enough, and none was tried on the model that stands alone.
    assert [ridge for ridge in ridges if ridge] == [SETTINGS.ridge / 10]


def test_reduction_never_passes_the_proven_floor():
    model = make_model(3, m=4)
    target = CompactTarget(dense(model))
    assert len(reduce_to_tolerance(target, model, tol=10.0, floor=2)) == 2


def test_a_removal_that_only_cancelling_weights_allow_is_not_kept(monkeypatch):
    # x^2 y has rank three, and is a limit of sums of two terms.

    x, y = np.eye(2)
    tensor = symmetrize(np.einsum("a,b,c->abc", x, x, y))
    target = CompactTarget(tensor / np.linalg.norm(tensor))
    scale = np.cbrt(np.array([1, 1, 2]) / (6 * np.linalg.norm(tensor)))
    vectors = scale * np.array([x + y, y - x, y]).T
    model = Fit(vectors, np.array([1, 1, -1.0]), 3).measured(target)
    assert model.squared < 1e-30
    for most, n_terms in ((20.0, 2), (5.0, 3)):  # two terms are 7.7 times as heavy
        monkeypatch.setattr(cp, "CANCELLING", most)
        assert len(reduce_to_tolerance(target, model, tol=1e-3)) == n_terms


def test_reduction_to_a_rank(order):
    bunch = make_symmetric_cp(6, 5, order, signed=True, random_state=0)
    target, truth = CompactTarget(bunch.tensor), truth_of(bunch)
    reduced = reduce_to_rank(target, truth, 3)
    assert reduced.vectors.shape == (6, 3)
    # No worse than dropping the two lightest terms.
    dropped = truth.without([3, 4]).measured(target)
    assert reduced.squared <= dropped.squared
    assert reduced.squared == pytest.approx(reduced.measured(target).squared)


def test_many_descents_at_once_end_where_each_alone_does(order):
    bunch = make_symmetric_cp(4, 2, order, signed=True, noise=0.2, random_state=0)
    target = CompactTarget(bunch.tensor / np.linalg.norm(bunch.tensor))
    truth = truth_of(bunch)
    shifts = 0.1 * RandomState(0).standard_normal((4, *truth.vectors.shape))
    vectors, signs = truth.vectors + shifts, np.tile(truth.signs, (4, 1))
    before = vectors.copy()
    for ridge in (0.0, 1e-2):
        found, squared = descend_many(
            target, vectors, signs, max_iter=500, ridge=ridge, tol=1e-13
        )
        for index, start in enumerate(vectors):
            alone = levenberg_marquardt(
                target, truth.at(start), ridge=ridge, max_iter=500
            )
            np.testing.assert_allclose(found[index], alone.vectors, atol=1e-3)
            assert squared[index] == pytest.approx(alone.squared, rel=2e-6)
    np.testing.assert_array_equal(vectors, before)


def test_no_descent_of_many_goes_up():
    target = CompactTarget(symmetrize(RandomState(0).standard_normal((3, 3, 3))))
    vectors, signs = RandomState(1).standard_normal((40, 3, 3)), np.ones((40, 3))
    last = np.inf
    for max_iter in range(8):
        _, squared = descend_many(target, 0.1 * vectors, signs, max_iter=max_iter)
        assert (squared <= last).all()
        last = squared


def test_a_descent_that_overflows_is_left_alone():
    target = CompactTarget(symmetrize(RandomState(0).standard_normal((3, 3, 3))))
    vectors = np.stack([np.full((3, 2), 1e-160), RandomState(1).normal(size=(3, 2))])
    found, squared = descend_many(target, vectors, np.ones((2, 2)), max_iter=30)
    assert np.isfinite(found).all()
    assert np.isfinite(squared).all()
