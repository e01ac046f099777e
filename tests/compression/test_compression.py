# SPDX-License-Identifier: BSD-3-Clause
"""Column space, whitening and symmetric storage keep the decomposition."""

from math import comb

import numpy as np
import pytest
from numpy.random import RandomState

from sklearn_overtensor.algebra.cp import multilinear
from sklearn_overtensor.algebra.monomials import (
    monomial_table,
    monomials,
    n_monomials,
)
from sklearn_overtensor.compression import (
    CompactTarget,
    ProjectedTarget,
    column_space,
    whiten,
)
from sklearn_overtensor.datasets import make_symmetric_cp
from sklearn_overtensor.machine.backend import load_backend, to_numpy
from sklearn_overtensor.symmetry import symmetrize
from sklearn_overtensor.targets import CPTarget, DenseTarget
from sklearn_overtensor.testing import TargetContract, dense_contract

from ..cases import one_test


@pytest.mark.parametrize("order", [3, 4, 5, 6])
class TestCompact:
    def make(self, order):
        tensor = symmetrize(RandomState(0).standard_normal((3,) * order))
        return tensor, CompactTarget(tensor)

    def test_monomials_are_the_distinct_entries(self, order):
        _, indices, multiplicity = monomial_table(3, order)
        assert len(indices) == n_monomials(3, order) == comb(3 + order - 1, order)
        assert (np.diff(indices, axis=1) >= 0).all()
        assert len(np.unique(indices, axis=0)) == len(indices)
        assert multiplicity.sum() == 3**order
        V = RandomState(1).standard_normal((3, 4))
        expected = [np.prod(V[list(index)], axis=0) for index in indices]
        np.testing.assert_allclose(monomials(V, order), expected)

    def test_contraction_and_norm(self, order):
        tensor, target = self.make(order)
        V = RandomState(1).standard_normal((3, 5))
        np.testing.assert_allclose(
            target.contract(V), dense_contract(tensor, V), atol=1e-12
        )
        assert target.squared_norm == pytest.approx(np.sum(tensor**2))

    def test_difference_is_explicit(self, order):
        tensor, target = self.make(order)
        U, signs = RandomState(1).standard_normal((3, 2)), np.array([1.0, -1.0])
        gap = tensor - CPTarget(signs, U.T, order).to_dense()
        squared, contraction = target.difference(signs, U)
        assert squared == pytest.approx(np.sum(gap**2))
        np.testing.assert_allclose(contraction, dense_contract(gap, U), atol=1e-10)


@one_test("order", [3, 4])
@one_test("rank", [1, 3, 20])
def test_column_space_holds_every_component(context, order, rank):
    bunch = make_symmetric_cp(12, rank, order, random_state=0)
    target = DenseTarget(context.asarray(bunch.tensor))
    basis = column_space(target, RandomState(0)).basis
    assert basis.shape == (12, min(rank, 12))
    np.testing.assert_allclose(basis.T @ basis, np.eye(basis.shape[1]), atol=1e-12)
    projected = bunch.components @ basis @ basis.T
    np.testing.assert_allclose(projected, bunch.components, atol=1e-9)
    core = to_numpy(target.compressed(basis))
    assert np.linalg.norm(core) == pytest.approx(np.linalg.norm(bunch.tensor))


class CountingPasses(DenseTarget):
    """A tensor that counts how often its core is formed from its entries."""

    n_passes = 0

    def compressed(self, basis):
        self.n_passes += 1
        return super().compressed(basis)


@pytest.mark.parametrize(
    ("size", "rank", "order", "seed", "n_passes"),
    [
        (40, 3, 3, 0, 0),
        (33, 13, 4, 0, 0),
        (30, 13, 3, 0, 1),  # the parts would be as large as half of the tensor
        (40, 40, 3, 0, 1),
        (130, 61, 3, 4, 0),
        (130, 61, 3, 5, 1),  # these 64 directions would magnify rounding by 140
    ],
)
def test_a_core_is_made_of_what_was_contracted(
    context, size, rank, order, seed, n_passes
):
    bunch = make_symmetric_cp(size, rank, order, random_state=seed)
    target = CountingPasses(context.asarray(bunch.tensor))
    space = column_space(target, RandomState(0))
    core = to_numpy(space.core(target))
    assert target.n_passes == n_passes
    expected = multilinear(load_backend("numpy"), bunch.tensor, space.basis)
    scale = np.linalg.norm(expected)
    np.testing.assert_allclose(core, expected, atol=1e-13 * scale)


def test_a_part_is_what_a_contraction_makes_on_its_way(context):
    tensor = make_symmetric_cp(6, 4, 4, random_state=0).tensor
    V = RandomState(1).standard_normal((6, 3))
    target = DenseTarget(context.asarray(tensor))
    image, part = map(to_numpy, target.sketched(context.asarray(V)))
    np.testing.assert_allclose(image, dense_contract(tensor, V), atol=1e-12)
    np.testing.assert_allclose(part, np.tensordot(V.T, tensor, 1), atol=1e-12)


class TestProjectedTarget(TargetContract):
    bunch = make_symmetric_cp(8, 3, random_state=0)

    def make_target(self):
        target = DenseTarget(self.bunch.tensor)
        scale = np.linalg.norm(self.bunch.tensor)
        return ProjectedTarget(
            target, column_space(target, RandomState(0)).basis, scale
        )

    def dense(self):
        target = DenseTarget(self.bunch.tensor)
        basis = column_space(target, RandomState(0)).basis
        return target.compressed(basis) / np.linalg.norm(self.bunch.tensor)


@one_test("order", [3, 4])
@one_test("collinearity", [0.0, 0.9, 0.99])
def test_whitening_makes_independent_components_orthogonal(order, collinearity):
    bunch = make_symmetric_cp(
        5, 5, order, collinearity=collinearity, signed=order == 4, random_state=0
    )
    core = bunch.tensor / np.linalg.norm(bunch.tensor)
    white, change, noise = whiten(core, n_iter=100)
    assert np.linalg.norm(white) == pytest.approx(1)
    unfolding = white.reshape(5, -1)
    values = np.linalg.eigvalsh(unfolding @ unfolding.T)
    assert values[-1] < 1.05 * values[0]
    components = change.T @ bunch.components.T
    components /= np.linalg.norm(components, axis=0)
    cosines = components.T @ components - np.eye(5)
    assert np.abs(cosines).max() < 0.1
    assert noise < 1e-6


def test_whitening_says_how_components_change():
    bunch = make_symmetric_cp(4, 6, collinearity=None, random_state=0)
    norm = np.linalg.norm(bunch.tensor)
    white, change, _ = whiten(bunch.tensor / norm)
    moved = CPTarget(bunch.weights / norm, bunch.components @ change, 3)
    np.testing.assert_allclose(moved.to_dense(), white, atol=1e-10)


def test_a_column_space_beyond_the_limit_is_not_sought():
    truth = make_symmetric_cp(80, 40, random_state=0)
    target = CPTarget(truth.weights, truth.components, 3)
    found = column_space(target, RandomState(0)).basis
    assert found.shape == (80, 40)
    given_up = column_space(target, RandomState(0), limit=20).basis
    np.testing.assert_array_equal(given_up.toarray(), np.eye(80))
    V = RandomState(1).standard_normal((80, 3))
    projected = ProjectedTarget(target, given_up, 2.0)
    np.testing.assert_allclose(projected.contract(V), target.contract(V) / 2.0)
