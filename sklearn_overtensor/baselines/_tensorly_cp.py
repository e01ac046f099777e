# SPDX-License-Identifier: BSD-3-Clause
"""``TensorLyCP``: alternating least squares, the usual way to a CP decomposition."""

import warnings
from dataclasses import dataclass
from math import sqrt
from numbers import Integral, Real
from typing import Any, ClassVar, Literal

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval, StrOptions
from tensorly.cp_tensor import cp_to_tensor

from .._typing import Backend, Device, Seed, Statistic
from ..algebra.cp import frobenius_norm, unit_columns
from ..decompose.parameters import CONSTRAINTS
from ..machine.backend import load_backend, tensorly_backend, to_numpy
from ..results.residual import explicit_residual
from ._base import DenseBaseline
from ._parafac import padded_svd, robust_parafac


class TensorLyCP(DenseBaseline):
    r"""CP by alternating least squares, TensorLy's ``parafac``, made symmetric.

    The baseline that most people would try first. ``parafac`` knows nothing of
    symmetry: it fits one factor a mode, from a rank that must be given, and stops in
    whatever local minimum its start leads to. Its terms are then made symmetric, as
    the Notes say, so that the answer can be compared with a symmetric one.

    Parameters
    ----------
    n_components : int, default=3
        The rank handed to ``parafac``. Alternating least squares cannot find it, so
        no default is right; 3 is there for the constructor to work without it. More
        than ``d ** (order - 1)``, the largest rank of any tensor, are not used.
    order : int, default=3
        Order of the statistic of samples, 3 being the lowest that identifies terms;
        a tensor brings its own.
    statistic : {"moment", "cumulant"}, default="moment"
        What is decomposed when ``X`` holds samples, as in ``OverparamSymmetricCP``.
    init : {"svd", "random"}, default="svd"
        Start of the factors: singular vectors of the unfoldings, with uniform columns
        beside them where there are more terms than features; or uniform entries.
        TensorLy's own default, and by far the better one on symmetric tensors.
    max_iter : int, default=100
        Most sweeps over the modes; TensorLy's own default.
    tol : float, default=1e-8
        A sweep that changes the relative residual by less ends the search; TensorLy's
        own default. Zero: all ``max_iter`` sweeps are made.
    n_init : int, default=1
        Starts, all but the first of them random; the one with the smallest symmetric
        residual is kept. One, as TensorLy does.
    backend : {"numpy", "pytorch"} or None, default=None
        Where to work; None: where ``X`` lives.
    device : str or None, default=None
        A PyTorch device; None: that of ``X``.
    random_state : int, RandomState instance or None, default=None
        Pass an int for the same answer on every call.

    Attributes
    ----------
    components_ : ndarray of shape (n_components_, n_features_in_)
        Unit rows.
    weights_ : ndarray of shape (n_components_,)
        Signed weights, largest absolute value first; positive at odd order.
    n_components_ : int
        Number of terms.
    reconstruction_err_ : float
        Relative Frobenius residual of the symmetric model.
    cp_error_ : float
        Relative Frobenius residual of ``parafac``'s own model, before its terms were
        made symmetric.
    n_iter_ : int
        Sweeps of the restart that was kept.
    order_ : int
        Order of the tensor.
    mean_ : ndarray of shape (n_features_in_,)
        Mean that ``transform`` subtracts; zero but for cumulants.
    cp_tensor_ : CPTensor
        The symmetric model in TensorLy's form.
    n_features_in_ : int
        Number of features.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features, if ``X`` had any.

    See Also
    --------
    sklearn_overtensor.OverparamSymmetricCP : Needs no rank and no restarts.
    TensorLySymmetricCP : TensorLy's decomposition for symmetric tensors.

    Notes
    -----
    ``parafac`` minimises :math:`\|T - \sum_i a_i^{(1)} ⊗ \dots ⊗ a_i^{(l)}\|`. The
    direction :math:`v_i` of the symmetric term is the one closest to the lines of all
    modes, :math:`\max_{\|v\|=1} \sum_j \langle v, a_i^{(j)} / \|a_i^{(j)}\|
    \rangle^2`: a leading singular vector, whatever the signs of the factors. The
    weights then solve the least squares problem :math:`\min_w \|T - \sum_i w_i
    v_i^{⊗l}\|`. Where ``parafac`` has found a unique symmetric decomposition,
    nothing changes; where the factors of its modes disagree, the symmetric residual
    is mostly larger than ``cp_error_``.

    Where the normal equations of ``parafac`` are singular, as they may be with more
    terms than the tensor has, the same start is run again with TensorLy's ridge
    ``l2_reg`` at 1e-10 of the scaled tensor. The dense tensor is always formed:
    ``d ** order`` numbers.

    References
    ----------
    .. [1] T. G. Kolda and B. W. Bader, "Tensor decompositions and applications",
       SIAM Review 51(3), 2009.
    .. [2] J. Kossaifi, Y. Panagakis, A. Anandkumar and M. Pantic, "TensorLy: tensor
       learning in Python", Journal of Machine Learning Research 20(26), 2019.

    Examples
    --------
    >>> from sklearn_overtensor.baselines import TensorLyCP
    >>> from sklearn_overtensor.datasets import make_symmetric_cp
    >>> data = make_symmetric_cp(10, rank=2, random_state=0)
    >>> model = TensorLyCP(n_components=2, random_state=0).fit(data.tensor)
    >>> model.reconstruction_err_ < 1e-3
    True
    >>> model.components_.shape
    (2, 10)
    """

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        "n_components": [Interval(Integral, 1, None, closed="left")],
        "order": CONSTRAINTS["order"],
        "statistic": CONSTRAINTS["statistic"],
        "init": [StrOptions({"random", "svd"})],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "tol": [Interval(Real, 0, None, closed="left")],
        "n_init": CONSTRAINTS["n_init"],
        "backend": CONSTRAINTS["backend"],
        "device": CONSTRAINTS["device"],
        "random_state": CONSTRAINTS["random_state"],
    }

    def __init__(
        self,
        n_components: int = 3,
        *,
        order: int = 3,
        statistic: Statistic = "moment",
        init: Literal["svd", "random"] = "svd",
        max_iter: int = 100,
        tol: float = 1e-8,
        n_init: int = 1,
        backend: Backend = None,
        device: Device = None,
        random_state: Seed = None,
    ) -> None:
        self.n_components = n_components
        self.order = order
        self.statistic = statistic
        self.init = init
        self.max_iter = max_iter
        self.tol = tol
        self.n_init = n_init
        self.backend = backend
        self.device = device
        self.random_state = random_state

    def _decompose(self, target):
        tensor = self._dense(target)
        seeds = check_random_state(self.random_state).randint(
            np.iinfo(np.int32).max, size=self.n_init
        )
        starts = [self.init] + ["random"] * (self.n_init - 1)
        with tensorly_backend(target.context.backend):
            runs = [
                self._run(target, tensor, init, int(seed))
                for init, seed in zip(starts, seeds, strict=True)
            ]
        best = min(runs, key=lambda run: run.symmetric_error)
        if self.tol > 0 and best.n_iter >= self.max_iter:
            warnings.warn(
                f"parafac stopped after max_iter={self.max_iter} sweeps while its "
                "residual still changed by more than tol. Increase max_iter or tol.",
                ConvergenceWarning,
                stacklevel=3,
            )
        self._keep(best.weights, best.V, target, tensor)
        self.cp_error_ = best.error
        self.n_iter_ = best.n_iter

    def _run(self, target, tensor, init, seed):
        """One start of ``parafac`` and its symmetric model."""
        context = target.context
        rank = min(self.n_components, tensor.shape[0] ** (tensor.ndim - 1))
        options = {
            "init": padded_svd(tensor, rank, seed) if init == "svd" else init,
            "n_iter_max": self.max_iter,
            "tol": self.tol,
            "random_state": seed,
            "return_errors": True,
        }
        cp_tensor, errors = robust_parafac(tensor, rank, context, options)
        error = frobenius_norm(context.xp, tensor - cp_to_tensor(cp_tensor))
        V = _shared_directions([to_numpy(factor) for factor in cp_tensor.factors])
        weights = _refit(target, V)
        symmetric_error = explicit_residual(tensor, context, weights, V)
        return _Run(weights, V, error, symmetric_error, len(errors))


@dataclass(frozen=True)
class _Run:
    weights: Any
    V: Any
    error: float
    symmetric_error: float
    n_iter: int


def _shared_directions(factors):
    """Unit columns ``(d, k)``, each the closest to the lines of all modes' columns."""
    xp = load_backend("numpy")
    unit = np.stack([unit_columns(xp, factor.astype(float))[0] for factor in factors])
    left, _, _ = np.linalg.svd(np.transpose(unit, (2, 1, 0)), full_matrices=False)
    return left[:, :, 0].T


def _refit(target, V):
    """Least squares weights of the terms ``v_i^{⊗l}``, for the scaled target."""
    pull = np.sum(V * to_numpy(target.contract(V)), axis=0) / sqrt(target.squared_norm)
    return np.linalg.lstsq((V.T @ V) ** target.order, pull, rcond=None)[0]
