# SPDX-License-Identifier: BSD-3-Clause
"""skops loads what it is told to trust: the class of the estimator, and no more."""

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.pipeline import make_pipeline

from sklearn_overtensor import (
    CumulantICA,
    MomentGaussianMixture,
    OverparamPolynomialRegressor,
    OverparamSymmetricCP,
    OverparamSymmetricCPCV,
    baselines,
)

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
X = np.random.default_rng(0).exponential(size=(200, 3))
ESTIMATORS = [
    CumulantICA(2, random_state=0),
    MomentGaussianMixture(2, random_state=0),
    OverparamPolynomialRegressor(degree=2, random_state=0),
    OverparamSymmetricCP(random_state=np.random.RandomState(0)),
    OverparamSymmetricCPCV(alphas=[0.3], cv=2, random_state=0),
    baselines.JennrichCP(random_state=0),
]


@pytest.fixture(scope="module")
def skops():
    return pytest.importorskip("skops.io")


def fitted_arrays(model):
    return {k: v for k, v in vars(model).items() if isinstance(v, np.ndarray)}


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=lambda each: type(each).__name__)
def test_it_asks_for_the_class_alone(skops, estimator):
    model = make_pipeline(PCA(3), estimator).fit(X, X[:, 0] ** 2)
    file = skops.dumps(model)
    kind = type(estimator)
    asked = skops.get_untrusted_types(data=file)
    assert asked == [f"{kind.__module__}.{kind.__qualname__}"]
    same = skops.loads(file, trusted=asked)
    expected = fitted_arrays(model[-1])
    assert expected
    for name, value in fitted_arrays(same[-1]).items():
        np.testing.assert_array_equal(value, expected.pop(name))
    assert not expected


def test_parts_go_on(skops):
    model = OverparamSymmetricCP(random_state=0).partial_fit(X[:100])
    file = skops.dumps(model)
    asked = skops.get_untrusted_types(data=file)
    assert all(name.startswith("sklearn_overtensor.") for name in asked)
    same = skops.loads(file, trusted=asked).partial_fit(X[100:])
    np.testing.assert_array_equal(
        same.components_, model.partial_fit(X[100:]).components_
    )
