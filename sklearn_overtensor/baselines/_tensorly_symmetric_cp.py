# SPDX-License-Identifier: BSD-3-Clause
"""``TensorLySymmetricCP``: power iteration with deflation, TensorLy's symmetric CP."""

from numbers import Integral
from types import FunctionType, SimpleNamespace
from typing import Any, ClassVar

import numpy as np
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval
from tensorly.decomposition import symmetric_parafac_power_iteration

from .._typing import Backend, Device, Seed, Statistic
from ..decompose.parameters import CONSTRAINTS
from ..machine.backend import tensorly_backend, to_numpy
from ._base import DenseBaseline

_POSITIVE = [Interval(Integral, 1, None, closed="left")]


class TensorLySymmetricCP(DenseBaseline):
    r"""Symmetric CP by power iteration and deflation, as in TensorLy.

    One term after the other: power iterations from several random starts, the start
    with the largest :math:`T(v, \dots, v)` is kept, its term subtracted. Deflation
    finds the terms of an orthogonally decomposable tensor. Where components are not
    orthogonal it leaves a residual, also on exact tensors.

    Parameters
    ----------
    n_components : int, default=3
        Terms to subtract. The algorithm cannot find their number, so no default is
        right; 3 is there for the constructor to work without it.
    order : int, default=3
        Order of the statistic of samples, 3 being the lowest that identifies terms;
        a tensor brings its own.
    statistic : {"moment", "cumulant"}, default="moment"
        What is decomposed when ``X`` holds samples, as in ``OverparamSymmetricCP``.
    n_repeat : int, default=10
        Random starts for each term; TensorLy's own default.
    n_iteration : int, default=10
        Rounds of ``order`` power iterations for each start, and again for the best
        start; TensorLy's own default.
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
        Number of terms: fewer than ``n_components`` when nothing at all was left to
        subtract.
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
    sklearn_overtensor.OverparamSymmetricCP : All terms at once, exact on such tensors.
    TensorLyCP : TensorLy's alternating least squares.

    Notes
    -----
    The iteration is :math:`v \leftarrow T(v, \dots, v, \cdot) / \|T(v, \dots, v,
    \cdot)\|`, the deflation :math:`T \leftarrow T - T(v, \dots, v) \, v^{⊗l}`. The
    weights are those of the deflation; they are not fitted again. At even order a
    negative term is found only after the positive ones.

    TensorLy draws the starts from NumPy's global generator and takes no seed. Here its
    own code runs with a generator of ours in place of ``numpy.random``, so the answer
    follows ``random_state`` and no global state is read or changed, in any thread.

    References
    ----------
    .. [1] A. Anandkumar, R. Ge, D. Hsu, S. M. Kakade and M. Telgarsky, "Tensor
       decompositions for learning latent variable models", Journal of Machine
       Learning Research 15, 2014.

    Examples
    --------
    >>> from sklearn_overtensor.baselines import TensorLySymmetricCP
    >>> from sklearn_overtensor.datasets import make_symmetric_cp
    >>> data = make_symmetric_cp(10, rank=2, orthogonal=True, random_state=0)
    >>> model = TensorLySymmetricCP(n_components=2, random_state=0).fit(data.tensor)
    >>> model.reconstruction_err_ < 1e-10
    True
    """

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        "n_components": _POSITIVE,
        "order": CONSTRAINTS["order"],
        "statistic": CONSTRAINTS["statistic"],
        "n_repeat": _POSITIVE,
        "n_iteration": _POSITIVE,
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
        n_repeat: int = 10,
        n_iteration: int = 10,
        backend: Backend = None,
        device: Device = None,
        random_state: Seed = None,
    ) -> None:
        self.n_components = n_components
        self.order = order
        self.statistic = statistic
        self.n_repeat = n_repeat
        self.n_iteration = n_iteration
        self.backend = backend
        self.device = device
        self.random_state = random_state

    def _decompose(self, target):
        tensor = self._dense(target)
        power_iteration = _with_generator(
            symmetric_parafac_power_iteration, check_random_state(self.random_state)
        )
        with tensorly_backend(target.context.backend), np.errstate(all="ignore"):
            weights, V = power_iteration(
                tensor,
                self.n_components,
                n_repeat=self.n_repeat,
                n_iteration=self.n_iteration,
            )
        weights, V = (to_numpy(part).astype(float) for part in (weights, V))
        # Once deflation leaves exactly zero, the iteration divides zero by zero.
        found = np.isfinite(weights) & np.isfinite(V).all(axis=0)
        if not found.any():
            raise ValueError(
                "TensorLy's power iteration gave NaN from every start: the tensor "
                "maps its starts to zero. Increase n_repeat or change random_state."
            )
        self._keep(weights[found], V[:, found], target, tensor)


def _with_generator(function, random_state):
    """TensorLy's function with a generator in place of its module's ``np.random``.

    The copy shares the code and has a namespace of its own, in which the functions of
    the same module that it calls are such copies too.
    """
    module = function.__globals__
    namespace = dict(module)
    namespace["np"] = SimpleNamespace(random=random_state)
    for name, value in module.items():
        if getattr(value, "__globals__", None) is module:
            namespace[name] = FunctionType(
                value.__code__, namespace, name, value.__defaults__, value.__closure__
            )
    return namespace[function.__name__]
