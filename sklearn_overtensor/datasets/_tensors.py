# SPDX-License-Identifier: BSD-3-Clause
"""Symmetric tensors made from known rank-one terms."""

from numbers import Integral, Real

import numpy as np
from sklearn.utils import Bunch, check_random_state
from sklearn.utils._param_validation import Interval

from ..algebra.cp import canonical_order, cp_to_dense, frobenius_norm
from ..machine.backend import load_backend
from ..machine.memory import require_memory
from ..machine.sklearn_versions import validate_params
from ..symmetry import symmetrize
from ._common import MAX_ORDER, random_directions

_WEIGHT_RANGE = (0.5, 2.0)


@validate_params(
    {
        "n_features": [Interval(Integral, 1, None, closed="left")],
        "rank": [Interval(Integral, 1, None, closed="left")],
        "order": [Interval(Integral, 3, MAX_ORDER, closed="both")],
        "collinearity": [Interval(Real, -1, 1, closed="left"), None],
        "orthogonal": ["boolean"],
        "signed": ["boolean"],
        "noise": [Interval(Real, 0, None, closed="left")],
        "random_state": ["random_state"],
    },
    prefer_skip_nested_validation=True,
)
def make_symmetric_cp(
    n_features: int = 10,
    rank: int = 3,
    order: int = 3,
    *,
    collinearity: float | None = None,
    orthogonal: bool = False,
    signed: bool = False,
    noise: float = 0.0,
    random_state: int | np.random.RandomState | None = None,
) -> Bunch:
    r"""Make a random symmetric tensor of known rank-one terms.

    Parameters
    ----------
    n_features : int, default=10
        The dimension d of every axis of the tensor.
    rank : int, default=3
        The number r of terms. It may exceed `n_features`, except where `collinearity`
        or `orthogonal` fixes the angles.
    order : int, default=3
        The number l of axes, from 3 to 32. 3 is the lowest order at which the terms
        are determined by their sum.
    collinearity : float, default=None
        The cosine of every pair of components, from -1 / (r - 1) to below 1. Needs
        ``rank <= n_features``. With None, the components are independent and
        uniform on the sphere: the ordinary, well separated case.
    orthogonal : bool, default=False
        Whether the components are orthonormal: the same as ``collinearity=0``.
        Needs ``rank <= n_features``.
    signed : bool, default=False
        Whether each term gets a random sign. At even order that is the sign of its
        weight. At odd order a sign is the same as a reversed component, so the
        component is reversed and the weight stays positive; the cosines that
        `collinearity` sets then hold up to sign.
    noise : float, default=0.0
        The Frobenius norm of the noise, relative to that of the noise-free tensor.
    random_state : int, RandomState instance or None, default=None
        Pass an int for the same tensor on every call. The same int gives the same
        `components` (up to sign) and the same sizes of `weights` whatever `signed`
        and `noise` are.

    Returns
    -------
    data : :class:`~sklearn.utils.Bunch`
        tensor : ndarray of shape (n_features,) * order
            The tensor, noise included. Exactly symmetric: the entries at permuted
            indices are the same number.
        tensor_clean : ndarray of shape (n_features,) * order
            The tensor without noise; the very same array as `tensor` if `noise` is 0.
        weights : ndarray of shape (rank,)
            The weights, of sizes uniform in [0.5, 2], largest first. Positive at odd
            order.
        components : ndarray of shape (rank, n_features)
            The components, of unit norm. At even order, where a component and its
            opposite give the same term, the first of the largest entries is positive.

    Raises
    ------
    ValueError
        If a parameter is out of its range, if `rank` exceeds `n_features` where the
        angles are fixed, if no set of that many components has that cosine, or if
        both `orthogonal` and `collinearity` are given. Of scikit-learn's subclass
        ``InvalidParameterError`` if it concerns one parameter alone.
    MemoryError
        If the arrays need more than the memory that is available.

    See Also
    --------
    make_latent_samples : Samples whose cumulant tensors are known.
    sklearn_overtensor.metrics.factor_match_score : Compare an answer with the truth.

    Notes
    -----
    The noise-free tensor is

    .. math:: T = \sum_{i=1}^{r} w_i \, v_i^{\otimes l}, \qquad \|v_i\| = 1.

    For a cosine c, the components are the rows of :math:`G^{1/2} Q^\top` with the
    Gram matrix :math:`G = (1 - c) I + c 1 1^\top` and a uniformly random
    orthonormal frame Q of shape (d, r).

    The noise is the symmetric part of a tensor of independent standard normal
    entries, scaled to the norm asked for. Its distribution does not change under
    rotation.

    References
    ----------
    .. [1] X. Wang, C. Wu, J. D. Lee, T. Ma and R. Ge, "Beyond Lazy Training for
       Over-parameterized Tensor Decomposition", NeurIPS 2020.
    .. [2] G. Tomasi and R. Bro, "A comparison of algorithms for fitting the PARAFAC
       model", Computational Statistics & Data Analysis 50(7), 2006 (collinearity as
       the measure of a problem's difficulty).

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_overtensor.datasets import make_symmetric_cp
    >>> data = make_symmetric_cp(6, rank=2, collinearity=0.5, random_state=0)
    >>> data.tensor.shape
    (6, 6, 6)
    >>> bool(np.array_equal(data.tensor, data.tensor.transpose(2, 0, 1)))
    True
    >>> print((data.components @ data.components.T).round(6))
    [[1.  0.5]
     [0.5 1. ]]
    """
    # Python integers: those of NumPy would overflow in the count of the entries.
    n_features, rank, order = int(n_features), int(rank), int(order)
    cosine = _pairwise_cosine(n_features, rank, collinearity, orthogonal)
    n_entries = (4 if noise else 1) * n_features**order
    n_entries += rank * (n_features ** (order // 2) + n_features ** (-(-order // 2)))
    require_memory(
        8 * n_entries,
        f"A tensor of n_features={n_features} and order={order}",
        "Ask for fewer features, or a lower order.",
    )

    rng = check_random_state(random_state)
    components = random_directions(rng, rank, n_features, cosine)
    weights = np.sort(rng.uniform(*_WEIGHT_RANGE, size=rank))[::-1]
    signs = rng.choice([-1.0, 1.0], size=rank)  # drawn always: see random_state
    if signed:
        weights = weights * signs
    weights, components = canonical_order(weights, components, order)

    xp = load_backend("numpy")
    clean = _mirror_sorted_entries(cp_to_dense(xp, weights, components.T, order))
    tensor = clean
    if noise:
        tensor = _mirror_sorted_entries(symmetrize(rng.standard_normal(clean.shape)))
        tensor *= noise * frobenius_norm(xp, clean) / frobenius_norm(xp, tensor)
        tensor += clean
    return Bunch(
        tensor=tensor, tensor_clean=clean, weights=weights, components=components
    )


def _pairwise_cosine(
    n_features: int, rank: int, collinearity: float | None, orthogonal: bool
) -> float | None:
    """Check the parameters that fix the angles; return the cosine, None if free."""
    if collinearity is None and not orthogonal:
        return None
    if orthogonal and collinearity is not None:
        raise ValueError(
            "orthogonal=True and collinearity exclude each other: expected "
            f"collinearity=None, got collinearity={collinearity}."
        )
    given = "orthogonal=True" if orthogonal else f"collinearity={collinearity}"
    if rank > n_features:
        raise ValueError(
            f"{given} needs rank <= n_features, got rank={rank} and "
            f"n_features={n_features}."
        )
    if collinearity is None:
        return 0.0
    lowest = -1.0 / max(rank - 1, 1)
    if collinearity < lowest:
        raise ValueError(
            f"collinearity must be at least -1 / (rank - 1) = {lowest:.6g} for "
            f"rank={rank} components, got collinearity={collinearity}."
        )
    return float(collinearity)


def _mirror_sorted_entries(tensor: np.ndarray) -> np.ndarray:
    """Copy each entry at sorted indices to all their permutations, in place.

    Removes the rounding errors that leave a symmetric tensor not quite symmetric.
    Each step copies across the diagonal of two neighbouring axes; the steps are those
    of bubble sort, so together they read every entry from its sorted indices.
    """
    n_features, order = len(tensor), tensor.ndim
    for last in range(order - 1, 0, -1):
        for axis in range(last):
            view = tensor.reshape(n_features**axis, n_features, n_features, -1)
            for i in range(1, n_features):
                view[:, i, :i] = view[:, :i, i]
    return tensor
