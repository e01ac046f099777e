# SPDX-License-Identifier: BSD-3-Clause
"""The contract of a target as a test class that your own target can inherit."""

import numpy as np

from ._typing import FloatArray, TargetLike
from .machine.backend import to_numpy
from .symmetry import asymmetry

__all__ = ["TargetContract"]


class TargetContract:
    """Tests that every target passes; subclass it in a pytest module.

    Write ``make_target``, and ``dense`` for the tensor that the target stands for;
    pytest collects the tests from the subclass.

    Attributes
    ----------
    rtol : float, default=1e-10
        Relative tolerance of the comparisons; raise it for float32.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_overtensor.testing import TargetContract
    >>> class DiagonalTarget:
    ...     '''The diagonal tensor with ``entries`` on its diagonal.'''
    ...     def __init__(self, entries, order):
    ...         self.entries, self.order = entries, order
    ...         self.n_features = len(entries)
    ...         self.squared_norm = float(np.sum(entries**2))
    ...     def contract(self, V):
    ...         return self.entries[:, None] * V ** (self.order - 1)
    >>> class TestDiagonalTarget(TargetContract):
    ...     entries = np.array([1.0, -2.0, 3.0])
    ...     def make_target(self):
    ...         return DiagonalTarget(self.entries, order=3)
    ...     def dense(self):
    ...         tensor = np.zeros((3, 3, 3))
    ...         tensor[range(3), range(3), range(3)] = self.entries
    ...         return tensor
    >>> TestDiagonalTarget().test_contract_equals_dense()
    """

    rtol = 1e-10

    def make_target(self) -> TargetLike:
        """The target under test."""
        raise NotImplementedError

    def dense(self) -> FloatArray:
        """The same tensor as a NumPy array of shape ``(d,) * order``."""
        raise NotImplementedError

    def _columns(self, m=4, seed=0):
        n_features = self.make_target().n_features
        return np.random.default_rng(seed).standard_normal((n_features, m))

    def _contract(self, V):
        return to_numpy(self.make_target().contract(V)).astype(float)

    def _assert_close(self, actual, expected):
        scale = max(np.abs(expected).max(), np.sqrt(self.make_target().squared_norm))
        np.testing.assert_allclose(actual, expected, rtol=0, atol=self.rtol * scale)

    def test_shape_is_that_of_the_dense_tensor(self) -> None:
        target = self.make_target()
        assert self.dense().shape == (target.n_features,) * target.order

    def test_the_dense_tensor_is_symmetric(self) -> None:
        assert asymmetry(self.dense()) < self.rtol

    def test_contract_equals_dense(self) -> None:
        V = self._columns()
        self._assert_close(self._contract(V), dense_contract(self.dense(), V))

    def test_squared_norm_equals_dense(self) -> None:
        expected = np.sum(self.dense().astype(float) ** 2)
        np.testing.assert_allclose(
            self.make_target().squared_norm, expected, rtol=100 * self.rtol
        )

    def test_contraction_is_homogeneous_of_degree_order_minus_one(self) -> None:
        V, power = self._columns(), self.make_target().order - 1
        self._assert_close(self._contract(-2 * V), (-2.0) ** power * self._contract(V))

    def test_columns_do_not_see_each_other(self) -> None:
        V = self._columns()
        alone = np.hstack([self._contract(V[:, [i]]) for i in range(V.shape[1])])
        self._assert_close(self._contract(V), alone)

    def test_contraction_is_the_gradient_of_a_symmetric_form(self) -> None:
        # T(v, ..., v) has the gradient l T(v, ..., v, ·) only if T is symmetric.
        V, step = self._columns(m=3), 1e-4
        direction = self._columns(m=3, seed=1)
        order = self.make_target().order

        def form(columns):
            return np.sum(columns * self._contract(columns), axis=0)

        slope = (form(V + step * direction) - form(V - step * direction)) / (2 * step)
        expected = order * np.sum(direction * self._contract(V), axis=0)
        scale = order * np.abs(self._contract(V)).max() * np.abs(direction).max()
        tolerance = max(1e-5, self.rtol / step)
        np.testing.assert_allclose(slope, expected, rtol=0, atol=tolerance * scale)

    def test_input_is_left_as_it_was(self) -> None:
        V = self._columns()
        before = V.copy()
        self.make_target().contract(V)
        np.testing.assert_array_equal(V, before)


def dense_contract(tensor: FloatArray, V: FloatArray) -> FloatArray:
    """Columns ``T(v_i, ..., v_i, ·)`` of an array, one mode and column at a time."""
    columns = []
    for v in V.T:
        result = tensor
        while result.ndim > 1:
            result = result @ v
        columns.append(result)
    return np.stack(columns, axis=1)
