# SPDX-License-Identifier: BSD-3-Clause
"""The path over alphas: where it starts, what is missing, and that warm is as good."""

import numpy as np
import pytest

from sklearn_overtensor import overparam_symmetric_cp, symmetric_cp_path
from sklearn_overtensor.compression import CompactTarget
from sklearn_overtensor.datasets import make_latent_samples, make_symmetric_cp
from sklearn_overtensor.search.ascent import alpha_max
from sklearn_overtensor.search.path import largest_alpha, penalised_objective
from sklearn_overtensor.symmetry import symmetrize
from sklearn_overtensor.targets import CPTarget, CumulantTarget, DenseTarget

quiet = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def random_target(n_features, order, seed):
    entries = np.random.default_rng(seed).standard_normal((n_features,) * order)
    tensor = symmetrize(entries)
    return CompactTarget(tensor / np.linalg.norm(tensor))


def sphere(n_features):
    """Points of the half sphere in two or three dimensions, closer than 0.01."""
    turn = np.linspace(0, np.pi, 700)
    if n_features == 2:
        return np.array([np.cos(turn), np.sin(turn)])
    height, turn = np.meshgrid(turn, turn)
    return np.array(
        [
            (np.sin(height) * np.cos(turn)).ravel(),
            (np.sin(height) * np.sin(turn)).ravel(),
            np.cos(height).ravel(),
        ]
    )


@pytest.mark.parametrize("n_features", [2, 3])
@pytest.mark.parametrize("order", [3, 4, 5])
@pytest.mark.parametrize("seed", range(3))
def test_largest_alpha_is_the_spectral_norm(n_features, order, seed):
    target = random_target(n_features, order, seed)
    points = sphere(n_features)
    values = np.abs(np.sum(points * target.contract(points), axis=0))
    largest, bound = alpha_max(target)
    # Beside the maximum the value falls by at most l^2 / 2 times the squared distance.
    assert values.max() <= largest * (1 + 1e-12)
    assert largest <= values.max() + order**2 / 2 * 0.01**2
    assert largest <= bound <= 1 + 1e-12


def test_largest_alpha_of_orthogonal_terms_is_the_heaviest_weight():
    weights = np.array([3.0, -5.0, 2.0])
    target = CPTarget(weights, np.eye(6)[:3], order=4)
    expected = 5 / np.linalg.norm(weights)
    assert largest_alpha(target) == pytest.approx(expected, rel=1e-9)


@quiet
@pytest.mark.parametrize("order", [3, 4])
def test_the_penalised_answer_is_empty_from_the_largest_alpha_on(order):
    tensor = make_symmetric_cp(6, 4, order, noise=0.3, random_state=0).tensor
    largest = largest_alpha(DenseTarget(tensor))

    def size(alpha):
        result = overparam_symmetric_cp(
            tensor, 8, alpha=alpha, refine=False, random_state=0
        )
        return np.abs(result.weights).sum() / np.linalg.norm(tensor)

    assert size(1.02 * largest) < 1e-3
    assert size(0.9 * largest) > 0.05


@quiet
@pytest.mark.parametrize("seed", range(3))
def test_no_direction_of_what_is_left_exceeds_alpha(seed):
    tensor = make_symmetric_cp(7, 4, noise=0.3, random_state=seed).tensor
    norm = np.linalg.norm(tensor)
    alphas, results, _ = symmetric_cp_path(tensor, alphas=6, eps=0.2, random_state=0)
    for alpha, result in zip(alphas[1:], results[1:], strict=True):
        left = CPTarget(-result.weights, result.components, 3).to_dense() + tensor
        assert alpha_max(CompactTarget(left))[0] <= alpha * norm * (1 + 1e-6)
    numbers = [result.n_components for result in results]
    assert numbers == sorted(numbers)


@quiet
@pytest.mark.parametrize("seed", range(3))
def test_objectives_are_near_those_of_the_penalised_model(seed):
    X = make_latent_samples(20_000, 5, 7, random_state=seed).X
    target = DenseTarget(CumulantTarget(X, order=4).to_dense())
    alphas, _, objectives = symmetric_cp_path(target, alphas=6, random_state=0)
    # Of much smaller alphas the least-squares terms cancel, the penalised do not.
    for alpha, objective in zip(alphas[:4], objectives, strict=False):
        alone = overparam_symmetric_cp(
            target, alpha=alpha, refine=False, random_state=0
        )
        residual, size = alone.reconstruction_err, np.abs(alone.weights).sum()
        lowest = 0.5 * residual**2 + alpha * size / np.sqrt(target.squared_norm)
        assert lowest * (1 - 1e-2) <= objective <= lowest * 1.1


def test_the_penalised_objective_shrinks_what_is_orthogonal_by_alpha():
    target = CPTarget([3.0, -4.0], np.eye(5)[:2], order=4)
    objective = penalised_objective(target, target.weights, np.eye(5)[:, :2], 0.7)
    # 0.6 is below alpha and goes; 0.8 is shrunk to 0.1.
    assert objective == pytest.approx(0.5 * (0.36 + 0.49) + 0.07)


@quiet
def test_objectives_go_down_with_alpha_and_start_at_the_empty_model():
    # Far below the noise a smaller alpha may end in a worse minimum.
    tensor = make_symmetric_cp(8, 3, noise=0.02, random_state=0).tensor
    alphas, _, objectives = symmetric_cp_path(tensor, alphas=8, random_state=0)
    assert objectives[0] == pytest.approx(0.5, abs=1e-6)
    assert (np.diff(objectives) < 0).all()
    assert alphas[-1] / alphas[0] == pytest.approx(1e-2)


@quiet
@pytest.mark.parametrize("solver", ["lbfgs", "gd"])
def test_the_first_alpha_gives_what_a_search_for_it_gives(solver):
    tensor = make_symmetric_cp(5, 2, noise=0.1, random_state=1).tensor
    budget = {"solver": solver, "max_epochs": 3, "max_iter": 100, "random_state": 0}
    _, results, _ = symmetric_cp_path(tensor, alphas=[0.3, 0.1], n_init=2, **budget)
    alone = overparam_symmetric_cp(tensor, alpha=0.3, n_init=2, **budget)
    np.testing.assert_array_equal(results[0].weights, alone.weights)
    np.testing.assert_array_equal(results[0].loss_curve, alone.loss_curve)
    assert results[0].status == alone.status
    assert results[0].reconstruction_err == alone.reconstruction_err


@quiet
def test_an_exact_model_is_the_same_at_every_alpha():
    tensor = make_symmetric_cp(6, 3, random_state=0).tensor
    _, results, objectives = symmetric_cp_path(tensor, alphas=4, random_state=0)
    for result, objective in zip(results, objectives, strict=True):
        assert result.status == "exact"
        np.testing.assert_array_equal(result.components, results[0].components)
        assert objective > 0


def test_paths_of_weighted_samples():
    X = make_latent_samples(300, 4, 2, random_state=0).X
    weight = np.arange(300) % 3
    settings = {"alphas": [0.3], "order": 4, "statistic": "cumulant", "random_state": 0}
    _, weighted, _ = symmetric_cp_path(X, sample_weight=weight, **settings)
    _, repeated, _ = symmetric_cp_path(np.repeat(X, weight, axis=0), **settings)
    np.testing.assert_allclose(weighted[0].weights, repeated[0].weights, rtol=1e-6)
