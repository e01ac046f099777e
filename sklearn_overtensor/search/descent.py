# SPDX-License-Identifier: BSD-3-Clause
"""Algorithm 1 under the estimator's options, with refinement at the end."""

from math import inf, sqrt

from .._backend import ArrayContext
from .._threads import few_threads
from ..solvers.course import Course
from ..solvers.gradient_descent import gradient_descent, make_schedule, warm_components
from ..solvers.result import SolverResult
from .epochs import EpochLog
from .finish import best_so_far, finish, refined
from .problem import CompressedProblem

# K and H where the user leaves them open.
MAX_EPOCHS, MAX_ITER = 10, 500
# What the refinement has in their place.
REFIT_ITER, INIT_SCALE = 200, 1e-3


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
    course = Course(options.monitor)
    try:
        with few_threads(target.n_features if is_array else inf):
            found = gradient_descent(
                target,
                schedule,
                alpha=options.alpha,
                step_size=options.step_size,
                tol=options.tol,
                random_state=random_state,
                start=start,
                course=course,
            )
        if not options.refine:
            return found
        problem, log = _compressed(target, course, random_state)
        model = refined(problem, problem.enter(found.weights, found.V), options, log)
        return finish(problem, model, 0.0, course)
    except KeyboardInterrupt:
        if not course.survives_interrupt():
            raise
    return _interrupted(target, options, course, random_state)


def _compressed(target, course, random_state):
    """The small coordinates where a decomposition is read off."""
    log = EpochLog(1, REFIT_ITER, INIT_SCALE, lambda: random_state, course)
    return CompressedProblem(target), log


def _interrupted(target, options, course, random_state):
    """The best of the epochs before Ctrl-C."""
    if options.refine:
        problem, log = _compressed(target, course, random_state)
        return finish(problem, best_so_far(problem, options, log), 0.0, course)
    contraction = getattr(target, "contraction", "implicit")
    return SolverResult(
        *course.best_model(), course.epochs, False, contraction, course.ending
    )
