# SPDX-License-Identifier: BSD-3-Clause
"""VanillaGradientCP: the gradients, plain steps, the saddle, local minima."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.optimize import approx_fprime
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning

from sklearn_overtensor.algebra.cp import cp_to_dense
from sklearn_overtensor.baselines import VanillaGradientCP
from sklearn_overtensor.baselines._vanilla_descent import VanillaObjective, descend
from sklearn_overtensor.datasets import make_symmetric_cp
from sklearn_overtensor.machine.backend import load_backend
from sklearn_overtensor.targets import DenseTarget

from ..cases import one_test

XP = load_backend("numpy")


@one_test("order", [3, 4])
def test_value_and_gradients_are_those_of_equation_2(context, rng, order):
    tensor = make_symmetric_cp(3, 2, order, signed=True, random_state=0).tensor
    scaled = tensor / np.linalg.norm(tensor)
    U, c = rng.standard_normal((3, 4)), rng.standard_normal(4)

    def value(flat):
        model = cp_to_dense(XP, flat[12:], flat[:12].reshape(3, 4), order)
        return 0.5 * np.sum((model - scaled) ** 2)

    flat = np.append(U.ravel(), c)
    point = VanillaObjective(DenseTarget(context.asarray(tensor))).evaluate(
        context.asarray(U), context.asarray(c)
    )
    assert point.loss == pytest.approx(value(flat))
    found = np.append(np.ravel(point.gradient_U), point.gradient_c)
    assert_allclose(found, approx_fprime(flat, value, 1e-7), rtol=1e-4, atol=1e-3)


def test_fixed_steps_are_plain_gradient_descent(rng):
    objective = VanillaObjective(DenseTarget(make_symmetric_cp(3, 2).tensor))
    start = rng.standard_normal((3, 4)) / 2, np.array([1.0, -1.0, 1.0, 1.0])
    U, c = start
    for _ in range(5):
        point = objective.evaluate(U, c)
        U, c = U - 0.03 * point.gradient_U, c - 0.03 * point.gradient_c
    found = descend(objective, *start, max_iter=5, step_size=0.03, tol=0)
    assert_allclose(found[0], U)
    assert_allclose(found[1], c)
    assert len(found[2]) == 5


def test_automatic_steps_never_go_up():
    tensor = make_symmetric_cp(5, 4, 4, signed=True, random_state=0).tensor
    model = VanillaGradientCP(init_scale=2.0, max_iter=200, random_state=0).fit(tensor)
    assert model.n_iter_ == len(model.loss_curve_) == 200
    assert (np.diff(model.loss_curve_) <= 1e-9).all()


@pytest.mark.parametrize("order", [4, 5])
def test_zero_is_a_saddle_that_holds_on_for_longer_the_smaller_the_start(order):
    tensor = make_symmetric_cp(4, 1, order, random_state=0).tensor
    waits = []
    for scale in (0.4, 0.2, 0.1):
        model = VanillaGradientCP(
            6, init_scale=scale, max_iter=4000, tol=0.5, random_state=1
        ).fit(tensor)
        waits.append(int(np.argmax(model.loss_curve_ < 0.25)) or model.n_iter_)
    assert waits[0] < waits[1] / 2 < waits[2] / 4


def test_a_perfect_fit_ends_the_descent():
    tensor = make_symmetric_cp(3, 1, random_state=0).tensor
    model = VanillaGradientCP(5, tol=1e-2, random_state=0).fit(tensor)
    assert model.n_iter_ < 1000
    assert model.reconstruction_err_ <= 1e-2


def test_a_step_that_is_too_long_is_announced_and_the_model_finite():
    tensor = make_symmetric_cp(3, 1, random_state=0).tensor
    with pytest.warns(ConvergenceWarning, match="step_size=100"):
        model = VanillaGradientCP(5, step_size=100, random_state=0).fit(tensor)
    assert np.isfinite(model.components_).all()
    assert np.isfinite(model.weights_).all()


@pytest.mark.parametrize("m", [1, 4, 5])
def test_a_paired_start_is_the_zero_tensor(m):
    tensor = make_symmetric_cp(3, 1, random_state=0).tensor
    model = VanillaGradientCP(
        m, init="paired", init_scale=3.0, step_size=1e-12, max_iter=1, random_state=0
    ).fit(tensor)
    assert model.n_components_ == m
    assert model.loss_curve_[0] == pytest.approx(0.5, abs=1e-6)


def test_a_start_of_ones_own_is_in_the_units_of_the_tensor(backend, rng):
    data = make_symmetric_cp(4, 2, random_state=0)
    tensor = load_backend(backend).tensor(7 * data.tensor)
    lengths = rng.uniform(0.5, 2, size=2)
    exact = 7 * data.weights / lengths**3, data.components * lengths[:, None]
    model = VanillaGradientCP(init=exact).fit(tensor)
    assert model.n_components_ == 2
    assert model.n_iter_ == 1  # it was there
    assert model.turn_ < 1e-12
    assert_allclose(model.weights_, 7 * data.weights)
    assert_allclose(model.components_, data.components, atol=1e-12)


def test_a_start_of_ones_own_takes_the_same_steps(rng):
    tensor = make_symmetric_cp(3, 2, random_state=0).tensor
    c, U = np.array([1.0, -1.0, 0.0]), rng.standard_normal((3, 3))
    U[:, 1] = 0  # a component of no direction is no bad input
    model = VanillaGradientCP(init=(c, U.T), step_size=0.03, max_iter=5, tol=0)
    objective = VanillaObjective(DenseTarget(tensor))
    _, _, losses, _ = descend(
        objective, U, c / objective.scale, max_iter=5, step_size=0.03, tol=0
    )
    assert_allclose(model.fit(tensor).loss_curve_, losses)
    assert_allclose(clone(model).fit(tensor).loss_curve_, losses)


@one_test(
    ("init", "n_components", "message"),
    [
        (([1.0],), None, r"tuple \(weights, components\), got 1 el"),
        (([1.0], [[1.0, 0.0, 0.0]]), None, r"of 3 features, but the target has 2"),
        (([1.0, 1.0], [[1.0, 0.0]]), None, r"one length, got 2 weights and 1 comp"),
        (([1.0], [[1.0, 0.0]]), 2, r"init has 1 components, but n_components=2; leave"),
    ],
)
def test_a_bad_start_is_refused(init, n_components, message):
    with pytest.raises(ValueError, match=message):
        VanillaGradientCP(n_components, init=init).fit(np.ones((2, 2, 2)))


@one_test(
    ("parameters", "message"),
    [
        ({"init": "pairs"}, r"'init'.*'paired'.*Got 'pairs'"),
        ({"init_scale": 0.0}, r"'init_scale'.*\[1e-100, 1000000\.0\].*Got 0"),
        ({"init_scale": "auto"}, r"'init_scale'.*Got 'auto'"),
        ({"max_iter": 0}, r"'max_iter'.*\[1, inf\).*Got 0"),
        ({"max_iter": None}, r"'max_iter'.*Got None"),
        ({"step_size": 0}, r"'step_size'.*\(0\.0, inf\).*Got 0"),
        ({"tol": -1.0}, r"'tol'.*\[0\.0, inf\).*Got -1"),
    ],
)
def test_bad_parameters_are_refused(parameters, message):
    with pytest.raises(ValueError, match=message):
        VanillaGradientCP(**parameters).fit(np.ones((2, 2, 2)))
