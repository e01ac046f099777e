# SPDX-License-Identifier: BSD-3-Clause
"""MixingDisplay: columns of a mixing matrix as bars, with their errors."""

import numpy as np
import pandas as pd
import pytest
from sklearn.decomposition import FastICA

from sklearn_overtensor import CumulantICA
from sklearn_overtensor.datasets import make_latent_samples
from sklearn_overtensor.displays import MixingDisplay

from .conftest import tick_texts

X = make_latent_samples(3000, 4, 3, distribution="uniform", random_state=0).X


@pytest.fixture(scope="module")
def ica():
    frame = pd.DataFrame(X, columns=["left", "right", "front", "back"])
    return CumulantICA(random_state=0).fit(frame)


def test_bars_are_the_columns_and_their_errors(ica):
    display = MixingDisplay.from_estimator(ica)
    heights = [[bar.get_height() for bar in bars] for bars in display.bars_]
    np.testing.assert_allclose(heights, ica.mixing_.T)
    for column, std, errors in zip(
        ica.mixing_.T, ica.mixing_std_.T, display.errorbars_, strict=True
    ):
        (segments,) = errors[2]
        ends = np.array([segment[:, 1] for segment in segments.get_segments()])
        np.testing.assert_allclose(ends.mean(axis=1), column, atol=1e-12)
        np.testing.assert_allclose(np.ptp(ends, axis=1), 2 * 1.96 * std)
    assert tick_texts(display.axes_[0].get_xticklabels()) == list(ica.feature_names_in_)
    assert display.axes_[0].get_title().startswith("source 0\nkurtosis -1.")


def test_a_map_and_images_of_it(ica):
    display = MixingDisplay.from_estimator(ica, kind="heatmap")
    np.testing.assert_array_equal(display.images_[0].get_array(), ica.mixing_.T)
    assert display.axes_[0].get_ylabel() == "source"
    display = MixingDisplay.from_estimator(ica, kind="image", image_shape=(2, 2))
    assert len(display.images_) == 3


def test_without_errors_there_are_no_bars_of_them():
    model = FastICA(random_state=0).fit(X)
    assert MixingDisplay.from_estimator(model).errorbars_ == []
    unknown = np.full((2, 2), np.nan)
    display = MixingDisplay(mixing=np.eye(2), mixing_std=unknown).plot()
    assert display.errorbars_ == []
    assert display.axes_[1].get_title() == "source 1"


@pytest.mark.parametrize(
    ("name", "value"), [("mixing_std", np.ones((3, 2))), ("kurtosis", np.ones(2))]
)
def test_sizes_that_do_not_fit_are_refused(name, value):
    with pytest.raises(ValueError, match=rf"{name} must have shape .*got"):
        MixingDisplay(mixing=np.ones((2, 3)), **{name: value}).plot()
