# SPDX-License-Identifier: BSD-3-Clause
"""A symmetric tensor that is not held: numbers that are linear in it are known."""

from numbers import Integral
from typing import Any

import numpy as np
from sklearn.utils import check_array

from .._typing import AnyArray, FloatArray, Weights
from ..algebra.cp import integer_power
from ..checks import (
    check_components,
    check_sample_weights,
    refuse_dask,
    refuse_no_numbers,
)
from ..machine.backend import ArrayContext, is_dask, is_torch, to_numpy
from ..rows.parts import ChunkedRows
from ..rows.weights import WeightSums


class Measured:
    """What all tensors that are not held have in common.

    Attributes
    ----------
    order, n_features : int
        Of the unknown tensor.
    context : ArrayContext
        Of its decomposition: NumPy, float64.
    """

    order: int
    n_features: int
    context = ArrayContext()
    contraction = "implicit"
    mean = None

    @property
    def squared_norm(self) -> float:
        """Not known of a tensor that is not held."""
        raise TypeError(
            f"{type(self).__name__} is a tensor that is known by measurements alone: "
            "its norm is not known before it is decomposed. Pass it to "
            "overparam_symmetric_cp."
        )


class MeasuredTarget(Measured):
    """Rank-one measurements ``y_n = <T, x_n^{⊗l}>`` of an unknown symmetric tensor.

    For a tensor ``T = sum_i w_i v_i^{⊗l}`` they are ``sum_i w_i (v_i'x_n)^l``. This is
    a two-layer network with the activation ``z^l``. A tensor of few terms needs fewer
    measurements than it has entries.

    Parameters
    ----------
    X : array-like, torch.Tensor, sparse array or dask, (n_samples, n_features)
        The rows ``x_n``; worked on by NumPy, in float64. Those of dask are read chunk
        by chunk, once.
    y : array-like of shape (n_samples,)
        The measurements.
    order : int, default=3
        Order ``l >= 3`` of the tensor.
    sample_weight : array-like of shape (n_samples,) or None, default=None
        Non-negative weights; whole numbers are counts. None: uniform.

    Attributes
    ----------
    X : ndarray, csr_array or dask array of shape (n_samples, n_features)
    y : ndarray of shape (n_samples,)
    probability : ndarray of shape (n_samples,)
        Weights over their sum.
    weight : float
        Measurements of weight one that all are worth.
    order, n_features : int
        Of the unknown tensor.

    Raises
    ------
    ValueError
        For malformed, infinite or empty input, and an order below 3.
    MemoryError
        For rows of dask, when neither they nor a square of as many numbers as there are
        monomials fit.

    See Also
    --------
    sklearn_overtensor.OverparamPolynomialRegressor : Terms of several orders and a
        constant, as a regressor of scikit-learn.

    Notes
    -----
    The data fit is ``1/2 sum_n p_n (y_n - <T, x_n^{⊗l}>)^2``. All that a solver needs
    is ``A*(r)(v^{l-1}, ·) = X' diag(p r) (X V)^{∘(l-1)}``, in ``O(n d m)``: nothing of
    the size of the tensor is formed.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_overtensor import overparam_symmetric_cp
    >>> from sklearn_overtensor.targets import MeasuredTarget
    >>> X = np.random.default_rng(0).standard_normal((100, 6))
    >>> y = 2.0 * X[:, 0] ** 3 - 1.0 * (0.6 * X[:, 1] + 0.8 * X[:, 2]) ** 3
    >>> result = overparam_symmetric_cp(MeasuredTarget(X, y), random_state=0)
    >>> result.status, result.weights.round(6)
    ('exact', array([2., 1.]))
    """

    X: Any
    y: Any
    probability: Any

    def __init__(
        self,
        X: AnyArray,
        y: AnyArray,
        order: int = 3,
        sample_weight: Weights = None,
    ) -> None:
        if not isinstance(order, Integral):
            raise ValueError(f"order={order!r} must be a whole number of at least 3.")
        if order < 3:
            raise ValueError(
                f"order={order} is too small: terms are identifiable from order 3 on. "
                "For orders 1 and 2 use OverparamPolynomialRegressor(degree=2)."
            )
        self.parts = None
        if is_dask(X):
            self.parts = ChunkedRows(X, y, sample_weight)
            X, y, weights = self.parts.X, self.parts.y, self.parts.weights
        else:
            X, y, weights = self._checked(X, y, sample_weight)
        self.X, self.y, self.order, self.n_features = X, y, order, X.shape[1]
        self.weight = WeightSums.of(weights).count
        weights = weights / weights.max()  # their sum may overflow
        self.probability = weights / weights.sum()

    @staticmethod
    def _checked(X, y, sample_weight):
        refuse_dask(y, "y")
        for name, data in (("X", X), ("y", y)):
            refuse_no_numbers(data, name)
        X = to_numpy(X) if is_torch(X) else X
        X = check_array(X, accept_sparse="csr", dtype=np.float64)
        y = check_array(to_numpy(y), dtype=np.float64, ensure_2d=False, input_name="y")
        if y.shape != (X.shape[0],):
            raise ValueError(
                f"y must have one measurement for each of the {X.shape[0]} rows of X, "
                f"got shape {y.shape}."
            )
        return X, y, check_sample_weights(sample_weight, X.shape[0])

    @property
    def n_samples(self) -> int:
        """Number of measurements."""
        return int(self.X.shape[0])

    def residual(self, weights: AnyArray, components: AnyArray) -> FloatArray:
        """``y_n - sum_i w_i (v_i'x_n)^l``.

        Parameters
        ----------
        weights : array-like of shape (k,)
        components : array-like of shape (k, n_features)

        Returns
        -------
        residual : ndarray of shape (n_samples,)
        """
        weights, components = check_components(weights, components, self.context)
        values = integer_power(self.X @ components.T, self.order) @ weights
        return self.y - np.asarray(values)

    def loss(self, weights: AnyArray, components: AnyArray) -> float:
        """The data fit, ``1/2 sum_n p_n residual_n^2``; arguments as ``residual``."""
        r = self.residual(weights, components)
        return 0.5 * float(self.probability @ r**2)

    def contract_residual(
        self, V: AnyArray, weights: AnyArray, components: AnyArray
    ) -> FloatArray:
        """``A*(r)(v, ..., v, ·)`` of the residual r for each column of V.

        Minus the gradient of the loss in a component ``v_i`` is ``l w_i`` times the
        column of ``v_i``.

        Parameters
        ----------
        V : array-like of shape (n_features, m)
        weights, components
            As ``residual``.

        Returns
        -------
        contraction : ndarray of shape (n_features, m)
        """
        V = self.context.asarray(V)
        if V.ndim != 2 or V.shape[0] != self.n_features:
            raise ValueError(
                f"V must be of shape (n_features={self.n_features}, m), got {V.shape}."
            )
        r = self.probability * self.residual(weights, components)
        powers = integer_power(self.X @ V, self.order - 1)
        return np.asarray(self.X.T @ (r[:, None] * powers))
