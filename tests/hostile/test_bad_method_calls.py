# SPDX-License-Identifier: BSD-3-Clause
"""Methods of a fitted estimator refuse what does not fit its decomposition."""

import numpy as np
import pytest

from sklearn_overtensor import OverparamSymmetricCP

from ..cases import one_test
from ..conftest import has_torch
from .conftest import TENSOR, X
from .test_bad_input import DaskArrayLike

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
needs_torch = pytest.mark.skipif(not has_torch(), reason="needs torch")


@pytest.mark.parametrize("method", ["transform", "inverse_transform", "score"])
def test_methods_before_fit(method):
    with pytest.raises(ValueError, match="is not fitted yet"):
        getattr(OverparamSymmetricCP(), method)(X)


@pytest.mark.parametrize("as_torch", [False, pytest.param(True, marks=needs_torch)])
def test_transform_of_a_tensor(fitted, as_torch):
    data = TENSOR
    if as_torch:
        import torch

        data = torch.as_tensor(TENSOR)
    message = r"transform codes samples.*got shape \(3, 3, 3\).*cp_tensor_"
    with pytest.raises(ValueError, match=message):
        fitted.transform(data)


@pytest.mark.parametrize("as_torch", [False, pytest.param(True, marks=needs_torch)])
@pytest.mark.parametrize("method", ["transform", "score"])
def test_another_number_of_features(fitted, method, as_torch):
    data = np.ones((4, 5))
    if as_torch:
        import torch

        data = torch.ones(4, 5)
    message = "X has 5 features, but OverparamSymmetricCP is expecting 3 features"
    with pytest.raises(ValueError, match=message):
        getattr(fitted, method)(data)


@one_test("method", ["transform", "score", "inverse_transform"])
@one_test(
    ("data", "error", "message"),
    [
        (np.full((4, 3), np.nan), ValueError, "contains NaN"),
        (np.ones((4, 3)) * 1j, ValueError, "Complex data not supported"),
        (np.full((4, 3), "a"), ValueError, "could not convert string to float"),
        (np.empty((0, 3)), ValueError, r"0 sample\(s\)"),
        (np.ones(3), ValueError, "1D array|2 dimensions"),
        (DaskArrayLike(), TypeError, "dask collection"),
    ],
)
def test_bad_data_of_methods(fitted, method, data, error, message):
    with pytest.raises(error, match=message):
        getattr(fitted, method)(data)


def test_inverse_transform_of_the_wrong_width(fitted):
    k = fitted.n_components_
    message = f"X has {k + 1} columns, but OverparamSymmetricCP found {k} components"
    with pytest.raises(ValueError, match=message):
        fitted.inverse_transform(np.ones((4, k + 1)))


def test_score_of_another_order_or_size(fitted):
    message = "model has order 3, the tensor to score has order 4"
    with pytest.raises(ValueError, match=message):
        fitted.score(np.ones((3,) * 4))
    with pytest.raises(ValueError, match="expecting 3 features"):
        fitted.score(np.ones((4, 4, 4)))
    with pytest.raises(ValueError, match="sample_weight weighs samples"):
        fitted.score(TENSOR, sample_weight=np.ones(3))
