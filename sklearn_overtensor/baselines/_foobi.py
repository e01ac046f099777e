# SPDX-License-Identifier: BSD-3-Clause
"""``FOOBICP``: order 4 by linear algebra alone, with more components than features."""

import warnings
from numbers import Integral
from typing import Any, ClassVar

from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Options

from .._typing import Backend, Device, Seed, Statistic
from ..compression import CompactTarget, least_squares_weights
from ..machine.backend import to_numpy
from ._base import DenseBaseline, DirectParameters
from ._rank_one_matrices import most_rank_one_matrices, rank_one_matrices
from ._subspace import column_space_core, flattening_range


class FOOBICP(DirectParameters, DenseBaseline):
    r"""FOOBI: the components are the matrices of rank one in a flattening's range.

    Fourth-order-only blind identification [1]_: the algebraic way at order 4 beyond
    Jennrich's limit, with up to about 0.4 d^2 terms. No iteration, no start to choose.
    Its price is the eigendecomposition of a matrix of r (r + 1) / 2 rows, in memory
    ``O(r^4)`` and in time ``O(r^6)``, and it magnifies noise as Jennrich's method does.

    Parameters
    ----------
    n_components : int or None, default=None
        Number r of terms, at most d^2 / sqrt(6) or so. None: as many as the flattening
        has singular values above rounding, the true number for an exact tensor of few
        enough terms.
    order : {4}, default=4
        Order of the statistic of samples; the method has no other.
    statistic : {"moment", "cumulant"}, default="moment"
        What is decomposed when ``X`` holds samples, as in ``OverparamSymmetricCP``.
    backend : {"numpy", "pytorch"} or None, default=None
        Where to form the tensor of samples; None: where ``X`` lives. The algebra that
        follows is SciPy's.
    device : str or None, default=None
        A PyTorch device; None: that of ``X``.
    random_state : int, RandomState instance or None, default=None
        Seed of the two random combinations that are diagonalised. Pass an int for the
        same ones on every call.

    Attributes
    ----------
    components_ : ndarray of shape (n_components_, n_features_in_)
        Unit rows.
    weights_ : ndarray of shape (n_components_,)
        Signed weights, largest absolute value first.
    n_components_ : int
        Number of terms; fewer than ``n_components`` when the flattening has a smaller
        rank.
    reconstruction_err_ : float
        Relative Frobenius residual.
    order_ : int
        Order of the tensor, 4.
    mean_ : ndarray of shape (n_features_in_,)
        Mean that ``transform`` subtracts; zero but for cumulants.
    cp_tensor_ : CPTensor
        The model in TensorLy's form.
    n_features_in_ : int
        Number of features.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features, if ``X`` had any.

    Warns
    -----
    ConvergenceWarning
        When ``n_components`` is None and the flattening has a higher rank than the
        method can tell apart, as with noise. The leading singular vectors are used.

    See Also
    --------
    JennrichCP : At most d independent components, at every order.
    SubspacePowerCP : The same range by power iterations: more terms, and far cheaper
        where they are many.
    sklearn_overtensor.OverparamSymmetricCP : Up to the generic rank, with noise.

    Notes
    -----
    The range of the flattening :math:`\sum_i w_i \, (v_i ⊗ v_i) (v_i ⊗ v_i)'` consists
    of symmetric matrices, of which the :math:`v_i v_i'` have rank one. Let
    :math:`H_1, \dots, H_r` be an orthonormal basis of it and

    .. math:: Φ(X, Y)_{ijkl} = X_{ik} Y_{jl} + Y_{ik} X_{jl} - X_{il} Y_{jk}
              - Y_{il} X_{jk},

    which is bilinear, and zero for :math:`X = Y` if and only if X has at most rank
    one. With :math:`v_i v_i' = \sum_s W_{si} H_s`, every :math:`C = W D W'` with a
    diagonal D solves :math:`\sum_{st} C_{st} Φ(H_s, H_t) = 0`, and generically nothing
    else does as long as :math:`r (r - 1) \le d^2 (d^2 - 1) / 6` [1]_. Two random
    solutions give W as Jennrich's slices give V. The equations are squared, for which

    .. math:: \langle Φ(X, Y), Φ(Z, U) \rangle = 4 \, (\langle X, Z \rangle
              \langle Y, U \rangle + \langle X, U \rangle \langle Y, Z \rangle
              - 2 \operatorname{tr} X U Y Z).

    The weights solve a least squares problem. Before all this, a tensor that lives in a
    subspace is written in its coordinates. The authors diagonalise all r solutions at a
    time, which noise harms less than two.

    References
    ----------
    .. [1] L. De Lathauwer, J. Castaing and J.-F. Cardoso, "Fourth-order cumulant-based
       blind identification of underdetermined mixtures", IEEE Transactions on Signal
       Processing 55(6), 2007.

    Examples
    --------
    >>> from sklearn_overtensor.baselines import FOOBICP
    >>> from sklearn_overtensor.datasets import make_symmetric_cp
    >>> data = make_symmetric_cp(8, rank=16, order=4, signed=True, random_state=0)
    >>> model = FOOBICP(random_state=1).fit(data.tensor)
    >>> model.n_components_, model.reconstruction_err_ < 1e-10
    (16, True)
    """

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        **DirectParameters._parameter_constraints,
        "order": [Options(Integral, {4})],
    }

    def __init__(
        self,
        n_components: int | None = None,
        *,
        order: int = 4,
        statistic: Statistic = "moment",
        backend: Backend = None,
        device: Device = None,
        random_state: Seed = None,
    ) -> None:
        super().__init__(
            n_components,
            order=order,
            statistic=statistic,
            backend=backend,
            device=device,
            random_state=random_state,
        )

    def _decompose(self, target):
        tensor = self._dense(target)
        self._check(target)
        weights, directions = foobi(
            to_numpy(tensor).astype(float),
            check_random_state(self.random_state),
            most=self.n_components,
            eps=target.context.eps,
        )
        self._keep(weights, directions, target, tensor)

    def _check(self, target):
        if target.order != 4:
            raise ValueError(
                f"FOOBI decomposes tensors of order 4: got one of order {target.order}."
                " Use SubspacePowerCP or OverparamSymmetricCP."
            )
        most = most_rank_one_matrices(target.n_features)
        if self.n_components is not None and self.n_components > most:
            raise ValueError(
                f"FOOBI tells at most {most} terms apart in {target.n_features} "
                f"features: got n_components={self.n_components}. Use "
                "SubspacePowerCP or OverparamSymmetricCP."
            )


def foobi(tensor, random_state, *, most=None, eps):
    """Weights ``(k,)`` and directions ``(d, k)`` of a symmetric array of order 4."""
    basis, core = column_space_core(tensor, random_state, eps)
    space = flattening_range(core, most, eps)
    limit = most_rank_one_matrices(len(core))
    if len(space.values) > limit:
        warnings.warn(
            f"The flattening has the rank {len(space.values)}, more than the {limit} "
            f"terms that FOOBI tells apart in {len(core)} directions; the {limit} "
            "leading ones are used. With noise set n_components, or use "
            "OverparamSymmetricCP.",
            ConvergenceWarning,
            stacklevel=4,
        )
    directions = rank_one_matrices(space.slices[:limit], random_state)
    return least_squares_weights(CompactTarget(core), directions), basis @ directions
