# SPDX-License-Identifier: BSD-3-Clause
"""Bad data is refused with a message that helps, and nothing is changed by it."""

import re

import numpy as np
import pandas as pd
import pytest
import scipy.sparse
from tensorly.cp_tensor import CPTensor

from ..cases import one_test
from ..conftest import has_torch
from ..missing_torch import hide_torch
from .conftest import TENSOR, X

needs_torch = pytest.mark.skipif(not has_torch(), reason="needs torch")
pytestmark = [
    pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning"),
    pytest.mark.filterwarnings("ignore:overflow encountered"),
]


class DaskLike:
    """What dask's collections show, and what must not happen to them."""

    __dask_graph__ = None

    def __array__(self, *args, **kwargs):
        raise AssertionError("loaded into memory")


class DaskArrayLike(DaskLike):
    ndim, shape, dtype = 2, (4, 2), np.dtype(float)


def with_entry(array, value):
    array = array.copy()
    array[(0,) * array.ndim] = value
    return array


BAD_DATA = {
    "NaN in samples": (with_entry(X, np.nan), ValueError, "Input X contains NaN"),
    "NaN in a tensor": (with_entry(TENSOR, np.nan), ValueError, "contains NaN"),
    "infinity": (with_entry(X, np.inf), ValueError, "Input X contains infinity"),
    "infinite tensor": (with_entry(TENSOR, -np.inf), ValueError, "contains infinity"),
    "complex samples": (X * 1j, ValueError, "Complex data not supported"),
    "complex tensor": (TENSOR * 1j, ValueError, "Complex data not supported"),
    "strings": (np.full((3, 2), "a"), ValueError, "could not convert string to float"),
    "strings in pandas": (
        pd.DataFrame({"a": ["x", "y"], "b": [1, 2]}),
        ValueError,
        "could not convert string to float: 'x'",
    ),
    "objects": (np.full((3, 2), {}, object), TypeError, "must be a string or a real"),
    "no samples": (np.empty((0, 3)), ValueError, r"0 sample\(s\) \(shape=\(0, 3\)\)"),
    "no features": (np.empty((3, 0)), ValueError, r"0 feature\(s\) \(shape=\(3, 0\)\)"),
    "empty tensor": (np.empty((0, 0, 0)), ValueError, r"shape=\(0, 0, 0\)"),
    "empty list": ([], ValueError, r"0 sample\(s\)"),
    "ragged list": ([[1.0, 2.0], [3.0]], ValueError, "inhomogeneous shape"),
    "one dimension": (X[0], ValueError, r"got 1D array.*X\.reshape\(1, -1\)"),
    "scalar": (3.0, TypeError, "at least 1 dimension"),
    "not cubical": (
        np.ones((2, 3, 2)),
        ValueError,
        r"cubical \(modes of one length\), got shape \(2, 3, 2\)",
    ),
    "a list of tensors": (
        [TENSOR, TENSOR],
        ValueError,
        r"got shape \(2, 3, 3, 3\)\. If its first mode lists .* one at a time",
    ),
    "nothing": (None, TypeError, "Expected an array of samples or .*, got None"),
    "the name of a file": ("tensor.npy", TypeError, "got 'tensor.npy'.*numpy.load"),
    "a decomposition": (
        CPTensor((None, [np.eye(3)] * 3)),
        TypeError,
        "decomposition already.*CPTarget",
    ),
    "not symmetric": (
        np.arange(27.0).reshape(3, 3, 3),
        ValueError,
        r"not symmetric: it differs from its transposes by 0\.55 of its norm.*"
        r"sklearn_overtensor\.symmetrize\(tensor\)",
    ),
    "barely not symmetric": (
        with_entry(TENSOR, 0.0) + np.eye(3)[:, :, None] * 1e-6,
        ValueError,
        r"differs from its transposes by .*e-0\d of its norm",
    ),
    "tiny tensor": (TENSOR * 1e-311, ValueError, "1e-3.*float64 cannot hold.*larger"),
    "tiny samples": (X * 1e-150, ValueError, r"1e-4.*float64 cannot hold.*larger"),
    "huge samples": (X * 1e110, ValueError, r"1e\+33.*float64 cannot hold.*smaller"),
    "masked samples": (
        np.ma.masked_greater(X, 1),
        ValueError,
        "masked entries.*SimpleImputer",
    ),
    "dates": (np.full((3, 2), np.datetime64("2020")), TypeError, "dates or times"),
    "sparse with NaN": (
        scipy.sparse.csr_array(np.full((4, 2), np.nan)),
        ValueError,
        "contains NaN",
    ),
    "empty sparse": (
        scipy.sparse.csr_array((0, 3)),
        ValueError,
        r"0 sample\(s\)",
    ),
    "sparse tensor": (scipy.sparse.coo_array(TENSOR), TypeError, r"'\.toarray\(\)'"),
    "dask collection": (DaskLike(), TypeError, r"dask collection.*\.compute\(\)"),
    "dask array": (DaskArrayLike(), TypeError, r"dask collection.*\.compute\(\)"),
}


