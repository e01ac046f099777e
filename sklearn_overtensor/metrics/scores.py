# SPDX-License-Identifier: BSD-3-Clause
"""How far a decomposition is from a tensor, and its terms from the true ones.

Computed in plain NumPy at float64, whatever backend TensorLy has at the time. Inputs
may be arrays or torch tensors on any device; they are copied to the CPU.
"""

from functools import reduce
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.linalg import khatri_rao
from sklearn.utils._param_validation import Interval
from tensorly.cp_tensor import CPTensor

from ..algebra.cp import frobenius_norm
from ..checks import as_real_array
from ..machine.backend import load_backend
from ..machine.sklearn_versions import validate_params
from .matching import match_terms

__all__ = ["factor_match_score", "relative_error"]


def relative_error(
    tensor: ArrayLike | CPTensor | tuple[Any, Any],
    approximation: ArrayLike | CPTensor | tuple[Any, Any],
) -> float:
    r"""Measure the distance of an approximation from a tensor, relative to its norm.

    Parameters
    ----------
    tensor : array-like of shape (d_1, ..., d_l), CPTensor or (weights, factors)
        The tensor that is approximated, or TensorLy's CP form of it. A tuple always
        means the pair of weights ``(k,)`` (or None for ones) and a list of factors
        ``(d_j, k)``, as in TensorLy; a list means an array.
    approximation : array-like of shape (d_1, ..., d_l), CPTensor or (weights, factors)
        The approximation, in either form.

    Returns
    -------
    error : float
        The relative error, 0 for a perfect answer and 1 for the answer zero. If
        `tensor` is zero: 0 where the approximation is zero too, else infinity.

    Raises
    ------
    ValueError
        If an argument is not a real, finite, non-empty array or CP form, or if the
        shapes differ.

    See Also
    --------
    factor_match_score : Compare the terms instead of their sum.

    Notes
    -----
    .. math:: \frac{\|T - \hat T\|_F}{\|T\|_F}

    from the explicit difference of the entries, which sees errors down to rounding; the
    shortcut through Gram matrices cancels near 1e-8. It needs memory for a few tensors.
    All is scaled by the largest entry first, so that no square over- or underflows.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_overtensor.metrics import relative_error
    >>> tensor = np.ones((2, 2, 2))
    >>> relative_error(tensor, 0.75 * tensor)
    0.25
    >>> relative_error(tensor, ([1.0], [np.ones((2, 1))] * 3))
    0.0
    """
    exact = _as_dense("tensor", tensor)
    approx = _as_dense("approximation", approximation)
    if exact.shape != approx.shape:
        raise ValueError(
            f"approximation must have tensor's shape {exact.shape}, got {approx.shape}."
        )
    scale = max(np.abs(exact).max(), np.abs(approx).max())
    if scale == 0.0:
        return 0.0
    exact, approx = exact / scale, approx / scale
    xp = load_backend("numpy")
    size = frobenius_norm(xp, exact)
    return frobenius_norm(xp, exact - approx) / size if size > 0.0 else np.inf


