# SPDX-License-Identifier: BSD-3-Clause
"""The compressed target: the contract, the best subspace, its errors."""

import numpy as np
import pytest

from sklearn_overtensor import overparam_symmetric_cp
from sklearn_overtensor.datasets import make_symmetric_cp
from sklearn_overtensor.metrics import factor_match_score
from sklearn_overtensor.targets import CompressedTarget, DenseTarget, MomentTarget
from sklearn_overtensor.testing import TargetContract

from ..cases import one_test


@pytest.fixture(params=[3, 4])
def order(request):
    return request.param


class TestCompressedTarget(TargetContract):
    @pytest.fixture(autouse=True)
    def _environment(self, order, context):
        bunch = make_symmetric_cp(6, 3, order, noise=0.1, random_state=0)
        self.tensor, self.context = bunch.tensor, context

    def make_target(self):
        return CompressedTarget(self.context.asarray(self.tensor), n_directions=3)

    def dense(self):
        unfolding = self.tensor.reshape(6, -1)
        basis = np.linalg.svd(unfolding)[0][:, :3]
        result = self.tensor
        for _ in range(self.tensor.ndim):
            result = np.tensordot(result, basis @ basis.T, axes=(0, 0))
        return result

    def test_to_dense(self):
        self._assert_close(np.asarray(self.make_target().to_dense()), self.dense())

    def test_what_is_given_up_is_what_the_norms_say(self):
        lost = np.sum((self.tensor - self.dense()) ** 2)
        expected = np.sum(self.tensor**2) - self.make_target().squared_norm
        assert expected == pytest.approx(lost)


def test_the_default_gives_up_nothing(order):
    bunch = make_symmetric_cp(9, 3, order, random_state=0)
    target = CompressedTarget(bunch.tensor)
    assert target.core.shape == (3,) * order
    np.testing.assert_allclose(target.to_dense(), bunch.tensor, atol=1e-10)


def test_tol_drops_weak_directions():
    components = np.eye(8)[:3]
    tensor = np.einsum("k,ka,kb,kc->abc", [1, 0.5, 1e-3], *[components] * 3)
    assert CompressedTarget(tensor, tol=1e-2).core.shape == (2, 2, 2)
    assert CompressedTarget(tensor, tol=1e-4).core.shape == (3, 3, 3)


def test_components_come_back_in_the_features_of_the_target():
    bunch = make_symmetric_cp(30, 4, noise=0.05, random_state=0)
    target = CompressedTarget(bunch.tensor, n_directions=4)
    result = overparam_symmetric_cp(target, rank=4, random_state=0)
    assert result.components.shape == (4, 30)
    assert factor_match_score(bunch.components, result.components) > 0.98


def test_samples_are_compressed_without_their_moment():
    X = np.random.default_rng(0).standard_normal((50, 3)) @ np.eye(3, 12)
    target = CompressedTarget(MomentTarget(X))
    assert target.core.shape == (3, 3, 3)
    V = np.random.default_rng(1).standard_normal((12, 4))
    np.testing.assert_allclose(target.contract(V), MomentTarget(X).contract(V))


def test_errors():
    tensor = np.ones((3, 3, 3))
    with pytest.raises(ValueError, match="n_directions=4 must be between 1 and"):
        CompressedTarget(tensor, 4)
    with pytest.raises(ValueError, match="n_directions=0"):
        CompressedTarget(tensor, 0)
    with pytest.raises(ValueError, match="tol=-1 must be at least 0"):
        CompressedTarget(tensor, tol=-1)

    class Bare:
        order, n_features, squared_norm = 3, 3, 27.0
        contract = DenseTarget(tensor).contract

    with pytest.raises(TypeError, match="Bare has no method compressed"):
        CompressedTarget(Bare())


def test_a_subspace_that_is_known_is_taken():
    """That of the terms, by any of its bases."""
    truth = make_symmetric_cp(8, 3, random_state=0)
    mixed = truth.components.T @ np.random.default_rng(0).standard_normal((3, 3))
    target = CompressedTarget(truth.tensor, basis=mixed)
    np.testing.assert_allclose(target.to_dense(), truth.tensor, atol=1e-10)
    np.testing.assert_allclose(target.basis.T @ target.basis, np.eye(3), atol=1e-12)
    outside = CompressedTarget(truth.tensor, basis=np.eye(8)[:, :2])
    np.testing.assert_allclose(
        outside.to_dense()[:2, :2, :2], truth.tensor[:2, :2, :2], atol=1e-12
    )
    assert not outside.to_dense()[2:].any()


@one_test(
    "basis", [np.ones((8, 2)), np.eye(7), np.ones(8), np.empty((8, 0)), [[np.nan]] * 8]
)
def test_what_spans_no_subspace(basis):
    tensor = make_symmetric_cp(8, 3, random_state=0).tensor
    with pytest.raises(ValueError, match="basis must"):
        CompressedTarget(tensor, basis=basis)
