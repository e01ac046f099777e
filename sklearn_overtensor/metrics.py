# SPDX-License-Identifier: BSD-3-Clause
"""How far a decomposition is from a tensor, and its terms from the true ones.

Computed in plain NumPy at float64, whatever backend TensorLy has at the time. Inputs
may be arrays or torch tensors on any device; they are copied to the CPU.
"""

from functools import reduce
from numbers import Integral

import numpy as np
from numpy.typing import ArrayLike
from scipy.linalg import khatri_rao
from scipy.optimize import linear_sum_assignment
from sklearn.utils._param_validation import Interval, validate_params
from tensorly.cp_tensor import CPTensor

from ._algebra import frobenius_norm
from ._backend import load_backend, to_numpy

__all__ = ["factor_match_score", "relative_error"]


def relative_error(
    tensor: ArrayLike | CPTensor | tuple, approximation: ArrayLike | CPTensor | tuple
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
    true = _as_real_array("components_true", components_true, ndim=2)
    pred = _as_real_array("components_pred", components_pred, ndim=2)
    if len(true) == 0:
        raise ValueError("components_true must hold at least one component, got none.")
    if true.shape[1] != pred.shape[1]:
        raise ValueError(
            "components_pred must have as many features as components_true, "
            f"{true.shape[1]}; got {pred.shape[1]}."
        )
    weights = _check_weights(weights_true, weights_pred, len(true), len(pred))
    directions_true, norms_true = _directions_and_norms(true)
    directions_pred, norms_pred = _directions_and_norms(pred)
    scores = np.clip(directions_true @ directions_pred.T, -1.0, 1.0) ** order
    if weights is not None:
        longest = max(norms_true.max(), norms_pred.max(initial=0.0)) or 1.0
        scores = scores * _weight_agreement(
            weights[0] * (norms_true / longest) ** order,
            weights[1] * (norms_pred / longest) ** order,
        )
    pairs = linear_sum_assignment(scores, maximize=True)
    return float(scores[pairs].sum() / max(scores.shape))


def _check_weights(
    weights_true: ArrayLike | None,
    weights_pred: ArrayLike | None,
    n_true: int,
    n_pred: int,
) -> tuple[np.ndarray, np.ndarray] | None:
    """Return both weights as arrays, or None if neither is given."""
    if weights_true is None and weights_pred is None:
        return None
    if weights_true is None or weights_pred is None:
        raise ValueError(
            "weights_true and weights_pred must be given together; got only "
            f"{'weights_pred' if weights_true is None else 'weights_true'}."
        )
    true = _as_real_array("weights_true", weights_true, ndim=1)
    pred = _as_real_array("weights_pred", weights_pred, ndim=1)
    for name, found, expected in (("true", true, n_true), ("pred", pred, n_pred)):
        if len(found) != expected:
            raise ValueError(
                f"weights_{name} must hold one weight for each of the {expected} rows "
                f"of components_{name}; got {len(found)}."
            )
    return true, pred


def _directions_and_norms(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Split rows into directions and norms; a zero row keeps a zero direction."""
    largest = np.abs(rows).max(axis=1, initial=0.0, keepdims=True)
    scaled = np.divide(rows, largest, out=np.zeros_like(rows), where=largest > 0.0)
    norms = np.linalg.norm(scaled, axis=1, keepdims=True)
    directions = np.divide(scaled, norms, out=scaled, where=norms > 0.0)
    return directions, (largest * norms)[:, 0]


def _weight_agreement(true: np.ndarray, pred: np.ndarray) -> np.ndarray:
    """Compare all pairs: the smaller size over the larger one, with the sign.

    Equal to 1 - ||w| - |w'|| / max(|w|, |w'|) times sign(w w'); two zeros agree.
    """
    sizes_true, sizes_pred = np.abs(true)[:, None], np.abs(pred)[None, :]
    larger = np.maximum(sizes_true, sizes_pred)
    smaller = np.minimum(sizes_true, sizes_pred)
    ratio = np.divide(smaller, larger, out=np.ones_like(larger), where=larger > 0.0)
    opposite = (true < 0.0)[:, None] != (pred < 0.0)[None, :]
    return np.where(opposite, -ratio, ratio)


def _as_dense(name: str, value: ArrayLike | CPTensor | tuple) -> np.ndarray:
    """Return a tensor as a float64 array; rebuild it if it comes in CP form."""
    if isinstance(value, (CPTensor, tuple)):
        value = _rebuild(name, value)
    array = _as_real_array(name, value)
    if array.size == 0 or array.ndim == 0:
        raise ValueError(f"{name} must not be empty or 0-D, got shape {array.shape}.")
    return array


def _rebuild(name: str, cp_tensor: CPTensor | tuple) -> np.ndarray:
    """Build the dense tensor of a CP form as one product of two halves."""
    factors = cp_tensor[1] if len(cp_tensor) == 2 else None
    if not isinstance(factors, (list, tuple)) or len(factors) == 0:
        raise ValueError(
            f"{name}, given as a tuple, must be the pair (weights, factors) with a "
            "list of factors (d_j, k); pass an array or a list for a dense tensor."
        )
    factors = [
        _as_real_array(f"factor {j} of {name}", factor, ndim=2)
        for j, factor in enumerate(factors)
    ]
    weights = np.ones(factors[0].shape[1]) if cp_tensor[0] is None else cp_tensor[0]
    weights = _as_real_array(f"the weights of {name}", weights, ndim=1)
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


def _as_real_array(name: str, value: ArrayLike, ndim: int | None = None) -> np.ndarray:
    """Return a finite float64 array on the CPU, or raise an error naming `name`."""
    try:
        array = to_numpy(value)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} must be an array of real numbers: {error}") from error
    if array.dtype.kind not in "biuf":
        raise ValueError(
            f"{name} must be an array of real numbers, got dtype {array.dtype}."
        )
    if ndim is not None and array.ndim != ndim:
        raise ValueError(f"{name} must have ndim={ndim}, got shape {array.shape}.")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} must be finite, got NaN or infinity.")
    return array.astype(np.float64, copy=False)
