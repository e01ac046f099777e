# SPDX-License-Identifier: BSD-3-Clause
"""What a target may know beside its contractions is declared in one place."""

import numpy as np
import pytest

from sklearn_overtensor import OverparamSymmetricCP, overparam_symmetric_cp
from sklearn_overtensor.algebra.contracted import as_contracted
from sklearn_overtensor.datasets import make_symmetric_cp
from sklearn_overtensor.targets import CPTarget, DenseTarget

TRUTH = make_symmetric_cp(4, 2, random_state=0)


class Bare:
    """The four names and nothing else."""

    order, n_features = 3, 4
    squared_norm = float(np.sum(TRUTH.tensor**2))

    def contract(self, V):
        return np.einsum("abc,bm,cm->am", TRUTH.tensor, V, V)


def test_every_ability_has_a_default():
    target = as_contracted(Bare())
    assert target.to_dense is target.compressed is target.over_power_of_two is None
    assert (target.contraction, target.context.backend) == ("implicit", "numpy")
    assert not target.has_few_rows()
    assert target.second_moment is target.form_variances is None


def test_an_ability_of_its_own_is_kept():
    class Written(Bare):
        contraction = "dense"

        def to_dense(self):
            return TRUTH.tensor

    target = as_contracted(Written())
    assert target.contraction == "dense"
    assert target.to_dense() is TRUTH.tensor


@pytest.mark.parametrize("target", [CPTarget([1.0], [[1, 0]], 3), Bare()])
def test_adapting_twice_changes_nothing(target):
    once = as_contracted(target)
    assert as_contracted(once) is once


@pytest.mark.parametrize("order", [3, 4])
def test_the_default_difference_is_the_explicit_one(order):
    data = make_symmetric_cp(4, 2, order, random_state=0)
    rng = np.random.default_rng(0)
    vectors, signs = rng.standard_normal((4, 3)), np.array([1.0, -1, 1])
    if order == 3:
        signs[:] = 1
    squared, columns = DenseTarget(data.tensor).difference(signs, vectors)
    left = data.tensor - CPTarget(signs, vectors.T, order).to_dense()
    np.testing.assert_allclose(squared, np.sum(left**2))
    np.testing.assert_allclose(columns, DenseTarget(left).contract(vectors))


@pytest.mark.parametrize("missing", ["n_features", "squared_norm", "order"])
def test_a_target_that_is_none_is_refused_at_the_start(missing):
    class Half:
        def contract(self, V):
            raise AssertionError("it is refused before")

    for name in {"order", "n_features", "squared_norm"} - {missing}:
        setattr(Half, name, getattr(Bare, name))
    with pytest.raises(TypeError, match=f"Half has no {missing}"):
        overparam_symmetric_cp(Half())
    with pytest.raises(TypeError, match=f"Half has no {missing}"):
        OverparamSymmetricCP().fit(Half())
