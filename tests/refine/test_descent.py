# SPDX-License-Identifier: BSD-3-Clause
"""Damping and units: what a descent does where a step is not taken."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from numpy.random import RandomState

from sklearn_overtensor.datasets import make_symmetric_cp
from sklearn_overtensor.refine import damped_steps, levenberg_marquardt, plain_fit
from sklearn_overtensor.settings import SETTINGS

from .common import CountedTarget, truth_of


class Parabola:
    """Half the square of a number, whose equations are solved only now and then."""

    def __init__(self, solved):
        self.solved, self.dampings = iter(solved), []

    def evaluate(self, x):
        return SimpleNamespace(vectors=x, value=0.5 * float(x @ x), downhill=-x)

    def solve(self, point, damping):
        self.dampings.append(damping)
        return next(self.solved)(point, damping)


def newton(point, damping):
    return point.downhill / (1 + damping)


def singular(point, damping):
    return np.full_like(point.downhill, np.nan)


def infinite(point, damping):
    return np.full_like(point.downhill, np.inf)


def run(solved, max_iter):
    problem, accepted = Parabola(solved), []
    start = problem.evaluate(np.array([1.0]))

    def watch(values, point):
        accepted.append(point)

    point = damped_steps(problem, start, 1.0, max_iter, watch)
    return problem.dampings, point, len(accepted)


def test_the_damping_follows_nielsens_rule():
    failures = [singular, infinite, newton, infinite, singular, newton]
    dampings, point, n_steps = run(failures, max_iter=2)
    # Growth 2, 4 until a step is taken, which is as good as it promised; then anew.
    assert dampings == pytest.approx([1, 2, 8, 8 / 3, 16 / 3, 64 / 3])
    assert n_steps == 2
    assert 0 < point.vectors[0] < 1


def test_a_problem_that_is_never_solved_is_given_up():
    dampings, point, n_steps = run([singular] * 100, max_iter=3)
    assert np.isfinite(dampings).all()
    assert (len(dampings) < 50, n_steps) == (True, 0)
    assert point.vectors == [1.0]


def problems(order, unit=1.0, distance=1e-3):
    """A target and a start near a solution; then the same in another unit."""
    data = make_symmetric_cp(5, 3, order, signed=True, random_state=0)
    truth = truth_of(data)
    shifts = distance * RandomState(0).standard_normal(truth.vectors.shape)
    for factor in (1.0, unit):
        target = CountedTarget(data.tensor * factor**order)
        yield target, truth.at(factor * (truth.vectors + shifts))


@pytest.mark.parametrize("order", [3, 4])
def test_the_unit_changes_no_step_and_scales_the_damping(order, monkeypatch):
    found, dampings, calls, original = [], [], [], plain_fit.damped_steps

    def watched(problem, point, damping, *others):
        dampings.append(damping)
        return original(problem, point, damping, *others)

    monkeypatch.setattr(plain_fit, "damped_steps", watched)
    for target, start in problems(order, 2.0**10):
        found.append(levenberg_marquardt(target, start))
        calls.append(target.calls)
    assert calls[0] == calls[1]
    np.testing.assert_allclose(found[1].vectors, 2**10 * found[0].vectors, rtol=1e-9)
    assert dampings[1] == pytest.approx(2 ** (10 * (2 * order - 2)) * dampings[0])


@pytest.mark.parametrize("order", [3, 4])
def test_a_start_near_a_solution_takes_full_steps(order):
    target, start = next(problems(order, distance=1e-6))
    fit = levenberg_marquardt(target, start, tol=1e-12)
    assert fit.residual(target) < 1e-12
    assert target.calls <= 4  # the start, and three steps


@pytest.mark.parametrize("order", [3, 4])
def test_conjugate_gradients_stop_at_the_same_step_in_any_unit(order, monkeypatch):
    iterative = replace(SETTINGS, max_cholesky=0)
    monkeypatch.setattr(plain_fit, "SETTINGS", iterative)
    steps = []
    for target, start in problems(order, 2.0**10, distance=1e-5):
        lm = plain_fit.LeastSquares(target, start.signs)
        steps.append(lm.solve(lm.evaluate(start.vectors), damping=0.0))
    np.testing.assert_allclose(steps[1], 2.0**10 * steps[0])
