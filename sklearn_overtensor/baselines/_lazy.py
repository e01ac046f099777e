# SPDX-License-Identifier: BSD-3-Clause
"""``LazyCP``: the lazy (NTK) regime of Theorem 1, solved in closed form."""

from math import sqrt

import numpy as np
from scipy.linalg import eigh
from sklearn.utils import check_random_state

from ..machine.backend import to_numpy
from ..machine.memory import require_memory
from ..solvers.start import random_columns
from ._base import Baseline, DirectParameters
from ._tangent import tangent_gram, tangent_terms


class LazyCP(DirectParameters, Baseline):
    r"""Lazy training: components stay at their start, only first order moves count.

    The regime that over-parametrised models are often analysed in, and that the paper
    goes beyond: its Theorem 1 says that a random term needs of the order of
    ``d^{l-1}`` components here [1]_. What gradient descent would converge to, from a
    start of large norm, is the projection of the tensor on the tangent space of the
    model at its start; that projection is computed directly.

    Parameters
    ----------
    n_components : int or None, default=None
        Number m of components, with random directions. None: ``2 d + 5``, the width
        that ``OverparamSymmetricCP(solver="gd")`` starts with, so that the two
        regimes compare at equal width.
    order : int, default=3
        Order of the statistic of samples, 3 being the lowest that identifies terms;
        a tensor brings its own.
    statistic : {"moment", "cumulant"}, default="moment"
        What is decomposed when ``X`` holds samples, as in ``OverparamSymmetricCP``.
    backend : {"numpy", "pytorch"} or None, default=None
        Where to contract; None: where ``X`` lives.
    device : str or None, default=None
        A PyTorch device; None: that of ``X``.
    random_state : int, RandomState instance or None, default=None
        Pass an int for the same directions on every call.

    Attributes
    ----------
    directions_ : ndarray of shape (m, n_features_in_)
        The unit directions ``u_i`` of the start, which stay where they are.
    displacements_ : ndarray of shape (m, n_features_in_)
        The first order moves ``δ_i``: those of least norm, for
        ``sum_i P_sym(u_i^{l-1} ⊗ δ_i)``, in the units of the tensor.
    tangent_dim_ : int
        Dimension of the tangent space, at most ``m d``.
    components_ : ndarray of shape (n_components_, n_features_in_)
        Unit rows of the projection's CP form.
    weights_ : ndarray of shape (n_components_,)
        Signed weights of that form, largest absolute value first; positive at odd
        order.
    n_components_ : int
        Terms of that form: at most l for each of the m components.
    reconstruction_err_ : float
        Relative Frobenius residual of the projection.
    order_ : int
        Order of the tensor.
    mean_ : ndarray of shape (n_features_in_,)
        Mean that ``transform`` subtracts; zero but for cumulants.
    cp_tensor_ : CPTensor
        The projection in TensorLy's form.
    n_features_in_ : int
        Number of features.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features, if ``X`` had any.

    See Also
    --------
    VanillaGradientCP : Gets here by gradient descent, from a large start.
    sklearn_overtensor.OverparamSymmetricCP : Leaves the lazy regime.

    Notes
    -----
    Near ``u_i`` the model is linear in the moves, and what it reaches is

    .. math:: S_U = \left\{ \sum_{i=1}^m P_{sym} (u_i^{⊗(l-1)} ⊗ δ_i) :
              δ_i \in \mathbb{R}^d \right\}.

    The start itself lies in :math:`S_U`, and so does a change of its coefficients. The
    normal equations of the projection have the closed-form matrix with blocks

    .. math:: \frac{1}{l} \left[ g^{l-1} I + (l-1) g^{l-2} u_j u_i' \right],
              \qquad g = u_i' u_j,

    and the contractions :math:`T^*(u_i^{l-1}, ·)` on the right: ``(m d)^2`` numbers in
    memory and ``O((m d)^3)`` operations, whatever the order. Eigenvalues at rounding
    (there are some as soon as ``m d`` exceeds the dimension of the symmetric tensors)
    count as zero.

    A tangent is no rank-one term, but it is a sum of exactly l of them, with no limit
    involved: ``components_`` and ``weights_`` hold these, so that ``score``,
    ``cp_tensor_`` and ``transform`` are those of the projection itself.

    References
    ----------
    .. [1] X. Wang, C. Wu, J. D. Lee, T. Ma and R. Ge, "Beyond Lazy Training for
       Over-parameterized Tensor Decomposition", NeurIPS 2020, Theorem 1.
    .. [2] L. Chizat and F. Bach, "A note on lazy training in supervised
       differentiable programming", 2018.

    Examples
    --------
    >>> from sklearn_overtensor.baselines import LazyCP
    >>> from sklearn_overtensor.datasets import make_symmetric_cp
    >>> data = make_symmetric_cp(8, rank=1, random_state=0)
    >>> few, many = (
    ...     LazyCP(m, random_state=0).fit(data.tensor).reconstruction_err_
    ...     for m in (4, 32)
    ... )
    >>> few > 0.5, many < 1e-6  # a single term, and four components are not enough
    (True, True)
    """

    def _decompose(self, target):
        d, order, scale = target.n_features, target.order, sqrt(target.squared_norm)
        m = self.n_components or 2 * d + 5
        require_memory(
            3 * 8 * (m * d) ** 2,  # the matrix, its eigenvectors, room to work
            f"The Gram matrix of the tangents of n_components={m} in {d} features",
            "Ask for fewer components.",
        )
        directions = random_columns(d, m, check_random_state(self.random_state)).T
        pull = to_numpy(target.contract(directions.T)).astype(float).T / scale
        solution, rank = _least_norm_solution(
            tangent_gram(directions, order), pull.ravel()
        )
        displacements = solution.reshape(m, d)
        weights, vectors = tangent_terms(directions, displacements, order)
        weights, vectors = weights.ravel(), vectors.reshape(-1, d)
        present = np.abs(weights) > target.context.eps * np.max(np.abs(weights))
        self._keep_terms(weights[present], vectors[present].T, target)
        self.directions_ = directions.astype(target.context.dtype)
        self.displacements_ = (scale * displacements).astype(target.context.dtype)
        self.tangent_dim_ = rank


def _least_norm_solution(gram, right):
    """Solve consistent normal equations, singular or not; the rank comes along."""
    values, vectors = eigh(gram, overwrite_a=True, check_finite=False)
    cutoff = len(values) * np.finfo(float).eps * values[-1]
    kept = values > cutoff
    vectors, values = vectors[:, kept], values[kept]
    return vectors @ ((vectors.T @ right) / values), int(np.sum(kept))
