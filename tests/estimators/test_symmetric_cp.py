# SPDX-License-Identifier: BSD-3-Clause
"""OverparamSymmetricCP as scikit-learn's users meet it."""

import os
import pickle

import numpy as np
import pandas as pd
import pytest
import sklearn
import tensorly as tl
from sklearn.base import clone
from sklearn.decomposition import PCA
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import check_estimator

from sklearn_overtensor import OverparamSymmetricCP, overparam_symmetric_cp
from sklearn_overtensor.datasets import make_latent_samples, make_symmetric_cp
from sklearn_overtensor.decompose.parameters import SOLVERS
from sklearn_overtensor.metrics import factor_match_score
from sklearn_overtensor.targets import MomentTarget

from .checks import SOON, check_all, parametrize_with_checks

# A budget that lets the readable solver end in a second.
BUDGET = {"max_epochs": 2, "max_iter": 100}
quiet = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@pytest.fixture(params=SOLVERS)
def solver(request):
    return request.param


@pytest.fixture
def X():
    return make_latent_samples(200, 4, distribution="exponential", random_state=0).X


@pytest.fixture
def tensor():
    return make_symmetric_cp(6, 2, random_state=0).tensor


def test_array_api_checks_are_switched_on():
    assert os.environ["SCIPY_ARRAY_API"] == "1"


@quiet
@parametrize_with_checks(
    # Each value of each setting; all their combinations were run by hand.
    [
        OverparamSymmetricCP(**BUDGET),
        OverparamSymmetricCP(
            order=4,
            statistic="cumulant",
            contraction="dense",
            warm_start=True,
            **BUDGET,
        ),
        OverparamSymmetricCP(refine=False, contraction="implicit", **BUDGET),
        OverparamSymmetricCP(3, solver="gd", alpha=0.1, max_epochs=2, max_iter=5),
    ],
    of_input=OverparamSymmetricCP(1, alpha=0.1, **SOON),
)
def test_scikit_learn_checks(estimator, checks):
    check_all(estimator, checks)


@quiet
def test_check_estimator_has_no_expected_failures():
    check_estimator(OverparamSymmetricCP())


@quiet
def test_attributes(solver, X):
    model = OverparamSymmetricCP(solver=solver, random_state=0, **BUDGET).fit(X)
    k = model.n_components_
    assert model.components_.shape == (k, 4)
    np.testing.assert_allclose(np.linalg.norm(model.components_, axis=1), 1)
    assert model.weights_.shape == (k,)
    assert (model.weights_ > 0).all()  # odd order
    assert (np.diff(np.abs(model.weights_)) <= 0).all()
    assert model.loss_curve_.shape == (model.n_iter_,)
    assert 1 <= model.n_epochs_ <= 6  # a search for an exact answer, and another
    assert model.order_ == 3
    assert model.n_features_in_ == 4
    np.testing.assert_array_equal(model.mean_, np.zeros(4))
    moment = MomentTarget(X).to_dense()
    rebuilt = tl.cp_to_tensor(model.cp_tensor_)
    error = np.linalg.norm(moment - rebuilt) / np.linalg.norm(moment)
    assert model.reconstruction_err_ == pytest.approx(error, abs=1e-12)


@quiet
def test_without_refinement_the_result_has_exactly_m_terms(solver, tensor):
    model = OverparamSymmetricCP(
        17, solver=solver, refine=False, random_state=0, **BUDGET
    ).fit(tensor)
    assert model.n_components_ == len(model.weights_) == 17
    assert model.reconstruction_err_ < 1e-2


@quiet
def test_signs_at_even_order(solver):
    bunch = make_symmetric_cp(5, 3, 4, signed=True, random_state=0)
    model = OverparamSymmetricCP(solver=solver, random_state=0, **BUDGET)
    model.fit(bunch.tensor)
    largest = np.argmax(np.abs(model.components_), axis=1)
    assert (model.components_[np.arange(len(largest)), largest] > 0).all()
    assert (model.weights_ < 0).any()  # as in the truth


