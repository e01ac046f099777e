# SPDX-License-Identifier: BSD-3-Clause
"""``VanillaGradientCP``: descent on equation (2), components and weights both free."""

import warnings
from math import sqrt
from typing import Any, ClassVar, Literal

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import StrOptions

from .._typing import Auto, Backend, Device, Seed, Statistic
from ..checks import check_init
from ..decompose.parameters import CONSTRAINTS
from ..machine.backend import to_numpy
from ..solvers.start import random_columns, random_signs
from ._base import Baseline
from ._vanilla_descent import VanillaObjective, descend


class VanillaGradientCP(Baseline):
    r"""Gradient descent on the plain objective, from a start of any size.

    Equation (2) of the paper [1]_: no homogeneous parametrisation, no penalty, no
    re-initialisation. From a small start zero is a saddle of order l, where descent
    takes very long to begin; from a large one training is lazy, and components hardly
    turn from where they started; at any size there are local minima (Theorem 2).

    Parameters
    ----------
    n_components : int or None, default=None
        Number m of components. None: ``2 d + 5``, the width that
        ``OverparamSymmetricCP(solver="gd")`` starts with, or that of ``init``.
    order : int, default=3
        Order of the statistic of samples, 3 being the lowest that identifies terms;
        a tensor brings its own.
    statistic : {"moment", "cumulant"}, default="moment"
        What is decomposed when ``X`` holds samples, as in ``OverparamSymmetricCP``.
    init : {"random", "paired"} or tuple of (weights, components), default="random"
        Start: every component in a direction of its own with a random sign
        ``c_i = ±1``; or components in pairs that share a direction and have opposite
        signs, so that the model starts at zero, however large its components are.
        The latter is the start that makes training lazy [2]_; with an odd number of
        components the last has ``c_i = 0``. Or the start itself, in the units of the
        tensor: the coefficients ``c_i``, of shape (m,), and as rows the ``u_i``, of
        shape (m, n_features), which need no unit length and keep theirs.
    init_scale : float, default=0.5
        Length of the components at the start, for a target scaled to norm one.
        Neither small nor large: below about 0.1 most of the iterations pass near the
        saddle at zero, from about 2 on training is lazy. Of no use beside a start of
        your own.
    max_iter : int, default=1000
        Gradient steps: exactly so many, unless ``tol`` is met or no step is short
        enough to go down.
    step_size : float or "auto", default="auto"
        Step eta, for a target scaled to norm one. ``"auto"``: the largest of a halving
        sequence from ``1 / l`` that lowers the objective by at least half of what the
        gradient promises.
    tol : float, default=1e-6
        Relative residual that ends the descent.
    backend : {"numpy", "pytorch"} or None, default=None
        Where to work; None: where ``X`` lives.
    device : str or None, default=None
        A PyTorch device; None: that of ``X``.
    random_state : int, RandomState instance or None, default=None
        Pass an int for the same start on every call.

    Attributes
    ----------
    components_ : ndarray of shape (n_components_, n_features_in_)
        Unit rows.
    weights_ : ndarray of shape (n_components_,)
        Signed weights ``c_i ||u_i||^l``, largest absolute value first; positive at odd
        order.
    n_components_ : int
        Number of components, m.
    reconstruction_err_ : float
        Relative Frobenius residual.
    loss_curve_ : ndarray of shape (n_iter_,)
        Objective after each step, for the target scaled to norm one.
    n_iter_ : int
        Steps taken.
    turn_ : float
        Root mean square distance between the components' unit directions at the start
        and at the end, from 0 (lazy) to 2.
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

    Warns
    -----
    ConvergenceWarning
        When a ``step_size`` of your own made the objective overflow.

    See Also
    --------
    LazyCP : The limit of a large paired start, in closed form.
    sklearn_overtensor.OverparamSymmetricCP : What the paper puts in its place.

    Notes
    -----
    With ``||T*|| = 1`` the objective and its gradients are

    .. math:: f_v(U, C) = \frac{1}{2} \|T_v - T^*\|^2, \quad
              T_v = \sum_{i=1}^m c_i u_i^{⊗l}, \quad
              \nabla_{u_i} = l \, c_i (T_v - T^*)(u_i^{l-1}, ·), \quad
              \nabla_{c_i} = (T_v - T^*)(u_i^l).

    References
    ----------
    .. [1] X. Wang, C. Wu, J. D. Lee, T. Ma and R. Ge, "Beyond Lazy Training for
       Over-parameterized Tensor Decomposition", NeurIPS 2020, section 3.
    .. [2] L. Chizat and F. Bach, "A note on lazy training in supervised
       differentiable programming", 2018.

    Examples
    --------
    >>> from sklearn_overtensor.baselines import VanillaGradientCP
    >>> from sklearn_overtensor.datasets import make_symmetric_cp
    >>> data = make_symmetric_cp(6, rank=2, order=4, random_state=0)
    >>> saddle = VanillaGradientCP(init_scale=0.01, random_state=0).fit(data.tensor)
    >>> round(saddle.reconstruction_err_, 3)  # a thousand steps later
    1.0
    >>> model = VanillaGradientCP(random_state=0).fit(data.tensor)
    >>> model.reconstruction_err_ < 0.05
    True
    """

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        "n_components": CONSTRAINTS["n_components"],
        "order": CONSTRAINTS["order"],
        "statistic": CONSTRAINTS["statistic"],
        "init": [StrOptions({"random", "paired"}), tuple],
        "init_scale": CONSTRAINTS["init_scale"][:1],
        "max_iter": CONSTRAINTS["max_iter"][:1],
        "step_size": CONSTRAINTS["step_size"],
        "tol": CONSTRAINTS["tol"],
        "backend": CONSTRAINTS["backend"],
        "device": CONSTRAINTS["device"],
        "random_state": CONSTRAINTS["random_state"],
    }

    def __init__(
        self,
        n_components: int | None = None,
        *,
        order: int = 3,
        statistic: Statistic = "moment",
        init: Literal["random", "paired"] = "random",
        init_scale: float = 0.5,
        max_iter: int = 1000,
        step_size: float | Auto = "auto",
        tol: float = 1e-6,
        backend: Backend = None,
        device: Device = None,
        random_state: Seed = None,
    ) -> None:
        self.n_components = n_components
        self.order = order
        self.statistic = statistic
        self.init = init
        self.init_scale = init_scale
        self.max_iter = max_iter
        self.step_size = step_size
        self.tol = tol
        self.backend = backend
        self.device = device
        self.random_state = random_state

    def _decompose(self, target):
        start, c = self._start(target)
        context = target.context
        U, c, losses, diverged = descend(
            VanillaObjective(target),
            context.asarray(start),
            context.asarray(c),
            max_iter=self.max_iter,
            step_size=self.step_size,
            tol=self.tol,
        )
        if diverged:
            warnings.warn(
                f"The objective overflowed with step_size={self.step_size}; the model "
                "before is kept. Decrease step_size, or leave it to 'auto'.",
                ConvergenceWarning,
                stacklevel=3,
            )
        U, c = to_numpy(U).astype(float), to_numpy(c).astype(float)
        self._keep_terms(c, U, target)
        moved = _directions(U) - _directions(start)
        self.turn_ = float(np.sqrt(np.mean(np.sum(moved**2, axis=0))))
        self.loss_curve_ = np.asarray(losses)
        self.n_iter_ = len(losses)

    def _start(self, target):
        """Components ``U (d, m)`` and coefficients ``c (m,)``, at norm one."""
        if isinstance(self.init, tuple):
            c, U = _given_start(self.init, self.n_components, target)
            return U, c / sqrt(target.squared_norm)
        d = target.n_features
        m = self.n_components or 2 * d + 5
        directions, c = _random_start(d, m, self.init, self.random_state)
        return self.init_scale * directions, c


def _given_start(init, n_components, target):
    """A start of the user's own: coefficients ``(m,)`` and components ``(d, m)``."""
    weights, components = check_init(init, target)
    if n_components not in (None, len(weights)):
        raise ValueError(
            f"init has {len(weights)} components, but n_components={n_components}; "
            "leave n_components out."
        )
    return weights, components.T


def _directions(U):
    """Columns of unit length; those of zero stay zero."""
    norms = np.linalg.norm(U, axis=0)
    return U / np.where(norms > 0, norms, 1)


def _random_start(n_features, m, init, random_state):
    """Unit directions ``(d, m)`` and coefficients ``c (m,)`` of the start."""
    random_state = check_random_state(random_state)
    if init == "random":
        directions = random_columns(n_features, m, random_state)
        return directions, random_signs(m, random_state)
    half = random_columns(n_features, (m + 1) // 2, random_state)
    directions = np.repeat(half, 2, axis=1)[:, :m]
    c = np.resize([1.0, -1.0], m)
    if m % 2:
        c[-1] = 0.0
    return directions, c
