# SPDX-License-Identifier: BSD-3-Clause
"""The answer of ``overparam_symmetric_cp``: a CP model, its residual, its outcome."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
from tensorly.cp_tensor import CPTensor

from ..machine.backend import tensorly_backend

# How a search may end, as ``status`` says it.
STATUSES = (
    "exact",
    "generic",
    "within_noise",
    "noise",
    "stationary",
    "iteration_limit",
    "degenerate",
    "stopped",
    "interrupted",
)


@dataclass(frozen=True)
class SymmetricCPResult:
    """A symmetric CP model ``sum_i w_i v_i^{⊗l}`` and how it was found.

    Attributes
    ----------
    weights : ndarray of shape (k,)
        Signed weights, largest absolute value first; positive at odd order.
    components : ndarray of shape (k, d)
        Unit rows.
    order : int
        Order of the tensor.
    reconstruction_err : float
        Relative Frobenius residual ``||T* - T|| / ||T*||``: from the explicit
        difference whenever the tensor fits in memory.
    loss_curve : ndarray of shape (n_iter,)
        Objective after each iteration, for the target scaled to norm one; see
        Notes.
    residual_curve : ndarray of shape (n_epochs,)
        Relative residual of the penalised model at the end of each epoch.
    epoch_ends : ndarray of int of shape (n_epochs,)
        Iterations run up to the end of each epoch: epoch ``k`` is
        ``loss_curve[epoch_ends[k - 1]:epoch_ends[k]]``.
    epoch_coordinates : ndarray of str of shape (n_epochs,)
        ``"data"`` or ``"whitened"``: in which coordinates the objective and the
        residual of each epoch are; see Notes.
    n_iter : int
        Iterations over all epochs.
    n_epochs : int
        Epochs run.
    status : {"exact", "generic", "within_noise", "noise", "stationary", \
"iteration_limit", "degenerate", "stopped", "interrupted"}
        How the search ended. ``"exact"``: the residual is at most ``tol``.
        ``"generic"``: it is, but with as many unknowns as the tensor has distinct
        entries, and these are more than 35. Any tensor has such a fit, and it is not
        unique. ``"within_noise"``: what is left cannot be told from noise, and with
        fewer terms it could. ``"noise"``: nothing in the target can be told from noise,
        and the strongest term is kept. ``"stopped"``: a callback ended it.
        ``"interrupted"``: Ctrl-C ended it, and this is the best so far.
        ``"stationary"``: the residual is above ``tol``, and the gradient vanishes.
        ``"iteration_limit"``: the objective was still falling. ``"degenerate"``: huge
        weights cancel, as for a target that models with fewer terms come close to.
    contraction : {"dense", "implicit"}
        Whether the search contracted an array (the tensor, or its core in the column
        space) or worked on the samples, or whatever the target is, as they are.
    alpha : float
        The penalty, given or found, for a target of norm one. Found: the largest form
        ``|N(v, ..., v)|`` that noise has along the terms.
    noise : float
        Frobenius norm of the noise over that of the target without it: given, or
        estimated from what is left; 0 if exact, infinite for nothing but noise.
    weights_std : ndarray of shape (k,)
        Standard errors of the weights; zero if exact.
    components_std : ndarray of shape (k, d)
        Standard errors of the entries of the components. These and those of the weights
        are NaN with ``refine=False``, where terms can move without a change of the
        model, and beyond 2,500 unknowns.
    effective_rows : ndarray of shape (k,) or None
        Rows of samples that each term rests on: all of them where all matter alike, one
        where an outlier is everything. None for what is no table of samples.
    rows_needed : float
        On so many a term must rest to be told from noise.

    Notes
    -----
    For ``solver="lbfgs"`` the curves show one search after another, and jump where an
    epoch re-initialises. The search for an exact answer has a penalty of its own. Its
    objective and residual are in whitened coordinates, those of other epochs in the
    data's own; ``epoch_coordinates`` tells them apart. ``reconstruction_err`` is the
    residual after refinement, without a penalty.
    """

    weights: np.ndarray
    components: np.ndarray
    order: int
    reconstruction_err: float
    loss_curve: np.ndarray = field(repr=False)
    residual_curve: np.ndarray = field(repr=False)
    epoch_ends: np.ndarray = field(repr=False)
    epoch_coordinates: np.ndarray = field(repr=False)
    n_iter: int
    n_epochs: int
    status: str
    contraction: str
    alpha: float = float("nan")
    noise: float = float("nan")
    weights_std: Any = field(default=None, repr=False)
    components_std: Any = field(default=None, repr=False)
    effective_rows: Any = field(default=None, repr=False)
    rows_needed: float = field(default=0.0, repr=False)

    @classmethod
    def of_epochs(cls, epochs: Sequence[Any] = (), **attributes: Any) -> Self:
        """The result of a search, with the curves of the epochs that it has run."""
        losses = [loss for epoch in epochs for loss in epoch.losses]
        return cls(
            loss_curve=np.array(losses, dtype=float),
            residual_curve=np.array([one.residual for one in epochs], dtype=float),
            epoch_ends=np.cumsum([len(one.losses) for one in epochs], dtype=int),
            epoch_coordinates=np.array([one.coordinates for one in epochs], dtype=str),
            n_iter=len(losses),
            n_epochs=len(epochs),
            **attributes,
        )

    @property
    def n_components(self) -> int:
        """Number of terms."""
        return len(self.weights)

    @property
    def cp_tensor(self) -> CPTensor:
        """The model as a TensorLy ``CPTensor`` of NumPy arrays."""
        return as_cp_tensor(self.weights, self.components, self.order)


def as_cp_tensor(weights, components, order) -> CPTensor:
    """A TensorLy ``CPTensor`` with one factor, ``components'``, in every mode."""
    with tensorly_backend("numpy"):
        return CPTensor((weights, [components.T] * order))
