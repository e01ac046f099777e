# SPDX-License-Identifier: BSD-3-Clause
"""FactorMatchDisplay puts each term beside the true one that it stands for."""

from itertools import pairwise

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from sklearn_overtensor.displays import FactorMatchDisplay
from sklearn_overtensor.metrics import factor_match_score

from .conftest import legend_texts, tick_texts

TRUTH = np.eye(4)[:3]


def heights(bars):
    return [bar.get_height() for bar in bars]


def labels_of(axis):
    return tick_texts(axis.get_ticklabels())


def reds(axis):
    return [
        label.get_text()
        for label in axis.get_ticklabels()
        if label.get_color() == "tab:red"
    ]


def test_a_permutation_is_undone():
    found = TRUTH[[2, 0, 1]]
    display = FactorMatchDisplay.from_components(
        TRUTH, found, [3, 2, 1], [1.1, 3.1, 2.1]
    )
    assert_array_equal(display.image_.get_array(), np.eye(3))
    cosines, weights = display.axes_
    assert labels_of(cosines.yaxis) == ["0", "1", "2"]
    assert labels_of(cosines.xaxis) == ["1", "2", "0"]
    assert reds(cosines.xaxis) == reds(cosines.yaxis) == []
    assert heights(display.bars_true_) == [3, 2, 1]
    assert heights(display.bars_pred_) == [3.1, 2.1, 1.1]
    assert labels_of(weights.xaxis) == ["0|1", "1|2", "2|0"]
    assert legend_texts(weights) == ["true", "found"]
    assert [text.get_text() for text in display.texts_] == ["1.00"] * 3


def test_missing_terms_come_last():
    display = FactorMatchDisplay.from_components(TRUTH, TRUTH[[1]], [3, 2, 1], [2])
    cosines, weights = display.axes_
    assert labels_of(cosines.yaxis) == ["1", "0", "2"]
    assert reds(cosines.yaxis) == ["0", "2"]
    assert reds(cosines.xaxis) == []
    assert_array_equal(display.image_.get_array(), [[1], [0], [0]])
    assert heights(display.bars_true_) == [2, 3, 1]
    assert heights(display.bars_pred_) == [2]
    assert reds(weights.xaxis) == ["0|–", "2|–"]


def test_superfluous_terms_come_last():
    display = FactorMatchDisplay.from_components(TRUTH[[1]], TRUTH, [2], [3, 2, 1])
    cosines, weights = display.axes_
    assert labels_of(cosines.xaxis) == ["1", "0", "2"]
    assert reds(cosines.xaxis) == ["0", "2"]
    assert heights(display.bars_true_) == [2]
    assert heights(display.bars_pred_) == [2, 3, 1]
    assert labels_of(weights.xaxis) == ["0|1", "–|0", "–|2"]
    centres = [bar.get_center()[0] for bar in display.bars_pred_]
    assert_allclose(centres, [0.2, 1.2, 2.2])


def test_an_estimator(data, model):
    display = FactorMatchDisplay.from_estimator(model, data.components, data.weights)
    score = factor_match_score(
        data.components, model.components_, data.weights, model.weights_
    )
    assert display.score == score
    assert f"factor match score {score:.3f}" in display.axes_[0].get_title()
    assert_allclose(heights(display.bars_true_), data.weights)
    cosines = data.components @ model.components_.T
    diagonal = np.diagonal(display.image_.get_array())
    assert_allclose(diagonal, cosines.max(axis=1))
    assert model.n_components_ == 3


def test_directions_alone(data, model):
    display = FactorMatchDisplay.from_estimator(model, data.components)
    assert display.score == factor_match_score(data.components, model.components_)
    assert len(display.axes_) == 1
    assert display.bars_true_ is None


def test_signs_count_at_odd_order_only():
    odd = FactorMatchDisplay.from_components(TRUTH[:1], -TRUTH[:1])
    assert_array_equal(odd.image_.get_array(), [[-1]])
    assert odd.axes_[0].get_title().startswith("cosines")
    assert odd.image_.get_clim() == (-1, 1)
    even = FactorMatchDisplay.from_components(TRUTH, -TRUTH, order=4)
    assert_array_equal(even.image_.get_array(), np.eye(3))
    assert even.axes_[0].get_title().startswith("absolute cosines")
    assert even.image_.get_clim() == (0, 1)
    assert even.score == 1


def test_rows_need_not_have_unit_norm():
    display = FactorMatchDisplay.from_components(
        2 * TRUTH, TRUTH, [1, 1, 1], [8, 8, 4], order=3
    )
    assert_allclose(heights(display.bars_true_), [1, 1, 1])
    assert_allclose(heights(display.bars_pred_), [1, 1, 0.5])
    assert display.score == pytest.approx((1 + 1 + 0.5) / 3)


def test_negative_weights_point_down():
    display = FactorMatchDisplay.from_components(
        TRUTH, TRUTH, [2, -1, 1], [2, -1, 1], order=4
    )
    assert heights(display.bars_pred_) == [2, -1, 1]


@pytest.mark.parametrize(("n", "written"), [(1, 1), (12, 12), (30, 0)])
def test_cosines_are_written_where_they_fit(n, written):
    display = FactorMatchDisplay.from_components(np.eye(n), np.eye(n))
    assert len(display.texts_) == written
    assert len(display.plot(include_values=True).texts_) == n
    assert display.plot(include_values=False).texts_ == []


@pytest.mark.parametrize(("n_true", "n_pred"), [(1, 1), (4, 1), (1, 20), (20, 24)])
def test_panels_do_not_overlap(n_true, n_pred):
    rng = np.random.default_rng(0)
    display = FactorMatchDisplay.from_components(
        rng.normal(size=(n_true, 5)),
        rng.normal(size=(n_pred, 5)),
        rng.normal(size=n_true),
        rng.normal(size=n_pred),
    )
    display.figure_.draw_without_rendering()
    left, right = (ax.get_tightbbox() for ax in display.axes_)
    assert left.x1 <= right.x0
    for axis in (display.axes_[0].xaxis, display.axes_[1].xaxis):
        boxes = [label.get_window_extent() for label in axis.get_ticklabels()]
        for one, other in pairwise(boxes):
            assert one.x1 <= other.x0


def test_the_user_decides_on_the_look():
    display = FactorMatchDisplay.from_components(
        TRUTH,
        TRUTH,
        [1, 1, 1],
        [1, 1, 1],
        im_kwargs={"cmap": "gray"},
        bar_kwargs={"width": 0.2},
    )
    assert display.image_.get_cmap().name == "gray"
    assert_allclose([bar.get_width() for bar in display.bars_true_], 0.2)


def test_errors_of_the_metric_pass():
    with pytest.raises(ValueError, match="as many features as components_true, 4"):
        FactorMatchDisplay.from_components(TRUTH, np.eye(3))
    with pytest.raises(ValueError, match="must be given together"):
        FactorMatchDisplay.from_components(TRUTH, TRUTH, weights_true=[1, 1, 1])


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match=r"at least one .* found.*\(3, 0\)"):
        FactorMatchDisplay.from_components(TRUTH, np.empty((0, 4)))
    display = FactorMatchDisplay(
        cosines=np.eye(2), pairs=[[0, 0]], weights_true=[1], weights_pred=[1, 2]
    )
    with pytest.raises(ValueError, match=r"shape \(2, 2\).*got 1 and 2"):
        display.plot()
