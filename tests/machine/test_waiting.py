# SPDX-License-Identifier: BSD-3-Clause
"""A fit on a GPU waits for it a few times, however much there is to read."""

import numpy as np
import pytest

from sklearn_overtensor import OverparamSymmetricCP
from sklearn_overtensor.datasets import make_symmetric_cp
from sklearn_overtensor.machine import memory

torch = pytest.importorskip("torch")

from .waiting import Waits  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def waits(X, **settings):
    with Waits() as found:
        OverparamSymmetricCP(random_state=0, **settings).fit(torch.as_tensor(X))
    return found.count


def test_the_counter_sees_each_number_that_python_asks_for():
    array = torch.ones(3)
    with Waits() as found:
        float(array.sum())
        bool(array.any())
        array.sum().item()
        array.numpy()
        array.nonzero()
        array * 2 + array  # asks for nothing
    assert found.count == 5


@pytest.fixture
def tiny_blocks(monkeypatch):
    """Blocks of a few hundred numbers instead of thousands."""
    return lambda: monkeypatch.setattr(memory, "BLOCK_BYTES", 3000)


def test_the_blocks_of_a_residual_are_waited_for_once(tiny_blocks):
    tensor = make_symmetric_cp(12, 3, random_state=0).tensor
    few = waits(tensor)
    tiny_blocks()
    assert waits(tensor) == few <= 10


@pytest.mark.parametrize(("statistic", "order"), [("moment", 3), ("cumulant", 4)])
def test_blocks_of_rows_are_not_waited_for(statistic, order, tiny_blocks):
    rng = np.random.default_rng(0)
    X = rng.exponential(size=(500, 3)) @ rng.standard_normal((3, 5))
    few = waits(X, statistic=statistic, order=order)
    tiny_blocks()
    assert waits(X, statistic=statistic, order=order) == few <= 60


def test_a_step_of_gradient_descent_waits_for_few_numbers():
    tensor = make_symmetric_cp(6, 2, random_state=0).tensor
    few, many = (
        waits(tensor, solver="gd", max_epochs=1, max_iter=n, refine=False)
        for n in (20, 60)
    )
    # Its loss, the longest step, the gradient's size, the modes; steps halved add some.
    assert many - few <= 5 * 40
