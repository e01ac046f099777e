# SPDX-License-Identifier: BSD-3-Clause
"""The paper's 2-homogeneous model: its weights, its objective and its gradients."""

from dataclasses import dataclass
from math import inf, sqrt
from typing import Any

from ..algebra.cp import (
    cp_contract,
    frobenius_norm,
    integer_power,
    is_wide,
    khatri_rao_power,
    unit_columns,
)
from ..machine.backend import to_numpy

# Pull, for a target of norm one, below which components count as driven to zero.
VANISHING = 0.1


@dataclass(frozen=True)
class Components:
    """Columns ``u_i`` with what turns them into weighted unit directions.

    Attributes
    ----------
    U : array of shape (d, m)
        The parameters ``u_i``.
    signs : array of shape (m,)
        The signs ``a_i``, 1 or -1.
    scalars : array of shape (m,)
        The scalar modes ``s_i``; ``c_i = s_i / ||u_i||``.
    """

    U: Any
    signs: Any
    scalars: Any


@dataclass(frozen=True)
class Evaluation:
    """The objective at a point, with all that its gradients need.

    Attributes
    ----------
    loss : float
        ``1/2 ||T - T*||^2 + alpha sum_i ||u_i||^2``, for ``||T*|| = 1``.
    residual : float
        ``||T - T*||_F``, from Gram matrices.
    weights : array of shape (m,)
        ``w_i = a_i s_i^{l-2} ||u_i||^2``.
    V : array of shape (d, m)
        Unit directions ``u_i / ||u_i||``.
    norms : array of shape (m,)
        ``||u_i||``.
    gram : array of shape (m, m) or None
        ``G = V'V``; None for a model so wide that it is never formed.
    target_contraction : array of shape (d, m)
        Columns ``T*(v_i^{l-1}, ·)``; depends on the directions alone.
    difference : array of shape (d, m)
        Columns ``(T - T*)(v_i^{l-1}, ·)``.
    """

    loss: float
    residual: float
    weights: Any
    V: Any
    norms: Any
    gram: Any
    target_contraction: Any
    difference: Any


