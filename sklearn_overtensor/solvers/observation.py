# SPDX-License-Identifier: BSD-3-Clause
"""A look inside a search: what an observer is told after each of its steps."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from ..checks import check_values
from ..machine.backend import ArrayContext, to_numpy
from .objective import Components, Evaluation


@dataclass(frozen=True)
class Observation:
    """The state of a search after one of its steps.

    What an ``observer`` of :func:`~sklearn_overtensor.overparam_symmetric_cp` is called
    with. It holds what the solver has at hand anyway; the properties below that convert
    or compute do so when they are read.

    Attributes
    ----------
    restart : int
        Index of the search, from 0 to ``n_init - 1``.
    epoch : int
        From 1; 0 for the start of ``solver="gd"``, before the first re-initialisation.
    iteration : int
        Iteration of the epoch, from 1; 0 for its start, right after what it
        re-initialised. There are as many of these as ``loss_curve`` has values.
    alpha : float
        The penalty in force. ``solver="lbfgs"`` looks for an exact answer with one of
        its own.
    coordinates : {"data", "whitened"}
        Whose objective goes down. ``"data"``: that of the target as it is (for
        ``solver="lbfgs"`` in an orthonormal basis of its column space, which changes
        no norm). ``"whitened"``: that of the target after the change of basis that
        makes its components most orthogonal, where ``solver="lbfgs"`` looks for an
        exact answer.
    reinitialized : int or None
        The component that this epoch of ``solver="gd"`` re-initialised; None for the
        start, and for ``solver="lbfgs"``, which re-initialises several at once.
    step : float
        The step eta that this iteration of ``solver="gd"`` took; 0 where none was.
    objective_before_switch : float
        The objective after the step and before scalar modes switched: what Lemma 3
        of the paper speaks of.
    parameters : Components
        ``U (d, m)``, ``signs`` and ``scalars (m,)`` in the search's own coordinates and
        backend. An observer copies what it wants to keep of them as NumPy, and changes
        nothing.
    evaluation : Evaluation
        The objective at that point, ``loss``, with all that gradients need.
    leave : callable
        Brings weights and directions to the data's coordinates and units.

    Examples
    --------
    >>> from sklearn_overtensor import overparam_symmetric_cp
    >>> from sklearn_overtensor.datasets import make_symmetric_cp
    >>> truth = make_symmetric_cp(n_features=4, rank=1, random_state=0)
    >>> leakage = []
    >>> result = overparam_symmetric_cp(
    ...     truth.tensor, solver="gd", max_epochs=1, max_iter=50, random_state=0,
    ...     observer=lambda seen: leakage.append(seen.leakage(truth.components)),
    ... )
    >>> len(leakage)  # the start, the re-initialisation, 50 iterations
    52
    >>> max(leakage[2:]) <= leakage[1] < 0.1
    True
    """

    restart: int
    epoch: int
    iteration: int
    alpha: float
    coordinates: str
    reinitialized: int | None
    step: float
    objective_before_switch: float
    parameters: Components = field(repr=False)
    evaluation: Evaluation = field(repr=False)
    leave: Callable[..., Any] = field(repr=False)

    @property
    def objective(self):
        """The objective, for a target of norm one in these coordinates."""
        return self.evaluation.loss

    @property
    def residual(self):
        """Relative residual of the penalised model in these coordinates."""
        return self.evaluation.residual

    @property
    def norms(self):
        """Lengths ``||u_i||`` of the parameters, ``(m,)``."""
        return to_numpy(self.evaluation.norms)

    @property
    def scalar_modes(self):
        """``s_i (m,)``: ``sqrt(d (m + K))`` at first, then 1; 1 for ``"lbfgs"``."""
        return to_numpy(self.parameters.scalars)

    @cached_property
    def _model(self):
        evaluation = self.evaluation
        return self.leave(to_numpy(evaluation.weights), to_numpy(evaluation.V))

    @property
    def weights(self):
        """Signed weights of the terms ``(m,)``, in the units of the target."""
        return self._model[0]

    @property
    def components(self):
        """Unit rows ``(m, d)`` in the data's coordinates, in the parameters' order."""
        return self._model[1].T

    def leakage(self, components):
        """``||P_B U||_F``: how much of the parameters is outside a subspace.

        Parameters
        ----------
        components : array-like of shape (r, d)
            Rows that span the subspace S, such as the true components. B is its
            orthogonal complement.

        Returns
        -------
        leakage : float
            ``sqrt(sum_i ||u_i||^2 ||P_B v_i||^2)``, with the directions ``v_i`` in the
            data's coordinates. ``solver="lbfgs"`` works in the column space of the
            target, so it has none but rounding where that is S.
        """
        rows = check_values(
            to_numpy(components), ArrayContext(), name="components", ndim=2
        )
        own = self.components
        if rows.shape[1] != own.shape[1]:
            raise ValueError(
                f"components must span a subspace of the {own.shape[1]} features of "
                f"the target, got rows of length {rows.shape[1]}."
            )
        basis, sizes, _ = np.linalg.svd(rows.T, full_matrices=False)
        basis = basis[:, sizes > np.finfo(float).eps * max(rows.shape) * sizes[0]]
        outside = own - (own @ basis) @ basis.T
        return float(np.linalg.norm(self.norms[:, None] * outside))
