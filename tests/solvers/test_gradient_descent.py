# SPDX-License-Identifier: BSD-3-Clause
"""Algorithm 1 in the parts of its loop, the automatic step, and what it reaches."""

import numpy as np
import pytest
from numpy.random import RandomState

from sklearn_overtensor.datasets import make_symmetric_cp
from sklearn_overtensor.machine.backend import to_numpy
from sklearn_overtensor.solvers.course import Course
from sklearn_overtensor.solvers.gradient_descent import (
    _Search,
    fresh_components,
    gradient_descent,
    make_schedule,
    reinitialize_smallest,
    smallest_component,
    warm_components,
)
from sklearn_overtensor.solvers.monitor import Monitor
from sklearn_overtensor.solvers.objective import Components, TwoHomogeneousObjective
from sklearn_overtensor.targets import CPTarget, DenseTarget
from tests.conftest import make_context

from ..cases import one_test

ALPHA = 1e-3


def make_problem(context, n_features=6, rank=2, order=3, seed=0):
    bunch = make_symmetric_cp(n_features, rank, order, random_state=seed)
    return DenseTarget(context.asarray(bunch.tensor))


@pytest.mark.parametrize(
    ("n_features", "rank", "order", "m"),
    [(8, 3, 3, 16), (6, 3, 4, 18)],
)
def test_automatic_settings_reach_one_percent(n_features, rank, order, m):
    # On torch too, and in single precision: test_float32_is_honoured.
    bunch = make_symmetric_cp(
        n_features, rank, order, signed=order == 4, random_state=0
    )
    result = gradient_descent(
        DenseTarget(bunch.tensor),
        make_schedule(n_features, order, m, K=10, H=100),
        alpha=ALPHA,
        step_size="auto",
        tol=1e-6,
        random_state=RandomState(0),
    )
    model = CPTarget(result.weights, result.V.T, order).to_dense()
    error = np.linalg.norm(model - bunch.tensor) / np.linalg.norm(bunch.tensor)
    assert error <= 1e-2


def start_search(context, step_size="auto", seed=0):
    target = make_problem(context)
    schedule = make_schedule(6, 3, m=15, K=5, H=150)
    objective = TwoHomogeneousObjective(target, ALPHA)
    components = fresh_components(6, schedule, context, RandomState(seed))
    return objective, schedule, components, _Search(objective, schedule, step_size)


def test_automatic_steps_obey_lemma_3(context):
    objective, schedule, components, search = start_search(context)
    point = objective.evaluate(components)
    for _ in range(schedule.H):
        gradient = objective.algorithm_gradient(components, point)
        moved, moved_point = search._descend(components, point, gradient)
        step = search.step / 1.25  # the step taken; the next one tries a longer
        square = float(context.xp.sum(gradient**2))
        rounding = 1e-14
        assert moved_point.loss <= point.loss - step / 3 * square + rounding
        components, point = search._switch_modes(moved, moved_point)


def test_the_mode_switches_once_when_the_norm_passes_the_threshold(context):
    objective, schedule, components, search = start_search(context)
    was_fresh = np.ones(schedule.m, dtype=bool)
    point = objective.evaluate(components)
    for _ in range(schedule.H):
        gradient = objective.algorithm_gradient(components, point)
        moved, moved_point = search._descend(components, point, gradient)
        components, point = search._switch_modes(moved, moved_point)
        scalars = to_numpy(components.scalars)
        above = to_numpy(point.norms) > schedule.threshold
        assert set(np.unique(scalars)) <= {1.0, schedule.scalar}
        assert (scalars[above] == 1).all()
        # Never back to the first mode, not even below the threshold.
        assert not ((scalars != 1) & ~was_fresh).any()
        was_fresh = scalars != 1
    assert not was_fresh.all()


def test_the_smallest_component_is_redrawn_and_no_other(context):
    _, schedule, components, _ = start_search(context)
    U = to_numpy(components.U) * np.arange(1, 16)[::-1]
    signs = np.ones(15)
    aged = Components(
        context.asarray(U), context.asarray(signs), context.asarray(np.ones(15))
    )
    fresh = reinitialize_smallest(aged, schedule, context, RandomState(1))
    changed = np.any(to_numpy(fresh.U) != U, axis=0)
    assert list(np.flatnonzero(changed)) == [14]
    assert np.linalg.norm(to_numpy(fresh.U)[:, 14]) == pytest.approx(schedule.delta)
    assert to_numpy(fresh.scalars)[14] == pytest.approx(schedule.scalar)
    assert (to_numpy(fresh.scalars)[:14] == 1).all()


