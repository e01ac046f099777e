# SPDX-License-Identifier: BSD-3-Clause
"""make_symmetric_cp keeps what it promises about the truth it returns."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.utils import Bunch

from sklearn_overtensor.algebra.cp import TIED
from sklearn_overtensor.datasets import make_symmetric_cp

from ..cases import one_test
from .common import dense


def assert_exactly_symmetric(tensor):
    for axes in permutations(range(tensor.ndim)):
        assert_array_equal(tensor, tensor.transpose(axes))


def cosines(components):
    """Cosines of all pairs of different rows."""
    gram = components @ components.T
    return gram[~np.eye(len(gram), dtype=bool)]


@given(
    n_features=st.integers(1, 6),
    rank=st.integers(1, 8),
    order=st.integers(3, 5),
    signed=st.booleans(),
    noise=st.sampled_from([0.0, 1e-3, 0.5]),
    seed=st.integers(0, 2**32 - 1),
)
@settings(max_examples=60, deadline=None)
def test_symmetric_cp_is_what_it_says(n_features, rank, order, signed, noise, seed):
    data = make_symmetric_cp(
        n_features, rank, order, signed=signed, noise=noise, random_state=seed
    )

    assert isinstance(data, Bunch)
    assert data.tensor.shape == data.tensor_clean.shape == (n_features,) * order
    assert data.tensor.dtype == np.float64
    assert data.tensor.flags.c_contiguous
    assert data.weights.shape == (rank,)
    assert data.components.shape == (rank, n_features)
    assert_exactly_symmetric(data.tensor)
    assert_exactly_symmetric(data.tensor_clean)
    assert_allclose(
        data.tensor_clean, dense(data.weights, data.components)(order), atol=1e-13
    )
    error = np.linalg.norm((data.tensor - data.tensor_clean).ravel())
    assert_allclose(
        error, noise * np.linalg.norm(data.tensor_clean.ravel()), rtol=1e-9, atol=1e-15
    )
    assert_allclose(np.linalg.norm(data.components, axis=1), 1.0)
    sizes = np.abs(data.weights)
    assert (np.diff(sizes) <= 0).all()
    assert (sizes >= 0.5).all()
    assert (sizes <= 2.0).all()
    if order % 2 or not signed:
        assert (data.weights > 0).all()
    if order % 2 == 0:
        # Of entries that are as good as the largest the first is positive.
        sizes = np.abs(data.components)
        tied = sizes >= (1 - TIED) * sizes.max(axis=1, keepdims=True)
        first = np.argmax(tied, axis=1)
        assert (data.components[np.arange(rank), first] > 0).all()


def test_high_order_of_few_features_is_exactly_symmetric():
    data = make_symmetric_cp(2, rank=2, order=12, noise=0.1, random_state=0)
    tensor = data.tensor
    assert_array_equal(tensor, np.swapaxes(tensor, 0, 1))  # these two generate
    assert_array_equal(tensor, np.moveaxis(tensor, 0, -1))  # all permutations


def test_noise_free_tensor_is_the_clean_one():
    data = make_symmetric_cp(random_state=0)
    assert data.tensor is data.tensor_clean


@one_test("order", [3, 4])
@one_test("cosine", [-0.2, 0.0, 0.5, 0.9, 0.999])
def test_collinearity_is_the_cosine_of_every_pair(order, cosine):
    data = make_symmetric_cp(
        7, rank=5, order=order, collinearity=cosine, random_state=1
    )
    found = cosines(data.components)
    if order % 2 == 0:  # components are canonical up to sign
        found, cosine = np.abs(found), abs(cosine)
    assert_allclose(found, cosine, atol=1e-13)


def test_lowest_collinearity_is_the_regular_simplex():
    data = make_symmetric_cp(4, rank=3, collinearity=-0.5, random_state=0)
    assert_allclose(cosines(data.components), -0.5, atol=1e-13)
    assert_allclose(data.components.sum(axis=0), 0.0, atol=1e-13)


def test_collinearity_with_signs_holds_up_to_sign_at_odd_order():
    data = make_symmetric_cp(
        6, rank=6, order=3, collinearity=0.7, signed=True, random_state=0
    )
    found = cosines(data.components)
    assert_allclose(np.abs(found), 0.7)
    assert (found < 0).any()
    assert (data.weights > 0).all()


@one_test("order", [3, 4])
@one_test("rank", [1, 3, 6])
def test_orthogonal_components_are_orthonormal(rank, order):
    data = make_symmetric_cp(6, rank, order, orthogonal=True, random_state=0)
    assert_allclose(data.components @ data.components.T, np.eye(rank), atol=1e-13)


def test_signed_weights_have_both_signs_at_even_order():
    data = make_symmetric_cp(5, rank=20, order=4, signed=True, random_state=0)
    assert (data.weights > 0).any()
    assert (data.weights < 0).any()


def test_directions_are_uniform_on_the_sphere():
    components = make_symmetric_cp(3, rank=20_000, random_state=0).components
    assert_allclose(components.mean(axis=0), 0.0, atol=0.02)
    assert_allclose(components.T @ components / 20_000, np.eye(3) / 3, atol=0.01)


def test_random_frame_is_not_tied_to_the_axes():
    # The Q of a QR factorisation alone has entries of one sign on its diagonal.
    frames = np.array(
        [
            make_symmetric_cp(2, 2, orthogonal=True, random_state=seed).components
            for seed in range(400)
        ]
    )
    assert_allclose(frames.mean(axis=0), 0.0, atol=0.15)


def test_noise_is_the_symmetric_part_of_a_gaussian_tensor():
    noise = []
    for seed in range(100):
        data = make_symmetric_cp(8, 1, noise=1.0, random_state=seed)
        noise.append(data.tensor - data.tensor_clean)
    squares = np.mean(np.square(noise), axis=0)
    indices = np.moveaxis(np.indices(squares.shape), 0, -1).reshape(-1, 3)
    distinct = np.array([len(set(index)) for index in indices])
    one, two, three = (squares.ravel()[distinct == n].mean() for n in (1, 2, 3))
    # One over the number of distinct permutations of the indices.
    assert_allclose(two / one, 1 / 3, rtol=0.15)
    assert_allclose(three / one, 1 / 6, rtol=0.15)


def test_same_seed_gives_the_same_tensor():
    options = {"signed": True, "noise": 0.1}
    first = make_symmetric_cp(**options, random_state=3)
    second = make_symmetric_cp(**options, random_state=3)
    third = make_symmetric_cp(**options, random_state=4)
    for name in ("tensor", "tensor_clean", "weights", "components"):
        assert_array_equal(first[name], second[name])
        assert not np.array_equal(first[name], third[name])


def test_random_state_instance_moves_on():
    rng = np.random.RandomState(0)
    first = make_symmetric_cp(random_state=rng)
    second = make_symmetric_cp(random_state=rng)
    assert_array_equal(first.tensor, make_symmetric_cp(random_state=0).tensor)
    assert not np.array_equal(first.tensor, second.tensor)


@pytest.mark.parametrize("order", [3, 4])
def test_noise_and_signs_keep_the_terms_of_a_seed(order):
    plain = make_symmetric_cp(order=order, random_state=5)
    noisy = make_symmetric_cp(order=order, noise=0.3, random_state=5)
    signed = make_symmetric_cp(order=order, signed=True, random_state=5)
    assert_array_equal(plain.tensor, noisy.tensor_clean)
    assert_array_equal(plain.weights, np.abs(signed.weights))
    assert_array_equal(np.abs(plain.components), np.abs(signed.components))


def test_global_generator_is_left_alone():
    before = np.random.get_state()  # noqa: NPY002 - it is the global one
    make_symmetric_cp(noise=0.1, random_state=0)
    after = np.random.get_state()  # noqa: NPY002
    assert before[0] == after[0]
    assert_array_equal(before[1], after[1])
    assert before[2:] == after[2:]


@one_test(
    ("parameters", "message"),
    [
        ({"n_features": 0}, r"'n_features'.*must be an int in the range \[1, inf\)"),
        ({"n_features": 2.5}, r"'n_features'.*must be an int.*Got 2\.5"),
        ({"rank": 0}, r"'rank'.*must be an int in the range \[1, inf\).*Got 0"),
        ({"rank": "3"}, r"'rank'.*must be an int.*Got '3'"),
        ({"order": 2}, r"'order'.*must be an int in the range \[3, 32\].*Got 2"),
        ({"order": 33}, r"'order'.*must be an int in the range \[3, 32\].*Got 33"),
        ({"collinearity": 1.0}, r"'collinearity'.*\[-1\.0, 1\.0\).*Got 1\.0"),
        ({"collinearity": "high"}, r"'collinearity'.*must be a float.*Got 'high'"),
        ({"collinearity": np.nan}, r"'collinearity'.*must be a float.*Got nan"),
        ({"collinearity": -0.6}, r"collinearity must be at least.*= -0\.5 for rank=3"),
        (
            {"collinearity": 0.5, "rank": 11},
            r"collinearity=0\.5 needs rank <= n_features, got rank=11.*=10",
        ),
        (
            {"orthogonal": True, "rank": 11},
            r"orthogonal=True needs rank <= n_features, got rank=11 and n_features=10",
        ),
        (
            {"orthogonal": True, "collinearity": 0.0},
            r"orthogonal=True and collinearity exclude.*expected collinearity=None",
        ),
        ({"orthogonal": "yes"}, r"'orthogonal'.*must be.*bool.*Got 'yes'"),
        ({"signed": None}, r"'signed'.*must be.*bool.*Got None"),
        (
            {"noise": -0.1},
            r"'noise'.*must be a float in the range \[0\.0, inf\).*-0\.1",
        ),
        ({"noise": np.inf}, r"'noise'.*must be a float.*Got inf"),
        ({"noise": np.nan}, r"'noise'.*must be a float.*Got nan"),
        ({"random_state": "zero"}, r"'random_state'.*Got 'zero'"),
    ],
)
def test_symmetric_cp_refuses(parameters, message):
    with pytest.raises(ValueError, match=message):
        make_symmetric_cp(**parameters)


def test_symmetric_cp_refuses_an_unknown_parameter():
    with pytest.raises(TypeError, match="colinearity"):
        make_symmetric_cp(colinearity=0.5)


@pytest.mark.parametrize(
    ("n_features", "order"), [(10**6, 6), (np.int64(2**16), 4), (10**12, 32)]
)
def test_symmetric_cp_refuses_what_cannot_fit(n_features, order):
    message = f"n_features={n_features} and order={order} needs .* GiB, but only"
    with pytest.raises(MemoryError, match=message):
        make_symmetric_cp(n_features, 2, order)
