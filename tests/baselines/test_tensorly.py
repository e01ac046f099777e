# SPDX-License-Identifier: BSD-3-Clause
"""TensorLy's decompositions behave as estimators and leave no trace behind."""

import pickle

import numpy as np
import pytest
import tensorly as tl
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV
from tensorly.decomposition import parafac

from sklearn_overtensor import OverparamSymmetricCP
from sklearn_overtensor.baselines import TensorLyCP, TensorLySymmetricCP
from sklearn_overtensor.datasets import make_latent_samples, make_symmetric_cp
from sklearn_overtensor.machine.backend import tensorly_backend
from sklearn_overtensor.metrics import factor_match_score, relative_error
from sklearn_overtensor.targets import CumulantTarget, MomentTarget

quiet = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
BASELINES = [TensorLyCP, TensorLySymmetricCP]


@pytest.fixture(params=BASELINES)
def baseline(request):
    return request.param


@pytest.fixture
def easy():
    """Orthogonal terms: every sound algorithm finds them."""
    return make_symmetric_cp(6, 3, orthogonal=True, random_state=0)


# --- the answers ---------------------------------------------------------------------


@quiet
@pytest.mark.parametrize("order", [3, 4])
def test_an_easy_tensor_is_recovered(baseline, context, order):
    data = make_symmetric_cp(5, 3, order, orthogonal=True, random_state=2)
    tensor = context.asarray(data.tensor)
    model = baseline(n_components=3, random_state=0).fit(tensor)
    assert model.reconstruction_err_ < 1e-5
    assert model.reconstruction_err_ == pytest.approx(
        relative_error(data.tensor, model.cp_tensor_), abs=1e-12
    )
    assert model.score(tensor) == pytest.approx(1, abs=1e-8)
    assert (
        factor_match_score(
            data.components,
            model.components_,
            data.weights,
            model.weights_,
            order=order,
        )
        > 0.9999
    )


@quiet
@pytest.mark.parametrize("init", ["random", "svd"])
def test_parafac_finds_signed_terms_that_are_not_orthogonal(init, context):
    data = make_symmetric_cp(8, 3, 4, collinearity=0.3, signed=True, random_state=0)
    model = TensorLyCP(
        3, init=init, n_init=5, max_iter=1000, tol=1e-12, random_state=0
    ).fit(context.asarray(data.tensor))
    assert model.reconstruction_err_ < 1e-4
    assert (model.weights_ < 0).any()
    largest = np.argmax(np.abs(model.components_), axis=1)
    assert (model.components_[np.arange(3), largest] > 0).all()


@quiet
def test_attributes_are_those_of_our_estimator(baseline, easy):
    ours = OverparamSymmetricCP(max_iter=50, random_state=0).fit(easy.tensor)
    model = baseline(random_state=0).fit(easy.tensor)
    k = model.n_components_
    assert model.components_.shape == (k, 6)
    assert_allclose(np.linalg.norm(model.components_, axis=1), 1)
    assert model.weights_.shape == (k,)
    assert (np.diff(np.abs(model.weights_)) <= 0).all()
    assert (model.weights_ > 0).all()
    assert model.order_ == ours.order_ == 3
    assert_array_equal(model.mean_, ours.mean_)
    assert model.n_features_in_ == ours.n_features_in_ == 6
    for name in ("components_", "weights_", "mean_"):
        assert type(getattr(model, name)) is np.ndarray
    assert isinstance(model.reconstruction_err_, float)
    expected = relative_error(easy.tensor, tl.cp_to_tensor(model.cp_tensor_))
    assert model.reconstruction_err_ == pytest.approx(expected, abs=1e-12)


@quiet
@pytest.mark.parametrize("statistic", ["moment", "cumulant"])
def test_samples(baseline, context, statistic):
    X = make_latent_samples(300, 3, distribution="exponential", random_state=0).X + 1
    settings = {"statistic": statistic, "random_state": 0}
    model = baseline(**settings).fit(context.asarray(X))
    kind = {"moment": MomentTarget, "cumulant": CumulantTarget}[statistic]
    dense = kind(X).to_dense()
    error = relative_error(dense, model.cp_tensor_)
    assert model.reconstruction_err_ == pytest.approx(error, rel=1e-6)
    assert model.score(X) == pytest.approx(1 - error**2)
    code = model.transform(X)
    assert code.shape == (300, model.n_components_)
    assert_allclose(model.inverse_transform(code), X, atol=1e-8)
    if statistic == "cumulant":
        assert_allclose(model.mean_, X.mean(axis=0))


@quiet
def test_both_backends_give_one_answer(baseline, easy):
    torch = pytest.importorskip("torch")
    settings = {"n_components": 2, "random_state": 3}
    here = baseline(**settings).fit(easy.tensor)
    there = baseline(**settings).fit(torch.as_tensor(easy.tensor))
    moved = baseline(**settings, backend="pytorch", device="cpu").fit(easy.tensor)
    for other in (there, moved):
        assert type(other.components_) is np.ndarray
        assert_allclose(other.components_, here.components_, atol=1e-8)
        assert_allclose(other.weights_, here.weights_, atol=1e-8)


@quiet
def test_float32_stays_float32(baseline, easy, backend):
    model = baseline(backend=backend, random_state=0)
    model.fit(easy.tensor.astype(np.float32))
    assert model.components_.dtype == model.weights_.dtype == np.float32
    assert model.reconstruction_err_ < 1e-3


