# SPDX-License-Identifier: BSD-3-Clause
"""One epoch by L-BFGS: the objective goes down along its exact gradient."""

from scipy.optimize import minimize

from ..machine.backend import to_numpy
from .objective import Components


def lbfgs_epoch(
    objective,
    components,
    *,
    max_iter,
    tol=1e-9,
    history=20,
    observe=None,
):
    """Minimise the 2-homogeneous objective with signs and scalar modes fixed.

    Contractions run in the target's backend; SciPy sees NumPy vectors of ``d m``
    numbers.

    Parameters
    ----------
    objective : TwoHomogeneousObjective
    components : Components
        The start.
    max_iter : int
        Most iterations.
    tol : float, default=1e-9
        Smallest relative decrease of the objective that is worth an iteration.
    history : int, default=20
        Corrections that L-BFGS keeps: more than SciPy's 10 since a contraction costs
        more than a correction.
    observe : callable or None, default=None
        Told of the start and of each iteration as ``observe(iteration, components,
        evaluation)``.

    Returns
    -------
    components : Components
    losses : list of float
        The objective after each iteration; at a stationary start, there.
    """
    context, shape = objective.context, components.U.shape

    def at(flat):
        U = context.asarray(flat.reshape(shape))
        return Components(U, components.signs, components.scalars)

    def value_and_gradient(flat):
        point = at(flat)
        evaluation = objective.evaluate(point)
        latest[:] = [point, evaluation]
        gradient = to_numpy(objective.exact_gradient(point, evaluation))
        return evaluation.loss, gradient.astype(float, copy=False).ravel()

    losses, latest = [], []

    def after_iteration(intermediate_result):
        losses.append(float(intermediate_result.fun))
        # A line search ends at the point that it accepts.
        point, evaluation = latest
        if observe is not None:
            observe(len(losses), point, evaluation)

    if observe is not None:
        observe(0, components, objective.evaluate(components))
    result = minimize(
        value_and_gradient,
        to_numpy(components.U).astype(float).ravel(),
        jac=True,
        method="L-BFGS-B",
        callback=after_iteration,
        options={
            "maxiter": max_iter,
            "maxfun": 2 * max_iter + 20,
            "maxcor": history,
            "ftol": tol,
            "gtol": 1e-12,
        },
    )
    found = at(result.x)
    if not losses:
        latest[:] = [found, objective.evaluate(found)]
        after_iteration(result)
    return found, losses
