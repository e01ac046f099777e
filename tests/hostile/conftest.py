# SPDX-License-Identifier: BSD-3-Clause
"""The estimator and the function on small data, with a small budget."""

import numpy as np
import pytest

from sklearn_overtensor import OverparamSymmetricCP, overparam_symmetric_cp

BUDGET = {"max_epochs": 1, "max_iter": 5}
X = np.random.default_rng(0).exponential(size=(8, 3))
TENSOR = np.einsum("na,nb,nc->abc", X, X, X)


def fit(data, sample_weight=None, **parameters):
    model = OverparamSymmetricCP(random_state=0, **{**BUDGET, **parameters})
    return model.fit(data, sample_weight=sample_weight)


def call(data, **parameters):
    return overparam_symmetric_cp(data, random_state=0, **{**BUDGET, **parameters})


@pytest.fixture(params=[fit, call], ids=["estimator", "function"])
def decompose(request):
    """The estimator and the function, which refuse the same."""
    return request.param


@pytest.fixture
def fitted():
    return OverparamSymmetricCP(random_state=0, **BUDGET).fit(X)
