# SPDX-License-Identifier: BSD-3-Clause
"""``CumulantICA`` on rows of every kind and size, and what it refuses."""

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array

from sklearn_overtensor import CumulantICA
from sklearn_overtensor.datasets import make_latent_samples

from ...cases import one_test

X = make_latent_samples(3000, 3, distribution="uniform", random_state=0).X


@pytest.fixture(scope="module")
def reference():
    return {
        polish: CumulantICA(polish=polish, random_state=0).fit(X)
        for polish in ("logcosh", None)
    }


def assert_same(model, reference, atol=1e-8):
    for name in ("components_", "mixing_", "mixing_std_", "mean_", "kurtosis_"):
        found, expected = getattr(model, name), getattr(reference, name)
        np.testing.assert_allclose(found, expected, atol=atol, err_msg=name)


@pytest.mark.parametrize(
    "kind", [csr_array, pd.DataFrame, np.asfortranarray], ids=lambda kind: kind.__name__
)
def test_rows_in_memory_give_one_answer(kind, reference):
    rows = kind(X)
    model = CumulantICA(random_state=0).fit(rows)
    assert_same(model, reference["logcosh"])
    np.testing.assert_allclose(
        model.transform(rows), reference["logcosh"].transform(X), atol=1e-8
    )


def test_memory_mapped_rows(tmp_path, reference):
    np.save(tmp_path / "rows.npy", X)
    model = CumulantICA(random_state=0).fit(np.load(tmp_path / "rows.npy", "r"))
    assert_same(model, reference["logcosh"])


def test_single_precision(reference):
    model = CumulantICA(random_state=0).fit(X.astype("f4"))
    assert model.mixing_.dtype == model.transform(X.astype("f4")).dtype == "f4"
    assert_same(model, reference["logcosh"], atol=1e-4)


def test_torch_tensors_stay_torch_tensors(reference):
    torch = pytest.importorskip("torch")
    rows = torch.as_tensor(X)
    model = CumulantICA(random_state=0).fit(rows)
    assert_same(model, reference["logcosh"])
    sources = model.transform(rows)
    assert isinstance(sources, torch.Tensor)
    assert torch.allclose(model.inverse_transform(sources), rows)


def test_dask_arrays_are_fitted_without_polish(reference):
    dask_array = pytest.importorskip("dask.array")
    rows = dask_array.from_array(X, chunks=(1000, 3))
    with pytest.raises(TypeError, match=r"polish=None.*compute"):
        CumulantICA().fit(rows)
    model = CumulantICA(polish=None, random_state=0).fit(rows)
    assert_same(model, reference[None])
    sources = model.transform(rows)
    assert sources.chunks[0] == (1000, 1000, 1000)
    np.testing.assert_allclose(sources, model.transform(X))


@pytest.mark.parametrize("name", ["lasso", "posterior_mean"])
def test_dask_arrays_have_linear_estimates_only(name):
    dask_array = pytest.importorskip("dask.array")
    data = make_latent_samples(50_000, 3, 4, distribution="uniform", random_state=0)
    model = CumulantICA(4, transform_algorithm=name, random_state=0).fit(data.X)
    assert model.mixing_.shape == (3, 4)
    with pytest.raises(TypeError, match="min_norm"):
        model.transform(dask_array.from_array(data.X[:100], chunks=(50, 3)))


def test_rows_that_come_in_parts(reference):
    model = CumulantICA(polish=None, random_state=0)
    for part in np.array_split(X, 3):
        model.partial_fit(part)
    assert model.n_samples_seen_ == len(X)
    # The noise is another estimate: of what is left, since the rows are gone.
    np.testing.assert_allclose(model.mixing_, reference[None].mixing_, atol=1e-2)
    assert np.isnan(model.mixing_std_).all()
    with pytest.raises(AttributeError, match="partial_fit") as error:
        CumulantICA().partial_fit(X)
    assert "polish=None" in str(error.value.__cause__)


@pytest.mark.parametrize("size", [1e-200, 1e-12, 1e12, 1e150])
def test_any_magnitude(size, reference):
    model = CumulantICA(random_state=0).fit(X * size)
    np.testing.assert_allclose(
        model.mixing_ / size, reference["logcosh"].mixing_, atol=1e-8
    )
    np.testing.assert_allclose(
        model.transform(X * size), reference["logcosh"].transform(X), atol=1e-8
    )


def test_columns_of_unit_length_at_any_magnitude():
    model = CumulantICA(whiten="arbitrary-variance", random_state=0).fit(X * 1e30)
    np.testing.assert_allclose(np.linalg.norm(model.mixing_, axis=0), 1)
    np.testing.assert_allclose(model.components_ @ model.mixing_, np.eye(3), atol=1e-9)


def test_units_of_features_change_nothing_else(reference):
    units = np.array([1e9, 1.0, 1e-6])
    model = CumulantICA(random_state=0).fit(X * units)
    expected = reference["logcosh"].mixing_ * units[:, None]
    np.testing.assert_allclose(model.mixing_, expected, rtol=1e-6)


def test_collinear_and_constant_features_are_no_sensors(reference):
    rows = np.column_stack([X, X[:, 0] + X[:, 1], np.full(len(X), 0.3)])
    model = CumulantICA(random_state=0).fit(rows)
    assert model.n_components_ == len(model.whitening_) == 3
    np.testing.assert_allclose(
        model.inverse_transform(model.transform(rows)), rows, atol=1e-8
    )
    np.testing.assert_allclose(
        np.abs(model.mixing_[:3]), np.abs(reference["logcosh"].mixing_), atol=1e-6
    )


@pytest.mark.parametrize("kind", [np.asarray, csr_array])
def test_a_constant_in_single_precision_is_no_sensor(kind):
    rows = np.column_stack([X, np.full(len(X), 3.7)]).astype(np.float32)
    model = CumulantICA(random_state=0).fit(kind(rows))
    assert model.n_components_ == len(model.whitening_) == 3
    np.testing.assert_array_equal(model.mixing_[-1], 0)


def test_fit_leaves_its_input_and_the_seed_decides():
    rows = X.copy()
    first, second = (CumulantICA(random_state=3).fit(rows) for _ in range(2))
    np.testing.assert_array_equal(rows, X)
    np.testing.assert_array_equal(first.mixing_, second.mixing_)


@one_test(
    ("data", "message"),
    [
        (np.ones((3, 3, 3)), "Samples are a matrix"),
        (np.ones((1, 3)), "1 sample"),
        (np.array([[1.0, np.nan], [1.0, 2.0]]), "NaN"),
        (np.ones(4), "2D array"),
    ],
)
def test_what_holds_no_samples_is_refused(data, message):
    with pytest.raises(ValueError, match=message):
        CumulantICA().fit(data)


@one_test(
    "parameters",
    [
        {"order": 5},
        {"whiten": False},
        {"polish": "cube"},
        {"transform_algorithm": "omp"},
        {"transform_alpha": 0.0},
        {"n_components": 0},
        {"significance": 0.7},
    ],
)
def test_parameters_out_of_range_are_refused(parameters):
    (name,) = parameters
    with pytest.raises(ValueError, match=name):
        CumulantICA(**parameters).fit(X)
