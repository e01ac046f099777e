# SPDX-License-Identifier: BSD-3-Clause
"""The baselines refuse what TensorLy would take, and say why."""

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError

from sklearn_overtensor.baselines import TensorLyCP, TensorLySymmetricCP
from sklearn_overtensor.datasets import make_symmetric_cp

from ..cases import one_test


@pytest.fixture(params=[TensorLyCP, TensorLySymmetricCP])
def baseline(request):
    return request.param


@pytest.fixture
def easy():
    return make_symmetric_cp(6, 3, orthogonal=True, random_state=0)


@one_test(
    ("tensor", "message"),
    [
        (np.zeros((2, 2, 2)), "The target is zero"),
        (np.zeros((4, 2)), "The target is zero"),
        (np.ones((2, 2, 3)), r"cubical.*got shape \(2, 2, 3\)"),
        (np.arange(8.0).reshape(2, 2, 2), r"not symmetric.*symmetrize\(tensor\)"),
        (np.full((2, 2, 2), np.nan), "NaN"),
    ],
)
def test_what_tensorly_would_take_silently_is_refused(baseline, tensor, message):
    with pytest.raises(ValueError, match=message):
        baseline().fit(tensor)


def test_tensor_that_cannot_fit_is_refused_before_it_is_formed(baseline):
    X = np.ones((2, 20_000))
    message = r"of the whole tensor of order 6 in 20000 features, needs .* GiB"
    with pytest.raises(MemoryError, match=message):
        baseline(order=6).fit(X)


@one_test(
    ("parameters", "message"),
    [
        ({"n_components": 0}, r"'n_components'.*must be an int in the range \[1, inf"),
        ({"n_components": None}, r"'n_components'.*must be an int"),
        ({"order": 2}, r"'order'.*must be an int in the range \[3, \d+\]"),
        ({"statistic": "mean"}, r"'statistic'.*'cumulant'.*Got 'mean'"),
        ({"backend": "jax"}, r"'backend'.*'pytorch'.*Got 'jax'"),
        ({"random_state": "zero"}, r"'random_state'.*Got 'zero'"),
        ({"device": "cuda"}, r"device='cuda' needs backend='pytorch'"),
    ],
)
def test_bad_parameters_of_both(baseline, easy, parameters, message):
    with pytest.raises(ValueError, match=message):
        baseline(**parameters).fit(easy.tensor)


@one_test(
    ("model", "message"),
    [
        (TensorLyCP(init="svdd"), r"'init'.*'random'.*Got 'svdd'"),
        (TensorLyCP(max_iter=0), r"'max_iter'.*\[1, inf\).*Got 0"),
        (TensorLyCP(max_iter=None), r"'max_iter'.*\[1, inf\).*Got None"),
        (TensorLyCP(tol=-1.0), r"'tol'.*\[0\.0, inf\).*Got -1"),
        (TensorLyCP(n_init=0), r"'n_init'.*\[1, inf\).*Got 0"),
        (TensorLySymmetricCP(n_repeat=0), r"'n_repeat'.*\[1, inf\).*Got 0"),
        (TensorLySymmetricCP(n_iteration=1.5), r"'n_iteration'.*int.*Got 1\.5"),
    ],
)
def test_bad_parameters_of_one(model, easy, message):
    with pytest.raises(ValueError, match=message):
        model.fit(easy.tensor)


def test_not_fitted(baseline, easy):
    with pytest.raises(NotFittedError):
        baseline().score(easy.tensor)