class TwoHomogeneousObjective:
    """The objective of section 4 of the paper, on a target scaled to norm one.

    ``f(U) = 1/2 ||sum_i a_i c_i^{l-2} u_i^{⊗l} - T*||_F^2
    + alpha sum_i ĉ_i^{l-2} ||u_i||^l`` with ``c_i = s_i / ||u_i||`` and
    ``ĉ_i = 1 / ||u_i||``, so that model and penalty are 2-homogeneous:
    ``w_i = a_i s_i^{l-2} ||u_i||^2`` and ``alpha sum_i ||u_i||^2``.

    Parameters
    ----------
    target : target
        Anything with ``order``, ``n_features``, ``squared_norm`` (above zero) and
        ``contract``.
    alpha : float
        The penalty, lambda in the paper.

    Attributes
    ----------
    context : ArrayContext
        Where the target works: ``context.asarray`` brings arrays there, and
        ``context.xp`` is the TensorLy backend. NumPy and float64 for a target that
        has none.
    scale : float
        Norm of the target, ``||T*||_F`` before scaling.

    Notes
    -----
    The model's tensor is never built: with ``G = V'V`` its contractions are
    ``V (w ∘ G^{∘(l-1)})`` and its squared norm is ``w' G^{∘l} w``. An evaluation costs
    one contraction of the target and ``O(m^2 d)``.

    Examples
    --------
    The objective at the truth is the penalty alone, and its gradient too:

    >>> import numpy as np
    >>> from sklearn_overtensor.solvers import Components, TwoHomogeneousObjective
    >>> from sklearn_overtensor.targets import CPTarget
    >>> target = CPTarget([5.0], [[0.6, 0.8]], order=3)
    >>> objective = TwoHomogeneousObjective(target, alpha=0.01)
    >>> truth = Components(np.array([[0.6], [0.8]]), np.ones(1), np.ones(1))
    >>> point = objective.evaluate(truth)
    >>> round(point.loss, 12), point.residual < 1e-7
    (0.01, True)
    >>> objective.exact_gradient(truth, point).round(6)
    array([[0.012],
           [0.016]])
    >>> objective.leave(point.weights, point.V)[0].round(6)
    array([5.])
    """

    def __init__(self, target, alpha):
        self.target = target
        self.alpha = alpha
        self.order = target.order
        self.context = target.context
        self.scale = sqrt(target.squared_norm)

    def evaluate(self, components, *, target_contraction=None, V=None, norms=None):
        """The objective at a point.

        Parameters
        ----------
        components : Components
            Arrays in the target's context.
        target_contraction, V, norms : array or None, default=None
            From an earlier evaluation at the same ``U``: saves the contraction.

        Returns
        -------
        evaluation : Evaluation
        """
        xp, order = self.context.xp, self.order
        if target_contraction is None:
            V, norms = unit_columns(xp, components.U)
            contraction = self.context.asarray(self.target.contract(V))
            target_contraction = contraction / self.scale
        weights = components.signs * components.scalars ** (order - 2) * norms**2
        gram = None
        if is_wide(V.shape[0] ** (order - 1), *[V.shape[1]] * 2):
            model = cp_contract(xp, weights, V, V, order)
        else:
            gram = xp.dot(xp.transpose(V), V)
            model = xp.dot(V, weights[:, None] * integer_power(gram, order - 1))
        # <T, T>/2 - <T, T*> + <T*, T*>/2, each through the contractions.
        gap = 0.5 * model - target_contraction
        inner = xp.dot(weights, xp.sum(V * gap, axis=0))
        # Both at once: a GPU is waited for each time that a number is read.
        inner, size = to_numpy(xp.stack([inner, xp.sum(norms**2)])).tolist()
        data = max(inner + 0.5, 0.0)
        return Evaluation(
            loss=data + self.alpha * size,
            residual=sqrt(2 * data),
            weights=weights,
            V=V,
            norms=norms,
            gram=gram,
            target_contraction=target_contraction,
            difference=model - target_contraction,
        )

    def with_scalars(self, components, evaluation):
        """Objective after a change of scalar modes: no new contraction is needed."""
        return self.evaluate(
            components,
            target_contraction=evaluation.target_contraction,
            V=evaluation.V,
            norms=evaluation.norms,
        )

    def leave(self, weights, V):
        """Weights and directions of an evaluation, for whoever called the solver.

        Parameters
        ----------
        weights : array of shape (m,)
        V : array of shape (d, m)

        Returns
        -------
        weights : ndarray of shape (m,)
            In the units of the target.
        V : ndarray of shape (d, m)
        """
        return to_numpy(weights) * self.scale, to_numpy(V)

    def algorithm_gradient(self, components, evaluation):
        """Gradient that Algorithm 1 follows: ``c`` and ``ĉ`` count as constants.

        ``l a_i c_i^{l-2} (T - T*)(u_i^{l-1}, ·)
        + alpha l ĉ_i^{l-2} ||u_i||^{l-2} u_i``, an array of shape (d, m).

        It has the exact gradient's tangential part and ``l/2`` times its radial
        part, so it never turns against the subspace of the components.
        """
        order = self.order
        gain = components.signs * components.scalars ** (order - 2) * evaluation.norms
        return order * (gain * evaluation.difference + self.alpha * components.U)

    def longest_step(self, components, evaluation):
        """Longest step of Algorithm 1 that keeps it in the target's subspace: Lemma 5.

        The target has no part in B, the complement of the span S of its components.
        There a step along ``algorithm_gradient`` is linear, ``P_B U' = P_B U (I - eta
        M)`` with ``M = l (N G^{∘(l-1)} N + alpha I)``, ``N = diag(a_i s_i^{l-2}
        ||u_i||)``. M is positive semidefinite (Schur's product theorem), so
        ``||P_B U'|| <= ||P_B U||`` for ``eta <= 2 / ||M||``. In place of the norm
        stands the largest sum of sizes along a row of M, which is no smaller. Without
        the Gram matrix even powers are summed: at even order one less than ``l-1``.
        """
        xp, order = self.context.xp, self.order
        sizes = components.scalars ** (order - 2) * evaluation.norms
        if evaluation.gram is None:
            powers = khatri_rao_power(xp, evaluation.V, (order - 1) // 2 * 2)
            sums = xp.dot(xp.transpose(powers), xp.dot(powers, sizes))
        else:
            sums = xp.dot(integer_power(xp.abs(evaluation.gram), order - 1), sizes)
        bound = float(xp.max(sizes * sums)) + self.alpha
        return 2 / (order * bound) if bound > 0 else inf

    def exact_gradient(self, components, evaluation):
        """Gradient of the objective itself, with ``c`` and ``ĉ`` following ``u``.

        ``a_i s_i^{l-2} ||u_i|| [l R(v_i^{l-1}, ·) - (l-2) <R, v_i^{⊗l}> v_i]
        + 2 alpha u_i`` with ``R = T - T*``, an array of shape (d, m).
        """
        xp, order = self.context.xp, self.order
        gain = components.signs * components.scalars ** (order - 2) * evaluation.norms
        radial = xp.sum(evaluation.V * evaluation.difference, axis=0)
        slope = order * evaluation.difference - (order - 2) * radial * evaluation.V
        return gain * slope + 2 * self.alpha * components.U

    def is_stationary(self, components, evaluation=None, tol=1e-4):
        """Whether the exact gradient is small beside the pull of the target alone.

        Parameters
        ----------
        components : Components
        evaluation : Evaluation or None, default=None
            The objective there, if it is known.
        tol : float, default=1e-4
            Largest share of the pull. The default penalty balances at some 1e-3 of it.

        Returns
        -------
        stationary : bool

        Notes
        -----
        Where a strong penalty drives all components to zero, there is no pull left to
        compare with; a tenth of the target's norm stands in its place.
        """
        xp = self.context.xp
        if evaluation is None:
            evaluation = self.evaluate(components)
        gradient = self.exact_gradient(components, evaluation)
        gain = components.scalars ** (self.order - 2) * evaluation.norms
        pull = self.order * gain * evaluation.target_contraction
        scale = max(frobenius_norm(xp, pull), VANISHING)
        return frobenius_norm(xp, gradient) <= tol * scale
