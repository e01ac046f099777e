# SPDX-License-Identifier: BSD-3-Clause
"""The observer sees every step and changes none."""

import warnings
from itertools import pairwise

import numpy as np
import pytest
import tensorly as tl
from numpy.random import RandomState
from numpy.testing import assert_array_equal
from sklearn.exceptions import ConvergenceWarning

from sklearn_overtensor import overparam_symmetric_cp
from sklearn_overtensor.datasets import make_symmetric_cp
from sklearn_overtensor.machine.backend import to_numpy
from sklearn_overtensor.solvers.course import Course
from sklearn_overtensor.solvers.gradient_descent import gradient_descent, make_schedule
from sklearn_overtensor.solvers.monitor import Monitor
from sklearn_overtensor.solvers.objective import TwoHomogeneousObjective
from sklearn_overtensor.targets import DenseTarget

ALPHA, K, H = 1e-3, 3, 40


def run(context, observer=None, step_size="auto"):
    tensor = make_symmetric_cp(4, 2, random_state=0).tensor
    target = DenseTarget(context.asarray(tensor))
    result = gradient_descent(
        target,
        make_schedule(4, 3, m=7, K=K, H=H),
        alpha=ALPHA,
        step_size=step_size,
        tol=0,
        random_state=RandomState(1),
        course=Course(Monitor(observer=observer)),
    )
    return target, result


@pytest.mark.parametrize("step_size", ["auto", 0.02])
def test_every_step_is_seen_in_turn(context, step_size):
    seen = []
    target, result = run(context, seen.append, step_size)
    stamps = [(one.epoch, one.iteration) for one in seen]
    assert stamps == [(0, 0)] + [(k, t) for k in range(1, K + 1) for t in range(H + 1)]
    losses = [one.evaluation.loss for one in seen if one.iteration > 0]
    assert_array_equal(
        losses, [loss for epoch in result.epochs for loss in epoch.losses]
    )
    assert seen[0].reinitialized is None
    for one in seen[1:]:
        assert 0 <= one.reinitialized < 7
        assert one.step > 0 or one.iteration == 0
        assert step_size == "auto" or one.step in (0, step_size)
    weights = to_numpy(seen[-1].evaluation.weights)
    assert_array_equal(result.weights, weights * np.sqrt(target.squared_norm))


def test_what_is_seen_is_the_state(context):
    seen = []
    target, _ = run(context, seen.append)
    objective = TwoHomogeneousObjective(target, ALPHA)
    for one in seen[::17]:
        again = objective.evaluate(one.parameters)
        assert one.evaluation.loss == pytest.approx(again.loss, abs=1e-14)
    for before, after in pairwise(seen):
        if after.iteration == 0:  # one component is new, and it was the smallest
            j = after.reinitialized
            norms = to_numpy(before.evaluation.norms)
            tied = norms <= norms.min() * (1 + 1e-8)  # the first of equal ones
            assert j == int(np.argmax(tied))
            changed = to_numpy(before.parameters.U) != to_numpy(after.parameters.U)
            assert list(np.flatnonzero(changed.any(axis=0))) == [j]
            continue
        gradient = objective.algorithm_gradient(before.parameters, before.evaluation)
        moved = before.parameters.U - after.step * gradient
        np.testing.assert_allclose(
            to_numpy(after.parameters.U), to_numpy(moved), atol=1e-14
        )
        switched = to_numpy(before.parameters.scalars != after.parameters.scalars)
        if not switched.any():
            assert after.objective_before_switch == after.evaluation.loss


def test_observing_changes_nothing(context):
    _, plain = run(context)
    _, observed = run(context, lambda observation: None)
    assert_array_equal(plain.weights, observed.weights)
    assert_array_equal(plain.V, observed.V)
    assert plain.epochs == observed.epochs


@pytest.fixture(scope="module")
def hard():
    """More terms than dimensions: several epochs, none read off."""
    return make_symmetric_cp(6, 8, random_state=3)


@pytest.mark.parametrize("solver", ["gd", "lbfgs"])
@pytest.mark.parametrize("noise", [0.0, 0.1])
def test_observer_of_the_function_sees_each_value_of_the_curve(solver, noise):
    data = make_symmetric_cp(5, 2, order=4, noise=noise, random_state=0)
    seen = []
    options = {"solver": solver, "max_iter": 40, "max_epochs": 2, "random_state": 0}
    result = watched(data.tensor, seen, **options)
    steps = [one for one in seen if one.iteration > 0]
    assert_array_equal([one.objective for one in steps], result.loss_curve)
    assert [one.epoch for one in steps] == list(
        np.repeat(
            np.arange(1, result.n_epochs + 1), np.diff(result.epoch_ends, prepend=0)
        )
    )
    last = [seen[i] for i in ends_of_epochs(seen)]
    assert [one.coordinates for one in last] == list(result.epoch_coordinates)
    ends = [one.residual for one in last]
    np.testing.assert_allclose(ends, result.residual_curve, atol=1e-7)
    plain = watched(data.tensor, None, **options)
    assert_array_equal(plain.components, result.components)
    assert_array_equal(plain.loss_curve, result.loss_curve)