@one_test("case", BAD_DATA)
def test_bad_data(decompose, case):
    data, error, message = BAD_DATA[case]
    before = data.copy() if isinstance(data, np.ndarray) else None
    with pytest.raises(error, match=re.compile(message, re.DOTALL)):
        decompose(data)
    if before is not None:
        np.testing.assert_array_equal(data, before)


@needs_torch
@one_test(
    ("change", "error", "message"),
    [
        (lambda t: t * float("nan"), ValueError, "contains NaN or infinity"),
        (lambda t: t / 0, ValueError, "contains NaN or infinity"),
        (lambda t: t * 1j, ValueError, "Complex data not supported.*complex128"),
        (lambda t: t[:0], ValueError, r"empty: its shape is \(0, 3"),
        (lambda t: t[:, :0], ValueError, r"empty: its shape is"),
        (lambda t: t.reshape(-1), ValueError, "Expected 2D array, got 1D array"),
        (lambda t: t.sum(), ValueError, "got the scalar"),
        (lambda t: t.to_sparse(), TypeError, r"sparse torch tensor.*\.to_dense\(\)"),
    ],
)
@pytest.mark.parametrize("data", [X, TENSOR], ids=["samples", "tensor"])
def test_bad_torch_tensors(decompose, data, change, error, message):
    import torch

    tensor = change(torch.as_tensor(data.copy()))
    before = tensor.clone()
    with pytest.raises(error, match=message):
        decompose(tensor)
    if tensor.layout == torch.strided:
        assert torch.equal(tensor.nan_to_num(), before.nan_to_num())


@needs_torch
@one_test(
    ("data", "message"),
    [
        (np.ones((2, 3, 2)), r"cubical.*got shape \(2, 3, 2\)"),
        (np.arange(27.0).reshape(3, 3, 3), r"by 0\.55 of its norm.*symmetrize"),
    ],
)
def test_torch_tensors_that_are_not_symmetric(decompose, data, message):
    import torch

    with pytest.raises(ValueError, match=message):
        decompose(torch.as_tensor(data))


@one_test("case", BAD_DATA)  # all on one model, which each has to leave as it was
def test_failed_fit_leaves_the_last_decomposition(fitted, case):
    data, error, _ = BAD_DATA[case]
    names = [n for n in vars(fitted) if n.endswith("_") and n != "n_features_in_"]
    before = {name: getattr(fitted, name) for name in names}
    parameters = fitted.get_params()
    with pytest.raises(error):
        fitted.fit(data)
    assert fitted.get_params() == parameters
    for name, value in before.items():
        assert getattr(fitted, name) is value


# --- sample weights ------------------------------------------------------------------


@one_test(
    ("sample_weight", "message"),
    [
        ([-1.0] + [1.0] * 7, "Negative values in data passed to `sample_weight`"),
        ([0.0] * 8, "All entries of sample_weight are zero"),
        ([1.0] * 7, r"sample_weight\.shape == \(7,\), expected \(8,\)"),
        (np.ones((8, 1)), "Sample weights must be 1D array or scalar"),
        ([np.nan] + [1.0] * 7, "Input sample_weight contains NaN"),
        ([np.inf] + [1.0] * 7, "Input sample_weight contains infinity"),
        (["a"] * 8, "could not convert string to float"),
    ],
)
@one_test("statistic", ["moment", "cumulant"])
def test_bad_sample_weights(decompose, statistic, sample_weight, message):
    with pytest.raises(ValueError, match=message):
        decompose(X, sample_weight=sample_weight, statistic=statistic)


def test_sample_weights_of_a_tensor(decompose):
    message = "sample_weight weighs samples, but the input is a tensor"
    with pytest.raises(ValueError, match=message):
        decompose(TENSOR, sample_weight=np.ones(3))


# --- what the machine cannot do ------------------------------------------------------


def test_dense_form_that_cannot_fit():
    from sklearn_overtensor.targets import CumulantTarget

    target = CumulantTarget(np.random.default_rng(0).random((2, 10_000)), order=5)
    message = r"order 5 in 10000 features needs .* GiB, but only .* reduce the number"
    with pytest.raises(MemoryError, match=message):
        target.to_dense()


def test_norm_that_needs_a_dense_form_that_cannot_fit(decompose):
    # Cumulants beyond order 4 have no cheaper norm than that of the array.
    data = np.random.default_rng(0).random((2, 10_000))
    message = r"order 5 in 10000 features needs .* GiB, but only"
    with pytest.raises(MemoryError, match=message):
        decompose(data, order=5, statistic="cumulant")


def test_missing_torch(decompose, monkeypatch):
    hide_torch(monkeypatch)
    message = r"backend='pytorch' needs PyTorch.*sklearn-overtensor\[torch\]"
    with pytest.raises(ImportError, match=message):
        decompose(TENSOR, backend="pytorch")
    decompose(TENSOR)  # NumPy needs no torch


def test_device_for_numpy(decompose):
    with pytest.raises(ValueError, match=r"device='cuda' needs backend='pytorch'"):
        decompose(TENSOR, device="cuda")


@needs_torch
def test_device_that_is_not_there(decompose):
    with pytest.raises(ValueError, match=r"device='cuda:99' cannot be used"):
        decompose(TENSOR, backend="pytorch", device="cuda:99")
