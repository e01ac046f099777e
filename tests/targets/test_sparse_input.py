# SPDX-License-Identifier: BSD-3-Clause
"""Sparse tensors as they come: what is none, other libraries' arrays, who refuses."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import coo_array

from sklearn_overtensor import OverparamSymmetricCP, OverparamSymmetricCPCV
from sklearn_overtensor.baselines import SpectralCP
from sklearn_overtensor.targets import SparseTarget, as_target

from ..cases import one_test
from .orbits import block_tensor, random_orbits, written_out


@one_test(
    ("indices", "values", "n_features", "order", "message"),
    [
        ([[0, 1, 2], [2, 0, 1]], [1, 1], 3, 3, r"entry \(0, 1, 2\) is given more than"),
        ([[0.0, 1.0, 2.0]], [1], 3, 3, "must be whole numbers, got dtype float64"),
        ([["a", "b", "c"]], [1], 3, 3, "Labels of another kind get numbers by np.uni"),
        ([[True, False, True]], [1], 3, 3, "must be whole numbers, got dtype bool"),
        ([[0, 1, 3]], [1], 3, 3, "from 0 to n_features - 1 = 2, got 3"),
        ([[0, 1, -1]], [1], 3, 3, "from 0 to n_features - 1 = 2, got -1"),
        ([[0, 1, 2]], [np.nan], 3, 3, "values must be finite"),
        ([[0, 1, 2]], [1j], 3, 3, "values must be an array of real numbers"),
        ([[0, 1, 2]], [1, 2], 3, 3, "got 2 values and 1 rows"),
        ([[0, 1, 2]], [[1]], 3, 3, "values must have ndim=1"),
        ([0, 1, 2], [1], 3, 3, r"must have the shape \(nnz, order\).*got \(3,\)"),
        (np.empty((0, 3), int), [], 3, 3, r"at least one, got \(0, 3\)"),
        ([[0, 1, 2]], [1], 3, 4, "of order 4 are 4 numbers, got rows of 3"),
        ([[0, 1]], [1], 3, 2, "order=2 is too small"),
        ([[0, 1, 2]], [1], 0, 3, "n_features=0 must be a whole number"),
        ([[0, 1, 2]], [1], 3.5, 3, "n_features=3.5 must be a whole number"),
    ],
)
def test_what_is_no_sparse_tensor(indices, values, n_features, order, message):
    with pytest.raises(ValueError, match=message):
        SparseTarget(indices, values, n_features, order)


def coo(tensor, **others):
    """What sparse.COO shows of itself."""
    coords = np.array(np.nonzero(tensor))
    return SimpleNamespace(
        coords=coords,
        data=tensor[tuple(coords)],
        shape=tensor.shape,
        ndim=tensor.ndim,
        nnz=coords.shape[1],
        **others,
    )


def test_a_coo_array_of_another_library():
    tensor = written_out(*random_orbits(3))
    target = SparseTarget.from_coo(coo(tensor, fill_value=0.0))
    np.testing.assert_array_equal(target.to_dense(), tensor)
    rounded = coo(tensor)
    rounded.data = rounded.data * (1 + 1e-15 * np.arange(len(rounded.data)))
    np.testing.assert_allclose(SparseTarget.from_coo(rounded).to_dense(), tensor)


def test_stored_twice_in_scipy_is_added_up():
    tensor = block_tensor()
    coords = np.nonzero(tensor)
    twice = tuple(np.concatenate([c, c]) for c in coords)
    stored = coo_array((np.ones(len(twice[0])), twice), shape=tensor.shape)
    target = SparseTarget.from_coo(stored)
    np.testing.assert_array_equal(target.to_dense(), 2 * tensor)
    assert stored.nnz == len(twice[0])  # not changed


def test_a_coo_array_that_is_not_symmetric():
    tensor = block_tensor()
    tensor[0, 1, 2] = 5.0
    with pytest.raises(ValueError, match=r"not symmetric: entry \(0, 1, 2\)"):
        SparseTarget.from_coo(coo(tensor))
    tensor[0, 1, 2] = 0.0
    with pytest.raises(ValueError, match=r"not symmetric: entry \(0, 1, 2\)"):
        SparseTarget.from_coo(coo(tensor))
    with pytest.raises(ValueError, match="fill_value=1"):
        SparseTarget.from_coo(coo(block_tensor(), fill_value=1.0))
    with pytest.raises(ValueError, match="cubical"):
        SparseTarget.from_coo(coo(np.ones((2, 2, 3))))


@pytest.mark.parametrize("make", [coo_array, coo])
def test_a_sparse_tensor_in_place_of_samples_is_told_where_to_go(make):
    with pytest.raises(TypeError, match=r"targets\.SparseTarget\.from_coo"):
        as_target(make(block_tensor()))
    with pytest.raises(TypeError, match=r"targets\.SparseTarget\.from_coo"):
        OverparamSymmetricCP().fit(make(block_tensor()))


@pytest.mark.parametrize("model", [OverparamSymmetricCPCV(), SpectralCP()])
def test_who_needs_rows_or_an_array_refuses_a_target(model):
    target = SparseTarget([[0, 1, 2]], [1.0], 3, 3)
    with pytest.raises(TypeError, match="got the target SparseTarget: pass it to"):
        model.fit(target)


def test_names_of_earlier_features_are_gone():
    frame = pd.DataFrame(np.eye(3), columns=["a", "b", "c"])
    model = OverparamSymmetricCP(random_state=0).fit(frame)
    model.fit(SparseTarget([[0, 1, 2], [3, 3, 3]], [1.0, 2.0], 4, 3))
    assert not hasattr(model, "feature_names_in_")
    assert model.n_features_in_ == 4


def test_weights_of_samples_are_refused():
    target = SparseTarget([[0, 1, 2]], [1.0], 3, 3)
    with pytest.raises(ValueError, match="sample_weight weighs samples"):
        OverparamSymmetricCP().fit(target, sample_weight=np.ones(3))
