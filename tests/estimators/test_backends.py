# SPDX-License-Identifier: BSD-3-Clause
"""OverparamSymmetricCP on PyTorch: the same answers, and TensorLy left alone."""

import pickle
import threading

import numpy as np
import pytest
import tensorly as tl

from sklearn_overtensor import OverparamSymmetricCP
from sklearn_overtensor.datasets import make_latent_samples, make_symmetric_cp
from sklearn_overtensor.decompose.parameters import SOLVERS

# A budget that lets the readable solver end in a second.
BUDGET = {"max_epochs": 3, "max_iter": 150}
quiet = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@pytest.fixture(params=SOLVERS)
def solver(request):
    return request.param


@pytest.fixture
def X():
    return make_latent_samples(200, 4, distribution="exponential", random_state=0).X


@pytest.fixture
def tensor():
    return make_symmetric_cp(6, 2, random_state=0).tensor


class TestBackends:
    """Torch tensors are worked on where they live; the results are NumPy."""

    @pytest.fixture(autouse=True)
    def _torch(self):
        self.torch = pytest.importorskip("torch")

    @quiet
    def test_torch_samples(self, solver, X):
        settings = {"solver": solver, "random_state": 0, **BUDGET}
        expected = OverparamSymmetricCP(8, **settings).fit(X)
        tensor_input = OverparamSymmetricCP(8, **settings).fit(self.torch.as_tensor(X))
        moved = OverparamSymmetricCP(8, backend="pytorch", device="cpu", **settings)
        for model in (tensor_input, moved.fit(X)):
            assert isinstance(model.components_, np.ndarray)
            np.testing.assert_allclose(model.weights_, expected.weights_, rtol=1e-5)
            assert model.score(X) == pytest.approx(expected.score(X), abs=1e-7)
        code = tensor_input.transform(self.torch.as_tensor(X))
        assert isinstance(code, self.torch.Tensor)
        np.testing.assert_allclose(code, tensor_input.transform(X))
        assert isinstance(tensor_input.inverse_transform(code), self.torch.Tensor)
        pickle.loads(pickle.dumps(tensor_input))

    @quiet
    def test_torch_tensor(self, solver, tensor):
        model = OverparamSymmetricCP(8, solver=solver, random_state=0, **BUDGET)
        model.fit(self.torch.as_tensor(tensor))
        assert model.n_features_in_ == 6
        assert model.score(self.torch.as_tensor(tensor)) > 0.9999
        assert model.score(tensor) > 0.9999

    @quiet
    def test_tensorlys_backend_is_left_alone(self, tensor):
        seen = {}

        def other_thread():
            seen["thread"] = tl.get_backend()

        before = tl.get_backend()
        OverparamSymmetricCP(8, backend="pytorch", **BUDGET).fit(tensor)
        thread = threading.Thread(target=other_thread)
        thread.start()
        thread.join()
        assert tl.get_backend() == before == seen["thread"] == "numpy"

    @quiet
    def test_a_global_pytorch_backend_changes_nothing(self, tensor):
        expected = OverparamSymmetricCP(8, random_state=0, **BUDGET).fit(tensor)
        tl.set_backend("pytorch")
        try:
            model = OverparamSymmetricCP(8, random_state=0, **BUDGET).fit(tensor)
            assert isinstance(model.cp_tensor_.weights, np.ndarray)
            assert tl.get_backend() == "pytorch"
        finally:
            tl.set_backend("numpy")
        np.testing.assert_array_equal(model.components_, expected.components_)
