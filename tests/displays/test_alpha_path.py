# SPDX-License-Identifier: BSD-3-Clause
"""AlphaPathDisplay draws what the choice of alpha was made from."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from sklearn_overtensor import OverparamSymmetricCPCV, symmetric_cp_path
from sklearn_overtensor.datasets import make_latent_samples
from sklearn_overtensor.displays import AlphaPathDisplay

from ..cases import one_test
from .conftest import legend_texts

ALPHAS = [1.0, 0.1, 0.01]
SCORES = np.array([[0.1, 0.3], [0.8, 0.9], [0.7, 0.9]])


@pytest.fixture(scope="module")
def X():
    return make_latent_samples(2000, 4, 3, random_state=0).X


@pytest.fixture(scope="module")
def chosen(X):
    estimator = OverparamSymmetricCPCV(
        alphas=3, cv=2, order=4, statistic="cumulant", random_state=0
    )
    return estimator.fit(X)


def test_what_the_estimator_has_kept(chosen):
    display = AlphaPathDisplay.from_estimator(chosen)
    score, terms = display.axes_
    assert_array_equal(display.score_line_.get_xdata(), chosen.alphas_)
    assert_allclose(display.score_line_.get_ydata(), chosen.scores_path_.mean(axis=1))
    folds = np.column_stack([line.get_ydata() for line in display.score_fold_lines_])
    assert_array_equal(folds, chosen.scores_path_)
    folds = [line.get_ydata() for line in display.n_components_fold_lines_]
    assert_array_equal(np.column_stack(folds), chosen.n_components_path_)
    assert [line.get_xdata()[0] for line in display.alpha_lines_] == [chosen.alpha_] * 2
    assert (display.n_components_line_, display.weights_line_) == (None, None)
    assert score.get_xscale() == terms.get_xscale() == "log"
    assert f"alpha = {chosen.alpha_:.2g}" in legend_texts(score)


def test_the_path_of_all_samples(chosen, X):
    """It is that of symmetric_cp_path, and ends at the model that was chosen."""
    display = AlphaPathDisplay.from_estimator(chosen, X)
    _, results, _ = symmetric_cp_path(
        X, alphas=chosen.alphas_, order=4, statistic="cumulant", random_state=0
    )
    assert_array_equal(
        display.n_components_line_.get_ydata(), [len(each.weights) for each in results]
    )
    alphas, weights = display.weights_line_.get_data()
    assert_allclose(weights, np.concatenate([each.weights for each in results]))
    own = weights[alphas == chosen.alpha_]
    assert_allclose(own, chosen.weights_, rtol=1e-5)
    assert len(display.axes_) == 3


def test_alphas_and_parameters_are_those_of_the_estimator(X):
    """Not the alphas that other samples would make; penalised weights show it."""
    options = {"n_components": 5, "refine": False, "random_state": 0}
    chosen = OverparamSymmetricCPCV(alphas=3, cv=2, **options).fit(X**2)
    other = X[:500] ** 2
    display = AlphaPathDisplay.from_estimator(chosen, other)
    _, results, _ = symmetric_cp_path(other, alphas=chosen.alphas_, **options)
    assert_allclose(
        display.weights_line_.get_ydata(),
        np.concatenate([each.weights for each in results]),
        atol=1e-10,
    )


def test_weights_of_samples_count(chosen, X):
    weight = np.repeat([1.0, 0.0], [1500, 500])
    with_weights = AlphaPathDisplay.from_estimator(chosen, X, sample_weight=weight)
    fewer = AlphaPathDisplay.from_estimator(chosen, X[:1500])
    assert_allclose(
        with_weights.weights_line_.get_ydata(),
        fewer.weights_line_.get_ydata(),
        rtol=1e-4,
    )


def test_the_band_is_that_of_the_rule_of_one_standard_error():
    """Its upper edge reaches the best mean where the rule accepts an alpha."""
    display = AlphaPathDisplay(alphas=ALPHAS, scores=SCORES).plot()
    # differences from the best row: (0.7, 0.6), none, (0.1, 0)
    errors = np.array([0.05, 0.0, 0.05])
    mean = SCORES.mean(axis=1)
    edges = display.score_band_.get_paths()[0].vertices
    for alpha, middle, error in zip(ALPHAS, mean, errors, strict=True):
        own = edges[np.isclose(edges[:, 0], alpha), 1]
        assert_allclose([own.min(), own.max()], [middle - error, middle + error])


def test_one_fold_has_no_band():
    display = AlphaPathDisplay(alphas=ALPHAS, scores=SCORES[:, :1]).plot()
    edges = display.score_band_.get_paths()[0].vertices
    assert set(edges[:, 1]) == set(SCORES[:, 0])


def test_a_path_of_a_tensor(data):
    alphas, results, _ = symmetric_cp_path(data.tensor, alphas=3, random_state=0)
    display = AlphaPathDisplay.from_path(alphas, results, alpha=alphas[1])
    terms, weights = display.axes_
    assert terms.get_ylabel() == "number of terms"
    assert weights.get_ylabel() == "weight"
    expected = np.concatenate([result.weights for result in results])
    assert_array_equal(display.weights_line_.get_ydata(), expected)
    counts = [result.n_components for result in results]
    assert_array_equal(display.n_components_line_.get_ydata(), counts)
    assert legend_texts(terms) == [f"alpha = {alphas[1]:.2g}"]
    assert display.score_line_ is None


def test_nothing_is_marked_unasked():
    display = AlphaPathDisplay(alphas=ALPHAS, weights=[[1], [1, -1], [1, -1]]).plot()
    assert display.alpha_lines_ == []
    assert display.axes_[0].get_legend() is None


def test_alphas_that_end_with_zero():
    display = AlphaPathDisplay(alphas=[1.0, 0.1, 0.0], scores=SCORES).plot()
    assert display.axes_[0].get_xscale() == "symlog"
    assert display.axes_[0].xaxis.get_transform().linthresh == 0.1


def test_one_alpha():
    display = AlphaPathDisplay(alphas=[0.1], scores=[[0.5, 0.6]], weights=[[2]]).plot()
    assert display.score_line_.get_marker() == "."


def test_the_user_decides_on_the_look():
    display = AlphaPathDisplay(
        alphas=ALPHAS, scores=SCORES, weights=[[1], [1, -1], [1, -1]], alpha=0.1
    ).plot(
        line_kwargs={"c": "green"},
        fold_kwargs={"c": "blue"},
        band_kwargs={"fc": "red"},
        weight_kwargs={"marker": "x"},
        alpha_kwargs={"ls": "--"},
    )
    assert display.score_line_.get_color() == "green"
    assert display.n_components_line_.get_color() == "green"
    assert {line.get_color() for line in display.score_fold_lines_} == {"blue"}
    assert tuple(display.score_band_.get_facecolor()[0, :3]) == (1, 0, 0)
    assert display.weights_line_.get_marker() == "x"
    assert {line.get_linestyle() for line in display.alpha_lines_} == {"--"}


@one_test(
    ("data", "message"),
    [
        ({}, "nothing to draw"),
        ({"scores": SCORES[:2]}, "scores.*each of the 3 alphas, got 2"),
        ({"n_components": SCORES[:1]}, "n_components.*3 alphas, got 1"),
        ({"weights": [[1.0]]}, "weights.*3 alphas, got 1"),
    ],
)
def test_what_does_not_fit_is_refused(data, message):
    with pytest.raises(ValueError, match=message):
        AlphaPathDisplay(alphas=ALPHAS, **data).plot()


def test_weights_of_no_samples_are_refused(chosen):
    with pytest.raises(ValueError, match=r"weighs the rows of X, but X is None"):
        AlphaPathDisplay.from_estimator(chosen, sample_weight=[1.0])


def test_samples_of_another_width_are_refused(chosen, X):
    with pytest.raises(ValueError, match=r"X has 3 features.*expecting 4"):
        AlphaPathDisplay.from_estimator(chosen, X[:, :3])
