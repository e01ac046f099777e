# SPDX-License-Identifier: BSD-3-Clause
"""``CumulantICA``: the sources, their number and their errors; FastICA's face."""

import numpy as np
import pytest
from sklearn.decomposition import FastICA
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

from sklearn_overtensor import CumulantICA, OverparamSymmetricCP
from sklearn_overtensor.datasets import make_latent_samples

from ..checks import check_all, parametrize_with_checks
from .common import amari_error, matched

KINDS = ["laplace", "uniform", ["laplace", "uniform"], ["exponential", "uniform"]]


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@parametrize_with_checks(
    [CumulantICA(random_state=0), CumulantICA(polish=None, order=3, random_state=0)],
    of_input=CumulantICA(1, polish=None, random_state=0),
)
def test_estimator_checks(estimator, checks):
    check_all(estimator, checks)


@pytest.fixture(scope="module")
def square():
    return make_latent_samples(5000, 4, distribution="uniform", random_state=0)


@pytest.fixture(scope="module")
def fitted(square):
    return CumulantICA(random_state=0).fit(square.X)


# --- as many sources as sensors ------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_the_error_is_that_of_the_best_of_many_starts_of_fast_ica(kind):
    ratios = []
    for seed in range(3):
        data = make_latent_samples(10_000, 4, distribution=kind, random_state=seed)
        model = CumulantICA(4, random_state=0).fit(data.X)
        theirs = [
            FastICA(random_state=start, tol=1e-6, max_iter=1000).fit(data.X)
            for start in range(4)
        ]
        best = min(amari_error(each.components_, data.mixing) for each in theirs)
        ratios.append(amari_error(model.components_, data.mixing) / best)
    assert np.median(ratios) <= 1.02


def test_the_polish_is_kept_only_where_it_is_more_precise():
    # Of uniform sources the cumulant is the better contrast, of Laplace ones logcosh.
    kept = {}
    for kind in ("uniform", "laplace"):
        X = make_latent_samples(10_000, 4, distribution=kind, random_state=0).X
        found = [
            CumulantICA(polish=polish, random_state=0).fit(X).mixing_
            for polish in ("logcosh", None)
        ]
        kept[kind] = not np.allclose(*found)
    assert kept == {"uniform": False, "laplace": True}


@pytest.mark.parametrize("polish", ["logcosh", None])
def test_standard_errors_cover_the_truth(polish):
    within = []
    for seed in range(10):
        data = make_latent_samples(
            4000, 3, distribution=["laplace", "uniform"], random_state=seed
        )
        model = CumulantICA(3, polish=polish, random_state=0).fit(data.X)
        own, signs = matched(model.mixing_, data.mixing)
        errors = model.mixing_[:, own] * signs - data.mixing
        within.append(np.abs(errors) < 2 * model.mixing_std_[:, own])
    assert 0.85 < np.mean(within) < 0.995


def test_sources_that_are_found_lay_open_the_others():
    bare, found = [], []
    for seed in range(5):
        X = make_latent_samples(3000, 6, random_state=seed).X
        terms = OverparamSymmetricCP(order=4, statistic="cumulant", random_state=0)
        bare.append(terms.fit(X).n_components_)
        found.append(CumulantICA(random_state=0).fit(X).n_components_)
    assert np.mean(bare) < 5
    assert np.mean(np.equal(found, 6)) >= 0.8
    assert max(found) == 6


def test_kurtosis_is_that_of_the_sources(fitted, square):
    sources = fitted.transform(square.X)
    kurtosis = (sources**4).mean(axis=0) - 3 * (sources**2).mean(axis=0) ** 2
    np.testing.assert_allclose(fitted.kurtosis_, kurtosis, atol=1e-8)
    assert np.all(np.diff(np.abs(fitted.kurtosis_)) <= 1e-12)
    assert not fitted.is_gaussian_.any()


# --- the face of FastICA -------------------------------------------------------------


def test_transform_is_linear_and_inverts(fitted, square):
    X = square.X
    assert fitted.components_.shape == fitted.mixing_.shape == (4, 4)
    assert fitted.mixing_std_.shape == (4, 4)
    sources = fitted.transform(X)
    np.testing.assert_allclose(sources, (X - fitted.mean_) @ fitted.components_.T)
    np.testing.assert_allclose(np.cov(sources.T, bias=True), np.eye(4), atol=1e-10)
    np.testing.assert_allclose(fitted.inverse_transform(sources), X, atol=1e-10)
    np.testing.assert_allclose(np.linalg.pinv(fitted.components_), fitted.mixing_)
    np.testing.assert_array_equal(CumulantICA(random_state=0).fit_transform(X), sources)


def test_whitening_brings_unit_covariance(fitted, square):
    white = (square.X - fitted.mean_) @ fitted.whitening_.T
    np.testing.assert_allclose(np.cov(white.T, bias=True), np.eye(4), atol=1e-10)


def test_arbitrary_variance_gives_columns_of_unit_length(fitted, square):
    model = CumulantICA(whiten="arbitrary-variance", random_state=0).fit(square.X)
    lengths = np.linalg.norm(fitted.mixing_, axis=0)
    np.testing.assert_allclose(model.mixing_, fitted.mixing_ / lengths)
    np.testing.assert_allclose(model.mixing_std_, fitted.mixing_std_ / lengths)
    np.testing.assert_allclose(model.components_ @ model.mixing_, np.eye(4), atol=1e-10)
    np.testing.assert_allclose(model.kurtosis_, fitted.kurtosis_)