@one_test("dtype", ["float64", "float32"])
@one_test("order", [3, 4])
def test_rounding_does_not_choose_the_smallest_component(backend, dtype, order):
    context = make_context(backend, dtype)
    schedule, rng = make_schedule(6, order, m=20, K=5, H=1), np.random.default_rng(0)
    start = fresh_components(6, schedule, context, RandomState(order))

    def chosen(scales):
        U = start.U * context.asarray(scales)
        return smallest_component(Components(U, start.signs, start.scalars), context)

    for _ in range(50):
        rounding = 1 + 4 * context.eps * rng.uniform(-1, 1, size=20)
        assert chosen(rounding) == 0
        # What is smaller by more than rounding is still the one.
        j = rng.integers(20)
        rounding[j] *= 1 - 4 * np.sqrt(context.eps)
        assert chosen(rounding) == j


def chosen_in_each_epoch(backend, seed):
    """The components that a small problem's epochs re-initialise."""
    context, chosen = make_context(backend), []

    def observer(seen):
        if seen.iteration == 0 and seen.epoch > 0:
            chosen.append(seen.reinitialized)

    gradient_descent(
        make_problem(context, seed=seed),
        make_schedule(6, 3, m=15, K=3, H=30),
        alpha=ALPHA,
        step_size="auto",
        tol=0,
        random_state=RandomState(seed),
        course=Course(Monitor(observer=observer)),
    )
    return chosen


@pytest.mark.parametrize("seed", range(3))
def test_backends_redraw_the_same_components(backend, seed):
    chosen = chosen_in_each_epoch(backend, seed)
    assert chosen == chosen_in_each_epoch("numpy", seed)
    assert chosen[0] == 0  # all are of one length
    assert len(chosen) == 3


def test_start_lies_on_the_sphere_of_radius_delta_and_repeats(context):
    schedule = make_schedule(6, 3, m=9, K=2, H=5, delta=1e-3)
    assert schedule.scalar == pytest.approx(np.sqrt(6 * 11))
    assert schedule.threshold == pytest.approx(2 * np.sqrt(11) * 1e-3)
    draws = [fresh_components(6, schedule, context, RandomState(4)) for _ in range(2)]
    norms = np.linalg.norm(to_numpy(draws[0].U), axis=0)
    np.testing.assert_allclose(norms, 1e-3)
    np.testing.assert_array_equal(to_numpy(draws[0].U), to_numpy(draws[1].U))
    assert set(to_numpy(draws[0].signs)) == {-1.0, 1.0}


@pytest.mark.parametrize("order", [3, 4, 8])
def test_automatic_start_is_tiny_at_any_size(order):
    for n_features, m in [(2, 5), (10, 30), (50, 200)]:
        schedule = make_schedule(n_features, order, m, K=10, H=1)
        heaviest = m * schedule.scalar ** (order - 2) * schedule.threshold**2
        assert heaviest == pytest.approx(1e-2)


def test_warm_start_is_the_given_model(context):
    target = make_problem(context)
    schedule = make_schedule(6, 3, m=5, K=1, H=1)
    weights, V = np.array([0.5, -2.0]), np.linalg.qr(np.eye(6)[:, :2])[0]
    start = warm_components(weights, V, schedule, context, RandomState(0))
    objective = TwoHomogeneousObjective(target, 0.0)
    found = to_numpy(objective.evaluate(start).weights)
    np.testing.assert_allclose(found[:2], [-2.0, 0.5])
    assert np.abs(found[2:]).max() < 1e-2


def test_float32_is_honoured(backend):
    context = make_context(backend, "float32")
    bunch = make_symmetric_cp(6, 2, random_state=0)
    result = gradient_descent(
        DenseTarget(context.asarray(bunch.tensor)),
        make_schedule(6, 3, m=12, K=2, H=200),
        alpha=ALPHA,
        step_size="auto",
        tol=1e-6,
        random_state=RandomState(0),
    )
    assert result.weights.dtype == np.float32
    model = CPTarget(result.weights, result.V.T, 3).to_dense()
    error = np.linalg.norm(model - bunch.tensor) / np.linalg.norm(bunch.tensor)
    assert error < 1e-2


def test_a_step_that_is_too_long_is_the_users_choice(context):
    # A fixed step is taken as it is, even where the objective rises.
    _, _, components, search = start_search(context, step_size=1e-3)
    assert search.step == 1e-3
    _, point, losses = search.run_epoch(components)
    assert search.step == 1e-3
    assert losses[-1] == point.loss


def test_a_step_that_overflows_returns_the_best_point(context):
    result = gradient_descent(
        make_problem(context),
        make_schedule(6, 3, m=5, K=3, H=50),
        alpha=ALPHA,
        step_size=1e3,
        tol=0,
        random_state=RandomState(0),
    )
    assert np.isfinite(result.weights).all()
    assert all(np.isfinite(epoch.losses).all() for epoch in result.epochs)
    assert len(result.epochs) == 1
    assert not result.stationary
