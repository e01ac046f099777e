# SPDX-License-Identifier: BSD-3-Clause
"""Merging, pruning, Levenberg-Marquardt and reduction."""

import numpy as np
import pytest
from numpy.random import RandomState
from scipy.optimize import approx_fprime

from sklearn_overtensor.algebra import cp
from sklearn_overtensor.compression import CompactTarget
from sklearn_overtensor.datasets import make_symmetric_cp
from sklearn_overtensor.refine import (
    descend_many,
    join,
    levenberg_marquardt,
    merge_parallel,
    plain_fit,
    polish,
    prune,
    reduce_to_rank,
    reduce_to_tolerance,
    split,
)
from sklearn_overtensor.refine.reduce import removal_order
from sklearn_overtensor.symmetry import symmetrize
from sklearn_overtensor.targets import CPTarget, DenseTarget

from .common import dense, make_model


def test_split_and_join_are_inverse(order):
    vectors, signs = make_model(order)
    weights, directions = split(vectors, signs, order)
    np.testing.assert_allclose(np.linalg.norm(directions, axis=0), 1)
    tensor = CPTarget(weights, directions.T, order).to_dense()
    np.testing.assert_allclose(tensor, dense(vectors, signs, order))
    again, again_signs = join(weights, directions, order)
    np.testing.assert_allclose(dense(again, again_signs, order), tensor)


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
    vectors, signs = make_model(order)

    def half(flat):
        return 0.5 * np.sum((tensor - dense(flat.reshape(3, 3), signs, order)) ** 2)

    expected = approx_fprime(vectors.ravel(), half, 1e-7).reshape(3, 3)
    for target in (CompactTarget(tensor), DenseTarget(tensor)):
        squared, contraction = target.difference(signs, vectors)
        assert 0.5 * squared == pytest.approx(half(vectors.ravel()))
        gradient = -order * signs * contraction
        scale = np.abs(expected).max()
        np.testing.assert_allclose(gradient, expected, atol=1e-4 * scale)


@pytest.mark.parametrize("max_cholesky", [0, 10**6])
def test_polish_reaches_machine_precision(order, max_cholesky, monkeypatch):
    monkeypatch.setattr(plain_fit, "MAX_CHOLESKY", max_cholesky)
    bunch = make_symmetric_cp(5, 4, order, signed=True, random_state=0)
    target = CompactTarget(bunch.tensor)
    vectors, signs = join(bunch.weights, bunch.components.T, order)
    noisy = vectors + 0.02 * RandomState(0).standard_normal(vectors.shape)
    result = polish(target, noisy, signs)
    assert result.residual < 1e-12
    np.testing.assert_allclose(result.vectors, vectors, atol=1e-9)


def test_least_squares_on_noise_ends_where_the_gradient_vanishes(order):
    bunch = make_symmetric_cp(4, 2, order, signed=True, noise=0.2, random_state=0)
    target = CompactTarget(bunch.tensor)
    vectors, signs = join(bunch.weights, bunch.components.T, order)
    result = levenberg_marquardt(target, vectors, signs, max_iter=500)
    assert result.residual > 0.1
    _, contraction = target.difference(signs, result.vectors)
    scale = target.squared_norm ** (1 - 1 / (2 * order))
    assert np.abs(contraction).max() < 1e-7 * scale
    assert result.converged


def test_a_coarse_fit_ends_sooner_and_about_as_close(order):
    bunch = make_symmetric_cp(6, 3, order, noise=0.3, random_state=0)
    target = CompactTarget(bunch.tensor / np.linalg.norm(bunch.tensor))
    start = 0.5 * RandomState(0).standard_normal((6, 6))
    fine = levenberg_marquardt(target, start, np.ones(6), max_iter=400)
    coarse = levenberg_marquardt(
        target, start, np.ones(6), max_iter=400, precision=1e-4
    )
    assert coarse.n_iter < fine.n_iter
    assert coarse.residual <= 1.1 * fine.residual


def test_a_ridge_shrinks(order):
    tensor = symmetrize(RandomState(1).standard_normal((3,) * order))
    target = CompactTarget(tensor / np.linalg.norm(tensor))
    vectors, signs = make_model(order)
    sizes = [
        np.linalg.norm(levenberg_marquardt(target, vectors, signs, ridge=ridge).vectors)
        for ridge in (0.0, 1e-2, 1e-1)
    ]
    assert sizes[0] > sizes[1] > sizes[2]


def test_removal_order_asks_the_least_squares_cost(order):
    vectors, signs = make_model(order, m=4, d=2)  # far from orthogonal
    weights, directions = split(vectors, signs, order)
    columns = [CPTarget([1.0], v[None], order).to_dense().ravel() for v in directions.T]
    design = np.stack(columns, axis=1)
    costs = []
    for index in range(4):
        others = np.delete(design, index, axis=1)
        fit, *_ = np.linalg.lstsq(others, design @ weights, rcond=None)
        costs.append(np.sum((design @ weights - others @ fit) ** 2))
    np.testing.assert_array_equal(
        removal_order(vectors, signs, order), np.argsort(costs)
    )


