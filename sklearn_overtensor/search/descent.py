# SPDX-License-Identifier: BSD-3-Clause
"""Algorithm 1 under the estimator's options, with refinement at the end."""

from math import inf, sqrt

from .._backend import ArrayContext
from .._threads import few_threads
from ..refine import split
from ..solvers import Course, gradient_descent, make_schedule, warm_components
from .default import fewest, finish, within_rank
from .epochs import EpochLog
from .penalised import refit
from .problem import CompressedProblem

# K and H where the user leaves them open.
MAX_EPOCHS, MAX_ITER = 10, 500


def search_gd(target, options, random_source, init=None):
    """Decompose a target by Algorithm 1; parameters as in :func:`search_lbfgs`.

    ``n_components=None`` takes ``2 d + 5`` components, more than twice the number that
    a tensor with ``r <= d`` needs.
    """
    random_state = random_source()
    schedule = make_schedule(
        target.n_features,
        target.order,
        m=options.n_components or 2 * target.n_features + 5,
        K=options.max_epochs or MAX_EPOCHS,
        H=options.max_iter or MAX_ITER,
        delta=options.init_scale,
    )
    context = getattr(target, "context", ArrayContext())
    start = None
    if init is not None:
        weights, V = init
        scaled = weights / sqrt(target.squared_norm)
        start = warm_components(scaled, V, schedule, context, random_state)
    is_array = getattr(target, "contraction", "implicit") == "dense"
    with few_threads(target.n_features if is_array else inf):
        found = gradient_descent(
            target,
            schedule,
            alpha=options.alpha,
            step_size=options.step_size,
            tol=options.tol,
            random_state=random_state,
            start=start,
            course=Course(options.monitor),
        )
    return _refined(target, found, options, random_state) if options.refine else found


def _refined(target, found, options, random_state):
    """Read the decomposition off the penalised model, in compressed coordinates."""
    problem = CompressedProblem(target)
    model = problem.enter(found.weights, found.V)
    vectors, signs, residual = refit(problem.data, *model, options.alpha)
    if residual <= options.tol:
        vectors, signs = fewest(problem, vectors, signs, options.tol)
    log = EpochLog(1, MAX_ITER, 1e-3, lambda: random_state)
    terms = split(*within_rank(problem, vectors, signs, options, log), problem.order)
    return finish(problem, terms, 0.0, found.epochs)
