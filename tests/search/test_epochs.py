# SPDX-License-Identifier: BSD-3-Clause
"""The loop of epochs, told step by step, and the models that go through it."""

import numpy as np
import pytest
from numpy.random import RandomState

from sklearn_overtensor import OverparamSymmetricCP
from sklearn_overtensor.compression import RankBound
from sklearn_overtensor.coordinates import CompressedProblem
from sklearn_overtensor.datasets import make_symmetric_cp
from sklearn_overtensor.metrics import factor_match_score
from sklearn_overtensor.refine import Fit
from sklearn_overtensor.search.epochs import Epochs, descend, spare, start_signs
from sklearn_overtensor.search.exact import ExactModel, widths_to_try
from sklearn_overtensor.targets import DenseTarget

TINY = 1e-3


def make_epochs():
    return Epochs(200, TINY, lambda: RandomState(0))


class Told:
    """A model of three components that writes down what the loop asks of it."""

    target, signs = "target", np.ones(3)

    def __init__(self, enough_after):
        self.losses, self.enough_after = [], enough_after

    def start(self, epochs):
        return np.diag([1.0, 0.1, 2.0])

    def is_enough(self, vectors, loss):
        self.losses.append(loss)
        return len(self.losses) == self.enough_after


class Still(Epochs):
    """Epochs that do not move: the loss is the number of components that are tiny."""

    def run(self, target, vectors, signs, alpha):
        lengths = np.linalg.norm(vectors, axis=0)
        return vectors, int(np.sum(np.isclose(lengths, TINY)))


@pytest.mark.parametrize(("enough_after", "n_run"), [(2, 2), (9, 4)])
def test_small_components_go_anew_into_each_epoch_but_the_first(enough_after, n_run):
    model = Told(enough_after)
    descend(model, 0.1, 4, Still(200, TINY, lambda: RandomState(0)))
    assert model.losses == [0, *[1] * (n_run - 1)]  # a third of three


def test_terms_found_so_far_start_beside_tiny_components():
    weights, directions = np.array([-3.0, 2.0]), np.eye(4)[:, :2]
    signs = np.array([1.0, 1.0, -1.0])
    start = make_epochs().start(4, signs, Fit.of_terms(weights, directions, 4))
    # Each in a component of its sign, as a ||u||^2 v^l; the one without a term is tiny.
    np.testing.assert_allclose(np.linalg.norm(start, axis=0) ** 2, [2, TINY**2, 3])
    np.testing.assert_allclose(start[:, 0], np.sqrt(2) * directions[:, 1])


def test_an_exact_model_is_over_parametrised_and_ends_with_its_terms():
    data = make_symmetric_cp(6, 8, random_state=1)
    problem = CompressedProblem(DenseTarget(data.tensor))
    white = problem.white
    (width,) = widths_to_try(white.bound, 6, 3)
    assert width > white.bound.lower == 8
    model = ExactModel(white, width)
    descend(model, 1e-3, 20, make_epochs())
    assert model.fit.residual(white.target) <= white.exact_tol
    weights, V = problem.leave_whitened(*model.fit.terms)
    score = factor_match_score(data.components, V.T, data.weights, weights, order=3)
    assert score > 0.999


def test_the_flattenings_say_how_many_components_have_which_sign():
    bound = RankBound(5, saturated=False, positive=4, negative=1)
    assert start_signs(5, bound, 4).tolist() == [1, 1, 1, 1, -1]
    assert start_signs(7, bound, 4).sum() == 3  # two more, one of each sign
    assert start_signs(7, bound, 3).tolist() == [1] * 7


def test_over_parametrisation_grows_with_the_rank_and_stops_near_the_generic_one():
    assert [spare(count) for count in (-3, 0, 1, 5, 6, 50)] == [0, 0, 1, 1, 2, 10]
    unknown = RankBound(16, saturated=True)
    widths = widths_to_try(unknown, 10, 3)  # the generic rank is 22
    assert widths == sorted(set(widths))
    assert 21 in widths
    assert 16 < widths[0] < 21 < 22 < widths[-1] < 26


def test_terms_just_below_the_generic_rank_are_found_by_default():
    # As many as 22 fit any tensor of the size; 20 were never tried by default once.
    data = make_symmetric_cp(10, 20, random_state=0)
    model = OverparamSymmetricCP(random_state=0).fit(data.tensor)
    assert (model.status_, model.n_components_) == ("exact", 20)
