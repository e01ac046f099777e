# SPDX-License-Identifier: BSD-3-Clause
"""The default search: exact answers, what alpha keeps, best fits at a rank."""

import numpy as np
import pytest
from numpy.random import RandomState

from sklearn_overtensor import OverparamSymmetricCP, overparam_symmetric_cp, symmetrize
from sklearn_overtensor.coordinates.coarse import coarsen
from sklearn_overtensor.coordinates.problem import CompressedProblem
from sklearn_overtensor.datasets import make_symmetric_cp
from sklearn_overtensor.metrics import factor_match_score, relative_error
from sklearn_overtensor.targets import CPTarget, DenseTarget, MomentTarget
from tests.search.symmetric_lbfgs import fit_from

# One line of the benchmarks' families each; benchmarks/ has them all, with 20 seeds.
FAMILIES = {
    "gaussian": {"n_features": 20, "rank": 5},
    "more terms than features": {"n_features": 15, "rank": 20},
    "collinear": {"n_features": 20, "rank": 8, "collinearity": 0.9},
    "orthogonal": {"n_features": 12, "rank": 12, "orthogonal": True},
    "signed": {"n_features": 8, "rank": 16, "order": 4, "signed": True},
    "signed collinear": {
        "n_features": 12,
        "rank": 5,
        "order": 4,
        "signed": True,
        "collinearity": 0.9,
    },
    "order 5": {"n_features": 5, "rank": 6, "order": 5},
    "order 6": {"n_features": 4, "rank": 5, "order": 6, "signed": True},
}


@pytest.mark.parametrize("name", FAMILIES)
@pytest.mark.parametrize("seed", range(3))
def test_exact_with_the_true_rank_untold(name, seed):
    bunch = make_symmetric_cp(**FAMILIES[name], random_state=seed)
    model = OverparamSymmetricCP(random_state=seed).fit(bunch.tensor)
    rebuilt = CPTarget(model.weights_, model.components_, bunch.tensor.ndim).to_dense()
    assert relative_error(bunch.tensor, rebuilt) <= 1e-6
    assert model.status_ == "exact"
    assert model.n_components_ == len(bunch.weights)
    score = factor_match_score(
        bunch.components,
        model.components_,
        bunch.weights,
        model.weights_,
        order=bunch.tensor.ndim,
    )
    assert score >= 0.999


@pytest.mark.parametrize(("n_features", "rank"), [(6, 5), (10, 5), (10, 10)])
@pytest.mark.parametrize("order", [3, 4])
def test_nearly_parallel_components(n_features, rank, order):
    components = RandomState(0).uniform(size=(rank, n_features))
    components /= np.linalg.norm(components, axis=1)[:, None]
    target = CPTarget(np.ones(rank), components, order)
    result = overparam_symmetric_cp(target, random_state=0)
    assert result.reconstruction_err <= 1e-6
    assert factor_match_score(components, result.components, order=order) >= 0.999


@pytest.mark.parametrize("order", [3, 4])
def test_every_kind_of_target_gives_the_same_answer(context, order):
    bunch = make_symmetric_cp(7, 3, order, random_state=0)
    cp = CPTarget(bunch.weights, context.asarray(bunch.components), order)
    dense = DenseTarget(context.asarray(bunch.tensor))
    # Weighted samples whose moment is the tensor: its components are the samples.
    moment = MomentTarget(context.asarray(bunch.components), order, bunch.weights)
    scales = 1, 1, bunch.weights.sum()
    for target, scale in zip((dense, cp, moment), scales, strict=True):
        # So few samples are noise, unless one says that they are all there are.
        result = overparam_symmetric_cp(target, noise=0, random_state=0)
        assert result.reconstruction_err < 1e-8
        np.testing.assert_allclose(result.weights * scale, bunch.weights, rtol=1e-8)
        np.testing.assert_allclose(result.components, bunch.components, atol=1e-8)


