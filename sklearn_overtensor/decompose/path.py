# SPDX-License-Identifier: BSD-3-Clause
"""``symmetric_cp_path``: the decompositions of one target along a path of alphas."""

from functools import partial
from numbers import Integral, Real

import numpy as np
from joblib import Parallel, delayed
from numpy.random import RandomState
from numpy.typing import ArrayLike
from sklearn.utils._param_validation import Interval

from .._typing import (
    AnyArray,
    Auto,
    Backend,
    Contraction,
    Device,
    FloatArray,
    Seed,
    Solver,
    Statistic,
    TargetLike,
    Weights,
)
from ..algebra.scale import in_units_of_data
from ..machine.sklearn_versions import validate_params
from ..results.as_result import as_result, preference
from ..results.residual import has_dense_form
from ..results.result import SymmetricCPResult
from ..search.path import largest_alpha, penalised_objective, search_path
from ..solvers.monitor import Monitor
from ..targets import DenseTarget, as_target
from .parameters import CONSTRAINTS, SearchOptions
from .solve import check_target, draw_seeds

# Parameters that a path has in place of alpha.
PATH_CONSTRAINTS = {
    **{name: value for name, value in CONSTRAINTS.items() if name != "alpha"},
    "alphas": ["array-like", Interval(Integral, 1, None, closed="left")],
    "eps": [Interval(Real, 0, 1, closed="neither")],
}


@validate_params(
    {**PATH_CONSTRAINTS, "target": [object], "sample_weight": [object]},
    prefer_skip_nested_validation=True,
)
def symmetric_cp_path(
    target: AnyArray | TargetLike,
    n_components: int | None = None,
    *,
    alphas: int | ArrayLike = 20,
    eps: float = 1e-2,
    rank: int | None = None,
    order: int = 3,
    statistic: Statistic = "moment",
    contraction: Contraction = "auto",
    solver: Solver = "lbfgs",
    refine: bool = True,
    max_epochs: int | None = None,
    max_iter: int | None = None,
    init_scale: float | Auto = "auto",
    step_size: float | Auto = "auto",
    tol: float = 1e-6,
    n_init: int = 1,
    n_jobs: int | None = None,
    backend: Backend = None,
    device: Device = None,
    random_state: Seed = None,
    verbose: int = 0,
    sample_weight: Weights = None,
) -> tuple[FloatArray, list[SymmetricCPResult], FloatArray]:
    """Decompose a symmetric tensor or samples for each alpha of a decreasing path.

    The same decompositions as :func:`overparam_symmetric_cp` finds for each alpha, in
    a fraction of the time: what alpha has no part in is done once, and terms are added
    to those of the alpha before.

    Parameters
    ----------
    target : array-like, torch.Tensor or target
        As in :func:`overparam_symmetric_cp`.
    n_components : int or None, default=None
        Width m of the over-parametrised model. None: chosen from the target.
    alphas : int or array-like of shape (n_alphas,), default=20
        An int: so many at equal ratios, from the alpha from which on no term is
        needed (see Notes) down to ``eps`` times that. Else the alphas.
    eps : float, default=1e-2
        The smallest alpha over the largest, when ``alphas`` is an int. The statistic of
        some 1e4 to 1e6 samples has a relative error of a few percent, and no alpha far
        below it tells terms from noise.
    rank, order, statistic, contraction, solver, refine, max_epochs, max_iter, \
init_scale, step_size, tol, n_init, n_jobs, backend, device, random_state, verbose
        As in :func:`overparam_symmetric_cp`. Each restart is a path of its own.
    sample_weight : array-like of shape (n_samples,) or None, default=None
        Non-negative weights of samples.

    Returns
    -------
    alphas : ndarray of shape (n_alphas,)
        The largest first.
    results : list of SymmetricCPResult
        The decomposition for each alpha.
    objectives : ndarray of shape (n_alphas,)
        The least penalised objective that the directions found allow at each alpha, for
        the target scaled to norm one: 1/2 from the largest alpha on.

    Raises
    ------
    ValueError
        As in :func:`overparam_symmetric_cp`, and for alphas that are negative or not
        finite.

    See Also
    --------
    OverparamSymmetricCPCV : Chooses from such a path by held-out scores.

    Notes
    -----
    With ``||T*|| = 1`` the objective ``1/2 ||T* - T||^2 + alpha sum_i |w_i|`` has the
    slopes ``alpha ∓ T*(v, ..., v)`` at the empty model along ``± v^{⊗l}``, and it is
    convex in the weights. So the empty model is its minimum exactly if
    ``alpha >= alpha_max = max_{||v|| = 1} |T*(v, ..., v)|``, the spectral norm of the
    tensor. Ascents from fixed starts compute it: what they find is attained, and never
    above ``alpha_max``. A result keeps at least one term.

    Examples
    --------
    >>> from sklearn_overtensor import symmetric_cp_path
    >>> from sklearn_overtensor.datasets import make_symmetric_cp
    >>> noisy = make_symmetric_cp(10, 3, noise=0.1, random_state=0)
    >>> alphas, results, objectives = symmetric_cp_path(
    ...     noisy.tensor, alphas=[0.1, 0.3, 0.9], random_state=0
    ... )
    >>> alphas, [result.n_components for result in results]
    (array([0.9, 0.3, 0.1]), [1, 3, 3])
    """
    options = SearchOptions(
        n_components=n_components,
        rank=rank,
        alpha=0.0,
        solver=solver,
        refine=refine,
        max_epochs=max_epochs,
        max_iter=max_iter,
        init_scale=init_scale,
        step_size=step_size,
        tol=tol,
        monitor=Monitor(verbose),
    )
    target = as_target(
        target,
        order=order,
        statistic=statistic,
        contraction=contraction,
        sample_weight=sample_weight,
        backend=backend,
        device=device,
    )
    target, exponent = check_target(target, options)
    path = resolve_alphas(alphas, eps, target)
    seeds = draw_seeds(random_state, n_init)
    results, objectives = solve_path(target, path, options, seeds, n_jobs)
    results = [in_units_of_data(result, exponent) for result in results]
    return path, results, objectives


