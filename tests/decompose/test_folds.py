# SPDX-License-Identifier: BSD-3-Clause
"""OverparamSymmetricCPCV: which rows its folds hold out, and what its last fit is."""

import numpy as np
import pytest
from numpy.random import RandomState
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GroupKFold, KFold, LeaveOneGroupOut

from sklearn_overtensor import OverparamSymmetricCP, OverparamSymmetricCPCV
from sklearn_overtensor.datasets import make_latent_samples
from sklearn_overtensor.decompose.folds import best_index, make_splits
from sklearn_overtensor.decompose.solve import draw_seeds

from .interrupts import CtrlC

quiet = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
CUMULANT = {"order": 4, "statistic": "cumulant", "random_state": 0}


@pytest.fixture(scope="module")
def X():
    return make_latent_samples(2000, 5, 4, random_state=0).X


def chosen_result(model, X):
    """What the path of all samples, computed apart, has at the alpha chosen."""
    return model._path_of_all(X, None)[list(model.alphas_).index(model.alpha_)]


@quiet
@pytest.mark.parametrize("settings", [{}, {"n_init": 2}, {"refine": False}])
def test_the_fit_is_that_of_the_path_at_the_alpha_chosen(X, settings):
    settings = {"alphas": [0.3, 0.1], "cv": 2, **settings, **CUMULANT}
    model = OverparamSymmetricCPCV(**settings).fit(X)
    assert model.alpha_ == 0.1
    result = chosen_result(model, X)
    for name in ("components", "weights", "loss_curve", "epoch_ends"):
        np.testing.assert_array_equal(getattr(model, name + "_"), getattr(result, name))
    for name in ("status", "contraction", "n_epochs", "n_iter", "order"):
        assert getattr(model, name + "_") == getattr(result, name)


@quiet
def test_the_estimator_with_the_largest_alpha_is_the_same(X):
    model = OverparamSymmetricCPCV(alphas=[0.2], cv=2, **CUMULANT).fit(X)
    direct = OverparamSymmetricCP(alpha=0.2, **CUMULANT).fit(X)
    for name in ("components_", "weights_", "mean_", "weights_std_", "components_std_"):
        np.testing.assert_array_equal(getattr(model, name), getattr(direct, name))
    assert model.noise_ == direct.noise_
    assert model.score(X) == direct.score(X)
    np.testing.assert_array_equal(model.transform(X), direct.transform(X))


def test_ctrl_c_keeps_the_restarts_that_have_ended(X):
    settings = {"alphas": [0.3], "cv": 2, **CUMULANT}
    first = OverparamSymmetricCPCV(**settings).fit(X)
    model = OverparamSymmetricCPCV(n_init=2, **settings).set_callbacks(
        CtrlC(epoch=0, restart=1)
    )
    with pytest.warns(ConvergenceWarning, match=r"was interrupted\. The best"):
        model.fit(X)
    assert model.status_ == "interrupted"
    np.testing.assert_array_equal(model.weights_, first.weights_)
    with pytest.raises(KeyboardInterrupt):
        model.set_callbacks(CtrlC(epoch=0, restart=0)).fit(X)


def test_folds_are_shuffled_and_repeat_with_the_seed():
    splits = make_splits(None, 100, None, seed=7)
    assert len(splits) == 5
    held_out = np.concatenate([test for _, test in splits])
    np.testing.assert_array_equal(np.sort(held_out), np.arange(100))
    assert np.diff(splits[0][1]).max() > 1
    for (train, test), again in zip(
        splits, make_splits(5, 100, None, seed=7), strict=True
    ):
        np.testing.assert_array_equal(test, again[1])
        np.testing.assert_array_equal(np.union1d(train, test), np.arange(100))
    other = make_splits(5, 100, None, seed=8)
    assert not np.array_equal(splits[0][1], other[0][1])


@quiet
def test_sorted_rows_are_no_trouble(X):
    """Without a shuffle each fold would hold out rows unlike all others."""
    settings = {"alphas": [0.3, 0.1], **CUMULANT, "random_state": RandomState(0)}
    model = OverparamSymmetricCPCV(cv=3, **settings).fit(X[np.argsort(X[:, 0])])
    assert model.scores_path_.mean(axis=1).max() > 0.3
    blocks = OverparamSymmetricCPCV(cv=KFold(3), **settings)
    blocks.fit(X[np.argsort(X[:, 0])])
    assert blocks.scores_path_.mean(axis=1).max() < 0


@quiet
def test_folds_and_starts_depend_on_the_seed_alone(X):
    settings = {"alphas": [0.3], "cv": 2, **CUMULANT}
    one = OverparamSymmetricCPCV(**settings).fit(X)
    again = OverparamSymmetricCPCV(**settings).fit(X)
    np.testing.assert_array_equal(one.scores_path_, again.scores_path_)
    seed = draw_seeds(0, 1)[0]
    # More starts leave the folds as they are.
    assert draw_seeds(0, 3)[0] == seed
    folds = make_splits(2, len(X), None, seed)
    given = OverparamSymmetricCPCV(**{**settings, "cv": folds}).fit(X)
    np.testing.assert_array_equal(one.scores_path_, given.scores_path_)
    np.testing.assert_array_equal(one.weights_, given.weights_)
    other = OverparamSymmetricCPCV(**{**settings, "random_state": 1}).fit(X)
    assert not np.array_equal(one.scores_path_, other.scores_path_)


def test_a_group_is_held_out_together():
    groups = np.repeat(list("abcdefg"), 10)[np.random.default_rng(0).permutation(70)]
    for cv, n_folds in [(None, 5), (3, 3), (LeaveOneGroupOut(), 7)]:
        splits = make_splits(cv, 70, groups, seed=0)
        assert len(splits) == n_folds
        for train, test in splits:
            assert not set(groups[train]) & set(groups[test])


@quiet
def test_copies_of_rows_do_not_leak_into_training_with_groups(X):
    few, copies = X[:300], 5
    repeated, groups = np.tile(few, (copies, 1)), np.tile(np.arange(300), copies)
    settings = {"alphas": [0.3, 0.1], **CUMULANT}
    fooled = OverparamSymmetricCPCV(cv=3, **settings).fit(repeated)
    model = OverparamSymmetricCPCV(cv=3, **settings).fit(repeated, groups=groups)
    assert model.scores_path_.mean() < fooled.scores_path_.mean()
    own = OverparamSymmetricCPCV(cv=GroupKFold(3), **settings)
    own.fit(repeated, groups=groups)
    np.testing.assert_array_equal(model.scores_path_, own.scores_path_)


def test_groups_of_another_length_are_refused(X):
    with pytest.raises(ValueError, match=r"\[2000, 3\]"):
        OverparamSymmetricCPCV(alphas=[0.3], **CUMULANT).fit(X, groups=[0, 1, 2])


@quiet
def test_a_line_a_fold_then_a_line_an_epoch(X, capsys):
    settings = {"alphas": [0.3, 0.1], "cv": 3, "verbose": 1, "n_init": 2, **CUMULANT}
    model = OverparamSymmetricCPCV(**settings).fit(X)
    lines = capsys.readouterr().out.splitlines()
    expected = []
    for k in range(3):
        best = best_index(model.scores_path_[:, [k]])
        expected.append(
            f"fold {k + 1} of 3: best score {model.scores_path_[best, k]:.6f}, at "
            f"alpha {model.alphas_[best]:.3e} with "
            f"{model.n_components_path_[best, k]} terms"
        )
    assert lines[:3] == expected
    starts = [line.partition(", epoch ")[0] for line in lines[3:]]
    assert set(starts) == {"start 0", "start 1"}
