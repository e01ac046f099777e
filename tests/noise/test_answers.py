# SPDX-License-Identifier: BSD-3-Clause
"""What is found in noise: the terms that were planted, or nothing."""

import warnings
from math import sqrt

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning

from sklearn_overtensor import OverparamSymmetricCP, overparam_symmetric_cp
from sklearn_overtensor.datasets import make_symmetric_cp
from sklearn_overtensor.metrics import factor_match_score
from sklearn_overtensor.targets import CPTarget, MomentTarget

quiet = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@quiet
@pytest.mark.parametrize(
    ("n_features", "rank", "order", "signed", "noise"),
    [
        (10, 4, 3, False, 1e-3),
        (8, 6, 4, True, 0.3),
        (12, 7, 3, False, 0.3),
        (7, 4, 5, False, 0.3),
    ],
)
def test_noisy_tensors_have_the_terms_that_were_planted(
    n_features, rank, order, signed, noise
):
    data = make_symmetric_cp(
        n_features, rank, order, signed=signed, noise=noise, random_state=1
    )
    model = OverparamSymmetricCP(random_state=0).fit(data.tensor)
    assert (model.n_components_, model.status_) == (rank, "within_noise")
    assert model.noise_ == pytest.approx(noise, rel=0.15)
    clean = CPTarget(data.weights, data.components, order).to_dense()
    norm_of_noise = np.linalg.norm(data.tensor - clean)
    left = model.reconstruction_err_ * np.linalg.norm(data.tensor)
    assert left <= norm_of_noise  # the least-squares fit, at the truth or better


def test_the_seed_and_the_unit_change_nothing():
    data = make_symmetric_cp(10, 4, noise=0.1, random_state=0)
    first, *others = [
        OverparamSymmetricCP(random_state=seed).fit(scale * data.tensor)
        for seed, scale in [(0, 1), (1, 1), (2, 1e-3), (3, 1e6)]
    ]
    for other in others:
        np.testing.assert_allclose(other.components_, first.components_, atol=1e-6)
        assert other.alpha_ == pytest.approx(first.alpha_, rel=1e-5)


def test_noise_that_is_given_is_taken():
    data = make_symmetric_cp(10, 4, noise=0.1, random_state=0)
    model = OverparamSymmetricCP(noise=0.1, random_state=0).fit(data.tensor)
    assert (model.n_components_, model.noise_) == (4, 0.1)


def sources(seed, n_samples=10_000, n_sources=4, n_sensors=6):
    rng = np.random.default_rng(seed)
    mixing = rng.standard_normal((n_sensors, n_sources))
    gains = 10 ** rng.uniform(-1, 1, (n_sensors, 1))
    return rng.exponential(size=(n_samples, n_sources)) @ (
        gains * mixing
    ).T, gains * mixing


@pytest.mark.parametrize(
    ("seed", "contraction"), [(0, "implicit"), (1, "dense"), (2, "implicit")]
)
def test_sources_are_counted_in_any_units(seed, contraction):
    X, mixing = sources(seed)
    model = OverparamSymmetricCP(
        statistic="cumulant", contraction=contraction, random_state=seed
    ).fit(X)
    assert (model.n_components_, model.status_) == (4, "within_noise")
    assert factor_match_score(mixing.T, model.components_, order=3) > 0.97
    again = OverparamSymmetricCP(statistic="cumulant", random_state=seed + 1).fit(
        np.random.default_rng(0).permutation(X)
    )
    np.testing.assert_allclose(again.components_, model.components_, atol=1e-5)


def test_parts_of_samples_are_counted_too():
    X, _ = sources(0)
    model = OverparamSymmetricCP(statistic="cumulant", random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        for part in np.array_split(X, 4):
            model.partial_fit(part)
    assert model.n_components_ == 4
    # Rows that are gone do not say how far each moves the terms.
    assert np.isnan(model.weights_std_).all()


@quiet
@pytest.mark.parametrize(("order", "statistic"), [(3, "moment"), (4, "cumulant")])
def test_nothing_is_found_in_nothing(order, statistic):
    found = [
        OverparamSymmetricCP(order=order, statistic=statistic, random_state=0).fit(
            np.random.default_rng(seed).standard_normal((1000, 5))
        )
        for seed in range(20)
    ]
    quiet_ones = [model for model in found if model.status_ == "noise"]
    # 19 are expected at 5 %, give or take one.
    assert len(quiet_ones) >= 16
    assert all(model.n_components_ == 1 for model in quiet_ones)
    assert all(model.noise_ == np.inf for model in quiet_ones)


def test_noise_warns():
    X = np.random.default_rng(0).standard_normal((500, 5))
    with pytest.warns(ConvergenceWarning, match="told from noise.*noise=0"):
        result = overparam_symmetric_cp(X, statistic="cumulant", random_state=0)
    assert result.status == "noise"


@pytest.mark.parametrize("solver", ["lbfgs", "gd"])
def test_the_penalty_comes_from_the_noise_where_it_is_asked_for(solver):
    data = make_symmetric_cp(8, 2, noise=0.1, random_state=0)
    settings = {"max_epochs": 2, "max_iter": 100, "random_state": 0, "solver": solver}
    plain = OverparamSymmetricCP(refine=False, n_components=9, **settings)
    plain.fit(data.tensor)
    assert 0.01 < plain.alpha_ < 0.1
    assert np.isnan(plain.weights_std_).all()
    refined = OverparamSymmetricCP(**settings).fit(data.tensor)
    assert refined.n_components_ == 2


def test_clusters_in_many_features_are_found_within_a_bounded_search():
    """The residual is not worth an array of 200^3, nor is a norm that is estimated."""
    rng = np.random.default_rng(0)
    centres = rng.standard_normal((3, 200))
    X = centres[rng.integers(3, size=1500)] + 0.3 * rng.standard_normal((1500, 200))
    model = OverparamSymmetricCP(random_state=0).fit(X)
    assert (model.n_components_, model.status_) == (3, "within_noise")
    assert factor_match_score(centres, model.components_, order=3) > 0.99


def test_an_estimated_norm_is_never_exact():
    rng = np.random.default_rng(5)
    centres = rng.standard_normal((3, 70))
    X = centres[rng.integers(3, size=8500)] + 0.05 * rng.standard_normal((8500, 70))
    target = MomentTarget(X, 4)
    assert 0 < target.norm_error < 0.1
    model = OverparamSymmetricCP(order=4, random_state=0).fit(X)
    assert model.status_ != "exact"
    assert model.reconstruction_err_ >= sqrt(target.norm_error) * 0.99
    assert model.score(X) <= 1


def test_drawn_rows_do_not_follow_the_order_of_the_rows():
    rng = np.random.default_rng(0)
    X = rng.standard_normal((16_384, 60))
    X /= np.linalg.norm(X, axis=1, keepdims=True)
    X[1::2] = np.eye(60)[0]
    exact = (
        0.25
        + 0.5 * np.mean(X[::2, 0] ** 4)
        + 0.25 * np.mean((X[::2][:200] @ X[::2][:200].T) ** 4)  # next to nothing
    )
    target = MomentTarget(X, 4)
    assert abs(target.squared_norm - exact) < 5 * target.norm_error * exact