@validate_params(
    {"order": [Interval(Integral, 3, None, closed="left")]},
    prefer_skip_nested_validation=True,
)
def factor_match_score(
    components_true: ArrayLike,
    components_pred: ArrayLike,
    weights_true: ArrayLike | None = None,
    weights_pred: ArrayLike | None = None,
    *,
    order: int = 3,
) -> float:
    r"""Score how well the terms of a symmetric decomposition match the true ones.

    The terms are paired one to one, in the way that gives the largest score. What
    counts is the term ``w * v^{⊗order}``: a reversed component is an error at odd order
    and none at even order, and a weight of the wrong sign is an error at both.

    Parameters
    ----------
    components_true : array-like of shape (n_true, n_features)
        The true components, one a row. Rows need not have unit norm.
    components_pred : array-like of shape (n_pred, n_features)
        The components found. There may be more or fewer than true ones, also none.
    weights_true : array-like of shape (n_true,), default=None
        The true weights. With None (as `weights_pred` then must be), only directions
        count: weights and norms are ignored.
    weights_pred : array-like of shape (n_pred,), default=None
        The weights found.
    order : int, default=3
        The order l >= 3 of the tensor: as the estimator's, 3 if nothing is said.

    Returns
    -------
    score : float
        1 for the same terms in any sequence, 0 for orthogonal ones, -1 at worst: a
        pair of opposite terms counts -1.

    Raises
    ------
    ValueError
        If an argument is not a real, finite array of the shape above, there is no true
        component, the numbers of features differ, only one of the weights is given,
        or `order` is not an integer >= 3.

    See Also
    --------
    relative_error : Compare the sums of the terms.

    Notes
    -----
    With unit directions v and weights w that include the norms of the rows (each
    weight times the row's norm to the power l), the score of a pair is

    .. math:: \mathrm{sign}(w w') \,
        \Bigl(1 - \frac{\bigl| |w| - |w'| \bigr|}{\max(|w|, |w'|)}\Bigr)
        \langle v, v' \rangle^l ,

    without the factors before the cosine if no weights are given. The last factor is
    the inner product of the two unit rank-one tensors: the product of the cosines
    over the modes, as in the usual score [1]_, whose absolute values it does without.
    The score is the sum over the optimal pairs, divided by max(n_true, n_pred):
    missing terms and superfluous ones count 0.

    References
    ----------
    .. [1] E. Acar, D. M. Dunlavy, T. G. Kolda and M. Mørup, "Scalable tensor
       factorizations for incomplete data", Chemometrics and Intelligent Laboratory
       Systems 106(1), 2011.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_overtensor.metrics import factor_match_score
    >>> truth = np.eye(2)
    >>> factor_match_score(truth, truth[::-1])
    1.0
    >>> reversed_one = [[1, 0], [0, -1]]
    >>> factor_match_score(truth, reversed_one, order=3)
    0.0
    >>> factor_match_score(truth, reversed_one, order=4)
    1.0
    >>> factor_match_score(truth, reversed_one, [2, 1], [2, -1], order=3)
    1.0
    >>> factor_match_score(truth, truth, [2, 1], [1, 1], order=4)
    0.75
    """
    match = match_terms(
        components_true, components_pred, weights_true, weights_pred, order=order
    )
    return match.score


def _as_dense(name: str, value: ArrayLike | CPTensor | tuple[Any, Any]) -> np.ndarray:
    """Return a tensor as a float64 array; rebuild it if it comes in CP form."""
    if isinstance(value, (CPTensor, tuple)):
        value = _rebuild(name, value)
    array = as_real_array(name, value)
    if array.size == 0 or array.ndim == 0:
        raise ValueError(f"{name} must not be empty or 0-D, got shape {array.shape}.")
    return array


def _rebuild(name: str, cp_tensor: CPTensor | tuple[Any, Any]) -> np.ndarray:
    """Build the dense tensor of a CP form as one product of two halves."""
    factors = cp_tensor[1] if len(cp_tensor) == 2 else None
    if not isinstance(factors, (list, tuple)) or len(factors) == 0:
        raise ValueError(
            f"{name}, given as a tuple, must be the pair (weights, factors) with a "
            "list of factors (d_j, k); pass an array or a list for a dense tensor."
        )
    factors = [
        as_real_array(f"factor {j} of {name}", factor, ndim=2)
        for j, factor in enumerate(factors)
    ]
    weights = np.ones(factors[0].shape[1]) if cp_tensor[0] is None else cp_tensor[0]
    weights = as_real_array(f"the weights of {name}", weights, ndim=1)
    if any(factor.shape[1] != len(weights) for factor in factors):
        raise ValueError(
            f"the factors of {name} must have one column for each of its "
            f"{len(weights)} weights; got shapes {[f.shape for f in factors]}."
        )
    half = len(factors) // 2
    ones = np.ones((1, len(weights)))
    left = reduce(khatri_rao, factors[:half], ones)
    right = reduce(khatri_rao, factors[half:], ones)
    return ((left * weights) @ right.T).reshape([len(factor) for factor in factors])
