# SPDX-License-Identifier: BSD-3-Clause
"""The loop on a tensor of two terms and noise, step by step."""

import numpy as np
import pytest
from sklearn.datasets import load_digits

from sklearn_overtensor.datasets import make_symmetric_cp
from sklearn_overtensor.decompose.parameters import SearchOptions
from sklearn_overtensor.estimators.symmetric_cp import OverparamSymmetricCP
from sklearn_overtensor.noise.kinds import WhiteNoise
from sklearn_overtensor.refine import Fit, refit
from sklearn_overtensor.search.ascent import Remainder, strongest_terms
from sklearn_overtensor.search.epochs import make_epochs
from sklearn_overtensor.search.exact import exact_fit
from sklearn_overtensor.search.noisy import cases_of
from sklearn_overtensor.search.rule import fewest_of, search_fewest, terms_of
from sklearn_overtensor.solvers.course import Course
from sklearn_overtensor.solvers.monitor import Monitor
from sklearn_overtensor.targets import CPTarget, DenseTarget

ORDER = 3


@pytest.fixture
def truth():
    return make_symmetric_cp(8, 2, ORDER, noise=0.1, random_state=0)


@pytest.fixture
def options():
    return SearchOptions.of_estimator(OverparamSymmetricCP(), Monitor())


@pytest.fixture
def case(truth, options):
    (case,) = cases_of(DenseTarget(truth.tensor), options)
    return case


@pytest.fixture
def epochs(options):
    return make_epochs(options, lambda: np.random.RandomState(0), Course(Monitor()))


def strongest(case, fit):
    """The strongest direction of what a fit leaves, and the limit of noise there."""
    remainder = Remainder(case.problem.coarse, *fit.terms)
    weights, directions = strongest_terms(remainder)
    limits = case.noise.limits(directions, fit.squared, len(fit))
    return abs(weights[0]), limits[0]


def test_a_tensor_is_one_case_with_white_noise_of_unknown_size(case):
    assert isinstance(case.noise, WhiteNoise)
    assert case.noise.is_estimated
    assert case.problem.coarse.squared_norm == pytest.approx(1)


def test_no_exact_answer_is_found_in_noise(case, options, epochs):
    assert exact_fit(case.problem, options, epochs) is None


def coordinates(tensor, **parameters):
    """Those of the epochs of a fit, and its status."""
    model = OverparamSymmetricCP(random_state=0, **parameters).fit(tensor)
    return list(dict.fromkeys(model.epoch_coordinates_)), model.status_


def test_no_exact_answer_is_searched_for_where_terms_stand_far_out(truth):
    assert coordinates(truth.tensor) == (["data"], "within_noise")


def test_it_is_where_they_do_not():
    # Of 13 terms in 8 features a few stand out, and the others look like noise.
    exact = make_symmetric_cp(8, 13, random_state=0).tensor
    assert coordinates(exact) == (["data", "whitened"], "exact")


def test_and_first_of_all_where_flattenings_show_that_there_is_no_noise():
    exact = make_symmetric_cp(8, 11, random_state=0).tensor
    assert coordinates(exact) == (["whitened"], "exact")


def test_a_given_alpha_leaves_a_search_for_an_exact_answer_to_tensors():
    truth = make_symmetric_cp(8, 13, random_state=0)
    assert coordinates(truth.tensor, alpha=0.05) == (["whitened"], "exact")
    X = np.random.default_rng(0).exponential(size=(500, 8))
    assert coordinates(X, alpha=0.05)[0] == ["data"]


def test_a_large_model_is_not_started_anew_in_vain():
    # The flattening of the digits' moment is that of 90 terms, and it has far more.
    model = OverparamSymmetricCP(alpha=0.3, random_state=0).fit(load_digits().data)
    assert (model.n_components_, model.status_) == (1, "stationary")
    assert model.n_epochs_ <= 5  # 241 when it was


def test_a_term_too_many_goes_though_others_are_as_light():
    # The loop ends at 31 terms here. A strong ridge would drive light ones to zero.
    rng = np.random.default_rng(4)
    V = rng.standard_normal((20, 30))
    weights = np.exp(2 * rng.standard_normal(30))
    V /= np.linalg.norm(V, axis=0)
    model = OverparamSymmetricCP(random_state=4)
    model.fit(CPTarget(weights, V.T, ORDER).to_dense())
    assert model.status_ == "exact"
    assert model.n_components_ == 30


def test_without_noise_the_loop_finds_what_it_finds_by_default():
    # The lightest of these terms have thousandths of the weight of the heaviest: a
    # penalised model does not show them.
    rng = np.random.default_rng(1)
    V, weights = rng.standard_normal((12, 70)), np.exp(1.5 * rng.standard_normal(70))
    V /= np.linalg.norm(V, axis=0)
    signs = rng.choice([-1.0, 1.0], 70)
    tensor = CPTarget(signs * weights, V.T, order=4).to_dense()
    for noise in ("auto", 0):
        model = OverparamSymmetricCP(noise=noise, random_state=0).fit(tensor)
        assert model.status_ == "exact"
        assert model.n_components_ == 70


def test_terms_that_stand_out_are_added_until_noise_explains_the_rest(case):
    told = []
    fit = Fit.empty(case.problem.coarse)
    value, limit = strongest(case, fit)
    assert value > limit
    fit, explained = terms_of(case, told.append).search(fit)
    assert explained
    # One stands out of the tensor, more of what coarse fits leave; then they go.
    counts = [len(one) for one in told]
    top = counts.index(max(counts))
    assert counts[: top + 1] == sorted(counts[: top + 1])
    assert counts[top:] == list(range(counts[top], 1, -1))
    assert (counts[0], len(fit)) == (1, 2)
    value, limit = strongest(case, fit)
    assert value < limit
    one_less = refit(case.problem.coarse, fit.without(1))
    value, limit = strongest(case, one_less)
    assert value > limit


def test_the_way_down_drops_a_term_that_noise_explains(case, rng):
    loop = terms_of(case, lambda fit: None)
    fit, _ = loop.search(Fit.empty(case.problem.coarse))
    direction = rng.standard_normal((8, 1))
    direction /= np.linalg.norm(direction)
    larger = refit(case.problem.coarse, fit.plus(np.array([0.05]), direction))
    assert len(larger) == 3
    assert larger.squared < fit.squared
    assert len(loop.drop(larger)) == 2


def test_the_answer_is_in_the_units_of_the_tensor(truth, case, epochs):
    found = fewest_of(case, epochs)
    assert found.explains
    assert found.significant
    cosines = np.abs(truth.components @ found.V)
    assert cosines.max(axis=1).min() > 0.99
    weights = np.abs(found.weights)[np.argmax(cosines, axis=1)]
    np.testing.assert_allclose(weights, truth.weights, rtol=0.1)


def test_the_search_is_these_steps(truth, options, case, epochs):
    def source():
        return np.random.RandomState(0)

    found = search_fewest(DenseTarget(truth.tensor), options, source)
    expected = fewest_of(case, epochs)
    np.testing.assert_allclose(found.weights, expected.weights)
    np.testing.assert_allclose(found.V, expected.V)