@pytest.mark.parametrize("init", ["svd", "random"])
def test_parafac_itself_is_run(init, easy):
    """The baseline is TensorLy's answer, up to the symmetric form of its terms."""
    scaled = easy.tensor / np.linalg.norm(easy.tensor)
    seed = np.random.RandomState(7).randint(np.iinfo(np.int32).max, size=1)[0]
    expected = parafac(scaled, 2, 3, init=init, tol=0, random_state=int(seed))
    model = TensorLyCP(2, max_iter=3, init=init, tol=0, random_state=7)
    model.fit(easy.tensor)
    assert model.n_iter_ == 3
    assert model.cp_error_ == pytest.approx(relative_error(scaled, expected))
    assert model.reconstruction_err_ == pytest.approx(model.cp_error_, rel=0.1)


def test_too_few_sweeps_are_announced():
    tensor = make_symmetric_cp(6, 4, collinearity=0.9, random_state=0).tensor
    with pytest.warns(ConvergenceWarning, match="max_iter=2 sweeps"):
        TensorLyCP(4, max_iter=2, random_state=0).fit(tensor)


def test_more_terms_than_features_start_as_in_tensorly(context):
    tensor = make_symmetric_cp(3, 5, random_state=0).tensor
    scaled = context.asarray(tensor / np.linalg.norm(tensor))
    seed = np.random.RandomState(7).randint(np.iinfo(np.int32).max, size=1)[0]
    with tensorly_backend(context.backend), pytest.warns(UserWarning, match="SVD"):
        expected = parafac(scaled, 5, 3, init="svd", tol=0, random_state=int(seed))
    model = TensorLyCP(5, max_iter=3, tol=0, random_state=7)
    model.fit(context.asarray(tensor))
    error = relative_error(scaled, expected)
    assert model.cp_error_ == pytest.approx(error, rel=1e-6)


@quiet
def test_restarts_never_make_it_worse():
    tensor = make_symmetric_cp(8, 5, collinearity=0.8, random_state=0).tensor
    one, many = (
        TensorLyCP(5, n_init=n, random_state=0).fit(tensor).reconstruction_err_
        for n in (1, 8)
    )
    assert many < one


# --- degenerate input ----------------------------------------------------------------


@quiet
@pytest.mark.parametrize("order", [3, 4])
def test_one_feature(baseline, context, order):
    tensor = context.asarray(np.full((1,) * order, -2.0))
    model = baseline(n_components=3, random_state=0).fit(tensor)
    assert model.n_components_ == 1
    assert model.reconstruction_err_ < 1e-14
    assert_allclose(model.weights_ * model.components_[:, 0] ** order, -2.0)


@quiet
def test_one_sample(baseline, context):
    X = np.array([[1.0, -2.0, 3.0]])
    model = baseline(n_components=1, random_state=0).fit(context.asarray(X))
    assert_allclose(model.components_, X / np.linalg.norm(X))
    assert_allclose(model.weights_, np.linalg.norm(X) ** 3)


@quiet
def test_more_terms_than_the_tensor_has(baseline, context):
    data = make_symmetric_cp(4, 1, random_state=0)
    model = baseline(n_components=6, random_state=0).fit(context.asarray(data.tensor))
    assert 1 <= model.n_components_ <= 6
    assert np.isfinite(model.components_).all()
    assert np.isfinite(model.weights_).all()
    assert model.reconstruction_err_ < 0.05


@quiet
def test_singular_normal_equations_are_met_with_a_ridge(context):
    # One term, and exact zeros in the singular vectors' products with it.
    tensor = np.zeros((3, 3, 3))
    tensor[0, 0, 0] = 1.0
    with tensorly_backend(context.backend), pytest.raises(Exception, match="ingular"):
        parafac(context.asarray(tensor), 3, init="svd")
    model = TensorLyCP(3, random_state=0).fit(context.asarray(tensor))
    assert np.isfinite(model.components_).all()
    assert model.reconstruction_err_ < 1e-3


# --- one loop for all ----------------------------------------------------------------


@quiet
def test_grid_search_over_the_rank(baseline):
    data = make_latent_samples(2000, 4, 2, distribution="exponential", random_state=0)
    search = GridSearchCV(
        baseline(statistic="cumulant", random_state=0), {"n_components": [1, 2]}, cv=3
    ).fit(data.X)
    assert search.best_params_ == {"n_components": 2}
    assert search.transform(data.X).shape == (2000, 2)


@quiet
def test_one_loop_compares_all(easy):
    errors = {}
    for model in (
        OverparamSymmetricCP(max_iter=100, max_epochs=2),
        TensorLyCP(),
        TensorLySymmetricCP(),
    ):
        model.set_params(random_state=0).fit(easy.tensor)
        assert model.score(easy.tensor) > 0.99
        errors[type(model).__name__] = model.reconstruction_err_
    assert max(errors.values()) < 0.1
    assert errors["TensorLyCP"] < 1e-5
    assert errors["TensorLySymmetricCP"] < 1e-5


@quiet
def test_clone_pickle_and_pipeline_names(baseline, easy):
    model = baseline(n_components=2, random_state=0).fit(easy.tensor)
    copy = pickle.loads(pickle.dumps(model))
    assert_array_equal(copy.components_, model.components_)
    assert not hasattr(clone(model), "components_")
    names = model.get_feature_names_out()
    assert list(names) == [f"{baseline.__name__.lower()}{i}" for i in range(2)]
