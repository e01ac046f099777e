# SPDX-License-Identifier: BSD-3-Clause
"""Algorithm 1 under the estimator's options."""

from math import sqrt

from ..machine.threads import few_threads
from ..solvers.course import Course
from ..solvers.gradient_descent import gradient_descent, make_schedule, warm_components
from ..solvers.result import SolverResult

# K and H where the user leaves them open.
MAX_EPOCHS, MAX_ITER = 10, 500


def search_gd(target, options, random_source, init=None):
    """Decompose a target by Algorithm 1; parameters as in :func:`search`.

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
    context = target.context
    start = None
    if init is not None:
        weights, V = init
        scaled = weights / sqrt(target.squared_norm)
        start = warm_components(scaled, V, schedule, context, random_state)
    contraction = target.contraction
    course = Course(options.monitor)
    try:
        with few_threads(target.n_features):
            return gradient_descent(
                target,
                schedule,
                alpha=options.alpha,
                step_size=options.step_size,
                tol=options.tol,
                random_state=random_state,
                start=start,
                course=course,
            )
    except KeyboardInterrupt as end:
        course.survive(end)
    return SolverResult(
        *course.best_model(), course.epochs, False, contraction, course.ending
    )
