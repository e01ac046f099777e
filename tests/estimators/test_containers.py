# SPDX-License-Identifier: BSD-3-Clause
"""Frames of polars, and scikit-learn's array API dispatch: the same numbers."""

import numpy as np
import pytest
import sklearn
from sklearn.decomposition import PCA
from sklearn.pipeline import make_pipeline

from sklearn_overtensor import (
    CumulantICA,
    MomentGaussianMixture,
    OverparamPolynomialRegressor,
    OverparamSymmetricCP,
    OverparamSymmetricCPCV,
)
from sklearn_overtensor.baselines import JennrichCP
from sklearn_overtensor.datasets import make_latent_samples

from ..conftest import has_torch
from .checks import check_all, parametrize_with_checks

# No search of these finds enough in so few rows to be silent about it.
pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
SETTINGS = {"alpha": 0.05, "max_epochs": 3, "random_state": 0}
TRANSFORMERS = [
    OverparamSymmetricCP(**SETTINGS),
    OverparamSymmetricCPCV(alphas=[0.2, 0.05], cv=2, max_epochs=3, random_state=0),
    CumulantICA(n_components=2, random_state=0),
    JennrichCP(random_state=0),
]
PREDICTORS = [
    MomentGaussianMixture(n_components=2, random_state=0),
    OverparamPolynomialRegressor(random_state=0),
]


def by_class(estimator):
    return type(estimator).__name__


@pytest.fixture(scope="module")
def X():
    return make_latent_samples(400, 4, 3, distribution="exponential", random_state=0).X


class TestPolars:
    @pytest.fixture(autouse=True)
    def _polars(self):
        self.polars = pytest.importorskip("polars")

    @pytest.mark.parametrize("estimator", TRANSFORMERS, ids=by_class)
    def test_frames_go_in_and_come_out(self, estimator, X):
        frame = self.polars.DataFrame(X, schema=["a", "b", "c", "d"])
        model = sklearn.base.clone(estimator).set_output(transform="polars").fit(frame)
        assert list(model.feature_names_in_) == ["a", "b", "c", "d"]
        code = model.transform(
            frame
        )  # of columns in Fortran order, so rounded otherwise
        assert isinstance(code, self.polars.DataFrame)
        assert code.columns == list(model.get_feature_names_out())
        plain = sklearn.base.clone(estimator).fit(X)
        np.testing.assert_allclose(code.to_numpy(), plain.transform(X), atol=1e-7)

    def test_frames_go_through_a_pipeline(self, X):
        frame = self.polars.DataFrame(X, schema=["a", "b", "c", "d"])
        pipeline = make_pipeline(PCA(3), OverparamSymmetricCP(**SETTINGS))
        code = pipeline.set_output(transform="polars").fit_transform(frame)
        assert isinstance(code, self.polars.DataFrame)
        assert code.shape == (len(X), pipeline[-1].n_components_)

    @pytest.mark.parametrize("estimator", PREDICTORS, ids=by_class)
    def test_frames_are_predicted(self, estimator, X):
        frame = self.polars.DataFrame(X, schema=["a", "b", "c", "d"])
        y = X[:, 0] ** 3
        model = sklearn.base.clone(estimator).fit(frame, self.polars.Series(y))
        plain = sklearn.base.clone(estimator).fit(X, y)
        np.testing.assert_allclose(model.predict(frame), plain.predict(X), atol=1e-7)


class TestArrayAPIDispatch:
    """Tags promise none, since fitted attributes are NumPy; answers are the same."""

    @pytest.fixture(autouse=True)
    def _torch(self):
        self.torch = pytest.importorskip("torch")
        pytest.importorskip("sklearn", minversion="1.7")  # 1.6 needs one more package
        with sklearn.config_context(array_api_dispatch=True):
            yield

    @pytest.mark.parametrize("estimator", TRANSFORMERS, ids=by_class)
    def test_torch_tensors_are_coded_as_torch_tensors(self, estimator, X):
        assert not estimator.__sklearn_tags__().array_api_support
        plain = sklearn.base.clone(estimator).fit(X)
        model = sklearn.base.clone(estimator).fit(self.torch.as_tensor(X))
        assert isinstance(model.components_, np.ndarray)
        code = model.transform(self.torch.as_tensor(X))
        assert isinstance(code, self.torch.Tensor)
        np.testing.assert_allclose(code.numpy(), plain.transform(X), atol=1e-7)

    def test_torch_tensors_go_through_a_pipeline(self, X):
        pipeline = make_pipeline(PCA(3), OverparamSymmetricCP(**SETTINGS))
        plain = sklearn.base.clone(pipeline).fit_transform(X)
        code = pipeline.fit_transform(self.torch.as_tensor(X))
        assert isinstance(code, self.torch.Tensor)
        np.testing.assert_allclose(code.numpy(), plain, atol=1e-7)

    @pytest.mark.parametrize("estimator", PREDICTORS, ids=by_class)
    def test_torch_tensors_are_predicted_in_numpy(self, estimator, X):
        y = X[:, 0] ** 3
        plain = sklearn.base.clone(estimator).fit(X, y)
        torch = self.torch
        model = sklearn.base.clone(estimator).fit(
            torch.as_tensor(X), torch.as_tensor(y)
        )
        predicted = model.predict(torch.as_tensor(X))
        assert isinstance(predicted, np.ndarray)
        np.testing.assert_array_equal(predicted, plain.predict(X))


@pytest.mark.skipif(not has_torch(), reason="needs torch")
@parametrize_with_checks(
    [OverparamSymmetricCP(2, alpha=0.1, backend="pytorch", max_epochs=1, max_iter=20)]
)
def test_scikit_learn_checks_on_torch(estimator, checks):
    check_all(estimator, checks)


def test_tags_promise_sparse_rows_where_they_are_taken():
    assert OverparamSymmetricCP().__sklearn_tags__().input_tags.sparse
    on_torch = OverparamSymmetricCP(backend="pytorch")
    assert not on_torch.__sklearn_tags__().input_tags.sparse
