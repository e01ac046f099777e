# SPDX-License-Identifier: BSD-3-Clause
"""MomentGaussianMixture: number and likelihood, scikit-learn's face, hostile input."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.datasets import load_iris, load_wine, make_blobs
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.mixture import GaussianMixture
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler, scale

from sklearn_overtensor import MomentGaussianMixture

from ..checks import check_all, parametrize_with_checks
from .common import planted

TYPES = ("spherical", "diag", "tied", "full")
BLOBS = planted(4, 3, 6, 600, 0).X


@parametrize_with_checks(
    [MomentGaussianMixture(random_state=0), MomentGaussianMixture(2, polish=None)],
    of_input=MomentGaussianMixture(2, polish=None, random_state=0),
)
def test_estimator_checks(estimator, checks):
    check_all(estimator, checks)


# --- the number, and where the components are ----------------------------------------


def test_the_number_is_right_and_the_fit_as_likely_as_one_from_the_truth():
    d, k, numbers = 5, 8, []
    for seed in range(3):
        data = planted(d, k, 3, 10_000, seed)
        unseen = data.means[data.labels]  # new noise around the same means
        unseen = unseen + np.random.default_rng(99).standard_normal(unseen.shape)
        model = MomentGaussianMixture(random_state=0).fit(data.X)
        numbers.append(model.n_components_)
        best = GaussianMixture(
            k,
            covariance_type="spherical",
            weights_init=data.weights / data.weights.sum(),
            means_init=data.means,
            precisions_init=np.ones(k),
            tol=1e-5,
            max_iter=1000,
        ).fit(data.X)
        assert model.score(unseen) > best.score(unseen) - 2e-3
    # One more component is chance in one data set of twenty.
    assert min(numbers) == k
    assert numbers.count(k) >= 2


@pytest.mark.parametrize("order", ["auto", 3, 4])
def test_moments_alone_are_near(order):
    data = planted(6, 3, 5, 20_000, 1, least=0.2)
    model = MomentGaussianMixture(polish=None, order=order, random_state=0).fit(data.X)
    assert model.n_components_ == 3
    assert model.order_ == (3 if order == "auto" else order)
    assert model.noise_variance_ == pytest.approx(1, abs=0.05)
    gaps = np.linalg.norm(data.means[:, None] - model.means_, axis=-1)
    assert gaps.min(axis=1).max() < 0.2
    truth = data.weights[gaps.argmin(axis=0)]
    np.testing.assert_allclose(model.weights_, truth, atol=0.02)
    assert model.lower_bound_ == pytest.approx(model.score(data.X))
    assert (model.n_iter_, model.converged_) == (0, True)


def test_one_gaussian_is_one_component():
    found = [
        MomentGaussianMixture(random_state=0)
        .fit(np.random.default_rng(seed).standard_normal((500, 4)))
        .n_components_
        for seed in range(20)
    ]
    assert np.mean(np.array(found) == 1) >= 0.9


@pytest.mark.parametrize("covariance_type", TYPES)
def test_every_type_starts_from_moments(covariance_type):
    model = MomentGaussianMixture(covariance_type=covariance_type, random_state=0)
    model.fit(BLOBS)
    theirs = GaussianMixture(
        3, covariance_type=covariance_type, n_init=5, tol=1e-6, random_state=0
    ).fit(BLOBS)
    assert model.n_components_ == 3
    assert model.covariances_.shape == theirs.covariances_.shape
    assert model.score(BLOBS) == pytest.approx(theirs.score(BLOBS), abs=1e-3)


def test_a_given_number_is_that_number():
    for k in (1, 2, 12):
        model = MomentGaussianMixture(k, random_state=0).fit(BLOBS[:300])
        assert model.n_components_ == len(model.weights_) == k
        assert model.weights_.sum() == pytest.approx(1)
        assert np.all(np.diff(model.weights_) <= 0)


def test_opposite_means_on_one_line():
    labels = np.random.default_rng(0).integers(0, 3, 3000)
    X = np.outer(6.0 * (labels - 1), [1, 1, 0, 0]) / np.sqrt(2)
    X = X + np.random.default_rng(1).standard_normal(X.shape)
    assert MomentGaussianMixture(random_state=0).fit(X).n_components_ == 3


# --- scikit-learn's face -------------------------------------------------------------


@pytest.mark.parametrize("covariance_type", TYPES)
@pytest.mark.parametrize("polish", ["em", None])
def test_methods_answer_as_scikit_learns_mixture(covariance_type, polish):
    model = MomentGaussianMixture(
        3, covariance_type=covariance_type, polish=polish, random_state=0
    ).fit(BLOBS)
    theirs = GaussianMixture(3, covariance_type=covariance_type, random_state=0)
    theirs.weights_, theirs.means_ = model.weights_, model.means_
    theirs.covariances_ = model.covariances_
    theirs.precisions_cholesky_ = model.precisions_cholesky_
    for name in ("predict", "predict_proba", "score_samples", "score", "bic", "aic"):
        ours, expected = getattr(model, name)(BLOBS), getattr(theirs, name)(BLOBS)
        np.testing.assert_array_equal(ours, expected)
    for ours, expected in zip(model.sample(50), theirs.sample(50), strict=True):
        np.testing.assert_array_equal(ours, expected)
    np.testing.assert_array_equal(clone(model).fit_predict(BLOBS), model.predict(BLOBS))
    matrices = model.covariances_, model.precisions_
    if covariance_type in ("tied", "full"):
        identity = np.broadcast_to(np.eye(4), matrices[0].shape)
        np.testing.assert_allclose(matrices[0] @ matrices[1], identity, atol=1e-8)
    else:
        np.testing.assert_allclose(matrices[0] * matrices[1], 1, rtol=1e-10)


def number_of(X, seed=0):
    return MomentGaussianMixture(random_state=seed).fit(X).n_components_


def test_neither_the_seed_nor_the_order_of_the_rows_changes_the_number(rng):
    X = scale(load_wine().data)
    raw = X * load_wine().data.std(axis=0)
    for cases in (
        [(X, 0), (X, 1), (rng.permutation(X), 0)],
        [(raw, 0), (rng.permutation(raw), 1)],
    ):
        assert len({number_of(*case) for case in cases}) == 1


def test_neither_the_order_of_the_features_nor_the_basis_changes_the_number(rng):
    X = load_iris().data
    basis = np.linalg.qr(rng.standard_normal((4, 4)))[0]
    cases = [X, X[:, ::-1], X[:, [2, 0, 3, 1]], X @ basis]
    assert len({number_of(case) for case in cases}) == 1


def test_the_same_seed_gives_the_same_mixture():
    first, second = (
        MomentGaussianMixture(random_state=seed).fit(BLOBS)
        for seed in (0, np.random.RandomState(0))
    )
    np.testing.assert_array_equal(first.means_, second.means_)


@pytest.mark.parametrize(
    ("covariance_type", "polish", "units"),
    [
        ("spherical", "em", [1e-8]),
        ("diag", "em", [1e6]),
        ("tied", "em", [1e-8]),
        ("full", "em", [1e6]),
        ("full", None, [1e-8, 1e6]),
    ],
)
def test_neither_the_unit_nor_the_origin_of_the_features_matters(
    covariance_type, polish, units
):
    model = MomentGaussianMixture(
        covariance_type=covariance_type, polish=polish, random_state=0
    )
    base, shift = clone(model).fit(BLOBS), np.array([3.0, -50.0, 0.0, 7.0])
    for unit in units:
        other = clone(model).fit(unit * (BLOBS + shift))
        expected = {
            "weights_": base.weights_,
            "means_": unit * (base.means_ + shift),
            "covariances_": unit**2 * base.covariances_,
            "precisions_": base.precisions_ / unit**2,
            "precisions_cholesky_": base.precisions_cholesky_ / unit,
            "weights_std_": base.weights_std_,
            "means_std_": unit * base.means_std_,
            "noise_variance_": unit**2 * base.noise_variance_,
            "lower_bound_": base.lower_bound_ - 4 * np.log(unit),
        }
        for name, value in expected.items():
            np.testing.assert_allclose(
                getattr(other, name),
                value,
                rtol=1e-5,
                atol=1e-7 * np.abs(np.nan_to_num(value)).max(),
                err_msg=name,
            )


def test_rows_stay_as_they_are():
    X = BLOBS.copy()
    MomentGaussianMixture(random_state=0).fit(X)
    np.testing.assert_array_equal(X, BLOBS)


def test_pipelines_grids_and_names():
    frame = pd.DataFrame(BLOBS, columns=list("abcd"))
    model = MomentGaussianMixture(random_state=0)
    diagonal = clone(model).set_params(covariance_type="diag")
    pipeline = make_pipeline(StandardScaler(), diagonal).fit(frame)
    assert pipeline[-1].n_components_ == 3
    assert model.fit(frame).feature_names_in_.tolist() == list("abcd")
    with pytest.raises(ValueError, match="feature names should match"):
        model.predict(frame[list("dcba")])
    grid = {"covariance_type": ["spherical", "full"], "n_components": [1, 3]}
    search = GridSearchCV(model, grid, cv=2).fit(BLOBS)
    assert search.best_params_["n_components"] == 3


def test_save_and_load(tmp_path):
    model = MomentGaussianMixture(covariance_type="full", random_state=0).fit(BLOBS)
    model.save(tmp_path / "mixture.npz")
    same = MomentGaussianMixture.load(tmp_path / "mixture.npz")
    assert vars(same).keys() == vars(model).keys()
    np.testing.assert_array_equal(same.predict_proba(BLOBS), model.predict_proba(BLOBS))


# --- hostile input -------------------------------------------------------------------


@pytest.mark.parametrize(
    "X",
    [
        BLOBS[:2],
        BLOBS[:3],
        BLOBS[:5],
        BLOBS[:, :1],
        np.ones((30, 3)),
        np.repeat(BLOBS[:4], 25, axis=0),
        np.column_stack([BLOBS, np.ones(600), BLOBS[:, 0]]),
        np.random.default_rng(0).standard_normal((20, 100)),
        np.random.default_rng(0).standard_cauchy((300, 2)),
        1e100 * BLOBS,
        BLOBS.astype(np.float32),
        (10 * BLOBS).astype(int),
    ],
    ids=[str(i) for i in range(12)],
)
def test_any_finite_rows_have_a_mixture(X):
    # Of all types the one with most to estimate; another where there is least to see.
    for covariance_type in ["full", "spherical"][: 1 + (len(X) < 10)]:
        model = MomentGaussianMixture(covariance_type=covariance_type, random_state=0)
        check_mixture(model.fit(X), X)


def check_mixture(model, X):
    assert np.isfinite(model.score(X))
    assert model.weights_.sum() == pytest.approx(1, abs=1e-5)
    assert model.n_components_ <= max(1, len(X) // 2)


def test_rows_that_are_all_the_same_are_one_component_each_type():
    for covariance_type in TYPES:
        model = MomentGaussianMixture(covariance_type=covariance_type, random_state=0)
        assert model.fit(np.full((20, 2), 7.0)).n_components_ == 1
        np.testing.assert_allclose(model.means_, [[7.0, 7.0]])


def test_bad_input_gets_a_clear_error():
    model = MomentGaussianMixture(random_state=0)
    with pytest.raises(ValueError, match="minimum of 2 is required"):
        model.fit(BLOBS[:1])
    with pytest.raises(ValueError, match="contains NaN"):
        model.fit(np.where(BLOBS > 3, np.nan, BLOBS))
    with pytest.raises(ValueError, match=r"n_components = 6, n_samples = 5"):
        clone(model).set_params(n_components=6).fit(BLOBS[:5])
    with pytest.raises(ValueError, match="whose squares overflow: divide it"):
        model.fit(1e200 * BLOBS)
    with pytest.raises(NotFittedError):
        clone(model).sample()
    for bad in ({"order": 5}, {"polish": "bfgs"}, {"significance": 0}):
        name = next(iter(bad))
        with pytest.raises(ValueError, match=f"The '{name}' parameter"):
            clone(model).set_params(**bad).fit(BLOBS)


def test_em_that_does_not_end_warns_and_keeps_its_best():
    X, _ = make_blobs(300, centers=2, cluster_std=3.0, random_state=0)
    model = MomentGaussianMixture(2, tol=0.0, max_iter=2, random_state=0)
    with pytest.warns(ConvergenceWarning, match="still going up after max_iter=2"):
        model.fit(X)
    assert not model.converged_
    assert np.isfinite(model.score(X))
