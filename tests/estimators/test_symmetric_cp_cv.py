# SPDX-License-Identifier: BSD-3-Clause
"""OverparamSymmetricCPCV: the choice of a grid search over alpha, along one path."""

from math import sqrt

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, KFold

from sklearn_overtensor import OverparamSymmetricCP, OverparamSymmetricCPCV
from sklearn_overtensor.datasets import make_latent_samples, make_symmetric_cp
from sklearn_overtensor.decompose.folds import (
    best_index,
    one_standard_error_index,
    score_ceiling,
)
from sklearn_overtensor.symmetry import symmetrize
from sklearn_overtensor.targets import CumulantTarget, DenseTarget

from ..cases import one_test
from .checks import SOON, check_all, parametrize_with_checks

quiet = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
BUDGET = {"max_epochs": 1, "max_iter": 10}
CUMULANT = {"order": 4, "statistic": "cumulant", "random_state": 0}


def samples(seed, n_samples=20_000):
    return make_latent_samples(n_samples, 5, 4, random_state=seed).X


@pytest.fixture
def X():
    return samples(0, 2000)


@quiet
@parametrize_with_checks(
    [OverparamSymmetricCPCV(1, alphas=2, cv=2, selection="one_se", **BUDGET)],
    of_input=OverparamSymmetricCPCV(1, alphas=[0.3], cv=2, **SOON),
)
def test_scikit_learn_checks(estimator, checks):
    check_all(estimator, checks)


@quiet
def test_same_choice_as_a_grid_search():
    X = samples(0)
    cv = KFold(2)
    model = OverparamSymmetricCPCV(alphas=4, eps=0.05, cv=cv, **CUMULANT).fit(X)
    grid = GridSearchCV(
        OverparamSymmetricCP(**CUMULANT), {"alpha": model.alphas_}, cv=cv
    ).fit(X)
    means = grid.cv_results_["mean_test_score"]
    # Where a penalised weight is all but zero, its refit may be there or not; such an
    # alpha is never near the best one.
    near = means > means.max() - 0.02
    np.testing.assert_allclose(
        model.scores_path_.mean(axis=1)[near], means[near], atol=1e-3
    )
    chosen = OverparamSymmetricCP(alpha=model.alpha_, **CUMULANT).fit(X)
    best = grid.best_estimator_
    assert means[model.alphas_ == model.alpha_][0] >= means.max() - 1e-5
    assert chosen.n_components_ == best.n_components_ == model.n_components_
    np.testing.assert_allclose(model.weights_, best.weights_, rtol=1e-6)


@quiet
def test_shapes_and_sequence(X):
    model = OverparamSymmetricCPCV(alphas=[0.05, 0.5, 0.1], cv=4, **CUMULANT).fit(X)
    np.testing.assert_array_equal(model.alphas_, [0.5, 0.1, 0.05])
    assert model.scores_path_.shape == model.n_components_path_.shape == (3, 4)
    assert model.alpha_ in model.alphas_
    assert (np.diff(model.n_components_path_, axis=0) >= 0).all()


@quiet
def test_scores_are_those_of_models_fitted_to_the_training_rows(X):
    cv = KFold(3, shuffle=True, random_state=0)
    model = OverparamSymmetricCPCV(alphas=[0.2], cv=cv, **CUMULANT).fit(X)
    for fold, (train, test) in enumerate(cv.split(X)):
        one = OverparamSymmetricCP(alpha=0.2, **CUMULANT).fit(X[train])
        assert model.scores_path_[0, fold] == pytest.approx(one.score(X[test]))
        assert model.n_components_path_[0, fold] == one.n_components_


@quiet
def test_splits_may_be_given(X):
    splits = [(np.arange(1000), np.arange(1000, 2000))]
    model = OverparamSymmetricCPCV(alphas=4, cv=splits, **CUMULANT).fit(X)
    assert model.scores_path_.shape == (4, 1)


@quiet
def test_weights_of_samples_count_in_training_and_in_scores(X):
    weight = np.random.default_rng(0).integers(0, 3, len(X))
    repeated = np.repeat(np.arange(len(X)), weight)
    folds = np.arange(len(X)) % 2
    split = [(np.flatnonzero(folds != k), np.flatnonzero(folds == k)) for k in range(2)]
    of_repeated = folds[repeated]
    split_repeated = [
        (np.flatnonzero(of_repeated != k), np.flatnonzero(of_repeated == k))
        for k in range(2)
    ]
    settings = {"alphas": 3, "eps": 0.1, **CUMULANT}
    weighted = OverparamSymmetricCPCV(cv=split, **settings)
    weighted.fit(X, sample_weight=weight)
    plain = OverparamSymmetricCPCV(cv=split_repeated, **settings).fit(X[repeated])
    np.testing.assert_allclose(weighted.alphas_, plain.alphas_)
    np.testing.assert_allclose(weighted.scores_path_, plain.scores_path_, atol=1e-6)
    np.testing.assert_allclose(weighted.weights_, plain.weights_, rtol=1e-5)