def test_names_of_features_out(fitted):
    names = fitted.get_feature_names_out()
    assert list(names) == [f"cumulantica{i}" for i in range(4)]


def test_it_stands_in_a_pipeline_and_a_grid(square):
    labels = square.sources[:1000, 0] > 0
    pipeline = make_pipeline(CumulantICA(random_state=0), LogisticRegression())
    grid = {"cumulantica__n_components": [1, 4]}
    search = GridSearchCV(pipeline, grid, cv=2).fit(square.X[:1000], labels)
    assert search.best_params_ == {"cumulantica__n_components": 4}
    assert search.best_score_ > 0.9


def test_save_and_load(fitted, square, tmp_path):
    fitted.save(tmp_path / "model.npz")
    loaded = CumulantICA.load(tmp_path / "model.npz")
    assert set(vars(loaded)) == set(vars(fitted))
    np.testing.assert_array_equal(
        loaded.transform(square.X), fitted.transform(square.X)
    )


def test_before_fit_there_is_no_transform(square):
    for call in (CumulantICA().transform, CumulantICA().inverse_transform):
        with pytest.raises(NotFittedError):
            call(square.X)


# --- fewer sources than sensors, and Gaussian ones -----------------------------------


def test_sources_beside_gaussian_ones_are_counted_and_separated():
    errors = []
    for seed in range(2):
        rng = np.random.default_rng(seed)
        sources = np.hstack(
            [rng.laplace(size=(10_000, 2)) / 2**0.5, rng.normal(size=(10_000, 3))]
        )
        mixing = rng.normal(size=(5, 5))
        X = sources @ mixing.T
        model = CumulantICA(random_state=0).fit(X)
        assert (model.n_components_, model.components_.shape) == (2, (2, 5))
        own, signs = matched(model.mixing_, mixing[:, :2])
        gains = (model.components_ @ mixing)[own] * signs[:, None]
        errors.append(np.abs(gains - np.eye(2, 5)).max())
        # What is left of the samples is uncorrelated with the sources.
        left = X - model.inverse_transform(model.transform(X))
        assert np.abs(left.T @ model.transform(X)).max() < 1e-6 * len(X)
    assert max(errors) < 0.1


@pytest.mark.parametrize("seed", range(2))
def test_sensor_noise_beside_fewer_sources_is_no_source(seed):
    rng = np.random.default_rng(seed)
    sources = rng.laplace(size=(20_000, 4))
    noise = 0.1 * rng.standard_normal((20_000, 5))
    X = sources @ rng.standard_normal((4, 5)) + noise
    assert CumulantICA(random_state=0).fit(X).n_components_ == 4


def test_more_sources_than_there_are_count_as_gaussian():
    rng = np.random.default_rng(0)
    X = np.hstack([rng.uniform(size=(3000, 1)), rng.normal(size=(3000, 2))])
    model = CumulantICA(2, random_state=0).fit(X)
    assert model.n_components_ == 2
    np.testing.assert_array_equal(model.is_gaussian_, [False, True])
    assert np.abs(model.mixing_[0, 0]) > 0.99 * X[:, 0].std()


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_a_told_number_is_separated_where_nothing_can_be_told_from_noise():
    data = make_latent_samples(500, 4, random_state=0)
    model = CumulantICA(4, random_state=0).fit(data.X)
    assert model.is_gaussian_.sum() >= 2
    theirs = FastICA(random_state=0, tol=1e-6, max_iter=1000).fit(data.X)
    ours, theirs = (
        amari_error(each.components_, data.mixing) for each in (model, theirs)
    )
    assert ours <= 1.02 * theirs


def test_nothing_but_noise_warns_and_keeps_one_source():
    X = np.random.default_rng(0).normal(size=(500, 3))
    with pytest.warns(ConvergenceWarning, match="told from noise"):
        model = CumulantICA(random_state=0).fit(X)
    assert model.n_components_ == 1
    assert model.is_gaussian_.all()
    assert np.isfinite(model.transform(X)).all()


def test_constant_samples_warn_and_keep_finite():
    with pytest.warns(ConvergenceWarning, match="zero"):
        model = CumulantICA(random_state=0).fit(np.full((20, 3), 0.1))
    assert model.is_gaussian_.all()
    np.testing.assert_allclose(model.transform(np.full((2, 3), 0.1)), 0, atol=1e-12)


# --- order three ---------------------------------------------------------------------


def test_order_three_sees_skewed_sources_with_positive_skewness():
    data = make_latent_samples(3000, 3, distribution="exponential", random_state=1)
    model = CumulantICA(order=3, random_state=0).fit(data.X)
    assert model.n_components_ == 3
    assert amari_error(model.components_, data.mixing) < 0.05
    sources = model.transform(data.X)
    assert np.all((sources**3).mean(axis=0) > 1)
    kurtosis = (sources**4).mean(axis=0) - 3
    np.testing.assert_allclose(model.kurtosis_, kurtosis, rtol=1e-6)
