# SPDX-License-Identifier: BSD-3-Clause
"""asymmetry and symmetrize against the sum over all permutations."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from sklearn_overtensor import symmetrize as public_symmetrize
from sklearn_overtensor.machine.backend import is_torch, to_numpy
from sklearn_overtensor.machine.random import random_state_of
from sklearn_overtensor.symmetry import (
    asymmetry,
    sketched_asymmetry,
    symmetrize,
)
from sklearn_overtensor.targets import DenseTarget

from .cases import one_test


def mean_over_permutations(tensor):
    axes = list(permutations(range(tensor.ndim)))
    return sum(tensor.transpose(a) for a in axes) / len(axes)


@one_test("order", [1, 2, 3, 4, 5])
@one_test("n_features", [1, 3])
def test_symmetrize_is_the_mean_over_permutations(context, rng, order, n_features):
    tensor = rng.standard_normal((n_features,) * order)
    result = symmetrize(context.asarray(tensor))
    assert is_torch(result) == (context.backend == "pytorch")
    assert_allclose(to_numpy(result), mean_over_permutations(tensor), atol=1e-14)


@given(seed=st.integers(0, 2**32 - 1), order=st.integers(2, 5))
@settings(max_examples=30, deadline=None)
def test_symmetrize_is_the_nearest_symmetric_tensor(seed, order):
    tensor = np.random.default_rng(seed).standard_normal((2,) * order)
    symmetric = symmetrize(tensor)
    assert asymmetry(symmetric) < 1e-14
    assert_allclose(symmetrize(symmetric), symmetric, atol=1e-14)
    # The rest is orthogonal to every symmetric tensor, so to this one.
    assert np.sum((tensor - symmetric) * symmetric) == pytest.approx(0, abs=1e-12)


def test_symmetrize_gives_a_new_array_in_the_dtype_of_the_input(context):
    for dtype in ("float32", "float64"):
        array = np.ones((2, 2, 2), dtype=dtype)
        tensor = array if context.backend == "numpy" else context.asarray(array)
        if context.backend == "pytorch":
            import torch

            tensor = tensor.to(getattr(torch, dtype))
        result = symmetrize(tensor)
        assert result is not tensor
        assert str(result.dtype).removeprefix("torch.") == dtype
        result[0, 0, 0] = 7.0
        assert float(tensor[0, 0, 0]) == 1.0
    assert symmetrize(np.ones((2, 2, 2), dtype=int)).dtype == np.float64


def test_vector_is_copied_too():
    vector = np.ones(3)
    assert not np.shares_memory(symmetrize(vector), vector)


@one_test("shape", [(2, 3, 2), (3, 2)])
def test_only_cubical_tensors_can_be_symmetrized(context, shape):
    message = rf"modes of one length, got shape \({', '.join(map(str, shape))}\)"
    with pytest.raises(ValueError, match=message):
        symmetrize(context.asarray(np.ones(shape)))


def test_it_is_public():
    assert public_symmetrize is symmetrize


@one_test("order", [2, 3, 4, 5])
def test_asymmetry_sees_every_transposition(context, order):
    symmetric = symmetrize(np.random.default_rng(0).standard_normal((3,) * order))
    assert asymmetry(context.asarray(symmetric)) < 1e-15
    for index in permutations(range(order)):
        entry = tuple(min(i, 2) for i in index)
        if len(set(entry)) == 1:
            continue
        tensor = symmetric.copy()
        tensor[entry] += 1e-3
        size = 1e-3 / np.linalg.norm(tensor)
        assert size < asymmetry(context.asarray(tensor)) < 2 * size


def test_asymmetry_is_the_relative_distance(context):
    tensor = np.zeros((2, 2, 2))
    tensor[0, 0, 1] = 1.0  # each generator moves this entry, or its cycle does
    assert asymmetry(context.asarray(tensor)) == pytest.approx(np.sqrt(2))


@one_test("scale", [1e-200, 1.0, 1e200])
def test_asymmetry_does_not_depend_on_the_scale(context, scale):
    tensor = np.arange(8.0).reshape(2, 2, 2)
    expected = asymmetry(tensor)
    assert expected > 0.1
    assert asymmetry(context.asarray(scale * tensor)) == pytest.approx(expected)


def test_zero_and_vectors_are_symmetric(context):
    assert asymmetry(context.asarray(np.zeros((2, 2, 2)))) == 0.0
    assert asymmetry(context.asarray(np.arange(3.0))) == 0.0
    assert asymmetry([[[1, 2], [2, 3]], [[2, 3], [3, 4]]]) == 0.0


def test_nothing_is_changed(context, rng):
    tensor = rng.standard_normal((3, 3, 3))
    before = tensor.copy()
    shared = context.asarray(tensor)
    symmetrize(shared)
    asymmetry(shared)
    assert_array_equal(tensor, before)


@one_test("order", [2, 3, 4, 5])
def test_the_sketch_sees_what_the_definition_sees(context, order, monkeypatch):
    monkeypatch.setattr("sklearn_overtensor.symmetry.randbits", lambda bits: 0)
    rng = np.random.default_rng(3)
    symmetric = symmetrize(rng.standard_normal((4,) * order))
    assert sketched_asymmetry(context.asarray(symmetric)) < 1e-14
    for size in (1e-6, 1e-2, 10.0):
        noise = size * rng.standard_normal(symmetric.shape)
        exact = asymmetry(symmetric + noise)
        sketch = sketched_asymmetry(context.asarray(symmetric + noise))
        assert 0.01 * exact < sketch < 4 * exact
    # One entry alone, in each place.
    for index in [(0, 1) + (0,) * (order - 2), (0,) * (order - 1) + (3,)]:
        moved = symmetric.copy()
        moved[index] += 1e-3
        assert sketched_asymmetry(context.asarray(moved)) > 1e-6


def test_where_floats_end_the_sketch_never_calls_a_tensor_symmetric(context):
    tensor = np.ldexp(
        symmetrize(np.random.default_rng(0).standard_normal((3,) * 3)), 1022
    )
    tensor[0, 0, 1] *= 0.5
    sketches = [sketched_asymmetry(context.asarray(tensor)) for _ in range(200)]
    assert np.isnan(sketches).any()
    assert not (np.array(sketches) < 1e-8).any()


def test_no_tensor_can_avoid_the_sketch(context):
    """One that is orthogonal to the direction that is drawn from a fixed seed."""
    for seed in range(5):
        fixed = random_state_of(seed).standard_normal((6, 1))
        a, b, c = np.linalg.svd(fixed)[0][:, 1:4].T
        skew = np.multiply.outer(np.outer(a, b) - np.outer(b, a), c)
        tensor = symmetrize(np.random.default_rng(0).standard_normal((6, 6, 6))) + skew
        assert asymmetry(tensor) > 0.1
        with pytest.raises(ValueError, match="not symmetric"):
            DenseTarget(context.asarray(tensor))