@pytest.fixture(scope="module")
def of_an_array():
    model = OverparamSymmetricCPCV(alphas=2, eps=0.1, cv=2, **CUMULANT)
    return model.fit(samples(0, 2000))


@quiet
@pytest.mark.parametrize("kind", ["pandas", "sparse", "torch", "dask"])
def test_samples_of_any_kind(X, kind, of_an_array):
    expected = of_an_array
    if kind == "pandas":
        other = pd.DataFrame(X, columns=list("abcde"))
    elif kind == "sparse":
        other = csr_array(X)
    elif kind == "torch":
        other = pytest.importorskip("torch").as_tensor(X)
    else:
        other = pytest.importorskip("dask.array").from_array(X, chunks=(700, 5))
    model = clone(expected).fit(other)
    np.testing.assert_allclose(model.scores_path_, expected.scores_path_, atol=1e-5)
    np.testing.assert_allclose(model.weights_, expected.weights_, rtol=1e-5)
    assert type(model.components_) is np.ndarray
    if kind == "pandas":
        assert list(model.feature_names_in_) == list("abcde")


@quiet
@pytest.mark.parametrize("settings", [{"refine": False}, {"rank": 3}, {"solver": "gd"}])
def test_other_searches(X, settings):
    budget = {"max_epochs": 2, "max_iter": 40}
    model = OverparamSymmetricCPCV(
        6, alphas=[0.3], cv=KFold(2), **settings, **budget, **CUMULANT
    ).fit(X)
    train, test = next(KFold(2).split(X))
    one = OverparamSymmetricCP(6, alpha=0.3, **settings, **budget, **CUMULANT)
    assert model.scores_path_[0, 0] == pytest.approx(one.fit(X[train]).score(X[test]))
    if "rank" in settings:
        assert model.n_components_ <= 3


def test_a_tensor_has_no_rows_to_hold_out():
    tensor = make_symmetric_cp(4, 2, random_state=0).tensor
    for input_ in (tensor, tensor.tolist()):
        with pytest.raises(ValueError, match=r"no rows.*symmetric_cp_path"):
            OverparamSymmetricCPCV().fit(input_)


@one_test(
    ("alphas", "message"),
    [
        ([0.1, -0.1], "not negative"),
        ([0.1, np.nan], "finite"),
        ([[0.1], [0.2]], r"shape \(2, 1\)"),
        ([], r"shape \(0,\)"),
        (0, "alphas"),
    ],
)
def test_wrong_alphas_are_named(X, alphas, message):
    with pytest.raises(ValueError, match=message):
        OverparamSymmetricCPCV(alphas=alphas).fit(X)


def test_best_score_of_the_largest_alpha_among_equals():
    scores = np.array([[0.1, 0.2], [0.5, 0.7], [0.5, 0.7 + 1e-9], [0.4, 0.6]])
    assert best_index(scores) == 1


def test_one_standard_error_is_that_of_the_difference():
    common = np.array([0.3, 0.6, 0.9, 0.0])  # noise of the folds, for all alphas
    clearly_worse = common - [0.05, 0.06, 0.05, 0.04]
    hardly_worse = common - [0.02, -0.02, 0.03, -0.02]
    scores = np.array([clearly_worse, hardly_worse, common])
    assert best_index(scores) == 2
    assert one_standard_error_index(scores) == 1
    plain = common.std(ddof=1) / 2
    assert (
        clearly_worse.mean() > common.mean() - plain
    )  # what the plain rule would take


@pytest.mark.parametrize("seed", range(3))
def test_no_closer_fit_scores_above_the_ceiling(seed):
    train, test = (CumulantTarget(samples(i, 500), 3) for i in (seed, seed + 10))
    array = DenseTarget(train.to_dense())
    ceiling, norm = score_ceiling(array, test), sqrt(array.squared_norm)
    rng = np.random.default_rng(seed)
    towards = (test.to_dense() - array.tensor) / np.linalg.norm(test.to_dense())
    for _ in range(50):
        # The worst case is a move straight towards what is held out.
        move = symmetrize(rng.standard_normal((5, 5, 5))) + 100 * towards * rng.random()
        residual = rng.random()
        model = array.tensor + residual * norm * move / np.linalg.norm(move)
        gap = np.linalg.norm(model - test.to_dense())
        assert 1 - gap**2 / test.squared_norm <= ceiling(residual) + 1e-12


@quiet
def test_a_path_ends_where_no_closer_fit_can_score_more():
    X = make_latent_samples(400, 4, 3, random_state=0).X
    cv = KFold(2)
    model = OverparamSymmetricCPCV(alphas=8, eps=1e-4, cv=cv, **CUMULANT).fit(X)
    ended = np.diff(model.scores_path_[-4:], axis=0) == 0
    assert ended.all(axis=0).any()
    grid = GridSearchCV(
        OverparamSymmetricCP(**CUMULANT), {"alpha": model.alphas_}, cv=cv
    ).fit(X)
    means = grid.cv_results_["mean_test_score"]
    assert means[model.alphas_ == model.alpha_][0] >= means.max() - 1e-5


def test_one_fold_has_no_standard_error():
    assert one_standard_error_index(np.array([[0.1], [0.5], [0.4]])) == 1