def test_a_target_with_nothing_but_the_contract():
    bunch = make_symmetric_cp(6, 2, random_state=0)

    class Bare:
        order, n_features = 3, 6
        squared_norm = float(np.sum(bunch.tensor**2))

        def contract(self, V):
            return np.einsum("abc,bm,cm->am", bunch.tensor, V, V)

    result = overparam_symmetric_cp(Bare(), random_state=0)
    assert result.n_components == 2
    np.testing.assert_allclose(result.components, bunch.components, atol=1e-6)


def test_float32_reaches_what_float32_can(context):
    bunch = make_symmetric_cp(8, 4, random_state=0)
    model = OverparamSymmetricCP(random_state=0)
    model.fit(context.asarray(bunch.tensor).astype(np.float32)) if (
        context.backend == "numpy"
    ) else model.fit(context.asarray(bunch.tensor).float())
    assert model.n_components_ == 4
    np.testing.assert_allclose(model.components_, bunch.components, atol=1e-5)


def test_noise_is_left_to_alpha():
    bunch = make_symmetric_cp(15, 4, noise=0.1, random_state=0)
    counts, errors = [], []
    for alpha in (0.3, 0.1, 0.03):
        model = OverparamSymmetricCP(alpha=alpha, random_state=0).fit(bunch.tensor)
        counts.append(model.n_components_)
        rebuilt = CPTarget(model.weights_, model.components_, 3).to_dense()
        errors.append(relative_error(bunch.tensor_clean, rebuilt))
    assert 4 in counts
    oracle = least_squares_error(bunch)
    assert min(errors) <= 1.05 * oracle


def least_squares_error(bunch):
    """Error to the clean tensor of a least-squares fit that starts from the truth."""
    tensor, order = bunch.tensor, bunch.tensor.ndim
    start = bunch.components.T * np.abs(bunch.weights) ** (1 / order)
    signs = np.sign(bunch.weights)
    U = fit_from(tensor, start, signs)
    return relative_error(bunch.tensor_clean, CPTarget(signs, U.T, order).to_dense())


@pytest.mark.parametrize("order", [3, 4])
def test_the_search_does_not_see_rounding(order):
    rng = RandomState(0)
    tensor = make_symmetric_cp(6, 3, order, noise=0.1, random_state=0).tensor
    shaken = tensor * (1 + 2e-16 * symmetrize(rng.standard_normal(tensor.shape)))
    first, second = (
        OverparamSymmetricCP(alpha=0.1, random_state=0).fit(symmetrize(t))
        for t in (tensor, shaken)
    )
    np.testing.assert_allclose(first.weights_, second.weights_, rtol=1e-10)


def test_coarsening_moves_a_core_by_less_than_it_promises():
    core = RandomState(0).standard_normal((9, 9, 9))
    core /= np.linalg.norm(core)
    assert 0 < np.linalg.norm(coarsen(core) - core) <= 1e-10


def test_large_cores_are_left_implicit(monkeypatch):
    from sklearn_overtensor.coordinates import problem

    for limit in ("SMALL_CORE", "MAX_CORE"):
        monkeypatch.setattr(problem, limit, 10)
    bunch = make_symmetric_cp(6, 3, random_state=0)
    compressed = CompressedProblem(DenseTarget(bunch.tensor))
    assert compressed.white is None
    assert compressed.data.n_features == 3
    model = OverparamSymmetricCP(random_state=0).fit(bunch.tensor)
    assert factor_match_score(bunch.components, model.components_) > 0.999
    assert model.reconstruction_err_ < 1e-6


@pytest.mark.parametrize(
    ("shape", "make"),
    [
        ("one feature", lambda: np.full((1, 1, 1), 2.0)),
        ("one feature, order 4", lambda: np.full((1, 1, 1, 1), -2.0)),
        ("order 12", lambda: make_symmetric_cp(2, 2, 12, random_state=0).tensor),
        ("rank one", lambda: make_symmetric_cp(5, 1, random_state=0).tensor),
        ("identity", lambda: np.eye(3)[:, :, None] * np.eye(3)[:, None]),
    ],
)
def test_small_cases_are_exact(shape, make):
    model = OverparamSymmetricCP(random_state=0).fit(make())
    assert model.reconstruction_err_ <= 1e-6
    assert np.isfinite(model.components_).all()


