# SPDX-License-Identifier: BSD-3-Clause
"""Input that is as small as input can be, and numbers of other types: it works."""

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning

from ..cases import one_test
from .conftest import X

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@one_test("order", [3, 4])
@one_test("sign", [1, -1])
def test_one_feature(decompose, order, sign):
    tensor = np.full((1,) * order, 8.0 * sign)
    found = decompose(tensor, max_iter=500, max_epochs=3)
    weights = getattr(found, "weights", None)
    if weights is None:
        weights, components = found.weights_, found.components_
    else:
        components = found.components
    np.testing.assert_allclose(np.abs(components), 1)
    total = np.sum(weights * components[:, 0] ** order)
    assert total == pytest.approx(8.0 * sign, rel=1e-2)


def test_one_sample(decompose):
    row = np.array([[1.0, -2.0, 2.0]])
    found = decompose(row, max_iter=500, max_epochs=3)
    error = getattr(found, "reconstruction_err_", None)
    error = found.reconstruction_err if error is None else error
    assert error < 1e-2


@one_test("data", [np.zeros((2, 2, 2)), np.zeros((4, 2)), np.full((4, 2), 0.1), X[:1]])
def test_a_zero_target_has_one_term_of_weight_zero(decompose, data):
    with pytest.warns(ConvergenceWarning, match="nothing to decompose"):
        found = decompose(data, statistic="cumulant")
    names = ("weights", "components", "status")
    weights, components, status = (
        getattr(found, name, getattr(found, f"{name}_", None)) for name in names
    )
    assert status == "noise"
    np.testing.assert_array_equal(weights, [0.0])
    np.testing.assert_array_equal(components, np.eye(data.shape[1])[:1])


def test_a_zero_target_is_explained_by_nothing_alone(fitted):
    assert fitted.score(np.zeros((4, 3))) == 0.0
    with pytest.warns(ConvergenceWarning, match="nothing to decompose"):
        empty = type(fitted)().fit(np.zeros((4, 3)))
    assert empty.score(np.zeros((4, 3))) == 1.0


@one_test("dtype", ["float16", "int64", "bool", ">f8"])
def test_other_numbers_are_worked_on_in_double_precision(decompose, dtype):
    found = decompose((X + 1).astype(dtype))
    components = getattr(found, "components_", getattr(found, "components", None))
    assert components.dtype == np.float64
