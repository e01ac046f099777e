# SPDX-License-Identifier: BSD-3-Clause
"""Theorem 2 of the paper: a tensor with a local minimum that is not the global one."""

from itertools import combinations
from numbers import Integral, Real
from typing import Any

import numpy as np
from sklearn.utils import Bunch
from sklearn.utils._param_validation import Interval

from ..algebra.cp import canonical_order
from ..machine.memory import dense_bytes, require_memory
from ..machine.sklearn_versions import validate_params
from ._common import MAX_ORDER


@validate_params(
    {
        "n_features": [Interval(Integral, 2, None, closed="left")],
        "rank": [Interval(Integral, 1, None, closed="left")],
        "order": [Interval(Integral, 3, MAX_ORDER, closed="both")],
        "n_components": [Interval(Integral, 1, None, closed="left"), None],
        "alpha": [Interval(Real, 0, None, closed="left")],
    },
    prefer_skip_nested_validation=True,
)
def make_spurious_minimum(
    n_features: int = 4,
    rank: int = 2,
    order: int = 3,
    n_components: int | None = None,
    *,
    alpha: float = 0.0,
) -> Bunch:
    r"""Make a tensor and a model of it that is stuck in a bad local minimum.

    The construction behind Theorem 2 of the paper [1]_: over-parametrisation alone
    does not remove local minima. Descent from the point returned here goes nowhere,
    although a model of the same width fits the tensor exactly.

    Parameters
    ----------
    n_features : int, default=4
        The dimension d, more than `rank`.
    rank : int, default=2
        The number r of directions that the model misses.
    order : int, default=3
        The order l, from 3 to 32.
    n_components : int, default=None
        The width m of the model, at least ``r (l + 1) + 1`` as in the theorem, which
        is also the default: the narrowest model that it speaks of.
    alpha : float, default=0.0
        The penalty lambda for which ``U_homogeneous`` is to be a local minimum.
        Theorem 2 is about the objective without one.

    Returns
    -------
    data : :class:`~sklearn.utils.Bunch`
        tensor : ndarray of shape (n_features,) * order
            The tensor T*; its entries are exact.
        weights : ndarray of shape (rank * order + 1,)
            Weights of a decomposition of T*, the global minimum, whose value is zero:
            even fewer terms than the ``r (l + 1) + 1`` of the theorem.
        components : ndarray of shape (rank * order + 1, n_features)
            Its unit vectors.
        U : ndarray of shape (n_features, n_components)
            The local minimum of equation (2) of the paper: its columns ``u_i``.
        C : ndarray of shape (n_components,)
            Its coefficients ``c_i``, the diagonal of the paper's matrix.
        value : float
            Equation (2) there, ``l (l - 1) r / 4``.
        U_homogeneous : ndarray of shape (n_features, n_components)
            The local minimum of the 2-homogeneous objective: its columns ``u_i``.
        A : ndarray of shape (n_components,)
            Its signs ``a_i``, all 1.
        value_homogeneous : float
            The 2-homogeneous objective there, ``value + alpha + alpha^2 / 2``.

    Raises
    ------
    ValueError
        If a parameter is out of its range, if `rank` is not below `n_features`, or if
        `n_components` is too small for the theorem.
    MemoryError
        If the tensor needs more than the memory that is available.

    See Also
    --------
    make_symmetric_cp : A random tensor whose terms are known.
    sklearn_overtensor.baselines.VanillaGradientCP : Descent on equation (2).

    Notes
    -----
    T* is not scaled to norm one; its squared norm is ``(1 + alpha)^2 + l (l-1) r / 2``.
    Write :math:`E_j` for the sum of the :math:`\binom{l}{2}` tensors with
    :math:`e_j` in two modes and :math:`e_1` in the others, the form
    :math:`\binom{l}{2} x_1^{l-2} x_j^2`.

    *The point.* :math:`c_i = 1`, :math:`u_i = m^{-1/l} e_1`, so that
    :math:`T = e_1^{⊗l}`, and

    .. math:: T^* = e_1^{⊗l} - R, \qquad R = T - T^* = \sum_{j=2}^{r+1} E_j.

    The :math:`E_j` are orthogonal and have :math:`\binom{l}{2}` entries 1, so
    :math:`f_v = \frac{1}{2} \|R\|^2 = \frac{1}{2} r \binom{l}{2} = l(l-1)r/4`.

    *No gradient.* :math:`R(u_i^{l-1}, ·) = 0`: each entry of R has two indices other
    than 1, and only one is left free.

    *A local minimum.* For any other point with the tensor T', since
    :math:`\langle R, T \rangle = 0`,

    .. math:: f_v(U', C') - f_v(U, C) = \frac{1}{2} \|T' - T\|^2 + \langle R, T'
              \rangle \ge \sum_{i=1}^m c_i' \binom{l}{2} (u_{i1}')^{l-2}
              \sum_{j=2}^{r+1} (u_{ij}')^2,

    which is not negative as long as all :math:`c_i'` and :math:`u_{i1}'` are positive:
    in the ball of radius :math:`m^{-1/l}` around the point, for instance. It is not
    strict: one component may shrink to zero while another makes up for it, and from
    zero there is a way down. That is what the paper re-initialises components for.

    *The global minimum.* In :math:`z = x_1 + i x_j` the form
    :math:`\binom{l}{2} x_1^{l-2} x_j^2` has the coefficients
    :math:`2^{-l} \binom{l}{p} \frac{1}{2} (l - (l - 2p)^2)` of
    :math:`z^{l-p} \bar z^p`, and a power of :math:`\cos θ \, e_1 + \sin θ \, e_j` has
    :math:`2^{-l} \binom{l}{p} e^{-i(l-2p)θ}`. At the l + 1 angles
    :math:`θ_k = kπ / (l+1)` a discrete Fourier transform therefore gives the weights

    .. math:: E_j = \sum_{k=0}^l w_k (\cos θ_k \, e_1 + \sin θ_k \, e_j)^{⊗l}, \qquad
              w_k = \frac{1}{l+1} \sum_{p=0}^l \frac{l - (l-2p)^2}{2}
              \cos \left( (l-2p) θ_k \right).

    That makes r (l + 1) + 1 terms with :math:`e_1^{⊗l}`; as :math:`θ_0 = 0` is
    :math:`e_1` for all j, r l + 1 are left.

    *The 2-homogeneous model* :math:`T = \sum_i a_i \|u_i\|^{2-l} u_i^{⊗l}` has the
    tensor :math:`e_1^{⊗l}` at :math:`a_i = 1`, :math:`u_i = m^{-1/2} e_1`, and the same
    argument holds with :math:`a_i' \|u_i'\|^{2-l}` for :math:`c_i'`. The penalty
    :math:`λ \sum_i \|u_i\|^2` pulls at the point, so T* is
    :math:`(1 + λ) e_1^{⊗l} - \sum_j E_j`. Then :math:`R = -λ e_1^{⊗l} + \sum_j E_j`
    and, with the angle :math:`φ_i` of :math:`u_i'` to :math:`e_1`, the inequality above
    gains the terms :math:`λ \sum_i \|u_i'\|^2 (1 - \cos^l φ_i) \ge 0` on the right. For
    equation (2), where nothing is penalised, :math:`c_i = 1 + λ` compensates.

    References
    ----------
    .. [1] X. Wang, C. Wu, J. D. Lee, T. Ma and R. Ge, "Beyond Lazy Training for
       Over-parameterized Tensor Decomposition", NeurIPS 2020, Theorem 2.

    Examples
    --------
    >>> import tensorly as tl
    >>> from sklearn_overtensor.datasets import make_spurious_minimum
    >>> from sklearn_overtensor.metrics import relative_error
    >>> data = make_spurious_minimum(n_features=4, rank=2, order=3)
    >>> stuck = tl.cp_to_tensor((data.C, [data.U] * 3))
    >>> print(round(0.5 * ((stuck - data.tensor) ** 2).sum(), 6), data.value)
    3.0 3.0
    >>> best = tl.cp_to_tensor((data.weights, [data.components.T] * 3))
    >>> len(data.weights), relative_error(data.tensor, best) < 1e-14
    (7, True)
    """
    n_features, rank, order = int(n_features), int(rank), int(order)
    m = _checked_width(n_features, rank, order, n_components)
    require_memory(
        dense_bytes(n_features, order),
        f"A tensor of n_features={n_features} and order={order}",
        "Ask for fewer features, or a lower order.",
    )
    tensor = np.zeros((n_features,) * order)
    tensor[(0,) * order] = 1.0 + alpha
    missed = np.arange(1, rank + 1)
    for first, second in combinations(range(order), 2):
        index: list[Any] = [0] * order
        index[first] = index[second] = missed
        tensor[tuple(index)] = -1.0
    weights, components = _global_minimum(n_features, rank, order, alpha)
    ones = np.ones(m)
    value = order * (order - 1) * rank / 4
    return Bunch(
        tensor=tensor,
        weights=weights,
        components=components,
        U=np.eye(n_features, 1) * (m ** (-1 / order) * ones),
        C=(1.0 + alpha) * ones,
        value=value,
        U_homogeneous=np.eye(n_features, 1) * (m**-0.5 * ones),
        A=ones,
        value_homogeneous=value + alpha + alpha**2 / 2,
    )


