# SPDX-License-Identifier: BSD-3-Clause
"""ConvergenceDisplay draws the curves as they are."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from sklearn_overtensor import (
    OverparamSymmetricCP,
    OverparamSymmetricCPCV,
    overparam_symmetric_cp,
)
from sklearn_overtensor.baselines import VanillaGradientCP
from sklearn_overtensor.datasets import make_latent_samples, make_symmetric_cp
from sklearn_overtensor.displays import ConvergenceDisplay

from ..cases import one_test
from .conftest import legend_texts

LOSSES = [0.5, 0.3, 0.2, 0.4, 0.1, 0.3, 0.2]
CURVES = {
    "loss_curve": LOSSES,
    "epoch_ends": [3, 5, 7],
    "residual_curve": [0.6, 0.4, 0.5],
}


def ends_of(display):
    return [segment[0, 0] for segment in display.epoch_lines_.get_segments()]


def test_curves_of_an_estimator():
    noisy = make_symmetric_cp(10, 4, noise=0.1, random_state=0)
    model = OverparamSymmetricCP(alpha=0.05, random_state=0).fit(noisy.tensor)
    assert set(model.epoch_coordinates_) == {"data", "whitened"}
    display = ConvergenceDisplay.from_estimator(model)
    drawn = np.concatenate([line.get_ydata() for line in display.lines_])
    assert_array_equal(drawn, model.loss_curve_)
    steps = np.concatenate([line.get_xdata() for line in display.lines_])
    assert_array_equal(steps, np.arange(1, model.n_iter_ + 1))
    assert_array_equal(ends_of(display), model.epoch_ends_)
    residuals = {
        x: y
        for line in display.residual_lines_
        for x, y in zip(*line.get_data(), strict=True)
    }
    expected = dict(zip(model.epoch_ends_, model.residual_curve_, strict=True))
    assert residuals == expected
    assert display.ax_.get_yscale() == "log"
    assert display.ax_.get_xlabel() == "iteration"
    answer = f"residual of the answer: {model.reconstruction_err_:.2g}"
    assert answer in legend_texts(display.ax_)


def test_a_result_is_drawn_as_its_estimator(data, model):
    result = overparam_symmetric_cp(data.tensor, alpha=0.05, random_state=0)
    ours = ConvergenceDisplay.from_result(result)
    theirs = ConvergenceDisplay.from_estimator(model)
    assert legend_texts(ours.ax_) == legend_texts(theirs.ax_)
    for one, other in zip(ours.lines_, theirs.lines_, strict=True):
        assert_array_equal(one.get_xydata(), other.get_xydata())


def test_coordinates_are_told_apart():
    """Objectives in other coordinates are not comparable: the line is broken."""
    kinds = ["whitened", "data", "data"]
    display = ConvergenceDisplay(**CURVES, epoch_coordinates=kinds).plot()
    whitened, ours = display.lines_
    assert_array_equal(whitened.get_xydata(), np.c_[[1, 2, 3], LOSSES[:3]])
    assert_array_equal(ours.get_xydata(), np.c_[[4, 5, 6, 7], LOSSES[3:]])
    assert (whitened.get_linestyle(), ours.get_linestyle()) == ("--", "-")
    assert whitened.get_color() == ours.get_color()
    hollow, full = display.residual_lines_
    assert_array_equal(hollow.get_xydata(), [[3, 0.6]])
    assert_array_equal(full.get_xydata(), [[5, 0.4], [7, 0.5]])
    assert (hollow.get_fillstyle(), full.get_fillstyle()) == ("none", "full")
    assert legend_texts(display.ax_) == [
        "objective, whitened coordinates",
        "objective",
        "residual, whitened coordinates",
        "residual",
        "end of an epoch",
    ]


def test_each_kind_of_coordinates_has_one_entry_in_the_legend():
    kinds = ["data", "whitened", "data"]
    display = ConvergenceDisplay(**CURVES, epoch_coordinates=kinds).plot()
    assert len(display.lines_) == 3
    assert legend_texts(display.ax_).count("objective") == 1
    assert_array_equal(display.residual_lines_[1].get_xdata(), [3, 7])


def test_without_residuals_and_epochs():
    display = ConvergenceDisplay(loss_curve=LOSSES).plot()
    assert display.residual_lines_ == []
    assert ends_of(display) == [7]
    assert legend_texts(display.ax_) == ["objective", "end of an epoch"]


def test_a_baseline_that_keeps_an_objective_alone(data):
    vanilla = VanillaGradientCP(4, max_iter=20, random_state=0).fit(data.tensor)
    display = ConvergenceDisplay.from_estimator(vanilla)
    assert_array_equal(display.lines_[0].get_ydata(), vanilla.loss_curve_)
    assert display.residual_lines_ == []


def test_an_estimator_that_has_chosen_alpha():
    X = make_latent_samples(500, 4, distribution="exponential", random_state=0).X
    chosen = OverparamSymmetricCPCV(alphas=2, cv=2, random_state=0).fit(X)
    display = ConvergenceDisplay.from_estimator(chosen)
    assert_array_equal(ends_of(display), chosen.epoch_ends_)


def test_one_iteration_is_visible():
    display = ConvergenceDisplay(loss_curve=[0.5]).plot()
    assert display.lines_[0].get_marker() == "."
    assert ConvergenceDisplay(loss_curve=LOSSES).plot().lines_[0].get_marker() == "None"


def test_two_searches_in_one_picture():
    first = ConvergenceDisplay(**CURVES, name="gd").plot()
    second = ConvergenceDisplay(**CURVES).plot(first.ax_, name="lbfgs")
    assert second.ax_ is first.ax_
    assert first.lines_[0].get_color() != second.lines_[0].get_color()
    texts = legend_texts(second.ax_)
    assert {"gd: objective", "lbfgs: objective", "lbfgs: end of an epoch"} < set(texts)


def test_values_that_are_not_positive_stay_visible():
    display = ConvergenceDisplay(loss_curve=[0.5, 0.1, -1e-17]).plot()
    assert display.ax_.get_yscale() == "symlog"
    assert display.ax_.yaxis.get_transform().linthresh == 0.1
    low, high = display.ax_.get_ylim()
    assert low < -1e-17
    assert high > 0.5


def test_the_user_decides_on_the_look():
    display = ConvergenceDisplay(**CURVES).plot(
        line_kwargs={"c": "green", "lw": 3},
        residual_kwargs={"marker": "x"},
        epoch_kwargs={"color": "black"},
    )
    assert display.lines_[0].get_color() == "green"
    assert display.lines_[0].get_linewidth() == 3
    assert display.residual_lines_[0].get_marker() == "x"
    assert display.residual_lines_[0].get_color() == "green"
    assert_array_equal(display.epoch_lines_.get_color()[0, :3], 0)


@one_test(
    ("changed", "message"),
    [
        ({"loss_curve": []}, "the 0 iterations of loss_curve, at least one"),
        ({"epoch_ends": [3, 5]}, r"end with the 7 iterations.*got \[3 5\]"),
        ({"residual_curve": [0.1]}, "residual_curve.*each of the 3 epochs, got 1"),
        ({"epoch_coordinates": ["data"]}, "epoch_coordinates.*3 epochs, got 1"),
        (
            {"epoch_coordinates": ["data", "mine", "data"]},
            "one of 'whitened', 'data', got '?.*mine",
        ),
    ],
)
def test_curves_that_do_not_agree(changed, message):
    with pytest.raises(ValueError, match=message):
        ConvergenceDisplay(**{**CURVES, **changed}).plot()
