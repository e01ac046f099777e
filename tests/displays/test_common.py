# SPDX-License-Identifier: BSD-3-Clause
"""What holds for every display: lazy imports, errors, the convention for axes."""

import importlib
import sys

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import make_pipeline

from sklearn_overtensor import (
    CumulantICA,
    MomentGaussianMixture,
    OverparamSymmetricCP,
    OverparamSymmetricCPCV,
    displays,
)
from sklearn_overtensor.displays import (
    AlphaPathDisplay,
    ComponentsDisplay,
    ConvergenceDisplay,
    FactorMatchDisplay,
    MixingDisplay,
    MixtureDisplay,
)

from ..cases import one_test
from ..importing import imported_anew

FROM_ESTIMATOR = [
    (ConvergenceDisplay, OverparamSymmetricCP, ()),
    (ComponentsDisplay, OverparamSymmetricCP, ()),
    (AlphaPathDisplay, OverparamSymmetricCPCV, ()),
    (FactorMatchDisplay, OverparamSymmetricCP, (np.eye(3),)),
    (MixingDisplay, CumulantICA, ()),
    (MixtureDisplay, MomentGaussianMixture, ()),
]
EMPTY = [
    ConvergenceDisplay(loss_curve=[1.0]),
    ComponentsDisplay(components=[[1.0]]),
    AlphaPathDisplay(alphas=[1.0], scores=[[1.0]]),
    FactorMatchDisplay(cosines=[[1.0]], pairs=[[0, 0]]),
    MixingDisplay(mixing=[[1.0]]),
    MixtureDisplay(means=[[0.0, 0.0]], covariances=[[[1.0, 0.0], [0.0, 1.0]]]),
]
FROM_OTHERS = [
    (ConvergenceDisplay.from_result, (None,)),
    (AlphaPathDisplay.from_path, ([], [])),
    (FactorMatchDisplay.from_components, (np.eye(3), np.eye(3))),
]


def name_of(value):
    return getattr(value, "__name__", type(value).__name__)


def test_all_displays_are_tested_here():
    assert {each.__name__ for each, *_ in FROM_ESTIMATOR} == set(displays.__all__)


def test_the_package_does_not_import_matplotlib():
    with imported_anew("matplotlib"):
        importlib.import_module("sklearn_overtensor.displays")


@pytest.fixture
def no_matplotlib(monkeypatch):
    """A machine without matplotlib, for one test."""
    for name in [*sys.modules]:
        if name.partition(".")[0] == "matplotlib":
            monkeypatch.setitem(sys.modules, name, None)


MISSING = r"matplotlib, which is not installed.*\"sklearn-overtensor\[plot\]\""


@pytest.mark.usefixtures("no_matplotlib")
@one_test(("display", "estimator", "truth"), FROM_ESTIMATOR)
def test_from_estimator_names_the_extra(display, estimator, truth):
    message = rf"{display.__name__}\.from_estimator requires {MISSING}"
    with pytest.raises(ImportError, match=message):
        display.from_estimator(estimator(), *truth)


@pytest.mark.usefixtures("no_matplotlib")
@pytest.mark.parametrize(("method", "arguments"), FROM_OTHERS, ids=name_of)
def test_other_constructors_name_the_extra(method, arguments):
    with pytest.raises(ImportError, match=rf"{method.__name__} requires {MISSING}"):
        method(*arguments)


@pytest.mark.usefixtures("no_matplotlib")
@one_test("display", EMPTY)
def test_plot_names_the_extra(display):
    with pytest.raises(ImportError, match=rf"Display\.plot requires {MISSING}"):
        display.plot()


@one_test(("display", "estimator", "truth"), FROM_ESTIMATOR)
def test_an_estimator_must_be_fitted(display, estimator, truth):
    with pytest.raises(NotFittedError, match="not fitted"):
        display.from_estimator(estimator(), *truth)


@one_test(("display", "estimator", "truth"), FROM_ESTIMATOR)
def test_a_pipeline_is_refused(display, estimator, truth):
    pipeline = make_pipeline(PCA(2)).fit(np.random.default_rng(0).normal(size=(9, 3)))
    with pytest.raises(TypeError, match=r"Pipeline does not have.*pipeline\[-1\]"):
        display.from_estimator(pipeline, *truth)


@pytest.mark.parametrize("display", EMPTY, ids=name_of)
def test_plot_returns_the_display_and_does_not_touch_its_data(display):
    before = dict(vars(display))
    assert display.plot() is display
    assert display.figure_ is not None
    for name, value in before.items():
        assert vars(display)[name] is value


@pytest.fixture
def two_panels():
    return ComponentsDisplay(components=np.eye(3), weights=np.arange(3.0))


def test_one_ax_is_divided(two_panels, pyplot):
    figure, ax = pyplot.subplots()
    two_panels.plot(ax)
    assert two_panels.bounding_ax_ is ax
    assert two_panels.figure_ is figure
    assert not ax.axison
    assert len(two_panels.axes_) == 2
    assert all(each.figure is figure for each in two_panels.axes_)


def test_one_ax_for_one_panel_is_drawn_into(pyplot):
    _, ax = pyplot.subplots()
    display = ComponentsDisplay(components=np.eye(3)).plot(ax)
    assert list(display.axes_) == [ax]
    assert display.bounding_ax_ is None
    assert ax.axison


def test_several_axes_are_drawn_into(two_panels, pyplot):
    _, axes = pyplot.subplots(2, 1)
    two_panels.plot(axes)
    assert two_panels.bounding_ax_ is None
    assert list(two_panels.axes_) == list(axes)
    other = ComponentsDisplay(components=np.eye(2), weights=np.ones(2))
    assert list(other.plot(two_panels.axes_).axes_) == list(axes)


def test_another_number_of_axes_is_refused(two_panels, pyplot):
    _, axes = pyplot.subplots(3, 1)
    with pytest.raises(ValueError, match="Expected ax to have 2 axes, got 3"):
        two_panels.plot(axes)


def test_a_divided_ax_is_not_divided_again(two_panels, pyplot):
    _, ax = pyplot.subplots()
    two_panels.plot(ax)
    with pytest.raises(ValueError, match=r"already used.*pass ax=display\.axes_"):
        two_panels.plot(ax)


def test_an_ax_without_a_place_in_a_grid_is_refused(two_panels, pyplot):
    ax = pyplot.figure().add_axes((0, 0, 1, 1))
    with pytest.raises(ValueError, match=r"plt\.subplots.*list of 2 axes"):
        two_panels.plot(ax)
