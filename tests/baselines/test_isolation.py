# SPDX-License-Identifier: BSD-3-Clause
"""TensorLy's decompositions run without a trace: seeds, input, backends, threads."""

import threading

import numpy as np
import pytest
import tensorly as tl
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone

from sklearn_overtensor.baselines import (
    TensorLyCP,
    TensorLySymmetricCP,
    _tensorly_cp,
    _tensorly_symmetric_cp,
)
from sklearn_overtensor.datasets import make_symmetric_cp

quiet = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@pytest.fixture(params=[TensorLyCP, TensorLySymmetricCP])
def baseline(request):
    return request.param


@pytest.fixture
def easy():
    """Orthogonal terms: every sound algorithm finds them."""
    return make_symmetric_cp(6, 3, orthogonal=True, random_state=0)


@quiet
def test_a_seed_fixes_the_answer(baseline):
    tensor = make_symmetric_cp(6, 4, collinearity=0.7, random_state=0).tensor
    models = [baseline(random_state=seed) for seed in (0, 0, 1)]
    if baseline is TensorLyCP:  # its first start is not random
        models = [model.set_params(init="random") for model in models]
    first, second, other = (model.fit(tensor) for model in models)
    assert_array_equal(first.components_, second.components_)
    assert_array_equal(first.weights_, second.weights_)
    assert not np.array_equal(first.components_, other.components_)


@quiet
def test_global_generator_is_neither_read_nor_changed(baseline, easy):
    np.random.seed(1)  # noqa: NPY002 - it is the global one
    before = np.random.get_state()  # noqa: NPY002
    first = baseline(random_state=0).fit(easy.tensor)
    after = np.random.get_state()  # noqa: NPY002
    assert_array_equal(before[1], after[1])
    assert before[2:] == after[2:]
    np.random.seed(2)  # noqa: NPY002
    second = baseline(random_state=0).fit(easy.tensor)
    assert_array_equal(first.components_, second.components_)


@quiet
def test_input_and_parameters_are_left_as_they_were(baseline, easy, context):
    before = easy.tensor.copy()
    tensor = context.asarray(easy.tensor)
    model = baseline(random_state=0)
    parameters = model.get_params()
    model.fit(tensor)
    assert_array_equal(np.asarray(tensor), before)
    assert model.get_params() == parameters
    easy.tensor.flags.writeable = False
    assert_allclose(
        clone(model).fit(easy.tensor).components_, model.components_, atol=1e-8
    )


@quiet
def test_backend_of_the_user_is_left_alone(baseline, easy):
    pytest.importorskip("torch")
    seen = {}

    def other_thread():
        seen["before"] = tl.get_backend()
        baseline(random_state=0, backend="numpy").fit(easy.tensor)
        seen["after"] = tl.get_backend()

    tl.set_backend("pytorch")  # for every thread
    try:
        model = baseline(random_state=0).fit(easy.tensor)
        assert tl.get_backend() == "pytorch"
        thread = threading.Thread(target=other_thread)
        thread.start()
        thread.join()
        assert seen == {"before": "pytorch", "after": "pytorch"}
        assert tl.get_backend() == "pytorch"
    finally:
        tl.set_backend("numpy")
    plain = baseline(random_state=0).fit(easy.tensor)
    assert_array_equal(model.components_, plain.components_)


@quiet
def test_threads_on_different_backends_do_not_meet(baseline, easy):
    pytest.importorskip("torch")
    expected = baseline(random_state=0).fit(easy.tensor).components_
    found = {}

    def work(backend, i):
        model = baseline(random_state=0, backend=backend)
        found[backend, i] = model.fit(easy.tensor).components_

    threads = [
        threading.Thread(target=work, args=(backend, i))
        for i in range(3)
        for backend in ("numpy", "pytorch")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6
    for components in found.values():
        assert_allclose(components, expected, atol=1e-8)


@quiet
def test_failed_fit_restores_the_backend(baseline, easy, monkeypatch):
    pytest.importorskip("torch")

    def fail(*args, **kwargs):
        raise RuntimeError("interrupted")

    monkeypatch.setattr(_tensorly_cp, "robust_parafac", fail)
    monkeypatch.setattr(_tensorly_symmetric_cp, "_with_generator", lambda *args: fail)
    with pytest.raises(RuntimeError, match="interrupted"):
        baseline(backend="pytorch").fit(easy.tensor)
    assert tl.get_backend() == "numpy"