def resolve_alphas(alphas, eps, target):
    """The alphas of a path, the largest first."""
    if isinstance(alphas, Integral):
        largest = largest_alpha(target)
        return largest * np.geomspace(1, eps, int(alphas))
    alphas = np.asarray(alphas, dtype=float)
    if alphas.ndim != 1 or alphas.size == 0:
        raise ValueError(
            "alphas must be an int or a sequence of numbers, got an array of shape "
            f"{alphas.shape}."
        )
    if not (np.isfinite(alphas).all() and alphas.min() >= 0):
        raise ValueError(
            "alphas must be finite and not negative, got values from "
            f"{alphas.min()} to {alphas.max()}."
        )
    return np.sort(alphas)[::-1]


def solve_path(target, alphas, options, seeds, n_jobs=None):
    """Results and objectives along a path; at each alpha the best of all restarts."""
    paths = Parallel(n_jobs=n_jobs)(
        delayed(_whole_path)(target, alphas, options, seed) for seed in seeds
    )
    array = measured(target)
    results = list(best_of(paths, array, options))
    objectives = [
        penalised_objective(array, result.weights, result.components.T, alpha)
        for alpha, result in zip(alphas, results, strict=True)
    ]
    return results, np.array(objectives)


def _whole_path(target, alphas, options, seed):
    return list(search_path(target, alphas, options, partial(RandomState, seed)))


def best_of(paths, target, options):
    """At each alpha the best result of several paths."""
    for found in zip(*paths, strict=True):
        yield min((as_result(one, target, options) for one in found), key=preference)


def measured(target):
    """The target that many residuals are taken against: its array is formed once."""
    if has_dense_form(target) and not isinstance(target, DenseTarget):
        context = target.context
        return DenseTarget.of_formed(context.asarray(target.to_dense()), context)
    return target