@pytest.mark.parametrize("solver", ["gd", "lbfgs"])
def test_weights_are_in_the_units_of_the_data(solver):
    """Also where floats cannot square them, and a power of two is taken out."""
    tensor = 1e-140 * make_symmetric_cp(5, 2, noise=0.1, random_state=0).tensor
    seen = []
    options = {"solver": solver, "max_epochs": 2, "alpha": 0.05, "random_state": 0}
    result = watched(tensor, seen, **options)
    largest = np.abs(seen[-1].weights).max()
    assert largest == pytest.approx(result.weights[0], rel=0.5)


def watched(tensor, seen, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        observer = None if seen is None else seen.append
        return overparam_symmetric_cp(tensor, observer=observer, **options)


def ends_of_epochs(seen):
    last = {one.epoch: i for i, one in enumerate(seen) if one.iteration > 0}
    return list(last.values())


def test_models_come_back_to_the_coordinates_of_the_data(hard):
    """However a search changes its coordinates, its models approach the tensor."""
    seen = []
    result = watched(hard.tensor, seen, random_state=0)
    assert {one.coordinates for one in seen} == {"whitened"}
    assert result.n_epochs > 0
    one = seen[ends_of_epochs(seen)[-1]]
    assert one.components.shape[1] == 6
    np.testing.assert_allclose(np.linalg.norm(one.components, axis=1), 1)
    rebuilt = tl.cp_to_tensor((one.weights, [one.components.T] * 3))
    error = np.linalg.norm(rebuilt - hard.tensor) / np.linalg.norm(hard.tensor)
    assert error < 0.2
    again = watched(hard.tensor * 8, scaled := [], random_state=0)
    np.testing.assert_allclose(scaled[-1].weights, 8 * seen[-1].weights)
    assert again.n_iter == result.n_iter


def test_residual_is_that_of_the_model_where_coordinates_are_the_datas():
    data = make_symmetric_cp(6, 2, noise=0.1, random_state=0)
    seen = []
    watched(data.tensor, seen, random_state=0, refine=False, alpha=1e-3)
    one = seen[-1]
    assert (one.coordinates, one.alpha) == ("data", 1e-3)
    rebuilt = tl.cp_to_tensor((one.weights, [one.components.T] * 3))
    error = np.linalg.norm(rebuilt - data.tensor) / np.linalg.norm(data.tensor)
    assert one.residual == pytest.approx(error, rel=1e-6)
    assert one.objective == pytest.approx(
        0.5 * one.residual**2 + 1e-3 * np.sum(one.norms**2)
    )


def test_leakage_is_what_projections_leave():
    data = make_symmetric_cp(6, 2, random_state=0)
    seen = []
    watched(data.tensor, seen, solver="gd", max_epochs=2, max_iter=30, random_state=0)
    basis = np.linalg.qr(data.components.T)[0]
    for one in seen[::7]:
        U = one.parameters.U
        expected = np.linalg.norm(U - basis @ (basis.T @ U))
        assert one.leakage(data.components) == pytest.approx(expected)
        assert one.leakage(data.components[[0, 1, 1]]) == pytest.approx(expected)
        np.testing.assert_allclose(one.norms, np.linalg.norm(U, axis=0))
        assert one.leakage(np.eye(6)) < 1e-15
    assert set(seen[0].scalar_modes) == {np.sqrt(6 * (17 + 2))}


def test_lbfgs_never_leaves_the_column_space():
    data = make_symmetric_cp(9, 2, noise=0, random_state=0)
    seen = []
    watched(data.tensor, seen, n_components=4, refine=False, random_state=0)
    assert max(one.leakage(data.components) for one in seen) < 1e-12


def test_leakage_wants_rows_of_the_targets_length():
    data = make_symmetric_cp(6, 2, random_state=0)
    seen = []
    watched(data.tensor, seen, random_state=0)
    with pytest.raises(ValueError, match=r"6 features of the target.*length 5"):
        seen[0].leakage(np.ones((2, 5)))


def test_what_is_read_off_is_seen_too():
    data = make_symmetric_cp(6, 2, random_state=0)
    result = watched(data.tensor, seen := [], random_state=0)
    assert [(one.epoch, one.iteration) for one in seen] == [(1, 1)]
    np.testing.assert_allclose(np.sort(seen[0].weights), np.sort(result.weights))


def test_each_restart_is_observed_in_turn():
    data = make_symmetric_cp(6, 2, noise=0.1, random_state=0)
    seen = []
    watched(data.tensor, seen, n_init=3, random_state=0)
    restarts = [one.restart for one in seen]
    assert sorted(restarts) == restarts
    assert set(restarts) == {0, 1, 2}


def test_an_observer_excludes_jobs():
    with pytest.raises(ValueError, match=r"n_jobs=None with it, got n_jobs=2"):
        watched(np.ones((2, 2, 2)), [], n_init=2, n_jobs=2)