def test_needless_terms_go_and_needed_ones_stay(order):
    bunch = make_symmetric_cp(5, 3, order, signed=True, random_state=0)
    target = CompactTarget(bunch.tensor / np.linalg.norm(bunch.tensor))
    weights = bunch.weights / np.linalg.norm(bunch.tensor)
    vectors, signs = join(weights, bunch.components.T, order)
    # Each term twice, in halves that have drifted apart; the polish makes it exact.
    halves = np.repeat(vectors, 2, axis=1) * 0.5 ** (1 / order)
    halves += 0.05 * RandomState(0).standard_normal(halves.shape)
    model_signs = np.repeat(signs, 2)
    exact = polish(target, halves, model_signs)
    assert exact.residual < 1e-9
    reduced, reduced_signs = reduce_to_tolerance(
        target, exact.vectors, model_signs, tol=1e-9
    )
    assert len(reduced_signs) == 3
    assert polish(target, reduced, reduced_signs).residual < 1e-9


def test_models_lose_what_is_needless_and_stop(monkeypatch):
    from sklearn_overtensor.refine import reduce

    bunch = make_symmetric_cp(8, 11, random_state=0)
    target = CompactTarget(bunch.tensor / np.linalg.norm(bunch.tensor))
    scale = np.linalg.norm(bunch.tensor) ** (-1 / 3)
    vectors, signs = join(bunch.weights, bunch.components.T, 3)
    part = 0.5 ** (1 / 3)
    wide = np.column_stack([vectors, part * vectors[:, :2]]) * scale
    wide[:, :2] *= part
    steps = []
    original = reduce.levenberg_marquardt

    def counted(*args, ridge=0.0, **options):
        steps.append(ridge)
        return original(*args, ridge=ridge, **options)

    monkeypatch.setattr(reduce, "levenberg_marquardt", counted)
    fewer, _ = reduce_to_tolerance(target, wide, np.ones(13), tol=1e-9)
    assert fewer.shape == (8, 11)
    # One ridge was enough, and none was tried on the model that stands alone.
    assert [ridge for ridge in steps if ridge] == [1e-3]


def test_reduction_never_passes_the_proven_floor():
    vectors, signs = make_model(3, m=4)
    target = CompactTarget(dense(vectors, signs, 3))
    _, kept = reduce_to_tolerance(target, vectors, signs, tol=10.0, floor=2)
    assert len(kept) == 2


def test_a_removal_that_only_cancelling_weights_allow_is_not_kept(monkeypatch):
    # x^2 y has rank three, and is a limit of sums of two terms.

    x, y = np.eye(2)
    tensor = symmetrize(np.einsum("a,b,c->abc", x, x, y))
    target = CompactTarget(tensor / np.linalg.norm(tensor))
    scale = np.cbrt(np.array([1, 1, 2]) / (6 * np.linalg.norm(tensor)))
    vectors, signs = scale * np.array([x + y, y - x, y]).T, np.array([1, 1, -1.0])
    assert target.difference(signs, vectors)[0] < 1e-30
    for most, n_terms in ((20.0, 2), (5.0, 3)):  # two terms are 7.7 times as heavy
        monkeypatch.setattr(cp, "CANCELLING", most)
        _, kept = reduce_to_tolerance(target, vectors, signs, tol=1e-3)
        assert len(kept) == n_terms


def test_reduction_to_a_rank(order):
    bunch = make_symmetric_cp(6, 5, order, signed=True, random_state=0)
    target = CompactTarget(bunch.tensor)
    vectors, signs = join(bunch.weights, bunch.components.T, order)
    reduced, reduced_signs = reduce_to_rank(target, vectors, signs, 3)
    assert reduced.shape == (6, 3)
    # No worse than dropping the two lightest terms.
    dropped, _ = target.difference(signs[:3], vectors[:, :3])
    assert target.difference(reduced_signs, reduced)[0] <= dropped


def test_many_descents_at_once_end_where_each_alone_does(order):
    bunch = make_symmetric_cp(4, 2, order, signed=True, noise=0.2, random_state=0)
    target = CompactTarget(bunch.tensor / np.linalg.norm(bunch.tensor))
    truth, truth_signs = join(bunch.weights, bunch.components.T, order)
    shifts = 0.1 * RandomState(0).standard_normal((4, *truth.shape))
    vectors, signs = truth + shifts, np.tile(truth_signs, (4, 1))
    before = vectors.copy()
    for ridge in (0.0, 1e-2):
        found, squared = descend_many(
            target, vectors, signs, max_iter=500, ridge=ridge, tol=1e-13
        )
        for index, start in enumerate(vectors):
            alone = levenberg_marquardt(
                target, start, truth_signs, ridge=ridge, max_iter=500
            )
            np.testing.assert_allclose(found[index], alone.vectors, atol=1e-3)
            assert np.sqrt(squared[index]) == pytest.approx(alone.residual, rel=1e-6)
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