@pytest.mark.parametrize("m", [50, 300])
def test_width_far_above_need(m):
    bunch = make_symmetric_cp(5, 2, random_state=0)
    model = OverparamSymmetricCP(m, random_state=0).fit(bunch.tensor)
    assert model.n_components_ == 2
    assert model.status_ == "exact"


def test_a_penalty_beyond_all_terms_leaves_the_best_single_one():
    bunch = make_symmetric_cp(6, 4, noise=0.2, random_state=0)
    for settings in ({}, {"solver": "gd", "max_epochs": 4}):
        model = OverparamSymmetricCP(alpha=10.0, random_state=0, **settings)
        model.fit(bunch.tensor)
        assert model.n_components_ == 1
        assert model.status_ == "stationary"
    empty = OverparamSymmetricCP(5, alpha=10.0, refine=False, random_state=0)
    empty.fit(bunch.tensor)
    assert np.abs(empty.weights_).max() < 1e-6
    assert empty.status_ == "stationary"


def test_a_width_that_cannot_fit_is_refused_at_once():
    tensor = make_symmetric_cp(5, 2, random_state=0).tensor
    with pytest.raises(MemoryError, match=r"n_components=10000000 needs .* fewer"):
        OverparamSymmetricCP(10**7).fit(tensor)


def test_warm_start_of_the_default_solver_needs_one_epoch():
    bunch = make_symmetric_cp(10, 12, random_state=0)
    first = overparam_symmetric_cp(bunch.tensor, random_state=0)
    again = overparam_symmetric_cp(
        bunch.tensor, random_state=1, init=(first.weights, first.components)
    )
    assert again.status == "exact"
    assert again.n_epochs == 1


@pytest.mark.parametrize("order", [3, 4])
def test_proven_independence_is_read_off_without_descent(order):
    bunch = make_symmetric_cp(9, 6, order, signed=order == 4, random_state=0)
    model = OverparamSymmetricCP(random_state=0).fit(bunch.tensor)
    assert (model.n_epochs_, model.n_iter_) == (1, 1)
    penalty = 1e-3 * np.abs(model.weights_).sum()
    assert 0 < model.loss_curve_[0] < penalty


def test_a_wrong_guess_is_forgotten(monkeypatch):
    from sklearn_overtensor.coordinates import algebraic

    def nonsense(core, random_state, degree):
        return np.full((len(core), len(core)), len(core) ** -0.5)

    monkeypatch.setattr(algebraic, "simultaneous_diagonalisation", nonsense)
    bunch = make_symmetric_cp(9, 6, random_state=0)
    model = OverparamSymmetricCP(random_state=0).fit(bunch.tensor)
    assert model.status_ == "exact"
    assert model.n_components_ == 6
    assert model.n_iter_ > 1


@pytest.mark.parametrize(("rank", "order"), [(3, 3), (8, 3), (10, 4)])
def test_never_more_terms_than_the_width(rank, order):
    tensor = make_symmetric_cp(5, rank, order, random_state=0).tensor
    widths = range(1, rank + 2, 2)
    models = [
        OverparamSymmetricCP(m, max_epochs=3, random_state=0).fit(tensor)
        for m in widths
    ]
    assert all(
        model.n_components_ <= m for m, model in zip(widths, models, strict=True)
    )
    assert models[0].n_components_ == 1


def test_four_terms_for_each_feature_are_found_by_default():
    # Too many unknowns for the epochs: the loop that adds terms gets there.
    bunch = make_symmetric_cp(30, 120, random_state=0)
    model = OverparamSymmetricCP(random_state=0).fit(bunch.tensor)
    assert (model.status_, model.n_components_) == ("exact", 120)