@quiet
def test_cumulants_ignore_the_mean_and_transform_removes_it(solver, X):
    settings = {"solver": solver, "statistic": "cumulant", "random_state": 0}
    near = OverparamSymmetricCP(**settings, **BUDGET).fit(X)
    far = OverparamSymmetricCP(**settings, **BUDGET).fit(X + 10)
    np.testing.assert_allclose(far.mean_, X.mean(axis=0) + 10)
    np.testing.assert_allclose(far.weights_, near.weights_, rtol=1e-4)
    np.testing.assert_allclose(far.transform(X + 10), near.transform(X), atol=1e-3)


@quiet
def test_transform_is_the_least_squares_code(X):
    model = OverparamSymmetricCP(random_state=0, **BUDGET).fit(X)
    code = model.transform(X)
    assert code.shape == (200, model.n_components_)
    expected, *_ = np.linalg.lstsq(model.components_.T, X.T, rcond=None)
    np.testing.assert_allclose(code, expected.T, atol=1e-8)
    span = np.linalg.pinv(model.components_) @ model.components_
    np.testing.assert_allclose(model.inverse_transform(code), X @ span, atol=1e-8)


@quiet
def test_score_is_the_explained_share_of_the_new_target(X):
    model = OverparamSymmetricCP(random_state=0, **BUDGET).fit(X)
    new = X[::2] ** 2
    target = MomentTarget(new).to_dense()
    gap = np.sum((target - tl.cp_to_tensor(model.cp_tensor_)) ** 2)
    assert model.score(new) == pytest.approx(1 - gap / np.sum(target**2), rel=1e-9)
    assert model.score(X) == pytest.approx(1 - model.reconstruction_err_**2, abs=1e-9)
    weight = np.arange(200) % 2
    assert model.score(X, sample_weight=weight) == pytest.approx(model.score(X[1::2]))
    assert model.score(target) == pytest.approx(model.score(new))


@quiet
def test_clone_and_pickle(solver, tensor):
    model = OverparamSymmetricCP(8, solver=solver, random_state=0, **BUDGET).fit(tensor)
    fresh = clone(model)
    assert fresh.get_params() == model.get_params()
    assert not hasattr(fresh, "components_")
    again = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(again.components_, model.components_)
    assert again.score(tensor) == model.score(tensor)


@quiet
def test_data_frames_and_feature_names(X):
    frame = pd.DataFrame(X, columns=["a", "b", "c", "d"])
    model = OverparamSymmetricCP(6, random_state=0, **BUDGET).fit(frame)
    assert list(model.feature_names_in_) == ["a", "b", "c", "d"]
    names = [f"overparamsymmetriccp{i}" for i in range(model.n_components_)]
    assert list(model.get_feature_names_out()) == names
    model.set_output(transform="pandas")
    assert list(model.transform(frame).columns) == names
    model.fit(make_symmetric_cp(4, 2, random_state=0).tensor)
    assert not hasattr(model, "feature_names_in_")


@quiet
def test_sample_weight_is_routed(X):
    weight = np.random.default_rng(0).integers(0, 3, len(X))
    with sklearn.config_context(enable_metadata_routing=True):
        model = OverparamSymmetricCP(6, random_state=0, **BUDGET)
        model.set_fit_request(sample_weight=True)
        model.set_score_request(sample_weight=True)
        scaler = StandardScaler().set_fit_request(sample_weight=False)
        pipeline = make_pipeline(scaler, model)
        pipeline.fit(X, sample_weight=weight)
        score = pipeline.score(X, sample_weight=weight)
    scaled = StandardScaler().fit_transform(X)
    direct = clone(model).fit(scaled, sample_weight=weight)
    assert score == pytest.approx(direct.score(scaled, sample_weight=weight))


@quiet
def test_grid_search_over_alpha_and_width_in_a_pipeline(X):
    pipeline = make_pipeline(PCA(3), OverparamSymmetricCP(random_state=0, **BUDGET))
    grid = {
        "overparamsymmetriccp__alpha": [1e-3, 0.5],
        "overparamsymmetriccp__n_components": [4, 8],
    }
    search = GridSearchCV(pipeline, grid, cv=3, error_score="raise").fit(X)
    assert search.best_params_["overparamsymmetriccp__alpha"] == 1e-3
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()
    assert search.best_score_ > 0.3


