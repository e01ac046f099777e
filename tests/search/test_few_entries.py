# SPDX-License-Identifier: BSD-3-Clause
"""Tensors of few entries get their fewest real terms, whatever the seed."""

from itertools import permutations

import numpy as np
import pytest

from sklearn_overtensor import OverparamSymmetricCP
from sklearn_overtensor.algebra.cp import cp_to_dense
from sklearn_overtensor.datasets import make_symmetric_cp


def monomial(exponents):
    """The tensor of a monomial, all entries of it one."""
    modes = [i for i, power in enumerate(exponents) for _ in range(power)]
    tensor = np.zeros((len(exponents),) * len(modes))
    for entry in set(permutations(modes)):
        tensor[entry] = 1.0
    return tensor


# Real ranks. Two variables: the sum of the exponents (Boij, Carlini and Geramita,
# "Monomials as sums of powers: the real binary case"). More of them, the smallest
# exponent one: the product of the others, each plus one (Carlini, Kummer, Oneto and
# Ventura, "On the real rank of monomials").
@pytest.mark.parametrize(
    ("exponents", "rank", "seed"),
    [
        ((2, 1), 3, 0),
        ((3, 2), 5, 1),
        ((1, 1, 1), 4, 0),
        ((2, 1, 1), 6, 1),
    ],
)
def test_monomials_have_their_real_rank(exponents, rank, seed):
    tensor = monomial(exponents)
    model = OverparamSymmetricCP(random_state=seed).fit(tensor)
    assert model.status_ == "exact"
    assert model.n_components_ == rank
    found = cp_to_dense(np, model.weights_, model.components_.T, tensor.ndim)
    np.testing.assert_allclose(found, tensor, atol=1e-6)


@pytest.mark.parametrize(
    ("shape", "seed"), [((3, 6, 5), 0), ((3, 6, 5), 7), ((4, 7, 4), 9)]
)
def test_a_rank_below_the_generic_one_is_found(shape, seed):
    tensor = make_symmetric_cp(*shape, random_state=seed).tensor
    model = OverparamSymmetricCP(random_state=0).fit(tensor)
    assert model.status_ == "exact"
    assert model.n_components_ == shape[1]


def test_most_of_the_generic_rank_keep_to_it():
    numbers = [
        OverparamSymmetricCP(random_state=0)
        .fit(make_symmetric_cp(3, 7, 5, random_state=seed).tensor)
        .n_components_
        for seed in range(4)
    ]
    assert sum(number == 7 for number in numbers) >= 3  # 3 of 12 without these starts
    assert max(numbers) <= 8


def test_no_more_terms_than_the_user_allows():
    tensor = monomial((2, 1))
    model = OverparamSymmetricCP(2, random_state=0).fit(tensor)
    assert model.n_components_ <= 2
    assert model.status_ != "exact"
