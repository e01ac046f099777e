# SPDX-License-Identifier: BSD-3-Clause
"""MixtureDisplay: ellipses where the covariances say, over the rows that are given."""

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import make_blobs
from sklearn.mixture import GaussianMixture

from sklearn_overtensor import MomentGaussianMixture, OverparamSymmetricCP
from sklearn_overtensor.displays import MixtureDisplay

X, _ = make_blobs(200, n_features=3, centers=2, random_state=0)


@pytest.mark.parametrize("covariance_type", ["spherical", "diag", "tied", "full"])
def test_points_of_an_ellipse_are_as_far_as_its_level(covariance_type):
    mixture = MomentGaussianMixture(2, covariance_type=covariance_type, random_state=0)
    display = MixtureDisplay.from_estimator(
        mixture.fit(X), X, features=(2, 0), levels=(1.5,)
    )
    assert len(display.ellipses_) == 2
    theirs = GaussianMixture(2, covariance_type="full")
    for mean, covariance, ellipse in zip(
        display.means, display.covariances, display.ellipses_, strict=True
    ):
        path = ellipse.get_path().vertices  # a circle by Bezier curves
        points = ellipse.get_patch_transform().transform(path[::3]) - mean
        lengths = np.sum(points @ np.linalg.inv(covariance) * points, axis=1)
        np.testing.assert_allclose(lengths, 1.5**2, rtol=1e-2)
    np.testing.assert_array_equal(display.means, mixture.means_[:, [2, 0]])
    assert display.ax_.get_xlabel() == "feature 2"
    MixtureDisplay.from_estimator(theirs.fit(X))


def test_rows_are_drawn_in_the_colour_of_their_component():
    frame = pd.DataFrame(X, columns=["a", "b", "c"])
    mixture = MomentGaussianMixture(random_state=0).fit(frame)
    display = MixtureDisplay.from_estimator(mixture, frame)
    np.testing.assert_array_equal(display.scatter_.get_offsets(), X[:, :2])
    np.testing.assert_array_equal(display.labels, mixture.predict(frame))
    assert display.ax_.get_ylabel() == "b"
    alone = MixtureDisplay.from_estimator(mixture)
    assert alone.scatter_ is None


def test_styles_reach_the_artists(pyplot):
    _, ax = pyplot.subplots()
    display = MixtureDisplay(means=[[0, 0]], covariances=[np.eye(2)], X=X[:, :2])
    display.plot(ax, ellipse_kwargs={"linewidth": 7}, scatter_kwargs={"s": 9})
    assert display.ax_ is ax
    assert display.ellipses_[0].get_linewidth() == 7
    assert display.scatter_.get_sizes() == [9]


def test_bad_arguments_are_refused():
    mixture = MomentGaussianMixture(random_state=0).fit(X)
    for features in ((0, 3), (0,), (0, 1, 2)):
        with pytest.raises(ValueError, match="features must be two indices of the 3"):
            MixtureDisplay.from_estimator(mixture, features=features)
    with pytest.raises(TypeError, match="needs an estimator with means_"):
        MixtureDisplay.from_estimator(OverparamSymmetricCP().fit(X))
