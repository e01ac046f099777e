# SPDX-License-Identifier: BSD-3-Clause
"""``rank=R``: never worse than many starts at R, and honest about border rank."""

import numpy as np
import pytest
from numpy.random import RandomState

from sklearn_overtensor import (
    OverparamSymmetricCP,
    overparam_symmetric_cp,
    symmetrize,
)
from sklearn_overtensor.baselines import TensorLyCP
from sklearn_overtensor.compression import CompactTarget
from sklearn_overtensor.datasets import make_symmetric_cp
from sklearn_overtensor.metrics import relative_error
from sklearn_overtensor.refine import Fit
from sklearn_overtensor.search import best_rank
from sklearn_overtensor.search.fewest import strongest_fit
from sklearn_overtensor.settings import SETTINGS
from sklearn_overtensor.targets import CPTarget, MomentTarget

# Features, order, rank, seed and the best residual known: of 25 starts of plain L-BFGS;
# the last three, which one of 50 starts or none finds, from benchmarks/rank_check.py.
BEST_KNOWN = [
    (5, 3, 3, 7, 0.54227),
    (4, 4, 3, 7, 0.64809),
    (3, 6, 1, 7, 0.91048),
    (6, 4, 5, 0, 0.74666),
    (6, 4, 6, 0, 0.71069),
    (4, 6, 5, 0, 0.74219),
]


def random_tensor(n_features, order, seed):
    tensor = symmetrize(RandomState(seed).standard_normal((n_features,) * order))
    return tensor / np.linalg.norm(tensor)


@pytest.mark.parametrize(("n_features", "order", "rank", "seed", "best"), BEST_KNOWN)
def test_best_fit_at_a_rank_beats_many_starts(n_features, order, rank, seed, best):
    tensor = random_tensor(n_features, order, seed)
    model = OverparamSymmetricCP(rank=rank, random_state=0).fit(tensor)
    assert model.n_components_ <= rank
    assert model.reconstruction_err_ <= best + 1e-4


@pytest.mark.parametrize(("seed", "best"), [(0, 0.67917), (3, 0.71855)])
def test_starts_lead_out_of_a_poor_model(seed, best):
    tensor = random_tensor(4, 4, seed)
    target, told = CompactTarget(tensor), []
    given = Fit(0.5 * RandomState(9).standard_normal((4, 3)), np.ones(3), 4)
    fit = best_rank.best_fit(target, given, 3, RandomState(0), told.append)
    found = relative_error(tensor, CPTarget(fit.signs, fit.vectors.T, 4).to_dense())
    assert [len(fit) for fit in told] == [3]
    assert found <= best + 1e-4


def test_terms_are_added_one_by_one_and_each_fit_is_told():
    tensor = random_tensor(5, 3, seed=1)
    target, told = CompactTarget(tensor), []
    best = best_rank.best_fit(
        target, strongest_fit(target), 4, RandomState(0), told.append
    )
    assert [len(fit) for fit in told] == [1, 2, 3, 4]
    assert np.all(np.diff([fit.squared for fit in told]) < 0)
    # Its weights cancel, and are tamed for a little of the fit.
    assert np.sqrt(best.squared) <= np.sqrt(told[-1].squared) + SETTINGS.tame_loss


def test_with_noise_a_rank_is_met_whatever_alpha():
    tensor = make_symmetric_cp(6, 2, noise=0.1, random_state=0).tensor
    errors = []
    for alpha in (1e-3, 0.3):
        model = OverparamSymmetricCP(rank=4, alpha=alpha, random_state=0).fit(tensor)
        assert model.n_components_ == 4
        errors.append(model.reconstruction_err_)
    assert errors[0] == pytest.approx(errors[1], abs=1e-4)


@pytest.mark.parametrize(("n_features", "order"), [(2, 5), (2, 7), (3, 3), (5, 3)])
@pytest.mark.parametrize("seed", range(3))
def test_random_tensors_are_exact_though_real_ranks_vary(n_features, order, seed):
    rng = RandomState(seed)
    tensor = symmetrize(rng.standard_normal((n_features,) * order))
    model = OverparamSymmetricCP(random_state=seed).fit(tensor)
    assert model.status_ == "exact"
    # Binary forms of order l have real rank l at most.
    assert model.n_components_ <= (order if n_features == 2 else 8)


def test_real_rank_above_what_a_flattening_tells():
    # x^2 y + z^2 x has rank five; its flattening is that of three terms.
    x, y, z = np.eye(3)
    tensor = symmetrize(np.einsum("a,b,c->abc", x, x, y))
    tensor += symmetrize(np.einsum("a,b,c->abc", z, z, x))
    model = OverparamSymmetricCP(random_state=0).fit(tensor)
    assert model.status_ == "exact"
    assert model.n_components_ == 5
    assert np.abs(model.weights_).max() < 100


def test_rank_is_the_most_terms_not_the_least():
    bunch = make_symmetric_cp(8, 3, random_state=0)
    model = OverparamSymmetricCP(rank=6, random_state=0).fit(bunch.tensor)
    assert model.n_components_ == 3
    below = OverparamSymmetricCP(rank=2, random_state=0).fit(bunch.tensor)
    assert below.n_components_ == 2
    peer = TensorLyCP(n_components=2, random_state=0).fit(bunch.tensor)
    assert below.reconstruction_err_ <= peer.reconstruction_err_ + 1e-6


def test_border_rank_ends_with_finite_weights_and_says_so():
    # x^2 y is a limit of sums of two terms, and has rank three itself.
    x, y = np.eye(2)
    tensor = symmetrize(np.einsum("a,b,c->abc", x, x, y))
    free = OverparamSymmetricCP(random_state=0).fit(tensor)
    assert free.status_ == "exact"
    assert free.n_components_ == 3
    assert np.abs(free.weights_).max() < 100
    capped = OverparamSymmetricCP(rank=2, random_state=0).fit(tensor)
    assert capped.n_components_ <= 2
    assert np.isfinite(capped.weights_).all()
    assert capped.status_ in ("degenerate", "stationary")
    assert capped.reconstruction_err_ < 0.1


def test_both_solvers_use_the_terms_that_they_may():
    # A strong penalty keeps fewer terms than the rank allows; a best fit has them all.
    bunch = make_symmetric_cp(8, 4, noise=0.2, random_state=0)
    for solver in ("lbfgs", "gd"):
        model = OverparamSymmetricCP(
            solver=solver, alpha=0.8, rank=3, max_epochs=3, max_iter=80, random_state=0
        ).fit(bunch.tensor)
        assert model.n_components_ == 3


def test_a_fit_without_any_residual_divides_by_nothing():
    # Four cubes in three features, which some fit matches to the last bit.
    rng = np.random.default_rng(2)
    points = rng.standard_normal((4, 3))
    points *= rng.uniform(0.7, 1.5, (4, 1)) / np.linalg.norm(points, axis=1)[:, None]
    target = MomentTarget(points, 3, rng.uniform(1, 2, 4))
    result = overparam_symmetric_cp(target, rank=4, random_state=0)
    assert result.reconstruction_err < 1e-3


@pytest.mark.parametrize("noise", ["auto", 0])
def test_the_width_is_the_most_terms_whatever_the_rank(noise):
    tensor = make_symmetric_cp(5, 4, noise=0.1, random_state=0).tensor
    model = OverparamSymmetricCP(2, rank=4, noise=noise, random_state=0).fit(tensor)
    alone = OverparamSymmetricCP(rank=2, noise=noise, random_state=0).fit(tensor)
    assert model.n_components_ == 2
    assert model.reconstruction_err_ == pytest.approx(alone.reconstruction_err_)