@quiet
def test_more_restarts_are_never_worse(X):
    errors = [
        OverparamSymmetricCP(3, refine=False, n_init=n_init, random_state=5, **BUDGET)
        .fit(X)
        .reconstruction_err_
        for n_init in (1, 4)
    ]
    assert errors[1] <= errors[0]


@quiet
def test_warm_start_continues(solver, tensor):
    settings = {"solver": solver, "refine": False, "random_state": 0}
    model = OverparamSymmetricCP(
        12, max_epochs=1, max_iter=10, warm_start=True, **settings
    ).fit(tensor)
    before = model.loss_curve_[-1]
    model.fit(tensor)
    assert model.loss_curve_[-1] < before
    model.fit(make_symmetric_cp(4, 2, random_state=0).tensor)  # another width: afresh
    assert model.components_.shape == (12, 4)


@quiet
def test_seed_decides_and_global_state_does_not(solver, tensor):
    settings = {"solver": solver, "refine": False, **BUDGET}
    np.random.seed(0)  # noqa: NPY002
    state = np.random.get_state()[1].copy()  # noqa: NPY002
    first = OverparamSymmetricCP(8, random_state=3, **settings).fit(tensor)
    np.testing.assert_array_equal(np.random.get_state()[1], state)  # noqa: NPY002
    np.random.seed(99)  # noqa: NPY002
    second = OverparamSymmetricCP(8, random_state=3, **settings).fit(tensor)
    other = OverparamSymmetricCP(8, random_state=4, **settings).fit(tensor)
    np.testing.assert_array_equal(first.components_, second.components_)
    assert not np.array_equal(first.components_, other.components_)


@quiet
@pytest.mark.parametrize("order", [3, 4])
def test_scaled_data_scale_the_weights(solver, X, order):
    settings = {"solver": solver, "order": order, "random_state": 0, **BUDGET}
    model = OverparamSymmetricCP(8, **settings).fit(X)
    scaled = OverparamSymmetricCP(8, **settings).fit(4.0 * X)
    np.testing.assert_allclose(scaled.weights_, 4.0**order * model.weights_)
    np.testing.assert_allclose(scaled.components_, model.components_)


@quiet
def test_rotated_data_rotate_the_components(solver):
    bunch = make_symmetric_cp(6, 2, random_state=0)
    rotation = np.linalg.qr(np.random.default_rng(1).standard_normal((6, 6)))[0]
    rotated = np.einsum("abc,ia,jb,kc->ijk", bunch.tensor, *[rotation] * 3)
    model = OverparamSymmetricCP(solver=solver, random_state=0, **BUDGET).fit(rotated)
    truth = bunch.components @ rotation.T
    heaviest = model.components_[:2] if model.n_components_ > 2 else model.components_
    if model.n_components_ == 2:
        assert factor_match_score(truth, heaviest) > 0.999
    assert model.score(rotated) > 0.9999


@quiet
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_precision_of_the_data_is_kept(X, dtype):
    model = OverparamSymmetricCP(6, random_state=0, **BUDGET).fit(X.astype(dtype))
    assert model.components_.dtype == model.weights_.dtype == dtype
    assert model.transform(X.astype(dtype)).dtype == dtype


@quiet
def test_function_and_estimator_are_one(solver, X):
    settings = {"solver": solver, "random_state": 0, **BUDGET}
    result = overparam_symmetric_cp(X, 8, order=4, statistic="cumulant", **settings)
    model = OverparamSymmetricCP(8, order=4, statistic="cumulant", **settings).fit(X)
    np.testing.assert_array_equal(result.weights, model.weights_)
    np.testing.assert_array_equal(result.components, model.components_)
    np.testing.assert_array_equal(result.cp_tensor.weights, model.weights_)
    assert result.status == model.status_
    target_object = overparam_symmetric_cp(MomentTarget(X), 8, **settings)
    moment = overparam_symmetric_cp(X, 8, **settings)
    np.testing.assert_array_equal(target_object.weights, moment.weights)


@quiet
def test_a_grid_of_numpy_integers_is_one_of_integers(X):
    model = OverparamSymmetricCP(random_state=0)
    grid = {"order": np.arange(3, 5), "n_components": np.arange(1, 3), "noise": [0]}
    search = GridSearchCV(model, grid, cv=2, error_score="raise").fit(X)
    assert type(search.best_estimator_.order_) is int
