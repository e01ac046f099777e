# SPDX-License-Identifier: BSD-3-Clause
"""ComponentsDisplay draws weights and components as they are."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.decomposition import PCA

from sklearn_overtensor import OverparamSymmetricCP
from sklearn_overtensor.datasets import make_symmetric_cp
from sklearn_overtensor.displays import ComponentsDisplay

from ..cases import one_test
from .conftest import tick_texts

COMPONENTS = np.array([[0.6, -0.8, 0.0, 0.0], [0.0, 0.1, -0.2, 0.3]])
WEIGHTS = np.array([2.0, -1.5])
RED, BLUE, GREEN = "#d62728", "#1f77b4", "#008000"  # tab:red, tab:blue, green


@pytest.fixture
def display():
    return ComponentsDisplay(components=COMPONENTS, weights=WEIGHTS)


def colors(bars):
    from matplotlib.colors import to_hex

    return [to_hex(bar.get_facecolor()) for bar in bars]


def heights(bars):
    return [bar.get_height() for bar in bars]


def test_heatmap(display):
    display.plot()
    left, right = display.axes_
    (image,) = display.images_
    assert_array_equal(image.get_array(), COMPONENTS)
    assert image.get_clim() == (-0.8, 0.8)
    assert display.colorbar_.mappable is image
    (bars,) = display.bars_
    assert_array_equal([bar.get_width() for bar in bars], WEIGHTS)
    assert colors(bars) == [RED, BLUE]
    # a bar stands beside its row
    assert left.get_ylim() == right.get_ylim()
    assert_allclose([bar.get_y() + bar.get_height() / 2 for bar in bars], [0, 1])
    assert (left.get_title(), right.get_title()) == ("weights", "components")


def test_bars(display):
    display.plot(kind="bar")
    for bars, component in zip(display.bars_, COMPONENTS, strict=True):
        assert_array_equal(heights(bars), component)
        expected = [BLUE if entry < 0 else RED for entry in component]
        assert colors(bars) == expected
    assert [ax.get_title() for ax in display.axes_] == ["0: w = 2", "1: w = -1.5"]
    assert display.axes_[0].get_ylim() == display.axes_[1].get_ylim()
    assert (display.images_, display.colorbar_) == ([], None)


def test_images(display):
    display.plot(kind="image", image_shape=(2, 2))
    first, second = display.images_
    assert_array_equal(first.get_array(), [[0.6, -0.8], [0, 0]])
    assert_array_equal(second.get_array(), [[0, 0.1], [-0.2, 0.3]])
    assert (first.get_clim(), second.get_clim()) == ((-0.8, 0.8), (-0.3, 0.3))
    assert display.axes_[1].get_title() == "1: w = -1.5"
    assert len(display.axes_[0].get_xticks()) == 0


@pytest.mark.parametrize(("kind", "titles"), [("bar", ["0", "1"]), ("heatmap", None)])
def test_without_weights(kind, titles):
    display = ComponentsDisplay(components=COMPONENTS).plot(kind=kind)
    if kind == "heatmap":
        assert len(display.axes_) == 1
        assert display.axes_[0].get_ylabel() == "component"
    else:
        assert [ax.get_title() for ax in display.axes_] == titles


def test_an_estimator(model):
    display = ComponentsDisplay.from_estimator(model)
    assert_array_equal(display.images_[0].get_array(), model.components_)
    widths = [bar.get_width() for bar in display.bars_[0]]
    assert_array_equal(widths, model.weights_)


def test_names_of_features_come_from_the_estimator():
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.exponential(size=(50, 3)), columns=["ant", "bee", "cow"])
    fitted = OverparamSymmetricCP(random_state=0).fit(X)
    display = ComponentsDisplay.from_estimator(fitted, kind="bar")
    for ax in display.axes_:
        assert tick_texts(ax.get_xticklabels()) == ["ant", "bee", "cow"]
    named = ComponentsDisplay.from_estimator(fitted, feature_names=["a", "b", "c"])
    labels = named.axes_[-1].get_xticklabels()
    assert tick_texts(labels) == ["a", "b", "c"]
    assert labels[0].get_rotation() == 0


def test_an_estimator_of_scikit_learn():
    pca = PCA(2).fit(np.random.default_rng(0).normal(size=(9, 4)))
    display = ComponentsDisplay.from_estimator(pca, kind="image", image_shape=(2, 2))
    assert_array_equal(display.images_[1].get_array().ravel(), pca.components_[1])
    assert display.axes_[1].get_title() == "1"


def ends_of(errorbars, axis):
    """Both ends of each error bar, along an axis."""
    (lines,) = errorbars.lines[2]
    return np.array([segment[:, axis] for segment in lines.get_segments()])


def test_error_bars_of_entries_are_intervals_of_95_percent():
    errors = np.arange(8).reshape(2, 4) / 10
    display = ComponentsDisplay(components=COMPONENTS, components_std=errors)
    display.plot(kind="bar")
    assert len(display.errorbars_) == 2
    for drawn, component, error in zip(
        display.errorbars_, COMPONENTS, errors, strict=True
    ):
        expected = np.column_stack([component - 1.96 * error, component + 1.96 * error])
        assert_allclose(ends_of(drawn, axis=1), expected, atol=1e-12)
    # none is cut off
    assert display.axes_[0].get_ylim()[1] > 0.3 + 1.96 * 0.7
    assert display.axes_[0].get_ylim() == display.axes_[1].get_ylim()


def test_error_bars_of_weights_beside_a_heat_map():
    display = ComponentsDisplay(
        components=COMPONENTS, weights=WEIGHTS, weights_std=[0.5, 0.1]
    )
    display.plot()
    (drawn,) = display.errorbars_
    expected = [[2 - 0.98, 2 + 0.98], [-1.5 - 0.196, -1.5 + 0.196]]
    assert_allclose(ends_of(drawn, axis=0), expected)
    assert_allclose(ends_of(drawn, axis=1), [[0, 0], [1, 1]])
    assert display.plot(kind="image", image_shape=(2, 2)).errorbars_ == []


@pytest.mark.parametrize("kind", ["heatmap", "bar"])
@pytest.mark.parametrize("value", [np.nan, 0.0, None])
def test_no_error_bars_where_there_are_no_errors(kind, value):
    nothing = {}
    if value is not None:
        nothing = {
            "weights_std": np.full(2, value),
            "components_std": np.full((2, 4), value),
        }
    display = ComponentsDisplay(components=COMPONENTS, weights=WEIGHTS, **nothing)
    assert display.plot(kind=kind).errorbars_ == []


def test_errors_come_from_the_estimator(model):
    assert (model.components_std_ > 0).all()
    display = ComponentsDisplay.from_estimator(model, kind="bar")
    assert_array_equal(display.weights_std, model.weights_std_)
    for drawn, error in zip(display.errorbars_, model.components_std_, strict=True):
        lengths = np.diff(ends_of(drawn, axis=1), axis=1).ravel()
        assert_allclose(lengths, 2 * 1.96 * error)
    assert len(ComponentsDisplay.from_estimator(model).errorbars_) == 1


def test_an_exact_estimator_has_no_error_bars():
    tensor = make_symmetric_cp(6, 3, random_state=0).tensor
    exact = OverparamSymmetricCP(random_state=0).fit(tensor)
    assert not exact.components_std_.any()
    display = ComponentsDisplay.from_estimator(exact, kind="bar")
    assert (display.weights_std, display.components_std) == (None, None)
    assert display.errorbars_ == []


def test_the_user_decides_on_the_look_of_error_bars():
    display = ComponentsDisplay(components=COMPONENTS, components_std=np.ones((2, 4)))
    display.plot(kind="bar", errorbar_kwargs={"ecolor": "green", "capsize": 0})
    from matplotlib.colors import to_hex

    _, caps, (lines,) = display.errorbars_[0].lines
    assert to_hex(lines.get_color()[0]) == GREEN
    assert len(caps) == 0


@pytest.mark.parametrize("n_components", [1, 8])
@pytest.mark.parametrize("kind", ["heatmap", "bar", "image"])
def test_few_and_many_components(n_components, kind):
    """Labels neither overlap nor leave the figure."""
    components = np.random.default_rng(0).normal(size=(n_components, 6))
    weights = -np.geomspace(1e-4, 1e4, n_components)
    display = ComponentsDisplay(components=components, weights=weights)
    display.plot(kind=kind, image_shape=(2, 3) if kind == "image" else None)
    display.figure_.draw_without_rendering()
    boxes = [ax.get_tightbbox() for ax in display.axes_]
    for i, box in enumerate(boxes):
        assert display.figure_.bbox.padded(1).containsx(box.x0)
        assert display.figure_.bbox.padded(1).containsx(box.x1)
        assert display.figure_.bbox.padded(1).containsy(box.y0)
        assert display.figure_.bbox.padded(1).containsy(box.y1)
        assert not any(box.padded(-2).overlaps(other.padded(-2)) for other in boxes[:i])


def test_columns_of_the_grid():
    display = ComponentsDisplay(components=np.eye(5)).plot(kind="bar", n_cols=2)
    places = [ax.get_subplotspec() for ax in display.axes_]
    assert [(place.rowspan.start, place.colspan.start) for place in places] == [
        (0, 0),
        (0, 1),
        (1, 0),
        (1, 1),
        (2, 0),
    ]


def test_the_user_decides_on_the_look(display):
    display.plot(im_kwargs={"cmap": "gray", "vmin": 0}, bar_kwargs={"color": "green"})
    assert display.images_[0].get_cmap().name == "gray"
    assert display.images_[0].get_clim() == (0, 0.8)
    assert set(colors(display.bars_[0])) == {GREEN}
    display.plot(kind="bar", title_kwargs={"size": 20})
    assert display.axes_[0].title.get_fontsize() == 20


def test_zero_components_are_drawn():
    for kind in ("heatmap", "bar", "image"):
        display = ComponentsDisplay(components=np.zeros((2, 4)), weights=[0, 0])
        display.plot(kind=kind, image_shape=(2, 2))


@one_test(
    ("data", "options", "message"),
    [
        ({}, {"kind": "pie"}, "one of 'heatmap', 'bar', 'image', got 'pie'"),
        ({}, {"kind": "image"}, r"needs image_shape=\(height, width\).*features, 4"),
        ({}, {"kind": "image", "image_shape": (2, 3)}, r"features, 4; got \(2, 3\)"),
        ({}, {"kind": "image", "image_shape": (4,)}, r"\(height, width\).*got \(4,\)"),
        ({"weights": [1.0]}, {}, "weights must have one for each of the 2 components"),
        (
            {"feature_names": ["a"]},
            {},
            "feature_names must have one for each of the 4 features, got 1",
        ),
        (
            {"weights_std": [1.0]},
            {},
            "weights_std must have one for each of the 2",
        ),
        (
            {"components_std": np.ones((2, 3))},
            {},
            r"components_std.*shape of components, \(2, 4\), got \(2, 3\)",
        ),
        ({"components": [1.0]}, {}, r"\(n_components, n_features\).*got \(1,\)"),
        ({"components": np.empty((0, 4))}, {}, r"at least one each; got \(0, 4\)"),
    ],
)
def test_what_does_not_fit_is_refused(data, options, message):
    display = ComponentsDisplay(**{"components": COMPONENTS, **data})
    with pytest.raises(ValueError, match=message):
        display.plot(**options)