def _checked_width(n_features, rank, order, n_components):
    """The width m, after a check of what the theorem asks for."""
    if rank >= n_features:
        raise ValueError(
            f"Theorem 2 needs more features than missed directions: got rank={rank} "
            f"and n_features={n_features}."
        )
    least = rank * (order + 1) + 1
    if n_components is None:
        return least
    if n_components < least:
        raise ValueError(
            f"Theorem 2 needs n_components >= rank * (order + 1) + 1 = {least}, got "
            f"n_components={n_components}."
        )
    return int(n_components)


def _global_minimum(n_features, rank, order, alpha):
    """Weights and unit rows of ``r l + 1`` terms that sum to T*; see the Notes."""
    angles = np.arange(order + 1) * np.pi / (order + 1)
    frequencies = order - 2 * np.arange(order + 1)
    coefficients = (order - frequencies**2) / 2
    missed = np.cos(np.outer(angles, frequencies)) @ coefficients / (order + 1)
    components = np.zeros((rank, order, n_features))
    components[:, :, 0] = np.cos(angles[1:])
    for j in range(rank):
        components[j, :, j + 1] = np.sin(angles[1:])
    return canonical_order(
        np.append(1.0 + alpha - rank * missed[0], np.tile(-missed[1:], rank)),
        np.vstack([np.eye(1, n_features), components.reshape(-1, n_features)]),
        order,
    )
