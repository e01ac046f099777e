# SPDX-License-Identifier: BSD-3-Clause
"""``SpectralCP``: O(r^{l-1}) terms from eigenvectors alone."""

from ..machine.backend import to_numpy
from ..machine.memory import require_memory
from ._base import DenseBaseline, DirectParameters
from ._spectral_terms import spectral_bound, spectral_terms
from ._subspace import leading_subspace


class SpectralCP(DirectParameters, DenseBaseline):
    r"""Exact decomposition into ``O(r^{l-1})`` terms by eigenvectors of slices.

    What one gets without any search when more than r terms are allowed: the paper
    measures its own method by this count [1]_. Works for every symmetric tensor,
    whether its components are independent or not, and is exact to rounding. The terms
    have nothing to do with those that a tensor was made of.

    Parameters
    ----------
    n_components : int or None, default=None
        Dimension k of the subspace that the terms lie in: at most so many leading
        left singular vectors of the unfolding. None: as many as there are singular
        values above rounding; the decomposition is then exact. The number of terms,
        ``n_components_``, follows from it.
    order : int, default=3
        Order of the statistic of samples, 3 being the lowest that identifies terms;
        a tensor brings its own.
    statistic : {"moment", "cumulant"}, default="moment"
        What is decomposed when ``X`` holds samples, as in ``OverparamSymmetricCP``.
    backend : {"numpy", "pytorch"} or None, default=None
        Where to form the tensor of samples; None: where ``X`` lives. The algebra that
        follows is SciPy's.
    device : str or None, default=None
        A PyTorch device; None: that of ``X``.
    random_state : Ignored
        Nothing here is random; present so that one loop can set it for all baselines.

    Attributes
    ----------
    components_ : ndarray of shape (n_components_, n_features_in_)
        Unit rows.
    weights_ : ndarray of shape (n_components_,)
        Signed weights, largest absolute value first; positive at odd order.
    n_components_ : int
        Number of terms, at most ``(k + l - 2)^{l-1}``.
    subspace_dim_ : int
        The dimension k, at most the rank r of the tensor.
    reconstruction_err_ : float
        Relative Frobenius residual.
    order_ : int
        Order of the tensor.
    mean_ : ndarray of shape (n_features_in_,)
        Mean that ``transform`` subtracts; zero but for cumulants.
    cp_tensor_ : CPTensor
        The model in TensorLy's form.
    n_features_in_ : int
        Number of features.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features, if ``X`` had any.

    See Also
    --------
    JennrichCP : As many terms as the tensor has, where they are independent.
    sklearn_overtensor.OverparamSymmetricCP : Few terms, without that condition.

    Notes
    -----
    The column space of the unfolding of a tensor of rank r has a dimension
    :math:`k \le r`, and in an orthonormal basis of it the tensor is a form T of degree
    l in :math:`x_1, \dots, x_k`. The construction is a recursion on l and k.

    *One variable, or degree two.* :math:`x_1^l` is one power, and a quadratic form is
    the sum of k powers of its eigenvectors.

    *One variable split off.* Collect the monomials with :math:`x_1`:
    :math:`T = x_1 F(x_1, \dots, x_k) + T'(x_2, \dots, x_k)`. By recursion
    :math:`F = \sum_t λ_t y_t^{l-1}`, with linear forms :math:`y_t`, and
    :math:`T'` is a sum of powers.

    *Products into powers.* :math:`l \, x y^{l-1}` is the coefficient of
    :math:`s^{l-1}` in :math:`(x + s y)^l`. The divided difference over l distinct
    nodes sends :math:`s^j` to 0 for j < l - 1, to 1 for j = l - 1, and to the sum of
    the nodes for j = l. So for nodes :math:`s_0 = 0, s_1, \dots, s_{l-1}` of sum zero

    .. math:: l \, x y^{l-1} = \sum_{j=0}^{l-1}
              \frac{(x + s_j y)^l}{\prod_{i \ne j} (s_j - s_i)},

    and the power of :math:`s_0` is :math:`x^l`, whatever y is: with
    :math:`x = x_1` all terms of F share it.

    *Count.* Hence at most :math:`N(l, k) = (l-1) N(l-1, k) + 1 + N(l, k-1)` terms,
    with :math:`N(2, k) = k` and :math:`N(l, 1) = 1`. By induction
    :math:`N(l, k) \le (k + l - 2)^{l-1}`: for l = 2 and for k = 1 that is clear, and
    with :math:`s = k + l - 3` the recursion gives at most
    :math:`(l-1) s^{l-2} + 1 + s^{l-1} \le (s + 1)^{l-1}` by the binomial theorem.
    Since :math:`k \le r`, there are :math:`O(r^{l-1})` terms. (Each basis of the forms
    has :math:`\binom{k+l-1}{l}` powers, of order :math:`k^l`; that is fewer as long as
    k is below about l!.)

    References
    ----------
    .. [1] X. Wang, C. Wu, J. D. Lee, T. Ma and R. Ge, "Beyond Lazy Training for
       Over-parameterized Tensor Decomposition", NeurIPS 2020, section 1.1.

    Examples
    --------
    >>> from sklearn_overtensor.baselines import SpectralCP
    >>> from sklearn_overtensor.datasets import make_symmetric_cp
    >>> data = make_symmetric_cp(10, rank=3, order=3, random_state=0)
    >>> model = SpectralCP().fit(data.tensor)
    >>> model.n_components_, model.n_components_ <= (3 + 1) ** 2
    (13, True)
    >>> model.reconstruction_err_ < 1e-13
    True
    """

    def _decompose(self, target):
        tensor = self._dense(target)
        basis, core = leading_subspace(
            to_numpy(tensor).astype(float), self.n_components, target.context.eps
        )
        d, order, k = target.n_features, target.order, len(core)
        most = spectral_bound(k, order)
        require_memory(
            2 * 8 * most * d ** (order - order // 2),  # their halves, for the residual
            f"A spectral decomposition into up to {most} terms in {d} features",
            "Set n_components to keep fewer directions, or reduce the number of "
            "features first.",
        )
        weights, vectors = spectral_terms(core)
        self._keep(weights, basis @ vectors.T, target, tensor)
        self.subspace_dim_ = k
