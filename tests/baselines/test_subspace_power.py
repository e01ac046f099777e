# SPDX-License-Identifier: BSD-3-Clause
"""SubspacePowerCP: every component of tensors within its limit, a warning beyond.

Data and starts have different seeds: from one seed they would be the same numbers.
"""

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning

from sklearn_overtensor import symmetrize
from sklearn_overtensor.baselines import JennrichCP, SubspacePowerCP
from sklearn_overtensor.baselines._power_on_range import _Range
from sklearn_overtensor.datasets import make_symmetric_cp
from sklearn_overtensor.metrics import factor_match_score

from ..cases import one_test

EPS = np.finfo(float).eps


def score_of(model, data):
    return factor_match_score(
        data.components,
        model.components_,
        data.weights,
        model.weights_,
        order=model.order_,
    )


@one_test(
    ("order", "d", "rank"),
    [
        (3, 8, 1),
        (3, 8, 5),
        (3, 8, 8),
        (4, 7, 4),
        (4, 7, 18),
        (5, 6, 4),
        (5, 6, 12),
        (6, 5, 12),
        (7, 4, 8),
    ],
)
@one_test("seed", range(3))
def test_signed_terms_are_found_and_counted(context, order, d, rank, seed):
    data = make_symmetric_cp(d, rank, order, signed=True, random_state=seed)
    model = SubspacePowerCP(random_state=100 + seed).fit(context.asarray(data.tensor))
    assert model.n_components_ == rank  # nobody said it
    assert model.reconstruction_err_ < 1e-8
    assert score_of(model, data) > 1 - 1e-8


@one_test("order", [3, 4])
@one_test("seed", range(3))
def test_components_that_are_nearly_parallel(order, seed):
    data = make_symmetric_cp(
        10, 6, order, collinearity=0.9, signed=True, random_state=seed
    )
    model = SubspacePowerCP(random_state=100 + seed).fit(data.tensor)
    assert model.n_components_ == 6
    assert score_of(model, data) > 1 - 1e-8


@pytest.mark.parametrize("seed", range(5))
def test_the_limit_of_order_four_is_reached(seed):
    """d (d - 1) / 2 terms: one more, and other powers lie in the range."""
    data = make_symmetric_cp(6, 15, 4, signed=True, random_state=seed)
    model = SubspacePowerCP(random_state=100 + seed).fit(data.tensor)
    assert model.reconstruction_err_ < 1e-6
    assert score_of(model, data) > 1 - 1e-6


def test_beyond_the_limit_it_warns_and_keeps_what_it_had():
    data = make_symmetric_cp(5, 13, 4, signed=True, random_state=0)
    with pytest.warns(ConvergenceWarning, match=r"No start of \d+ of 13 terms reached"):
        model = SubspacePowerCP(n_init=2, random_state=100).fit(data.tensor)
    assert model.n_components_ == 13
    assert 1e-3 < model.reconstruction_err_ < 1


def test_a_tensor_without_structure_is_no_sum_of_its_terms(rng):
    tensor = symmetrize(rng.standard_normal((4,) * 3))
    with pytest.warns(ConvergenceWarning, match="or noise: then set n_components"):
        model = SubspacePowerCP(random_state=0).fit(tensor)
    assert model.n_components_ == 4
    assert model.reconstruction_err_ > 0.01


@one_test(("order", "d", "rank"), [(3, 9, 4), (4, 7, 12)])
@one_test("seed", range(3))
def test_with_noise_and_the_rank_the_terms_are_near(order, d, rank, seed):
    data = make_symmetric_cp(d, rank, order, signed=True, noise=0.03, random_state=seed)
    model = SubspacePowerCP(rank, random_state=100 + seed).fit(data.tensor)
    assert model.n_components_ == rank
    assert model.reconstruction_err_ < 2 * 0.03
    score = factor_match_score(data.components, model.components_, order=order)
    assert score > 0.99


def test_fewer_or_more_components_than_terms():
    data = make_symmetric_cp(6, 3, orthogonal=True, random_state=0)
    fewer = SubspacePowerCP(2, random_state=100).fit(data.tensor)
    assert fewer.n_components_ == 2
    left = abs(data.weights[2]) / np.linalg.norm(data.weights)
    assert fewer.reconstruction_err_ == pytest.approx(left)
    more = SubspacePowerCP(5, random_state=100).fit(data.tensor)
    assert more.n_components_ == 3
    assert more.reconstruction_err_ < 1e-10


def test_independent_terms_are_those_of_jennrich():
    data = make_symmetric_cp(7, 7, 4, signed=True, random_state=0)
    model = SubspacePowerCP(random_state=100).fit(data.tensor)
    other = JennrichCP(random_state=100).fit(data.tensor)
    assert np.allclose(model.weights_, other.weights_)
    assert np.allclose(model.components_, other.components_)


@one_test(("order", "rank"), [(3, 5), (4, 12), (5, 9), (6, 12)])
def test_deflation_takes_one_term_out_and_leaves_the_others(order, rank):
    data = make_symmetric_cp(6, rank, order, signed=True, random_state=0)
    space = _Range(data.tensor, None, EPS)
    for gone in range(rank - 1):
        space.deflate(data.components[gone])
        values = [
            np.sum((space._jacobian(x) @ x) ** 2) for x in data.components
        ]  # F of each
        assert np.allclose(values[gone + 1 :], 1)
        assert (np.array(values[: gone + 1]) < 1 - 1e-3).all()


@pytest.mark.parametrize(("order", "rank"), [(3, 6), (4, 14), (5, 16), (6, 20)])
def test_power_iterations_never_go_down(rng, order, rank):
    data = make_symmetric_cp(6, rank, order, signed=True, random_state=0)
    space = _Range(data.tensor, None, EPS)
    for start in rng.standard_normal((10, 6)):
        start /= np.linalg.norm(start)
        values = np.array([space.ascend(start, steps, 0)[1] for steps in range(1, 25)])
        before_newton = values[: np.argmax(np.append(values, 1) > 0.99)]
        assert (np.diff(before_newton) > -1e-12).all()


def test_the_seed_fixes_the_answer():
    data = make_symmetric_cp(6, 10, 4, signed=True, random_state=0)
    first, second, other = (
        SubspacePowerCP(random_state=seed).fit(data.tensor) for seed in (5, 5, 6)
    )
    assert np.array_equal(first.components_, second.components_)
    assert first.n_iter_ == second.n_iter_ != other.n_iter_


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"n_init": 0}, r"'n_init'.*\[1, inf\).*Got 0"),
        ({"max_iter": None}, r"'max_iter'.*\[1, inf\).*Got None"),
        ({"tol": -1.0}, r"'tol'.*\[0\.0, inf\).*Got -1"),
    ],
)
def test_bad_parameters_are_named(parameters, message):
    tensor = make_symmetric_cp(3, 2, random_state=0).tensor
    with pytest.raises(ValueError, match=message):
        SubspacePowerCP(**parameters).fit(tensor)
