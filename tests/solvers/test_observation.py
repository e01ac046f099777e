# SPDX-License-Identifier: BSD-3-Clause
"""The observer of Algorithm 1 sees every step and changes none."""

from itertools import pairwise

import numpy as np
import pytest
from numpy.random import RandomState
from numpy.testing import assert_array_equal

from sklearn_overtensor._backend import to_numpy
from sklearn_overtensor._objective import TwoHomogeneousObjective
from sklearn_overtensor.datasets import make_symmetric_cp
from sklearn_overtensor.solvers import gradient_descent, make_schedule
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
        observer=observer,
    )
    return target, result


@pytest.mark.parametrize("step_size", ["auto", 0.02])
def test_every_step_is_seen_in_turn(context, step_size):
    seen = []
    target, result = run(context, seen.append, step_size)
    stamps = [(one.epoch, one.iteration) for one in seen]
    assert stamps == [(0, 0)] + [(k, t) for k in range(1, K + 1) for t in range(H + 1)]
    losses = [one.evaluation.loss for one in seen if one.iteration > 0]
    assert_array_equal(losses, result.loss_curve)
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
        again = objective.evaluate(one.components)
        assert one.evaluation.loss == pytest.approx(again.loss, abs=1e-14)
    for before, after in pairwise(seen):
        if after.iteration == 0:  # one component is new, and it was the smallest
            j = after.reinitialized
            assert j == int(np.argmin(to_numpy(before.evaluation.norms)))
            changed = to_numpy(before.components.U) != to_numpy(after.components.U)
            assert list(np.flatnonzero(changed.any(axis=0))) == [j]
            continue
        gradient = objective.algorithm_gradient(before.components, before.evaluation)
        moved = before.components.U - after.step * gradient
        np.testing.assert_allclose(
            to_numpy(after.components.U), to_numpy(moved), atol=1e-14
        )
        switched = to_numpy(before.components.scalars != after.components.scalars)
        if not switched.any():
            assert after.loss_before_switch == after.evaluation.loss


def test_observing_changes_nothing(context):
    _, plain = run(context)
    _, observed = run(context, lambda observation: None)
    assert_array_equal(plain.weights, observed.weights)
    assert_array_equal(plain.V, observed.V)
    assert_array_equal(plain.loss_curve, observed.loss_curve)
